"""The sheets that calculate outcomes: which gate fires on which task, and every score with its points."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.models import PracticeClass
from assessments.rulebook import Gate
from assessments.words import NOT_SCORED, OUTCOMES, RESTRICTIONS
from engine.suitability_rules import DECIDING_EFFECTS
from reports.suitability.source import TaskFacts
from reports.workbook.plan import (
    ANSWERS,
    BOLD,
    BOLD_POINTS,
    BY_TASK,
    EFFECTS,
    FACTORS,
    FIRES,
    FIRST,
    GATE,
    GATES,
    LEVEL,
    LEVEL_SHARE,
    LEVEL_SHARES,
    POINTS,
    QUIET,
    SCORED,
    SCORES,
    TEXT,
    UNKNOWN,
    WAIVED,
    WRAPPED,
    YES,
    Plan,
    heads,
    of_task,
)
from tabular import Formula, Item, Sheet, letters, reference

TOTAL = "SUM(Weights)"


def identity(task: TaskFacts, row: int, first: int) -> list[Item]:
    """Code and name of the task in the same place among the tasks."""
    place = row - first + FIRST
    return [
        Item(Formula(f"={of_task('code', place)}", task.code)),
        Item(Formula(f"={of_task('name', place)}", task.name), WRAPPED),
    ]


def _row_in_answers(plan: Plan, row: int, first: int) -> Item:
    """Found by its code, so that sorting one sheet and not the other does no harm."""
    codes = plan.down(ANSWERS, 1, FIRST, plan.count)
    return Item(Formula(f"=MATCH($A{row},{codes},0)", row - first + 1), QUIET)


def gates_by_task_sheet(plan: Plan) -> Sheet:
    """One column a gate: whether it fires, and whether it is waived."""

    def rows() -> Iterator[list[Item]]:
        yield heads("Code", "Task", "Row in Answers", *(gate.code for gate in plan.gates))
        effects = (
            Item(
                Formula(f"={reference(GATES, f'$C${FIRST + place}')}", EFFECTS.get(gate.effect, gate.effect)),
                QUIET,
            )
            for place, gate in enumerate(plan.gates)
        )
        yield [Item("Effect", QUIET), Item(None), Item(None), *effects]
        for row, task in enumerate(plan.source.tasks, start=SCORED):
            states = {one.gate.code: WAIVED if one.waiver else FIRES for one in task.gates}
            found = (
                Item(Formula(_fires(plan, gate, GATE + place, row), states.get(gate.code)))
                for place, gate in enumerate(plan.gates)
            )
            yield [*identity(task, row, SCORED), _row_in_answers(plan, row, SCORED), *found]

    widths = (9, 38, 9, *(11 for _ in plan.gates))
    return Sheet(BY_TASK, rows(), widths, freeze="D3", heads=2, is_locked=True)


def _fires(plan: Plan, gate: Gate, column: int, row: int) -> str:
    """The triggers of a gate joined by OR; an answer that is not known triggers nothing."""
    triggers = _triggers(plan, gate, row)
    if not triggers:
        return '=""'
    then = f'"{FIRES}"'
    if gate.may_be_waived:
        code, waived = f"{letters(column)}$1", plan.answer(plan.waived_column, f"$C{row}")
        then = f'IF(ISNUMBER(FIND(" "&{code}&" "," "&{waived}&" ")),"{WAIVED}","{FIRES}")'
    return f'=IF(OR({",".join(triggers)}),{then},"")'


def _triggers(plan: Plan, gate: Gate, row: int) -> list[str]:
    flags = [flag.code for flag in plan.flags]
    factors = [factor.code for factor in plan.factors]
    answers_row, practice = f"$C{row}", of_task("practice_of_law", row - SCORED + FIRST, fixed=True)
    found = [
        f'{plan.answer(plan.flag_column + flags.index(code), answers_row)}="{YES}"'
        for code in gate.trigger.get("flags_any", ())
    ]
    found += [
        f'{practice}="{PracticeClass(code).label}"' for code in gate.trigger.get("practice_of_law_any", ())
    ]
    for member, sign in (("factor_min", ">="), ("factor_max", "<=")):
        for code, limit in gate.trigger.get(member, {}).items():
            level = plan.answer(LEVEL + factors.index(code), answers_row)
            found.append(f"AND(ISNUMBER({level}),{level}{sign}{limit:g})")
    return found


def scores_sheet(plan: Plan) -> Sheet:
    """Score, range, band, outcome and restriction; to the right what each is made of."""

    def rows() -> Iterator[list[Item]]:
        blocks = (f"{factor.code}: {what}" for what in ("level share", "points") for factor in plan.factors)
        titles = ("Score", "Lowest", "Highest", "Band", "Outcome", "Restriction", "Answers not known")
        yield heads("Code", "Task", *titles, "Row in Answers", *blocks)
        yield _weights_row(plan)
        for row, task in enumerate(plan.source.tasks, start=SCORED):
            yield _score_row(plan, task, row)

    widths = (9, 38, 8, 8, 8, 14, 14, 24, 10, 9, *([9] * (2 * len(plan.factors))))
    return Sheet(SCORES, rows(), widths, freeze="C3", heads=2, is_locked=True)


def _weights_row(plan: Plan) -> list[Item]:
    total = sum(factor.weight for factor in plan.factors)
    weights = (
        Item(Formula(f"={reference(FACTORS, f'$C${FIRST + place}')}", factor.weight), QUIET)
        for place, factor in enumerate(plan.factors)
    )
    most = (
        Item(
            Formula(
                f"=IF({TOTAL}=0,0,100*{letters(LEVEL_SHARE + place)}2/{TOTAL})",
                100 * factor.weight / total if total else 0,
            ),
            POINTS,
        )
        for place, factor in enumerate(plan.factors)
    )
    blank = [Item(None)] * (LEVEL_SHARE - 3)
    return [Item("Weights; then points at most", QUIET), Item(None), *blank, *weights, *most]


def _score_row(plan: Plan, task: TaskFacts, row: int) -> list[Item]:
    lines = plan.source.record["results"][task.code]["suitability"]["factors"]
    shares = (
        Item(
            Formula(_level_share(plan, place, row), UNKNOWN if line["norm"] is None else line["norm"]),
            LEVEL_SHARES,
        )
        for place, line in enumerate(lines)
    )
    points = (
        Item(Formula(_points(place, row), UNKNOWN if line["points"] is None else line["points"]), POINTS)
        for place, line in enumerate(lines)
    )
    return [*identity(task, row, SCORED), *_result(plan, task, row), *shares, *points]


def _level_share(plan: Plan, place: int, row: int) -> str:
    level = plan.answer(LEVEL + place, f"$J{row}")
    values = reference(FACTORS, f"$F${FIRST + place}:$J${FIRST + place}")
    return f'=IF(ISNUMBER({level}),INDEX({values},{level}),"{UNKNOWN}")'


def _points(place: int, row: int) -> str:
    share, weight = f"{letters(LEVEL_SHARE + place)}{row}", f"{letters(LEVEL_SHARE + place)}$2"
    return f'=IF({weight}=0,0,IF(ISNUMBER({share}),100*({weight}*{share})/{TOTAL},"{UNKNOWN}"))'


def _result(plan: Plan, task: TaskFacts, row: int) -> list[Item]:
    """Score to row in the answers, columns C to J."""
    result = plan.source.record["results"][task.code]["suitability"]
    count = len(plan.factors)
    weights = plan.across(LEVEL_SHARE, count, 2, fixed=True)
    shares = plan.across(LEVEL_SHARE, count, row)
    known, unknown = f"SUMPRODUCT({weights},{shares})", f'SUMPRODUCT(({shares}="{UNKNOWN}")*{weights})'
    low, high = (f"INDEX(BandNames,MATCH({cell}{row},BandStarts,1))" for cell in "DE")
    band = OUTCOMES.get(result["band"] or "", result["band"])
    restriction = RESTRICTIONS.get(result["restriction"] or "", result["restriction"])
    return [
        Item(Formula(f'=IF(OR({TOTAL}=0,I{row}>0),"",D{row})', task.score), BOLD_POINTS),
        Item(Formula(f'=IF({TOTAL}=0,"",100*{known}/{TOTAL})', task.low), POINTS),
        Item(Formula(f'=IF({TOTAL}=0,"",100*({known}+{unknown})/{TOTAL})', task.high), POINTS),
        Item(Formula(f'=IF(D{row}="","",IF({low}={high},{low},""))', band)),
        Item(Formula(_outcome(plan, row), OUTCOMES.get(task.outcome, task.outcome) or NOT_SCORED), BOLD),
        Item(Formula(_restriction(plan, row), restriction)),
        Item(Formula(f'=SUMPRODUCT(({shares}="{UNKNOWN}")*({weights}>0))', len(task.unknown)), TEXT),
        _row_in_answers(plan, row, SCORED),
    ]


def _has(plan: Plan, row: int, effect: str) -> str:
    """Whether a gate of an effect fires and is not waived."""
    gates = reference(BY_TASK, plan.across(GATE, len(plan.gates), row))
    effects = reference(BY_TASK, plan.across(GATE, len(plan.gates), 2, fixed=True))
    return f'SUMPRODUCT(({gates}="{FIRES}")*({effects}="{EFFECTS[effect]}"))>0'


def _outcome(plan: Plan, row: int) -> str:
    formula = f'IF(F{row}="","{NOT_SCORED}",F{row})'
    for effect in reversed(DECIDING_EFFECTS):
        formula = f'IF({_has(plan, row, effect)},"{EFFECTS[effect]}",{formula})'
    return f"={formula}"


def _restriction(plan: Plan, row: int) -> str:
    """The strictest of the effects that do not decide."""
    formula = '""'
    for effect in reversed(plan.source.inputs["factor_rules"]["gate_precedence"]):
        if effect not in DECIDING_EFFECTS and effect in EFFECTS:
            formula = f'IF({_has(plan, row, effect)},"{EFFECTS[effect]}",{formula})'
    return f"={formula}"

"""The sheets that hold what went in: tasks, answers, factors, rates, bands, gates, conditions."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.cells import COLUMNS
from assessments.models import PracticeClass
from assessments.words import OUTCOMES, flag_name
from assessments.words_gates import basis_words, kind_name, trigger_words
from reports.suitability.section_gates import source_names
from reports.suitability.source import TaskFacts
from reports.workbook.plan import (
    ANSWERS,
    BANDS,
    CASH,
    CONDITIONS,
    DOWN,
    EFFECTS,
    FACTORS,
    FIRST,
    GATES,
    INPUT,
    INPUT_RATE,
    INPUT_SHARE,
    INPUT_TEXT,
    LEVEL_SHARES,
    POINTS,
    RATES,
    SALARIED,
    SHARE,
    TASKS,
    TEXT,
    UP,
    WRAPPED,
    YES,
    Plan,
    heads,
    of_task,
)
from tabular import Choice, Formula, Item, Sheet, letters, plain_text, reference

_MIX = next(place for place, column in enumerate(COLUMNS, start=1) if column.key == "staffing_mix")
_PRACTICE = next(place for place, column in enumerate(COLUMNS, start=1) if column.key == "practice_of_law")


def tasks_sheet(plan: Plan) -> Sheet:
    """One row a task, headed as the task grid reads it; after these columns the share of each role."""

    def rows() -> Iterator[list[Item]]:
        shares = (f"Share: {rate['name']}" for _, rate in plan.source.rates)
        yield heads(*(column.title for column in COLUMNS), *shares)
        for row, task in enumerate(plan.source.tasks, start=FIRST):
            yield _task_row(plan, task, row)

    last = FIRST + plan.count - 1
    first, end = letters(SHARE), letters(SHARE + max(len(plan.source.rates), 1) - 1)
    practice = letters(_PRACTICE)
    choices = (
        Choice(f"{practice}{FIRST}:{practice}{last}", tuple(map(str, PracticeClass.labels))),
        Choice(f"{first}{FIRST}:{end}{last}", between=(0, 1)),
    )
    widths = (9, 38, 18, 12, 16, 12, 12, 24, 34, 40, *(11 for _ in plan.source.rates))
    return Sheet(TASKS, rows(), widths, freeze="C2", choices=choices)


def _task_row(plan: Plan, task: TaskFacts, row: int) -> list[Item]:
    data = task.data
    written = {
        "code": Item(task.code),
        "name": Item(task.name, INPUT_TEXT),
        "practice_area": Item(data["practice_area"] or None, INPUT_TEXT),
        "annual_volume": Item(data["annual_volume"], INPUT),
        "unit": Item(data["unit"] or None, INPUT_TEXT),
        "hours_per_unit": Item(data["hours_per_unit"], INPUT),
        "turnaround_days": Item(data.get("turnaround_days"), INPUT),
        "practice_of_law": Item(str(PracticeClass(data["practice_of_law"]).label), INPUT_TEXT),
        "staffing_mix": Item(_mix(plan, task, row), WRAPPED),
        "note": Item(plain_text(data["note"]) or None, INPUT_TEXT),
    }
    shares = (Item(data["staffing_mix"].get(code), INPUT_SHARE) for code, _ in plan.source.rates)
    return [*(written[column.key] for column in COLUMNS), *shares]


def _mix(plan: Plan, task: TaskFacts, row: int) -> Formula | None:
    """Who does it in words, from the shares beside it, so that the two cannot disagree."""
    if not plan.source.rates:
        return None
    parts = []
    for place in range(len(plan.source.rates)):
        cell = f"{letters(SHARE + place)}{row}"
        name = reference(RATES, f"$B${FIRST + place}")
        parts.append(f'IF(ISNUMBER({cell}),", "&{name}&" "&ROUND({cell}*100,8)&"%","")')
    return Formula(f"=MID({'&'.join(parts)},3,2000)", plan.roles.mix_text(task.data["staffing_mix"]))


def answers_sheet(plan: Plan) -> Sheet:
    """Levels of the factors, flags, and the gates that two people waived."""

    def rows() -> Iterator[list[Item]]:
        factors = (f"{factor.code}: {factor.name}" for factor in plan.factors)
        flags = (f"Flag: {flag_name(flag.code)}" for flag in plan.flags)
        yield heads("Code", "Task", *factors, *flags, "Waived gates")
        for row, task in enumerate(plan.source.tasks, start=FIRST):
            name = Formula(f"={of_task('name', row)}", task.name)
            levels = (Item(task.data["answers"].get(factor.code), INPUT) for factor in plan.factors)
            flagged = (Item(YES if flag.code in task.data["flags"] else None, INPUT) for flag in plan.flags)
            waived = Item(" ".join(task.data.get("waived", ())) or None, INPUT)
            yield [Item(task.code), Item(name, WRAPPED), *levels, *flagged, waived]

    last = FIRST + plan.count - 1
    first_flag, last_flag = letters(plan.flag_column), letters(plan.waived_column - 1)
    choices = (
        Choice(f"C{FIRST}:{letters(plan.flag_column - 1)}{last}", between=(1, 5), is_whole=True),
        *([Choice(f"{first_flag}{FIRST}:{last_flag}{last}", (YES,))] if plan.flags else []),
    )
    widths = (9, 38, *(13 for _ in plan.factors), *(13 for _ in plan.flags), 14)
    return Sheet(ANSWERS, rows(), widths, freeze="C2", choices=choices)


def factors_sheet(plan: Plan) -> Sheet:
    """Weights, directions, and what each level is worth."""

    def rows() -> Iterator[list[Item]]:
        levels = (f"Level {level}" for level in range(1, 6))
        yield heads("Code", "Factor", "Weight", "A higher level", "Share of 100", *levels, "Question")
        total = sum(factor.weight for factor in plan.factors)
        for row, factor in enumerate(plan.factors, start=FIRST):
            share = 100 * factor.weight / total if total else None
            values = (
                (level - 1) / 4 if factor.favours_outsourcing else (5 - level) / 4 for level in range(1, 6)
            )
            yield [
                Item(factor.code),
                Item(factor.name, WRAPPED),
                Item(factor.weight, INPUT),
                Item(UP if factor.favours_outsourcing else DOWN, INPUT),
                Item(Formula(f'=IF(SUM(Weights)=0,"",100*C{row}/SUM(Weights))', share), POINTS),
                *(
                    Item(Formula(f'=IF($D{row}="{UP}",{level - 1}/4,{5 - level}/4)', value), LEVEL_SHARES)
                    for level, value in enumerate(values, start=1)
                ),
                Item(factor.question, WRAPPED),
            ]

    last = FIRST + len(plan.factors) - 1
    choices = (Choice(f"D{FIRST}:D{last}", (UP, DOWN)), Choice(f"C{FIRST}:C{last}", between=(0, 1e9)))
    return Sheet(FACTORS, rows(), (9, 34, 9, 19, 9, *([8] * 5), 70), freeze="C2", choices=choices)


def rates_sheet(plan: Plan) -> Sheet:
    """Loaded rates by role; an hour of a salaried role is freed, not paid out."""

    def rows() -> Iterator[list[Item]]:
        unit = f"Rate, {plan.source.unit} an hour"
        yield heads("Code", "Written in a mix as", "Role", "Kind", unit, "Cash (1) or not (0)", "Basis")
        for row, (code, rate) in enumerate(plan.source.rates, start=FIRST):
            is_cash = rate["kind"] == "external_cash"
            yield [
                Item(code),
                Item(plan.roles.names[code]),
                Item(rate["name"], WRAPPED),
                Item(CASH if is_cash else SALARIED, INPUT),
                Item(rate["usd_per_hour"], INPUT_RATE),
                Item(Formula(f'=IF(D{row}="{CASH}",1,0)', int(is_cash))),
                Item(rate["basis"] or None, WRAPPED),
            ]

    last = FIRST + max(len(plan.source.rates), 1) - 1
    choices = (Choice(f"D{FIRST}:D{last}", (SALARIED, CASH)), Choice(f"E{FIRST}:E{last}", between=(0, 1e8)))
    return Sheet(RATES, rows(), (18, 22, 26, 18, 14, 12, 60), choices=choices)


def bands_sheet(plan: Plan) -> Sheet:
    """Lower ends of the bands, rising: a formula looks a score up in them."""

    def rows() -> Iterator[list[Item]]:
        yield heads("Score from", "Outcome", "Meaning")
        for band in plan.source.rulebook.bands:
            name = OUTCOMES.get(band.code, band.code)
            yield [Item(band.start, INPUT), Item(name, TEXT), Item(band.label, WRAPPED)]

    return Sheet(BANDS, rows(), (12, 20, 60))


def gates_sheet(plan: Plan) -> Sheet:
    """Every gate with its rule, articles and sources."""

    def rows() -> Iterator[list[Item]]:
        titles = ("Code", "Gate", "Effect", "Kind", "Fires on any of", "Rule in short", "Articles", "Sources")
        yield heads(*titles, "How far the rule was checked")
        for gate in plan.gates:
            cells = (
                gate.name,
                EFFECTS.get(gate.effect, gate.effect),
                kind_name(gate),
                "; ".join(trigger_words(gate, plan.source.rulebook)),
                gate.rule,
                "; ".join(plan.source.articles(gate)),
                "; ".join(source_names(gate)),
                basis_words(gate.status),
            )
            yield [Item(gate.code), *(Item(cell, WRAPPED) for cell in cells)]

    return Sheet(GATES, rows(), (8, 26, 20, 12, 40, 50, 36, 50, 30), freeze="C2", is_locked=True)


def conditions_sheet(plan: Plan) -> Sheet:
    """The conditions of every gate that fires, as they stood: values, because people decide them."""

    def rows() -> Iterator[list[Item]]:
        yield heads("Code", "Task", "Gate", "Condition", "State", "Evidence", "By whom")
        for task in plan.source.tasks:
            for one in task.gates:
                for condition in one.conditions:
                    state = (
                        "not asked for: gate waived" if one.waiver else _state(is_closed=condition.is_closed)
                    )
                    texts = (one.gate.code, condition.text, state, condition.evidence, condition.by)
                    yield [
                        Item(task.code),
                        Item(task.name, WRAPPED),
                        *(Item(text, WRAPPED) for text in texts),
                    ]

    return Sheet(CONDITIONS, rows(), (9, 34, 8, 50, 18, 50, 40), freeze="C2", is_locked=True)


def _state(*, is_closed: bool) -> str:
    return "closed" if is_closed else "open"

"""Page 1: the decision asked, the money, how sure, compliance, risks, signatures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import figures
from charting.ticks import nice_ticks
from reports import earlier, sure_words
from reports.ask import asked
from reports.content import RANGE_LABEL, Cell, Fact, FirstPage, Mark, Money, MoneyRow, RiskLine
from reports.reference import risks
from reports.source import (
    GateOff,
    Json,
    Options,
    Source,
    TaskFacts,
    WaivedGate,
    counted,
    number_word,
    sentence,
)
from selections import words
from selections.words import measures
from selections.words.names import listed

SIGNERS = ("General Counsel", "Procurement", "For the board")
SHOWN_OPTIONS = 3
ROOM_FOR_NAME = 36
SHOWN_FACTS = 4
SHOWN_RISKS = 3
RISKS_PER_LINE = 2  # a line of a gate that is off, or of a waiver, takes the room of so many risks
ROOM_FOR_WAIVERS = 4
ACCEPTED = "accepted in writing"  # how the engine ends the reason of such a test


def first_page(source: Source) -> FirstPage:
    """Everything on page 1.

    Gates that are off and waivers are never left out: the risks make room.
    """
    gates_off, waivers = gate_off_lines(source.gates_off), waiver_lines(source.waivers, source.gates)
    lines = len(gates_off) + len(waivers)
    shown_risks = risks()[: max(0, SHOWN_RISKS - RISKS_PER_LINE * lines)]
    return FirstPage(
        asked=asked(source),
        marks=marks(source.options, source.basis),
        because=because(source),
        money=money(source),
        price_rule=sure_words.price_rule(source),
        flip=flip(source),
        sure=tuple(sure(source)),
        compliance=tuple(compliance(source)),
        assessment=assessment(source.options.period, source.basis, source.day),
        gates_off=gates_off,
        waivers=waivers,
        has_many_waivers=lines > ROOM_FOR_WAIVERS,
        risks=tuple(RiskLine(risk["title"], rating(risk), risk["mitigation"]) for risk in shown_risks),
        signers=SIGNERS,
    )


def assessment(name: str, basis: Json | None, day: Callable[[str], str]) -> str:
    """Say who approved the assessment; "" where nobody did: a mark says that (``marks``).

    ``basis``: what the record says of the assessment, if it does.
    """
    if basis is None or "approved_by" not in basis:
        return ""
    on = day(basis["approved_at"])
    alone = ", who had submitted it: nobody else could approve" if basis.get("alone") else ""
    since = " Superseded since." if basis["state"] == "superseded" else ""
    return f"Suitability assessment {name}: approved by {basis['approved_by']} on {on}{alone}.{since}"


def marks(options: Options, basis: Json | None) -> tuple[Cell, ...]:
    """What stands beside the decision: whether the assessment is approved, and rules nobody has adopted."""
    found = [_approval(options.period, basis)]
    if not options.rule_set.is_adopted:
        found.append(Cell(f"{options.rule_set.says}: confirm first", "conditional"))
    return tuple(found)


def _approval(name: str, basis: Json | None) -> Cell:
    said = f"Suitability assessment {name}"
    if basis is None or "approved_by" not in basis:
        state = "in review, not approved" if basis and basis["state"] == "review" else "draft, not approved"
        return Cell(f"{said}: {state}", "conditional")
    if basis["state"] == "superseded":
        return Cell(f"{said}: approved, superseded since", "conditional")
    return Cell(f"{said}: approved", "ok")


def rating(risk: dict[str, object]) -> str:
    """Likelihood × impact with the product."""
    return f"{risk['likelihood']} × {risk['impact']} = {risk['rating']}"


def because(source: Source) -> tuple[str, ...]:
    """Who leads and what it is worth, in two or three sentences."""
    reading = source.reading
    lead = words.lead_words(reading)
    if not reading.ranking:
        return (lead, "Each failed knock-out is listed in section 2; a provider may return with evidence.")
    if source.is_tie:
        lead = f"{lead} A lead below {measures.trimmed(reading.tie_margin, 2)} points is not a difference."
    return (" ".join(filter(None, (lead, *_worth(source), _salaried(source), _open(source)))),)


def _worth(source: Source) -> list[str]:
    parts = []
    for code in source.front:
        case, name = source.case(code), source.reading.short[code]
        saving = case["annual_saving"]
        if saving is None:
            parts.append(
                f"The saving of {name} cannot be computed: {listed(case['missing']) or 'inputs are missing'}."
            )
            continue
        verb = "save" if saving >= 0 else "cost"
        cash = case["direct_cash_effect"]
        change = "" if cash is None else f" and change cash by {figures.signed(cash, figures.money)}"
        parts.append(
            f"{name} would {verb} {figures.money(abs(saving))} {source.unit} a year in economic "
            f"terms{change}."
        )
    return parts


def _salaried(source: Source) -> str:
    """Say it when less than half of the replaced cost is paid out as cash."""
    case = source.case(source.front[0])
    if not case["baseline"] or case["cash_part"] is None or 2 * case["cash_part"] >= case["baseline"]:
        return ""
    return "Most of the replaced in-house cost is salaried time: it is freed, not paid out."


def _open(source: Source) -> str:
    still = sum(not condition.is_closed for condition in source.conditions)
    if not still:
        return ""
    return (
        f"{sentence(counted(still, 'condition'))} of the basket's gates must be closed with evidence "
        "before an award."
    )


def money(source: Source) -> Money:
    """The front of the ranking beside keeping the work in-house."""
    shown = [row["code"] for row in source.reading.ranking[:SHOWN_OPTIONS]]
    ends = [source.case(code)["range"][end] for code in shown for end in ("low", "base", "high")]
    known = [0.0, *(end for end in ends if end is not None)]
    ticks = nice_ticks(min(known), max(known))
    low, high = ticks[0], ticks[-1]
    return Money(
        baseline=source.baseline_words or figures.NOT_COMPUTABLE,
        unit=source.unit,
        rows=(*(money_row(source, code) for code in shown), in_house_row()),
        note=(
            f"Low, base and high are a {RANGE_LABEL}: low is volume −20%, prices +10%; high is volume +10%, "
            "prices −5%. The saving is economic, against loaded in-house cost, after oversight, rework and "
            "governance; direct cash is outside spend avoided less fees and tooling."
        ),
        axis=(low, high),
        axis_label=f"{figures.money(low)} to {figures.money(high)}",
    )


def money_row(source: Source, code: str) -> MoneyRow:
    """One provider."""
    case = source.case(code)
    span = case["range"]
    row = source.reading.rows[code]
    labels = {end: figures.money(span[end]) for end in ("low", "base", "high")}
    mark: Mark = "conditional" if row["status"] == "conditional" else ""
    return MoneyRow(
        name=f"{_fitting_name(source, code)}{partial_words(source, code)}",
        score=figures.score(row["score"]),
        low_label=labels["low"],
        base_label=labels["base"],
        high_label=labels["high"],
        cash=figures.signed(case["direct_cash_effect"], figures.money),
        transition=figures.money(case["transition"]),
        payback=payback(case),
        range_text=range_words(span, source.unit),
        low=span["low"],
        base=span["base"],
        high=span["high"],
        mark=mark,
    )


def range_words(span: Json, unit: str) -> str:
    """The range of a saving in words."""
    if any(span[end] is None for end in ("low", "base", "high")):
        return figures.NOT_COMPUTABLE
    low, base, high = (figures.money(span[end]) for end in ("low", "base", "high"))
    return f"{low} to {high}, base {base} {unit} a year"


def _fitting_name(source: Source, code: str) -> str:
    name = source.full_name(code)
    return name if len(name) <= ROOM_FOR_NAME else source.reading.short[code]


def partial_words(source: Source, code: str) -> str:
    """Say when a bid leaves tasks of the basket out."""
    said = scope_words(source, code)
    return f" ({said})" if said else ""


def scope_words(source: Source, code: str) -> str:
    """How much of the basket a bid covers, "twelve of 13 tasks"; "" for all of it."""
    served, wanted = len(source.case(code)["scope"]), len(source.basket)
    return "" if served == wanted else f"{number_word(served)} of {counted(wanted, 'task')}"


def payback(case: Json) -> str:
    """Months with what the engine says about them."""
    months = case["payback_months"]
    if months is None:
        return str(case["payback"])
    text = figures.months(months)
    return text if case["payback"] == "within the term" else f"{text}, {case['payback']}"


def in_house_row() -> MoneyRow:
    """Doing nothing: no saving, no change of cash, nothing to pay for."""
    zero = figures.money(0)
    return MoneyRow(
        "Keep all in-house", "not scored", zero, zero, zero, zero, zero, figures.DASH, "no change"
    )


def flip(source: Source) -> str:
    """What would change the first place."""
    statement = words.statement(source.reading)
    if statement.flip is not None:
        return str(statement.flip)
    return str(statement.more[0]) if statement.more else "There is no order that a weight could change."


def sure(source: Source) -> list[Fact]:
    """How firm the order is; the weights that would change it stand in a sentence above (``flip``)."""
    reading = source.reading
    facts = []
    if len(reading.ranking) > 1:
        margin = measures.trimmed(reading.tie_margin, 2)
        points = figures.score(reading.result["lead"]["points"])
        facts.append(Fact(f"Lead of the first in points; below {margin} is a tie", points))
        facts += _cautious(source)
    facts += sure_words.facts(source)
    facts += earlier.facts(source)
    facts.append(Fact(*_unknown_values(source)))
    facts.append(Fact("Values that rest on a claim alone (evidence E0)", _claims(source)))
    return facts


def _cautious(source: Source) -> list[Fact]:
    rows = {row["code"]: row["score"] for row in source.reading.result.get("cautious") or ()}
    shown = [row["code"] for row in source.reading.ranking[:2] if row["code"] in rows]
    if not shown:
        return []
    names = listed([source.reading.short[code] for code in shown])
    return [Fact(f"Cautious totals by evidence, {names}", ", ".join(figures.score(rows[c]) for c in shown))]


def _unknown_values(source: Source) -> tuple[str, str]:
    """How many values are missing, and how many of all uncertain ones could change the first place."""
    missing = sum(len(row["missing"]) for row in source.reading.ranking)
    said = "Values that are not known"
    if source.robust is None:
        return said, str(missing or "None")
    deciding = len(source.reading.result["unknowns"])
    if not missing and not deciding:
        return said, "None"
    return f"{said}; uncertain ones that could change the first place", f"{missing}; {deciding}"


def _claims(source: Source) -> str:
    ranked = {row["code"] for row in source.reading.ranking}
    graded = [
        bid["evidence"].get(leaf, "E0")
        for bid in source.inputs["bids"]
        if bid["code"] in ranked
        for leaf, value in bid["metrics"].items()
        if value is not None
    ]
    return f"{sum(grade == 'E0' for grade in graded)} of {len(graded)}"


def compliance(source: Source) -> list[Fact]:
    """Exclusions, conditions, what stays, and waivers; what does not fit is counted."""
    facts = [*_excluded(source), *_conditional(source), *_task_exclusions(source)]
    if len(facts) > SHOWN_FACTS:
        left = len(facts) - SHOWN_FACTS + 1
        facts = [*facts[: SHOWN_FACTS - 1], Fact("More exclusions and conditions", f"{left}, section 2")]
    kept = [task for task in source.tasks if task.verdict.outcome == "RETAIN"]
    if kept:
        facts.append(Fact(_stays(kept), "Retain", "retain"))
    total = len(source.conditions)
    still = sum(not condition.is_closed for condition in source.conditions)
    facts.append(Fact("Conditions of the basket still open", f"{still} of {total}" if total else "None"))
    facts.append(Fact("Failed knock-outs accepted in writing", _accepted(source)))
    facts.append(Fact("Gates waived", str(len(source.waivers) or "None")))
    if source.gates_off:
        facts.append(Fact("Shipped gates turned off", str(len(source.gates_off))))
    return [*facts, *rule_set(source.options)]


def rule_set(options: Options) -> list[Fact]:
    """Which named lawyer has adopted the gates and duties; that nobody has is a mark (``marks``)."""
    words = options.rule_set
    return [Fact(words.says, "Adopted", "ok")] if words.is_adopted else []


def gate_off_lines(gates: Iterable[GateOff]) -> tuple[str, ...]:
    """Every shipped gate that is turned off with who, when and why."""
    return tuple(
        f"{off.gate} {off.name} fires on no task: {_ended(off.reason)} Proposed by {off.proposed_by}, "
        f"adopted by {off.adopted_by}, {off.adopted_on}."
        for off in gates
    )


def waiver_lines(waivers: Iterable[WaivedGate], gates: Mapping[str, Json]) -> tuple[str, ...]:
    """Every waiver in force with who, when and why; tasks waived alike share a line.

    ``gates``: the rules by code.
    """
    alike: dict[WaivedGate, list[str]] = {}
    for waiver in waivers:
        alike.setdefault(replace(waiver, task=""), []).append(waiver.task)
    return tuple(_waiver_line(gates[waiver.gate], waiver, tasks) for waiver, tasks in alike.items())


def _waiver_line(gate: Json, waiver: WaivedGate, tasks: list[str]) -> str:
    what = " ".join(filter(None, (waiver.gate, gate.get("name"), "on", listed(tasks))))
    if not waiver.granted_by:
        return f"{what}: the record does not say who waived it."
    return (
        f"{what}. Asked for by {waiver.asked_by}, {waiver.asked_on}: {_ended(waiver.reason)} Granted by "
        f"{waiver.granted_by}, {waiver.granted_on}: {_ended(waiver.granted_because)}"
    )


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _accepted(source: Source) -> str:
    """Name the bids whose failed knock-outs are accepted in writing; the record keeps each acceptance."""
    found = [
        f"{source.reading.short[code]} {test['code']}"
        for code in source.providers
        for test in source.tests(code)
        if test["reason"].endswith(ACCEPTED)
    ]
    return listed(found) or "None"


def _stays(kept: list[TaskFacts]) -> str:
    if len(kept) == 1:
        return f"{kept[0].name} stays in-house ({', '.join(kept[0].gates) or 'by score'})"
    return f"{sentence(counted(len(kept), 'task'))} stay in-house: {listed([task.code for task in kept])}"


def _excluded(source: Source) -> list[Fact]:
    facts = []
    for row in source.reading.excluded:
        found = source.standing(row["code"])
        reason = found.reasons[0] if found.reasons else ", ".join(found.codes)
        text = (
            f"{source.reading.short[row['code']]}: {reason}. Raw score {figures.score(row['score'])}, "
            "not ranked."
        )
        facts.append(Fact(text, "Excluded", "excluded"))
    return facts


def _conditional(source: Source) -> list[Fact]:
    return [
        Fact(
            f"{source.reading.short[row['code']]}: {source.standing(row['code']).reasons[0]}",
            "Conditional",
            "conditional",
        )
        for row in source.reading.ranking
        if source.standing(row["code"]).status == "conditional"
    ]


def _task_exclusions(source: Source) -> list[Fact]:
    return [
        Fact(
            f"{source.reading.short[code]} cannot be given {listed(found.excluded_tasks)}",
            "Limited",
            "conditional",
        )
        for code in source.providers
        if (found := source.standing(code)).excluded_tasks
    ]

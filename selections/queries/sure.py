"""The panel "How sure?": independent looks at the same scores, each answered in a word and a line."""

from __future__ import annotations

from dataclasses import dataclass

import figures
from selections.queries.robust import Robust
from selections.words import measures, threshold, weight_ends
from selections.words.names import listed
from selections.words.reading import Reading
from selections.words.shifts import STEP, Shift, ten_point_shifts


@dataclass(frozen=True)
class Look:
    """One question with its answer. ``bar`` is a percentage, ``ticks`` are places of a row of small boxes.

    ``anchor``: the section of the page that says more, or "".
    """

    question: str
    icon: str
    answer: str
    detail: str
    bar: str = ""
    ticks: tuple[Tick, ...] = ()
    anchor: str = ""


@dataclass(frozen=True)
class Tick:
    """One box: where it stands, how wide it is, and whether it holds."""

    x: str
    width: str
    holds: bool


def looks(reading: Reading, robust: Robust | None) -> tuple[Look, ...]:
    """Give the looks that make sense with this many providers; ``robust``: the sections that say more."""
    if len(reading.ranking) < 2:
        return (_missing(reading),) if reading.ranking else ()
    found = (_lead(reading), _nearest(reading), _shifts(reading), _cautious(reading), _missing(reading))
    return (*found, _price_rule(robust)) if robust else found


def _price_rule(robust: Robust) -> Look:
    """Say whether the choice of the price rule decides who is first."""
    question, anchor = "Price rule", "prices-title"
    prices = robust.prices
    if prices is None:
        return Look(question, "open", "Not computed", "The section below says why", anchor=anchor)
    number = len(prices.rows)
    others = [row for row in prices.rows if not row.agrees]
    awards = list(dict.fromkeys(row.award for row in others))
    if not others:
        moved = any(row.moved_by for row in prices.rows)
        icon, answer = ("warn", "Hangs on a losing bid") if moved else ("check", "Same first")
        return Look(question, icon, answer, f"Under each of {number} rules", anchor=anchor)
    if len(others) == number and len(awards) == 1:
        detail = f"With the all-in price alone, under each of {number} rules"
        return Look(question, "warn", f"{awards[0]} first", detail, anchor=anchor)
    detail = f"{listed(awards, 'or')} first under the other{'' if len(others) == 1 else 's'}"
    return Look(question, "warn", f"{number - len(others)} of {number} rules agree", detail, anchor=anchor)


def _lead(reading: Reading) -> Look:
    lead = reading.result["lead"]
    margin = reading.tie_margin
    detail = f"{measures.apart(lead['points'], (margin,))} against {measures.trimmed(margin, 2)} points"
    share = min(1.0, lead["points"] / margin) if margin > 0 else 1.0
    answer = "Tie" if lead["tie"] or len(reading.firsts) > 1 else "Clear lead"
    icon = "check" if answer == "Clear lead" else "tie"
    return Look("Lead against the tie margin", icon, answer, detail, bar=f"{share * 100:.2f}%")


def _nearest(reading: Reading) -> Look:
    question = "Nearest weight flip"
    nearest = reading.result["flips"]["nearest"]
    if len(reading.firsts) > 1:
        return Look(question, "tie", "Shared first place", "No weight is needed to change it")
    if nearest is None:
        return Look(question, "check", "None", "No single weight can change the winner")
    node = reading.nodes[nearest["code"]]
    end = next(
        end
        for end in weight_ends(reading, [node])
        if end.winner == nearest["winner"] and end.is_below == (nearest["change"] < 0)
    )
    points = figures.signed(nearest["change"] * 100, figures.score)
    where = f"{reading.nodes[node.parent].name}, {node.name}" if node.parent else node.name
    detail = f"{where} {measures.weight(end.now)} → {threshold(end)}, then {reading.short[end.winner]}"
    return Look(question, "warn", f"{points} points", detail)


def _shifts(reading: Reading) -> Look:
    question = f"Each weight ±{STEP * 100:.0f}"
    shifts = ten_point_shifts(reading)
    if not shifts:
        return Look(question, "open", "Not defined", "One criterion carries all the weight")
    held = [shift for shift in shifts if shift.holds]
    moved = [shift for shift in shifts if not shift.holds]
    wide = 100.0 / len(shifts)
    ticks = tuple(
        Tick(f"{place * wide:.2f}%", f"{wide * 0.84:.2f}%", shift.holds)
        for place, shift in enumerate((*held, *moved))
    )
    icon = "half" if moved else "check"
    return Look(
        question, icon, f"{len(held)} of {len(shifts)} hold", _moved_words(reading, moved), ticks=ticks
    )


def _moved_words(reading: Reading, moved: list[Shift]) -> str:
    if not moved:
        return f"{reading.short[reading.ranking[0]['code']]} stays first in every one"
    by_winner: dict[str, list[str]] = {}
    for shift in moved:
        sign = "+" if shift.change > 0 else "−"
        text = f"{reading.nodes[shift.code].name} {sign}{STEP * 100:.0f}"
        by_winner.setdefault(shift.winner, []).append(text)
    return "; ".join(
        f"{listed(texts)} put{'s' if len(texts) == 1 else ''} {reading.short[winner]} first"
        for winner, texts in by_winner.items()
    )


def _cautious(reading: Reading) -> Look:
    question = "On evidence only (cautious)"
    rows = reading.result.get("cautious") or []
    if not rows:
        return Look(question, "open", "Not computed", "No evidence levels are recorded")
    plain_order = [row["code"] for row in reading.ranking]
    order = [row["code"] for row in rows]
    first, second = rows[0], rows[1]
    detail = (
        f"{figures.score(first['score'])} against {figures.score(second['score'])}; "
        f"lead {figures.score(first['score'] - second['score'])}"
    )
    if order == plain_order:
        return Look(question, "check", "Same order", detail)
    if order[0] == plain_order[0]:
        return Look(question, "half", "Same first, other order", detail)
    return Look(question, "warn", f"{reading.short[order[0]]} first", detail)


def _missing(reading: Reading) -> Look:
    question = "Missing values"
    counts = {row["code"]: len(row["missing"]) for row in reading.ranking if row["missing"]}
    total = sum(counts.values())
    if not total:
        return Look(question, "check", "None", "Every ranked provider has every value")
    policy = "the middle of the scale" if reading.decision["missing"] == "midpoint" else "the worst value"
    names = listed([f"{reading.short[code]} ({count})" for code, count in counts.items()])
    return Look(question, "warn", f"{total} missing", f"{names}; counted as {policy}")

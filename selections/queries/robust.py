"""How sure the first place is: shares of weights, what to find out, other methods, price rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import figures
import records
from charting import criterion_colour
from selections.words import robust
from selections.words.basket import no_prices_words
from selections.words.measures import measure, weight
from selections.words.names import listed
from selections.words.reading import Reading

# Share of the bar below which a segment has no room for its figure.
ROOM_FOR_LABEL = 0.09
SHOWN_UNKNOWNS = 8


@dataclass(frozen=True)
class RankSegment:
    """One rank in a bar: ``shade`` 1 to 5 is the style, ``x`` and ``width`` are percentages of the bar."""

    rank: int
    shade: str
    x: str
    width: str
    label: str


@dataclass(frozen=True)
class ShareRow:
    """One provider over all random weights; ``centre``: what the criteria weigh where it is first.

    ``ranks`` says the share of each rank in words.
    """

    code: str
    name: str
    first: str
    segments: tuple[RankSegment, ...]
    ranks: str
    confidence: str
    centre: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class UnknownRow:
    """One value worth finding out; ``worth`` in points of the total."""

    sentence: str
    now: str
    worth: str


@dataclass(frozen=True)
class CheckRow:
    """What one other method says."""

    name: str
    variant: str
    agrees: bool
    first: str
    because: str


@dataclass(frozen=True)
class PriceRow:
    """One price rule; ``moved_by`` names the losing bids whose withdrawal changes the award."""

    name: str
    formula: str
    award: str
    agrees: bool
    moved_by: str


@dataclass(frozen=True)
class Prices:
    """The audit of price rules; ``warning``: what the first place hangs on besides the scores, or ""."""

    rows: tuple[PriceRow, ...]
    findings: tuple[str, ...]
    warning: str
    worth: str
    left_out: str


@dataclass(frozen=True)
class Robust:
    """The parts of the section, in reading order."""

    share: str
    never: str
    half_width: str
    samples: str
    seed: str
    rows: tuple[ShareRow, ...]
    unknowns: str
    unknown_rows: tuple[UnknownRow, ...]
    more_unknowns: int
    checks: str
    check_rows: tuple[CheckRow, ...]
    prices: Prices | None
    no_prices: str


def robust_section(
    reading: Reading, case: Mapping[str, Any], given: Mapping[str, Any] | None = None
) -> Robust | None:
    """Arrange the section; None where there is no order to test or the record is of an earlier engine.

    ``case``: results of ``records.compute_case`` for the inputs ``given``, which name what keeps prices open.
    ``no_prices`` says why there is no audit of price rules, "" where there is one.
    """
    if not reading.is_tested:
        return None
    found = reading.result["unknowns"]
    audit = records.audit_prices(case, reading.decision, reading.result)
    return Robust(
        share=robust.share_words(reading),
        never=robust.never_first(reading),
        half_width=robust.margin(reading),
        samples=figures.count(reading.robustness["samples"]),
        seed=str(reading.robustness["seed"]),
        rows=tuple(_share_row(reading, row["code"]) for row in reading.ranking),
        unknowns=robust.unknowns_words(reading),
        unknown_rows=tuple(_unknown_row(reading, one) for one in found[:SHOWN_UNKNOWNS]),
        more_unknowns=max(0, len(found) - SHOWN_UNKNOWNS),
        checks=robust.checks_words(reading),
        check_rows=tuple(_check_row(reading, check) for check in reading.result["cross_checks"]),
        prices=_prices(reading, audit) if audit else None,
        no_prices="" if audit or given is None else no_prices_words(reading, case, given),
    )


def _share_row(reading: Reading, code: str) -> ShareRow:
    ranks = reading.robustness["acceptability"][code]
    confidence = reading.robustness["confidence"][code]
    return ShareRow(
        code=code,
        name=robust.plain_name(reading, code),
        first=figures.share(ranks[0]),
        segments=tuple(_segments(ranks)),
        ranks=", ".join(f"rank {rank} {figures.share(share)}" for rank, share in enumerate(ranks, start=1)),
        confidence=figures.share(confidence, none=figures.DASH),
        centre=_centre(reading, reading.robustness["central_weights"][code]),
    )


def _segments(ranks: list[float]) -> list[RankSegment]:
    """Place the ranks one behind the other, the first at the start."""
    start, made = 0.0, []
    for rank, share in enumerate(ranks, start=1):
        if share > 0:
            label = f"{rank}" if share >= ROOM_FOR_LABEL else ""
            shade = str(min(rank, 5))
            made.append(RankSegment(rank, shade, f"{start * 100:.2f}%", f"{share * 100:.2f}%", label))
        start += share
    return made


def _centre(reading: Reading, weights: Mapping[str, float] | None) -> tuple[tuple[str, str, str], ...]:
    """Name, colour and weight of 100 of each main criterion."""
    if weights is None:
        return ()
    below = {node.code: node.children or (node.code,) for node in reading.top}
    return tuple(
        (
            node.name,
            criterion_colour(node.code, place),
            weight(sum(_leaves(reading, below[node.code], weights))),
        )
        for place, node in enumerate(reading.top)
    )


def _leaves(reading: Reading, codes: tuple[str, ...], weights: Mapping[str, float]) -> list[float]:
    found: list[float] = []
    for code in codes:
        children = reading.nodes[code].children
        found += _leaves(reading, children, weights) if children else [weights.get(code, 0.0)]
    return found


def _unknown_row(reading: Reading, unknown: Mapping[str, Any]) -> UnknownRow:
    score = reading.scores[unknown["alternative"]].get(unknown["criterion"])
    unit = reading.nodes[unknown["criterion"]].unit
    return UnknownRow(
        sentence=robust.unknown_sentence(reading, unknown),
        now=_range_words(score, unit),
        worth=figures.score(unknown["worth"]),
    )


def _range_words(score: Any, unit: str) -> str:
    if not isinstance(score, Mapping):
        return "not known"
    if "mean" in score:
        return f"about {measure(score['mean'], unit)}"
    return f"{measure(score['low'])} to {measure(score['high'], unit)}"


def _check_row(reading: Reading, check: Mapping[str, Any]) -> CheckRow:
    return CheckRow(
        name=robust.method_name(check),
        variant=robust.variant(check),
        agrees=check["agrees"],
        first=listed([reading.short[code] for code in check["first"]]),
        because=robust.in_short_names(reading, check["because"]),
    )


def _prices(reading: Reading, audit: Mapping[str, Any]) -> Prices:
    firsts = set(reading.firsts)
    rows = tuple(
        PriceRow(
            name=rule["name"][:1].upper() + rule["name"][1:],
            formula=robust.rule_formula(rule, audit),
            award=listed([reading.short[code] for code in rule["award"]]),
            agrees=bool(firsts & set(rule["award"])),
            moved_by=listed([reading.short[code] for code in rule["moved_by"]]),
        )
        for rule in audit["rules"]
    )
    return Prices(
        rows=rows,
        findings=tuple(robust.in_short_names(reading, finding) for finding in audit["findings"]),
        warning=robust.price_warning(reading, audit["rules"]),
        worth=figures.money(audit["money_per_point"]),
        left_out=listed([reading.short[code] for code in audit["left_out"]]),
    )

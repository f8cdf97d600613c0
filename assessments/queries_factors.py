"""Factor sets as pages print them: one set in full, its versions, the draft, how two of them differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assessments import queries_factor_sets, words, words_factors, words_gates
from assessments.models import Assessment, FactorDraft, FactorSet
from assessments.rulebook import Factor, Gate, OffGate, Rulebook
from assessments.words_factors import Difference


@dataclass(frozen=True)
class FactorRow:
    """A factor with its share of 100 and the gates that its answers fire."""

    factor: Factor
    share: float | None
    fires: tuple[str, ...]
    is_own: bool
    changed: tuple[Difference, ...]


@dataclass(frozen=True)
class BandRow:
    """A band from its start up to where the next begins; ``shipped`` where that is another start."""

    name: str
    code: str
    start: float
    end: float
    shipped: float | None


@dataclass(frozen=True)
class GateRow:
    """A gate in words, and how it stands to the shipped one; ``off``: why and by whom it is turned off."""

    gate: Gate
    kind: str
    effect: str
    triggers: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    standing: str
    changed: tuple[Difference, ...]
    off: OffGate | None


@dataclass(frozen=True)
class SetView:
    """A factor set in full."""

    factors: tuple[FactorRow, ...]
    bands: tuple[BandRow, ...]
    gates: tuple[GateRow, ...]

    @property
    def off(self) -> tuple[GateRow, ...]:
        """The gates that are turned off."""
        return tuple(row for row in self.gates if row.off)

    @property
    def in_words(self) -> str:
        """Count gates by how they stand to the shipped ones."""
        counted = {
            word: sum(row.standing == word for row in self.gates) for word in ("tightened", "own", "off")
        }
        said = [
            f"{number} {'turned off' if word == 'off' else word}"
            for word, number in counted.items()
            if number
        ]
        return ", ".join(said) or "all as shipped"


@dataclass(frozen=True)
class VersionRow:
    """One adopted version."""

    version: int
    name: str
    proposed_by: str
    adopted_by: str
    adopted_at: datetime | None
    comment: str
    gates_off: int
    is_in_force: bool


@dataclass(frozen=True)
class FactorPage:
    """Everything of the page about one version. ``used``: the version that the current assessment uses."""

    factor_set: FactorSet
    said: str
    view: SetView
    versions: tuple[VersionRow, ...]
    draft: FactorDraft | None
    used: int | None
    is_newest: bool


def page(factor_set: FactorSet, assessment: Assessment | None) -> FactorPage:
    """Read one version with all others beside it."""
    rows = tuple(_version_rows())
    return FactorPage(
        factor_set=factor_set,
        said=words_factors.adopted_words(factor_set),
        view=set_view(factor_set.content, queries_factor_sets.shipped()),
        versions=rows,
        draft=queries_factor_sets.open_draft(),
        used=assessment.factor_set.version if assessment else None,
        is_newest=factor_set.version == rows[0].version,
    )


def _version_rows() -> Iterable[VersionRow]:
    for place, row in enumerate(queries_factor_sets.versions()):
        yield VersionRow(
            version=row.version,
            name=row.name,
            proposed_by=str(row.proposed_by or ""),
            adopted_by=str(row.adopted_by or ""),
            adopted_at=row.adopted_at,
            comment=row.comment,
            gates_off=row.gates_off,
            is_in_force=place == 0,
        )


def set_view(content: Mapping[str, Any], shipped: Mapping[str, Any]) -> SetView:
    """Put a set into words, with what differs from the shipped one beside each piece."""
    book, origin = Rulebook(content), Rulebook(shipped)
    changed: dict[tuple[str, str], list[Difference]] = {}
    for line in words_factors.differences(shipped, content):
        changed.setdefault((line.part, line.code), []).append(line)
    return SetView(
        tuple(_factor_rows(book, origin, changed)),
        tuple(_band_rows(book, origin)),
        tuple(_gate_rows(book, origin, changed)),
    )


Changed = Mapping[tuple[str, str], list[Difference]]


def _factor_rows(book: Rulebook, origin: Rulebook, changed: Changed) -> Iterable[FactorRow]:
    shipped, total = {factor.code for factor in origin.factors}, book.total_weight
    for factor in book.factors:
        is_own = factor.code not in shipped
        yield FactorRow(
            factor=factor,
            share=100 * factor.weight / total if total else None,
            fires=tuple(code for code, gate in book.gates.items() if _is_fired_by(gate, factor.code)),
            is_own=is_own,
            changed=() if is_own else tuple(changed.get(("Factor", factor.code), ())),
        )


def _is_fired_by(gate: Gate, factor: str) -> bool:
    return any(factor in gate.trigger.get(key, {}) for key in ("factor_min", "factor_max"))


def _band_rows(book: Rulebook, origin: Rulebook) -> Iterable[BandRow]:
    starts = {band.code: band.start for band in origin.bands}
    ends = [*(band.start for band in book.bands[1:]), 100.0]
    for band, end in reversed(list(zip(book.bands, ends, strict=True))):
        shipped = starts.get(band.code)
        name = words.OUTCOMES.get(band.code, band.label)
        yield BandRow(name, band.code, band.start, end, None if shipped == band.start else shipped)


def _gate_rows(book: Rulebook, origin: Rulebook, changed: Changed) -> Iterable[GateRow]:
    off = {one.gate.code: one for one in book.off}
    gates = dict(book.gates) | {code: one.gate for code, one in off.items()}
    for code, gate in sorted(gates.items()):
        standing = words_factors.standing(code, origin, book)
        yield GateRow(
            gate=gate,
            kind=words_gates.kind_name(gate),
            effect=words.EFFECTS[gate.effect],
            triggers=words_gates.trigger_words(gate, book),
            asked=tuple((text, words_gates.asks_words(book.asks_of(gate, text))) for text in gate.conditions),
            standing=standing,
            changed=() if standing == words_factors.OWN else tuple(changed.get(("Gate", code), ())),
            off=off.get(code),
        )


@dataclass(frozen=True)
class Comparison:
    """Two versions and everything in which they differ."""

    before: FactorSet
    after: FactorSet
    lines: tuple[Difference, ...]
    versions: tuple[int, ...]

    @property
    def before_name(self) -> str:
        """Head of the column of the first."""
        return f"Version {self.before.version}"

    @property
    def after_name(self) -> str:
        """Head of the column of the second."""
        return f"Version {self.after.version}"


def comparison(before: int | None, after: int | None) -> Comparison | None:
    """Compare any two versions; without a choice the newest with the one before it. None: no such version."""
    numbers = tuple(FactorSet.objects.order_by("-version").values_list("version", flat=True))
    newer = numbers[0] if after is None else after
    older = next((number for number in numbers if number < newer), newer) if before is None else before
    one, other = queries_factor_sets.version(older), queries_factor_sets.version(newer)
    if one is None or other is None:
        return None
    return Comparison(one, other, words_factors.differences(one.content, other.content), numbers)


@dataclass(frozen=True)
class ShippedGate:
    """What a shipped gate has by itself and keeps; ``content`` as in the set."""

    content: Mapping[str, Any]
    effect: str
    triggers: tuple[str, ...]
    conditions: tuple[str, ...]


def shipped_gate(code: str) -> ShippedGate | None:
    """Give a gate as it was shipped; None for an own one."""
    shipped = queries_factor_sets.shipped()
    content = next((row for row in shipped["gates"] if row["code"] == code), None)
    if content is None:
        return None
    book = Rulebook(shipped)
    gate = book.gates[code]
    triggers = words_gates.trigger_words(gate, book)
    return ShippedGate(content, words.EFFECTS[gate.effect], triggers, gate.conditions)


@dataclass(frozen=True)
class DraftPage:
    """The draft in full and what it changes."""

    draft: FactorDraft
    view: SetView
    changes: tuple[Difference, ...]
    may_turn_off: bool


def draft_page(draft: FactorDraft, *, may_turn_off: bool) -> DraftPage:
    """Read the draft; ``may_turn_off``: whether a second person could adopt it."""
    return DraftPage(
        draft=draft,
        view=set_view(draft.content, queries_factor_sets.shipped()),
        changes=words_factors.differences(draft.base.content, draft.content),
        may_turn_off=may_turn_off,
    )

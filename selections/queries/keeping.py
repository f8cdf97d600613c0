"""What keeping a ranking changes: the weights that count, and who comes first."""

from __future__ import annotations

from dataclasses import dataclass

from selections.models import RankingRecord, Selection
from selections.queries.inputs import CaseInputs
from selections.queries.records import read_record
from selections.words import measures
from selections.words.names import listed, without_mark
from selections.words.reading import Reading

# A slider that is moved away and back leaves weights that differ in their last digits only.
SAME = 1e-9


@dataclass(frozen=True)
class WeightChange:
    """One weight that keeping adopts, as pages write it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Keeping:
    """What keeping would change.

    ``before`` and ``after`` name the first place of the last record (without one: with the adopted weights)
    and of this ranking; ``first`` says in a sentence whether it changes. ``ask`` says why a reason is needed,
    "" when it is not.
    """

    weights: tuple[WeightChange, ...]
    before: str
    after: str
    changes_first: bool
    first: str
    ask: str

    @property
    def needs_reason(self) -> bool:
        """Whether somebody must say why."""
        return bool(self.ask)


def last_record(selection: Selection) -> RankingRecord | None:
    """Find the newest record of a selection."""
    return RankingRecord.objects.filter(selection=selection).order_by("-number").first()


def keeping(
    ranked: Reading, as_adopted: Reading | None, inputs: CaseInputs, last: RankingRecord | None
) -> Keeping:
    """Compare a ranking with the adopted weights and with the last record."""
    weights = _weight_changes(inputs)
    earlier = read_record(last).reading if last else as_adopted
    changes_first = earlier is not None and set(earlier.firsts) != set(ranked.firsts)
    before, after = _first_place(earlier), _first_place(ranked)
    return Keeping(
        weights=weights,
        before=before,
        after=after,
        changes_first=changes_first,
        first=_first_words(ranked, as_adopted, last, before=before, after=after, changes=changes_first),
        ask=_ask(has_weights=bool(weights), changes_first=changes_first),
    )


def _weight_changes(inputs: CaseInputs) -> tuple[WeightChange, ...]:
    names = {
        one["code"]: one["name"]
        for criterion in inputs.criteria
        for one in (criterion, *criterion["sub_criteria"])
    }
    return tuple(
        WeightChange(names[code], *measures.before_after(inputs.adopted[code], weight))
        for code, weight in inputs.weights.items()
        if abs(weight - inputs.adopted[code]) > SAME
    )


def _first_place(reading: Reading | None) -> str:
    if reading is None or not reading.firsts:
        return "nobody"
    return listed([without_mark(reading.names[code]) for code in reading.firsts])


def _first_words(
    ranked: Reading,
    as_adopted: Reading | None,
    last: RankingRecord | None,
    *,
    before: str,
    after: str,
    changes: bool,
) -> str:
    """Say whether the first place changes, and whether the weights do it."""
    if not changes:
        return f"The first place stays as in record {last.number}: {after}." if last else f"First is {after}."
    if as_adopted is not None and set(as_adopted.firsts) == set(ranked.firsts) and last is not None:
        return (
            f"The first place has changed from {before} to {after} since record {last.number}, "
            "with the adopted weights too."
        )
    return f"This changes the first place from {before} to {after}."


def _ask(*, has_weights: bool, changes_first: bool) -> str:
    if has_weights:
        return "Say why: keeping this ranking changes the adopted weights."
    if changes_first:
        return "Say why: the first place is another one than in the last kept ranking."
    return ""

"""What has changed since a ranking was kept, and what has no price: only the case page asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.kept import kept
from lpo.standing import NAMED, LastRecord, basket, candidates, is_whole, priced
from selections.models import RankingRecord, Selection
from selections.queries.inputs import read_inputs
from selections.queries.records import record_state
from selections.words.names import listed


@dataclass(frozen=True)
class Changed:
    """What is different from the record, or missing for the next one. Codes of legal tasks, the first few.

    ``state``: as of ``record_state``; "old" also where the basket is another one. ``unpriced`` is how many
    tasks of the basket no bid prices.
    """

    record: int | None = None
    state: str = "current"
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    unpriced: int = 0
    unpriced_codes: tuple[str, ...] = ()

    @property
    def is_old(self) -> bool:
        """Whether the record no longer shows what the case says now."""
        return self.record is not None and self.state != "current"

    @property
    def words(self) -> str:
        """Say it in a sentence or two, empty where nothing is to be said."""
        said = [self._basket_words(), self._price_words(), self._value_words()]
        return " ".join(filter(None, said))

    @property
    def unpriced_words(self) -> str:
        """Name the tasks without a price."""
        return _some(self.unpriced_codes, self.unpriced)

    def _basket_words(self) -> str:
        moved = [("joined", self.joined), ("left", self.left)]
        told = [f"{_some(codes)} {verb} the basket" for verb, codes in moved if codes]
        if not told:
            return ""
        them = "it" if len(self.joined) == 1 else "them"
        end = f"; no bid prices {them}" if self._joined_unpriced else ""
        return f"{' and '.join(told)} after record {self.record}{end}."

    @property
    def _joined_unpriced(self) -> bool:
        """Whether what joined is just what has no price, so that one sentence says both."""
        return not self.left and bool(self.joined) and self.joined == self.unpriced_codes

    def _price_words(self) -> str:
        if not self.unpriced or self._joined_unpriced:
            return ""
        return f"No bid prices {self.unpriced_words}."

    def _value_words(self) -> str:
        if not self.is_old or self.joined or self.left:
            return ""
        is_weights = self.state == "weights"
        what = "Other weights were adopted" if is_weights else "Values that the ranking reads changed"
        return f"{what} after record {self.record} was kept."


def _some(codes: Sequence[str], number: int | None = None) -> str:
    """Name a few, and count the others."""
    more = (len(codes) if number is None else number) - NAMED
    return listed(codes) if more <= 0 else f"{', '.join(codes[:NAMED])} and {more} more"


def changed(case: Selection, record: LastRecord | None) -> Changed:
    """Say what is different from a record and what has no price: a fixed number of queries.

    Whether values changed is asked last, of the comparison that the ranking page makes, because that reads
    and writes out everything that is ranked.
    """
    unpriced, codes = _unpriced(case)
    if record is None:
        return Changed(unpriced=unpriced, unpriced_codes=codes)
    then = record.kept.basket
    now = basket(case).order_by("list_code").values_list("list_code", flat=True)
    joined = tuple(code for code in now if code not in then)
    still = candidates(case).filter(list_code__in=then).order_by().values_list("list_code", flat=True)
    left = tuple(sorted(then.difference(still)))
    state = "old" if joined or left else _state(case, record)
    return Changed(record.number, state, joined, left, unpriced, codes)


def _state(case: Selection, record: LastRecord) -> str:
    rows = Selection.objects.select_related("assessment__factor_set", "criteria_set")
    return record_state(RankingRecord.objects.get(pk=record.pk), read_inputs(rows.get(pk=case.pk)))


def _unpriced(case: Selection) -> tuple[int, tuple[str, ...]]:
    """Count the basket tasks that no bid prices, and name them; of very many only the first."""
    rows = candidates(case).exclude(legal_task__in=priced(case)).order_by("list_code")
    codes = rows.values_list("list_code", flat=True)
    if is_whole(case):
        found = tuple(codes)
        return len(found), found
    what = f"unpriced:{case.pk}:{case.version}"
    return kept(
        case.assessment_id,
        what,
        lambda: (rows.order_by().count(), tuple(codes[:NAMED])),
        stamp=case.assessment.stamp,
    )

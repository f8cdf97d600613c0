"""The values of a case that are in use, and where each came from. Two queries, however many there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Max

from providers.models import Metric
from selections.models import Bid, Score, Selection
from selections.tree import criteria_tree

COMPUTED = "COST-01"


@dataclass(frozen=True)
class Cell:
    """One value in use: the newest score of the bid, else what the provider's profile says, else nothing.

    ``value``, ``low`` and ``high`` are in the unit of the sub-criterion. ``origin``: "score" (given in this
    selection), "profile" (the provider's own), "computed" (by the business case; then only the evidence level
    is stored) or "none".
    """

    value: float | None
    low: float | None
    high: float | None
    evidence: str
    source: str
    by: str
    at: datetime | None
    origin: str

    @property
    def score(self) -> float | dict[str, float] | None:
        """The value as a decision holds it: a number, a range or null."""
        if self.low is not None and self.high is not None:
            return {"low": self.low, "high": self.high}
        return self.value


NOTHING = Cell(None, None, None, "E0", "", "", None, "none")


def cells_in_use(selection: Selection, bids: list[Bid]) -> dict[str, dict[str, Cell]]:
    """Every sub-criterion of every bid, in the order of the criteria set.

    The score of this selection comes before the provider's own figure; the cost index is never stored.
    """
    given, stated = _newest_scores(selection), _metrics([bid.provider_id for bid in bids])
    tree = criteria_tree(selection.criteria_set.content)
    codes = [code for below in tree.values() for code in below]
    return {
        bid.provider.code: {
            code: _cell(code, given.get((bid.pk, code)) or stated.get((bid.provider_id, code)) or NOTHING)
            for code in codes
        }
        for bid in bids
    }


def _cell(code: str, found: Cell) -> Cell:
    if code != COMPUTED:
        return found
    return replace(found, value=None, low=None, high=None, origin="computed")


_SAID = ("evidence", "source")


def _newest_scores(selection: Selection) -> dict[tuple[int, str], Cell]:
    newest = (
        Score.objects.filter(bid__selection=selection)
        .values("bid", "sub_criterion")
        .annotate(newest=Max("pk"))
        .order_by()
        .values("newest")
    )
    rows = Score.objects.filter(pk__in=newest).values_list(
        "bid_id",
        "sub_criterion",
        "value",
        "low",
        "high",
        *_SAID,
        "given_by__name",
        "given_by__email",
        "given_at",
    )
    return {
        (bid, code): Cell(value, low, high, evidence, source, name or email or "", at, "score")
        for bid, code, value, low, high, evidence, source, name, email, at in rows
    }


def _metrics(providers: list[int]) -> dict[tuple[int, str], Cell]:
    rows = Metric.objects.filter(provider__in=providers).values_list(
        "provider_id",
        "sub_criterion",
        "value",
        *_SAID,
        "entered_by__name",
        "entered_by__email",
        "entered_at",
    )
    return {
        (provider, code): Cell(value, None, None, evidence, source, name or email or "", at, "profile")
        for provider, code, value, evidence, source, name, email, at in rows
    }

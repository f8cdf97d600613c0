"""The weights panel: what stands in each field, and in which interval the first place holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charting import criterion_colour
from selections.words import Sentence, holds_words, measures
from selections.words.reading import Reading


@dataclass(frozen=True)
class Band:
    """Where the first place holds, as percentages of the slider."""

    start: str
    end: str
    width: str


@dataclass(frozen=True)
class WeightRow:
    """One criterion of the panel. ``share`` (0–100) is where the slider stands, with all its digits.

    ``counts_as`` is set when the weights do not sum to 100: what this one counts as. ``adopted`` is the
    stored weight, ``adopted_at`` its share of 100 as a percentage of the slider ("" for a sub-criterion).
    """

    code: str
    name: str
    colour: str
    shown: str
    exact: str
    error: str
    share: str
    counts_as: str
    adopted: str
    adopted_at: str
    holds: Sentence | None
    band: Band | None
    below: tuple[WeightRow, ...]


@dataclass(frozen=True)
class WeightsPanel:
    """All criteria with their weights; ``total`` is the sum of the criteria of the first level, as text."""

    rows: tuple[WeightRow, ...]
    total: str
    sums_to_100: bool
    is_open: bool

    @property
    def state(self) -> dict[str, dict[str, str]]:
        """What the script puts into the fields: by code what is shown, the exact weight, and the slider."""
        every = [one for row in self.rows for one in (row, *row.below)]
        return {row.code: {"shown": row.shown, "exact": row.exact, "share": row.share} for row in every}


def weights_panel(
    criteria: list[dict[str, Any]],
    weights: Mapping[str, float],
    reading: Reading | None,
    *,
    adopted: Mapping[str, float],
    shown: Mapping[str, str],
    faults: Mapping[str, str],
) -> WeightsPanel:
    """Arrange the panel. ``weights`` are those of the ranking that shows, ``shown`` their text."""
    stored = sum(adopted[criterion["code"]] for criterion in criteria)
    total = sum(weights[criterion["code"]] for criterion in criteria)
    sums_to_100 = abs(total - 100.0) < 1e-6
    rows: list[WeightRow] = []
    for place, criterion in enumerate(criteria):
        colour = criterion_colour(criterion["code"], place)
        below = criterion["sub_criteria"]
        within = sum(weights[sub["code"]] for sub in below)
        rows.append(
            _row(
                criterion,
                weights,
                reading,
                total=total,
                says_share=not sums_to_100,
                colour=colour,
                adopted=adopted,
                adopted_total=stored,
                shown=shown,
                faults=faults,
                below=tuple(
                    _row(
                        sub,
                        weights,
                        reading,
                        total=within,
                        says_share=False,
                        colour=colour,
                        adopted=adopted,
                        adopted_total=0.0,
                        shown=shown,
                        faults=faults,
                    )
                    for sub in below
                ),
            )
        )
    subs = {sub["code"] for criterion in criteria for sub in criterion["sub_criteria"]}
    return WeightsPanel(tuple(rows), measures.trimmed(total, 1), sums_to_100, bool(subs & set(faults)))


def _row(
    criterion: dict[str, Any],
    weights: Mapping[str, float],
    reading: Reading | None,
    *,
    total: float,
    says_share: bool,
    colour: str,
    adopted: Mapping[str, float],
    adopted_total: float,
    shown: Mapping[str, str],
    faults: Mapping[str, str],
    below: tuple[WeightRow, ...] = (),
) -> WeightRow:
    code = criterion["code"]
    share = weights[code] / total if total > 0 else 0.0
    return WeightRow(
        code=code,
        name=criterion["name"],
        colour=colour,
        shown=shown[code],
        exact=measures.exact(weights[code]),
        error=faults.get(code, ""),
        share=repr(share * 100),
        counts_as=measures.weight(share) if says_share else "",
        adopted=measures.trimmed(adopted[code], 1),
        adopted_at=f"{adopted[code] / adopted_total * 100:.2f}%" if adopted_total > 0 else "",
        holds=holds_words(reading, code) if reading is not None else None,
        band=_band(reading, code),
        below=below,
    )


def _band(reading: Reading | None, code: str) -> Band | None:
    if reading is None or holds_words(reading, code) is None:
        return None
    flip = reading.flips[code]
    low, high = flip["low"] * 100, flip["high"] * 100
    return Band(f"{low:.2f}%", f"{high:.2f}%", f"{high - low:.2f}%")

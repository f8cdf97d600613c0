"""Who would be first if one weight moved by ten points (domain rule "weight shift")."""

from __future__ import annotations

from dataclasses import dataclass

from selections.words.reading import Reading

STEP = 0.10
TIE = 1e-9


@dataclass(frozen=True)
class Shift:
    """One weight moved by ``change`` (a signed share), the others sharing the rest as before.

    ``winner`` is the code of the first afterwards; ``holds`` is true when it is the first of today.
    """

    code: str
    change: float
    winner: str
    holds: bool


def ten_point_shifts(reading: Reading) -> list[Shift]:
    """Move each weight of the first level up and down by ten points of 100, kept within 0 to 100.

    Not defined for a criterion that carries all the weight; such a criterion is left out.
    """
    if not reading.ranking:
        return []
    shifts: list[Shift] = []
    for node in reading.top:
        share = reading.local.get(node.code, 0.0)
        if share >= 1.0 - TIE:
            continue
        for step in (STEP, -STEP):
            moved = min(1.0, max(0.0, share + step))
            winner = _first(reading, node.code, share, moved)
            shifts.append(Shift(node.code, step, winner, winner == reading.ranking[0]["code"]))
    return shifts


def _first(reading: Reading, code: str, share: float, moved: float) -> str:
    """Give the first after the move; today's first keeps its place in a tie."""
    best = reading.ranking[0]["code"]
    totals = {
        row["code"]: _total(reading, row["by_criterion"], code, share, moved) for row in reading.ranking
    }
    for candidate, total in totals.items():
        if total > totals[best] + TIE:
            best = candidate
    return str(best)


def _total(reading: Reading, by_criterion: dict[str, float], code: str, share: float, moved: float) -> float:
    scale = (1.0 - moved) / (1.0 - share)
    return sum(
        (moved if node.code == code else reading.local.get(node.code, 0.0) * scale)
        * by_criterion.get(node.code, 0.0)
        for node in reading.top
    )

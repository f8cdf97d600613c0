"""Rank acceptability with values that are not known exactly, against chances in closed form."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from engine import InvalidInput, PiecewiseLinear, rank_acceptability
from engine import draws as drawing
from engine import sample_cache as caching
from engine.acceptability import accept
from engine.uncertain import uncertain_table

BOUND = 0.5
CLOSE = 2 * 0.0098


def chance_of(cell: Any, bound: float = BOUND, **settings: Any) -> float:
    """How often the cell, as the only value of an alternative, is above `bound`."""
    return float(rank_acceptability([[cell], [bound]], **settings).pairwise[0, 1])


@pytest.mark.parametrize(
    ("cell", "chance"),
    [
        (None, 0.5),
        (("uniform", 0, 1), 0.5),
        (("uniform", 0.4, 0.9), 0.8),
        (["uniform", 0.4, 0.9], 0.8),
        (("uniform", 0.5, 0.5), 0.5),
        (("triangular", 0, 0.2, 1), 0.3125),
        (("triangular", 0, 1, 1), 0.75),
        (("triangular", 0, 0, 1), 0.25),
        (("triangular", 0.3, 0.8, 0.9), 1 - 0.2**2 / (0.6 * 0.5)),
        (("triangular", 0.7, 0.7, 0.7), 1),
        (("normal", 0.6, 0.2), 0.5 * math.erfc(-0.5 / math.sqrt(2))),
        (("normal", 0.6, 0), 1),
        (("normal", 7, 0), 1),
        (("normal", -3, 0.01), 0),
        (np.float64(0.25), 0),
        (1, 1),
    ],
)
def test_chances_in_closed_form(cell: Any, chance: float) -> None:
    assert chance_of(cell) == pytest.approx(chance, abs=0 if chance in (0, 1) else CLOSE)


def test_a_normal_value_is_clipped_and_then_ties_with_the_end_of_the_scale() -> None:
    assert chance_of(("normal", 1, 0.1), 1.0) == pytest.approx(0.25, abs=CLOSE)
    assert chance_of(("normal", 9, 0.1), 1.0) == 0.5
    assert chance_of(("normal", 0, 0.1), 0.0) == pytest.approx(0.75, abs=CLOSE)


def test_confidence_is_the_share_of_draws_in_which_it_is_first_at_its_central_weights() -> None:
    """With one criterion the weights play no part: shares and confidence are the chances themselves."""
    found = rank_acceptability([[("uniform", 0, 1)], [0.3], [0.2]])
    assert found.acceptability[:, 0] == pytest.approx([0.7, 0.3, 0], abs=CLOSE)
    assert found.confidence[:2].tolist() == pytest.approx([0.7, 0.3], abs=CLOSE)
    assert math.isnan(found.confidence[2])
    assert found.confidence[0] == found.acceptability[0, 0]


def test_confidence_at_central_weights_of_two_criteria() -> None:
    """A (u, 0) leads B (0, 1) where w > 1 / (1 + u): a share of ∫ 1 − 1/(1 + u) du = 1 − ln 2, with a mean
    weight c of ∫ (1 − 1/(1 + u)²) / 2 du = 1/4 over that share. There it leads for u > (1 − c) / c."""
    found = rank_acceptability([[None, 0], [0, 1]], samples=100_000)
    close = 2 * found.half_width
    assert found.acceptability[0, 0] == pytest.approx(1 - math.log(2), abs=close)
    centre = 0.25 / (1 - math.log(2))
    assert found.central_weights[0, 0] == pytest.approx(centre, abs=close)
    assert found.confidence[0] == pytest.approx(1 - (1 - centre) / centre, abs=close)
    centre = 0.25 / math.log(2)
    assert found.central_weights[1, 0] == pytest.approx(centre, abs=close)
    assert found.confidence[1] == 1


def test_equal_cells_of_two_alternatives_are_drawn_apart() -> None:
    found = rank_acceptability([[None, 0.2]] * 2 + [[0.9, 0.1]] * 2)
    assert found.pairwise[0, 1] == pytest.approx(0.5, abs=CLOSE)
    assert found.pairwise[2, 3] == 0.5
    assert found.acceptability[0, 0] != found.acceptability[1, 0]
    assert (found.acceptability[2] == found.acceptability[3]).all()


@pytest.mark.parametrize("count", [3, 30])
def test_draws_of_a_large_table_are_those_of_a_small_one(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawn again for each use instead of kept, and in several blocks: not a bit differs."""
    random = np.random.default_rng(count)
    values = np.empty((count, 5), dtype=object)
    for place in np.ndindex(*values.shape):
        low, high = sorted(random.random(2))
        kinds = (None, ("uniform", low, high), ("triangular", low, high, high), ("normal", low, 0.1), low)
        values[place] = kinds[random.integers(5)]
    monkeypatch.setattr(drawing, "_CELLS_AT_ONCE", 7)
    once = rank_acceptability(values, samples=2_500)
    monkeypatch.setattr(drawing, "MOST_BYTES", 0)
    again = rank_acceptability(values, samples=2_500)
    for part in ("acceptability", "pairwise", "central_weights", "confidence"):
        assert getattr(once, part).tobytes() == getattr(again, part).tobytes()
    assert rank_acceptability(values, samples=2_500, seed=1).pairwise.tobytes() != once.pairwise.tobytes()


def test_what_is_drawn_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = caching.SampleCache()
    monkeypatch.setattr(drawing, "DRAWN", cache)
    values = [[None, 0.5], [("normal", 0.4, 0.1), 0.4]]
    once = rank_acceptability(values, samples=1_000)
    assert cache.bytes_kept == 2 * 1_000 * 8
    assert rank_acceptability(values, samples=1_000).pairwise.tobytes() == once.pairwise.tobytes()
    assert cache.bytes_kept == 2 * 1_000 * 8
    rank_acceptability([[None, 0.5], [0.4, ("normal", 0.4, 0.1)]], samples=1_000)
    assert cache.bytes_kept == 4 * 1_000 * 8


def test_metrics_as_far_apart_as_numbers_go() -> None:
    """On the scale of a criterion, valued afterwards: half of what is drawn lies beyond each end."""
    function = PiecewiseLinear([(-1, 0), (1, 1)])
    cells = (
        ("uniform", -1e308, 1.7e308),
        ("triangular", -1.7e308, 0.0, 1.7e308),
        ("normal", 0.0, 1.7e308),
        ("normal", 1.7e308, 1.7e308),
        ("uniform", 0.0, 5e-324),
    )
    for cell, chance in zip(cells, (1.7 / 2.7, 0.5, 0.5, 0.841, 0.5), strict=True):
        table = uncertain_table(np.array([[0.0], [0.5]]), [(0, 0, cell)], {0: function})
        assert accept(table, "uniform", 10_000, 0).pairwise[0, 1] == pytest.approx(chance, abs=CLOSE)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([[0.5, 1.2]], "values[0][1]: 1.2 is not between 0 and 1"),
        (np.array([[0.5, -0.1]]), "values[0][1]: -0.1 is not between 0 and 1"),
        ([[None, 1.2]], "values[0][1]: 1.2 is not between 0 and 1"),
        ([[0.5, math.nan]], "values[0][1]: NaN"),
        (np.array([[0.5, math.inf]]), "values[0][1]: an infinite number"),
        ([[0.5], [True]], "values[1][0]: a true/false value"),
        (np.array([[True, False]]), "values[0][0]: a true/false value"),
        ([["a", 0.5]], "values[0]: a row of values"),
        ([[0.5, "a"]], 'values[0][1]: a number is needed, not "a"'),
        ([[0.5], [0.5, 0.5]], "values: rows of different length"),
        ([0.5, 0.5], "values[0]: a row of values"),
        ([[]], "values[0]: a row of values"),
        ([], "values: a table with at least one row"),
        (None, "values: a table with at least one row"),
        (("uniform", 0, 1), "values[0]: a row of values"),
        (np.zeros((2, 2, 2)), "values: 2 dimension"),
        (np.zeros((0, 2)), "values: nothing in it"),
        (np.array([1 + 1j]).reshape(1, 1), "values[0][0]: a number is needed"),
        ([[0.1, ("uniform", 0, 2)]], "values[0][1]: high: 2 is above 1"),
        ([[0.1, ("uniform", 0.6, 0.5)]], "values[0][1]: low ≤ high does not hold"),
        ([[0.1, ("triangular", 0.1, 0.6, 0.5)]], "values[0][1]: low ≤ mode ≤ high does not hold"),
        ([[0.1, ("triangular", 0.1, 0.5)]], "values[0][1]: an uncertain value is"),
        ([[0.1, ("normal", 0.5, -0.1)]], "values[0][1]: sd: -0.1 is below 0"),
        ([[0.1, ("normal", math.nan, 0.1)]], "values[0][1]: mean: NaN"),
        ([[0.1, ("normal", True, 0.1)]], "values[0][1]: mean: a true/false"),
        ([[0.1, ("beta", 0.5, 0.1)]], "values[0][1]: an uncertain value is"),
        ([[0.1, (0.5, 0.6)]], "values[0][1]: an uncertain value is"),
        ([[0.1, ()]], "values[0][1]: an uncertain value is"),
        ([[0.1, {"low": 0}]], "values[0][1]: a number is needed, not dict"),
    ],
)
def test_bad_values_are_refused_with_the_place(values: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rank_acceptability(values)
    assert str(caught.value).startswith(message)


def test_a_row_may_begin_with_a_cell() -> None:
    found = rank_acceptability([[("uniform", 0.8, 0.9), 0.9], [("normal", 0.2, 0.01), None]], samples=100)
    assert found.pairwise[0, 1] > 0.9
    found = rank_acceptability(np.array([[("uniform", 0.8, 0.9)], [("uniform", 0.1, 0.2)]], dtype=object))
    assert found.pairwise[0, 1] == 1

"""The door to the solver: what it finds, what has no answer, what it cannot prove."""

from __future__ import annotations

import math

import pytest

from engine import _solve


def test_a_linear_program() -> None:
    """3x + 5y is largest at x = 2, y = 6: the Wyndor Glass example of Hillier and Lieberman."""
    limits = ([[1, 0], [0, 2], [3, 2]], [4, 12, 18])
    found = _solve.linear_program([-3, -5], upper=limits, bounds=[(0, None), (0, None)])
    assert found.x == pytest.approx([2, 6])
    assert found.objective == pytest.approx(-36)
    equal = _solve.linear_program([1, 1], equal=([[1, 2]], [4]), bounds=[(0, None), (0, None)])
    assert equal.x == pytest.approx([0, 2])


def test_no_point_fits() -> None:
    found = _solve.linear_program([1], upper=([[1]], [-1]), bounds=[(0, None)])
    assert (found.x, found.objective) == (None, math.inf)
    whole = _solve.integer_program([1], constraints=[([[2]], [1], [1])], low=[0], high=[5], whole=[1])
    assert (whole.x, whole.objective) == (None, math.inf)


def test_a_program_without_an_end_is_no_answer() -> None:
    with pytest.raises(ArithmeticError, match="no proven answer"):
        _solve.linear_program([-1], bounds=[(0, None)])


def test_whole_numbers() -> None:
    """Weights 5, 4, 3 in a sack of 8 worth 10, 7, 6: the first and the last."""
    found = _solve.integer_program(
        [-10, -7, -6], constraints=[([[5, 4, 3]], [-math.inf], [8])], low=[0] * 3, high=[1] * 3, whole=[1] * 3
    )
    assert found.x == pytest.approx([1, 0, 1])
    assert found.objective == pytest.approx(-16)

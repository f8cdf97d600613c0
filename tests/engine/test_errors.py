"""Refusals are collected, so that a person sees all mistakes of a file at once, and never too many."""

from __future__ import annotations

import pytest

from engine import Fault, InvalidInput
from engine.errors import MAX_FAULTS, FaultList


def test_faults_are_collected_up_to_a_limit_and_raised_together() -> None:
    faults = FaultList()
    faults.raise_if_any()
    for number in range(MAX_FAULTS + 5):
        faults.add(f"$.x[{number}]", "is wrong")
    assert faults.full
    with pytest.raises(InvalidInput) as refused:
        faults.raise_if_any()
    assert len(refused.value.faults) == MAX_FAULTS
    assert refused.value.faults[0] == Fault("$.x[0]", "is wrong")

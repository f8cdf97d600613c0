"""A gate: a test that no score can offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["failed", "conditional", "passed"]


@dataclass(frozen=True, slots=True)
class Gate:
    """The result of a knock-out test of one alternative."""

    code: str
    outcome: Outcome
    reason: str = ""

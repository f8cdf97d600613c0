"""The shipped criteria: what an organisation starts from and then edits as its own version."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from selections.tree import proposed_weights

_FOLDER = Path(__file__).parent / "reference"


@cache
def _shipped() -> dict[str, Any]:
    content: dict[str, Any] = json.loads((_FOLDER / "criteria.json").read_text(encoding="utf-8"))
    return content


def criteria_rules() -> dict[str, Any]:
    """Give a copy of the shipped criteria, value functions, evidence levels and knock-outs."""
    return copy.deepcopy(_shipped())


def default_weights(content: Mapping[str, Any]) -> dict[str, float]:
    """Give the weights that a criteria set proposes, by code: criteria and, within each, sub-criteria."""
    return proposed_weights(content)

"""The factors, gates and catalogue that ship with the product."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def factor_rules() -> dict[str, Any]:
    """Give a fresh copy of the shipped factor set (shape of reference/suitability_factors.json)."""
    rules: dict[str, Any] = json.loads(_text("suitability_factors"))
    return rules


@cache
def catalogue() -> tuple[dict[str, Any], ...]:
    """Give the catalogue of common legal tasks, in code order. Read only."""
    return tuple(json.loads(_text("task_catalogue"))["tasks"])

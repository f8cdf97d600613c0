"""The shipped risk register: the template that a report prints until an organisation keeps its own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "reference"


@cache
def risks() -> tuple[dict[str, Any], ...]:
    """Risks by rating (likelihood × impact), the highest first; equal ratings in code order."""
    content = json.loads((FOLDER / "risk_register.json").read_text(encoding="utf-8"))
    return tuple(sorted(content["risks"], key=lambda risk: (-risk["rating"], risk["code"])))

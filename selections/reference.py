"""The shipped criteria: what an organisation starts from and then edits as its own version."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "reference"


@cache
def criteria() -> dict[str, Any]:
    """Give criteria, value functions, evidence levels and knock-outs as shipped. Do not change the answer."""
    content: dict[str, Any] = json.loads((_FOLDER / "criteria.json").read_text(encoding="utf-8"))
    return content

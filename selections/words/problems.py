"""Why a ranking cannot be calculated, in the words of the pages on which it is mended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine import Fault, InvalidInput
from selections.assumptions import assumption_faults

_PLACE = re.compile(r"\$\.(?P<member>tasks|bids)\[(?P<index>\d+)\]\.?(?P<rest>.*)")


def problem_words(refused: InvalidInput, case: Mapping[str, Any]) -> tuple[str, ...]:
    """Turn what the engine refused into sentences; wrong assumptions are all named at once."""
    if any(fault.path.startswith("$.assumptions") for fault in refused.faults):
        found = assumption_faults(case["assumptions"])
        if found:
            return tuple(found.values())
    return tuple(_words(fault, case) for fault in refused.faults)


def _words(fault: Fault, case: Mapping[str, Any]) -> str:
    match = _PLACE.fullmatch(fault.path)
    if match is None:
        return f"{fault.path.removeprefix('$.').replace('_', ' ')}: {fault.message}."
    entry = case[match["member"]][int(match["index"])]
    what = match["rest"].replace("_", " ").replace(".", ", ")
    place = f"{entry['code']} {entry['name']}"
    return f"{place}{f', {what}' if what else ''}: {fault.message}."

"""Reads JSON from outside strictly: what another reader could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any

from engine.errors import FaultList, at, quoted, refuse

# A tree of criteria 20 levels deep nests two brackets a level; a document and a record stand around it.
MAX_NESTING = 64
# Empty ones take 30 times the memory of their text; the largest decision and its record have far fewer.
MAX_CONTAINERS = 2_000_000
# What a double holds has 309 digits at most.
_LONGEST_INTEGER = 310
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Object(dict[str, Any]):
    """A JSON object that remembers which keys came twice."""

    repeated: tuple[str, ...] = ()


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    result = _Object(pairs)
    if len(result) < len(pairs):
        times = Counter(key for key, _ in pairs)
        result.repeated = tuple(key for key in result if times[key] > 1)
    return result


def _integer(text: str) -> int | float:
    is_held = len(text) <= _LONGEST_INTEGER and math.isfinite(float(text))
    return int(text) if is_held else math.inf


def read_json(data: bytes, *, limit: int = 5_000_000) -> Any:
    """Parse UTF-8 JSON of at most `limit` bytes.

    Refused, with the JSON path where there is one: duplicate keys, NaN, infinities and numbers too large for
    a double, nesting deeper than 64, more than two million opening brackets, text that is not Unicode.
    Raises `InvalidInput` with up to 50 faults.
    """
    if len(data) > limit:
        raise refuse("$", f"the file is larger than {limit / 1e6:g} MB")
    if data.count(b"{") + data.count(b"[") > MAX_CONTAINERS:
        raise refuse("$", f"there are more than {MAX_CONTAINERS} opening brackets")
    try:
        text = data.decode("utf-8-sig")
        document = json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except UnicodeDecodeError as error:
        raise refuse("$", f"not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        raise refuse("$", f"not JSON: {error.msg} (line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise refuse("$", f"nested deeper than {MAX_NESTING} levels") from error
    faults = FaultList()
    result = _checked(document, "$", 1, faults)
    faults.raise_if_any()
    return result


def _checked(value: Any, path: str, depth: int, faults: FaultList) -> Any:
    """A copy in plain dicts and lists, every fault noted."""
    if isinstance(value, str):
        _text(value, path, faults)
    elif isinstance(value, float):
        if not math.isfinite(value):
            faults.add(path, "NaN, Infinity and numbers beyond the range of a double are not allowed")
    elif isinstance(value, dict | list):
        if depth > MAX_NESTING:
            faults.add(path, f"nested deeper than {MAX_NESTING} levels")
            return None
        if isinstance(value, list):
            return [_checked(member, at(path, k), depth + 1, faults) for k, member in enumerate(value)]
        return _members(value, path, depth, faults)
    return value


def _members(value: dict[str, Any], path: str, depth: int, faults: FaultList) -> dict[str, Any]:
    for key in getattr(value, "repeated", ()):
        faults.add(at(path, key), "the key comes twice")
    for key in value:
        _text(key, at(path, key), faults)
    return {key: _checked(member, at(path, key), depth + 1, faults) for key, member in value.items()}


def _text(text: str, path: str, faults: FaultList) -> None:
    if _SURROGATE.search(text):
        faults.add(path, f"{quoted(text)} is not valid Unicode text")

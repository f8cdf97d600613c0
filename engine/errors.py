"""The engine's one kind of refusal: what is wrong, and where."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
MAX_FAULTS = 50
_LONGEST_QUOTE = 80
# Python refuses to write integers out from some thousand digits on.
_LONGEST_INTEGER = 10**_LONGEST_QUOTE


def at(path: str, key: str | int) -> str:
    """The JSON path of a member or element below `path` (`$.a`, `$.a[0]`, `$["odd key"]`)."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if len(key) <= _LONGEST_QUOTE and _PLAIN_KEY.match(key):
        return f"{path}.{key}"
    return f"{path}[{quoted(key)}]"


def member(path: str, key: object) -> str:
    """As `at`, for a key from outside, which may be anything that is no text."""
    return at(path, key if isinstance(key, str) else quoted(key))


def quoted(value: object) -> str:
    """A short, one-line, quoted form of a value from outside, for a message."""
    if isinstance(value, int) and not -_LONGEST_INTEGER < value < _LONGEST_INTEGER:
        return "a number of very many digits"
    text = json.dumps(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 3]}..."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `path` names the place, `message` is a plain sentence."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class InvalidInput(ValueError):  # noqa: N818 - the name is part of the engine's published contract
    """The input cannot be worked with. The text names every place; `faults` lists them one by one."""

    def __init__(self, *faults: Fault) -> None:
        self.faults: tuple[Fault, ...] = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def refuse(path: str, message: str) -> InvalidInput:
    """An `InvalidInput` with a single fault, ready to be raised."""
    return InvalidInput(Fault(path, message))


class FaultList:
    """Collects up to 50 faults, so that a user sees all mistakes of a file at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    @property
    def full(self) -> bool:
        """True once no more faults are taken."""
        return len(self.faults) >= MAX_FAULTS

    def add(self, path: str, message: str) -> None:
        """Note a fault; silently ignored once the list is full."""
        if not self.full:
            self.faults.append(Fault(path, message))

    def raise_if_any(self) -> None:
        """Raise `InvalidInput` with everything that was collected."""
        if self.faults:
            raise InvalidInput(*self.faults)

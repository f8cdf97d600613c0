"""Reading the files that pin packages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Pin:
    """One package of a locked file."""

    name: str
    version: str
    requirement: Requirement
    hashes: frozenset[str]

    @property
    def is_for_here(self) -> bool:
        """Whether this Python on this machine needs it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def asked(name: str) -> list[Requirement]:
    """What an .in file asks for by name."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]


def locked(name: str) -> dict[str, Pin]:
    """The packages of a locked file by their plain names; of one split by Python, the one for here."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = {}
    for line in filter(None, text.splitlines()):
        if line.startswith("#"):
            continue
        requirement = Requirement(_HASH.sub("", line).strip())
        (exact,) = requirement.specifier
        assert exact.operator == "==", line
        hashes = frozenset(_HASH.findall(line))
        plain = canonicalize_name(requirement.name)
        pin = Pin(plain, exact.version, requirement, hashes)
        assert hashes, line
        assert plain not in pins or pin.is_for_here != pins[plain].is_for_here, plain
        if plain not in pins or pin.is_for_here:
            pins[plain] = pin
    return pins

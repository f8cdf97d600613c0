"""Folders that one process of a test run makes and all others copy: a migrated database, an installation.

``LPO_TEST_ONCE`` names a folder for processes that run at the same time (``.ci/run``); else each has its own.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, which ``make`` fills if nobody has yet; it is read, never written to."""
    root = _shared()
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        there = root / name
        if not there.exists():
            making = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root))
            make(making)
            making.rename(there)  # complete or not there at all
        return there


@cache
def _shared() -> Path:
    given = os.environ.get("LPO_TEST_ONCE")
    if given:
        return Path(given)
    own = tempfile.TemporaryDirectory(prefix="lpo-once-")
    atexit.register(own.cleanup)
    return Path(own.name)

"""The engine stands alone: what importing it brings in, and what it offers."""

from __future__ import annotations

import subprocess
import sys

import engine

FORBIDDEN = ("pandas", "scipy", "django", "plotly", "records", "figures")


def test_importing_brings_in_numpy_and_the_standard_library_only() -> None:
    script = f"import sys, engine; print([m for m in {FORBIDDEN!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_exists_and_is_documented() -> None:
    for name in engine.__all__:
        assert name == "ENGINE_VERSION" or getattr(engine, name).__doc__

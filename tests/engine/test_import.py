"""The engine stands alone: what importing it brings in, and what it offers."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from types import ModuleType

import pytest

import engine

FORBIDDEN = ("pandas", "scipy", "django", "plotly", "records", "figures")


def test_importing_brings_in_numpy_and_the_standard_library_only() -> None:
    script = f"import sys, engine; print([m for m in {FORBIDDEN!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_public_name_exists_and_is_documented() -> None:
    for name in engine.__all__:
        assert name == "ENGINE_VERSION" or getattr(engine, name).__doc__


def test_a_name_is_never_the_module_of_that_name() -> None:
    """Whoever imports a module first must not change what the package offers."""
    for module in pkgutil.iter_modules(engine.__path__):
        importlib.import_module(f"engine.{module.name}")
    offered = {name: getattr(engine, name) for name in engine.__all__}
    assert [name for name, value in offered.items() if isinstance(value, ModuleType)] == []
    assert set(offered) <= set(dir(engine))


def test_what_does_not_exist_is_said() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'guess'"):
        engine.guess  # noqa: B018

"""What is installed is what was looked at: pinned, hashed, complete, and its licences listed."""

from __future__ import annotations

import re
from importlib.metadata import requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.security.licences import PAGE, page
from tests.security.pins import ROOT, asked, locked

FILES = ["requirements.txt", "requirements-dev.txt"]
# Named by the customer; pytest-django is for tests, psycopg2-binary is the wheel of psycopg2.
PROMISED = {"django", "django-crispy-forms", "pandas", "plotly", "celery", "redis", "psycopg2-binary"}


@pytest.mark.parametrize("name", FILES)
def test_what_is_asked_for_is_what_is_locked(name: str) -> None:
    pins = locked(name)
    for requirement in asked(name.replace(".txt", ".in")):
        pin = pins.get(canonicalize_name(requirement.name))
        assert pin is not None, f"{requirement} is not locked: run `make lock`"
        assert str(requirement.specifier) == f"=={pin.version}", f"{requirement}: run `make lock`"


@pytest.mark.parametrize("name", FILES)
def test_every_locked_package_has_hashes_and_comes_from_no_named_place(name: str) -> None:
    assert [pin.name for pin in locked(name).values() if not pin.hashes] == []
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.search(r"https?:|file:|git\+|--(extra-)?index|--find-links|(^|\s)/\w", text) is None


@pytest.mark.parametrize("name", FILES)
def test_what_locked_packages_need_is_locked_too(name: str) -> None:
    """Read off the installed packages; extras only where they were asked for."""
    pins = locked(name)
    for pin in pins.values():
        if not pin.is_for_here:
            continue
        extras = {"", *next((r.extras for r in _all_asked() if canonicalize_name(r.name) == pin.name), ())}
        for line in requires(pin.name) or []:
            need = Requirement(line)
            if need.marker and not any(need.marker.evaluate({"extra": extra}) for extra in extras):
                continue
            found = pins.get(canonicalize_name(need.name))
            assert found is not None, f"{pin.name} needs {need}"
            assert need.specifier.contains(found.version, prereleases=True), f"{pin.name} needs {need}"


def _all_asked() -> list[Requirement]:
    return [*asked("requirements.in"), *asked("requirements-dev.in")]


def test_tests_run_on_what_production_runs_on() -> None:
    run, everything = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: (pin.version, pin.hashes) for name, pin in run.items()}.items() <= {
        name: (pin.version, pin.hashes) for name, pin in everything.items()
    }.items()


def test_what_the_customer_named_is_there() -> None:
    assert set(locked("requirements.txt")) >= PROMISED
    assert "pytest-django" in locked("requirements-dev.txt")


def test_only_files_with_known_hashes_are_installed() -> None:
    script = (ROOT / ".ci/packages").read_text(encoding="utf-8")
    installs = re.findall(r"pip install .*-r .*", script)
    assert len(installs) == 3
    assert all("--require-hashes" in line for line in installs)
    assert "pip install" not in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_what_installs_is_pinned_as_what_locks() -> None:
    pinned = (ROOT / ".ci/uv.txt").read_text(encoding="utf-8")
    assert pinned.startswith("uv==")
    assert pinned in (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")


def test_the_list_of_licences_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make licences`"


def test_no_licence_asks_for_more_than_notices() -> None:
    """In production: nothing that would make others disclose their own code, and nothing without terms."""
    production = page().split("## For tests")[0]
    assert "not said" not in production
    assert re.search(r"\bA?GPL", production.replace("LGPL", "")) is None

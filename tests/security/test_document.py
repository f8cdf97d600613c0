"""SECURITY.md names walls, tests, commands and variables that exist."""

from __future__ import annotations

import ast
import re

from django.core.management import get_commands

from tests.security.pins import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def _table(heading: str) -> list[str]:
    part = TEXT.split(f"## {heading}")[1].split("\n## ")[0]
    return [line for line in part.splitlines() if line.startswith("| ") and not line.startswith("|---")][1:]


def test_every_wall_names_tests_that_exist_and_hold_something() -> None:
    rows = _table("The walls and the tests that hold them")
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)`", row.split("|")[3])
        assert named, row
        for name in named:
            tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
            tests = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
            assert any(test.startswith("test_") for test in tests), name


def test_every_path_that_is_named_exists() -> None:
    named = set(re.findall(r"`((?:tests|docs|accounts|lpo)/[\w/.-]+)`", TEXT))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_command_that_is_named_exists() -> None:
    commands = set(re.findall(r"manage\.py (\w+)", TEXT)) | {"import_organisation"}
    assert commands <= set(get_commands())
    targets = set(re.findall(r"`make (\w+)`", TEXT))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.M)] == []


def test_every_variable_that_is_named_is_read_somewhere() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "lpo").rglob("*.py"))
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=\d)?`", TEXT)) - {"ENGINE_VERSION"}
    assert named >= {"HTTPS", "TRUSTED_PROXIES", "REQUIRE_MFA", "SECRET_KEY_FALLBACKS"}
    assert [name for name in named if name not in source] == []

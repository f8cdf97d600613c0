"""Accessibility findings of a page, one line each."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def findings(page: Page, problems: list[str]) -> list[str]:
    """Give what axe found; the console messages that axe itself causes do not count."""
    before = list(problems)
    answer: dict[str, Any] = Axe().run(page).response
    problems[:] = before
    return [f"{rule['id']}: {node['target']}" for rule in answer["violations"] for node in rule["nodes"]]

"""The browser of the machine, where there is one; else the one Playwright brought."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.server import FLAGS, chromium


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """As for the tests of whole pages."""
    path = chromium()
    return {"args": FLAGS, "headless": True} | ({"executable_path": path} if path else {})


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page of its own context."""
    opened = browser.new_page()
    yield opened
    opened.close()

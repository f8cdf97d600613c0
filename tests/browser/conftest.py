"""Fixtures of the browser tests: one real server, a signed-in page per role, no silent script errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.server import FLAGS, PASSWORD, chromium, running_server

expect.set_options(timeout=10_000)

PEOPLE = {
    "owner": "owner@calderridge.example",
    "counsel": "counsel@calderridge.example",
    "procurement": "procurement@calderridge.example",
    "manager": "manager@calderridge.example",
    "outsider": "outsider@northlake.example",
    "empty": "owner@empty.example",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything below this folder drives a browser."""
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Use the installed Chromium, without calls to the outside."""
    path = chromium()
    return {"args": FLAGS, "headless": True} | ({"executable_path": path} if path else {})


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """One real server with the sample organisations for all browser tests."""
    with running_server() as address:
        yield address


class Problems(list[str]):
    """Console errors and refused requests of the pages of one test."""

    def listen(self, page: Page) -> None:
        """Collect from one page; any Content-Security-Policy message counts."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.append(f"script error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        is_policy = "Content Security Policy" in message.text or "Content-Security-Policy" in message.text
        # A refused form answers 422 with its errors beside the fields; the browser notes that as an error.
        if is_policy or (message.type == "error" and "status of 422" not in message.text):
            self.append(f"{message.type}: {message.text}")


@pytest.fixture
def problems() -> Iterator[Problems]:
    """Fail the test when a page wrote an error or broke the Content-Security-Policy."""
    found = Problems()
    yield found
    assert not found, "\n".join(found)


@pytest.fixture(scope="session")
def _states(server: str, browser: Browser) -> Callable[[str], Any]:
    """Sign each person in once and keep the cookies."""
    kept: dict[str, Any] = {}

    def state(role: str) -> Any:
        if role not in kept:
            context = browser.new_context(base_url=server)
            page = context.new_page()
            page.goto("/accounts/login/")
            page.get_by_label("Work e-mail").fill(PEOPLE[role])
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
            kept[role] = context.storage_state()
            context.close()
        return kept[role]

    return state


@pytest.fixture(scope="session")
def _context(
    server: str, browser: Browser, _states: Callable[[str], Any]
) -> Iterator[Callable[..., BrowserContext]]:
    """Give the browser of one person in one look; kept, so that assets are fetched and compiled once."""
    kept: dict[tuple[str | None, int, bool, bool], BrowserContext] = {}

    def context(role: str | None, width: int, dark: bool, script: bool) -> BrowserContext:
        key = (role, width, dark, script)
        if key not in kept:
            kept[key] = browser.new_context(
                base_url=server,
                storage_state=_states(role) if role else None,
                viewport={"width": width, "height": 900},
                color_scheme="dark" if dark else "light",
                java_script_enabled=script,
                reduced_motion="reduce",
            )
        return kept[key]

    yield context
    for one in kept.values():
        one.close()


@pytest.fixture
def open_as(_context: Callable[..., BrowserContext], problems: Problems) -> Iterator[Callable[..., Page]]:
    """Open a page as somebody: ``open_as("counsel", "/o/calder-ridge/tasks/", width=390, dark=True)``."""
    pages: list[Page] = []

    def open_page(
        role: str | None, path: str, *, width: int = 1440, dark: bool = False, script: bool = True
    ) -> Page:
        page = _context(role, width, dark, script).new_page()
        pages.append(page)
        problems.listen(page)
        page.goto(path)
        return page

    yield open_page
    for page in pages:
        page.close()

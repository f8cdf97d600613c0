"""Fixtures of the browser tests: one real server, a signed-in page per role, no silent script errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.addresses import Addresses, read_addresses
from tests.browser.people import PEOPLE, sign_in
from tests.browser.server import FLAGS, Running, chromium, running_server

expect.set_options(timeout=10_000)


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
def server() -> Iterator[Running]:
    """One real server with the sample organisations for all browser tests."""
    with running_server(LPO_COMPONENTS="1") as address:
        yield address


@pytest.fixture(scope="session")
def addresses(server: Running) -> Addresses:
    """Every page of the application with the ids of this server's database."""
    return read_addresses(server)


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
            sign_in(page, PEOPLE[role])
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
def new_page(_context: Callable[..., BrowserContext], problems: Problems) -> Iterator[Callable[..., Page]]:
    """Give an empty page of somebody: ``new_page("counsel", width=390, dark=True)``."""
    pages: list[Page] = []

    def make(role: str | None, *, width: int = 1440, dark: bool = False, script: bool = True) -> Page:
        page = _context(role, width, dark, script).new_page()
        pages.append(page)
        problems.listen(page)
        return page

    yield make
    for page in pages:
        page.close()


@pytest.fixture
def open_as(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open a page as somebody: ``open_as("counsel", "/o/calder-ridge/tasks/", script=False)``."""

    def open_page(role: str | None, path: str, **look: Any) -> Page:
        page = new_page(role, **look)
        page.goto(path)
        return page

    return open_page

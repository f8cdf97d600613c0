"""Fixtures of the browser tests: one real server, a signed-in page per role, no silent script errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.addresses import Addresses, read_addresses
from tests.browser.people import PEOPLE, sign_in
from tests.browser.server import FLAGS, Running, chromium, running_server

# An answer that comes late on a busy machine is an answer; one that never comes costs this long.
expect.set_options(timeout=30_000 if os.environ.get("CI") else 10_000)
WIDTH, HEIGHT = 1440, 900
Lend = Callable[..., BrowserContext]


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
def looked_server() -> Iterator[Running]:
    """Another one for what is marked ``looks``: reading its addresses makes and splits what they need."""
    with running_server(LPO_COMPONENTS="1") as address:
        yield address


@pytest.fixture(scope="session")
def addresses(looked_server: Running) -> Addresses:
    """Every page of the application with the ids of that server's database."""
    return read_addresses(looked_server)


class Browsers:
    """Browsers for one test after the other, each alone in one.

    Between two tests pages and cookies go; what was fetched and compiled stays, which is most of the work of
    opening a page. A page that nothing happens on keeps the process of the others alive.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[tuple[str, bool], list[BrowserContext]] = {}
        self._of: dict[BrowserContext, tuple[tuple[str, bool], Page]] = {}

    def take(self, address: str, script: bool) -> BrowserContext:
        """Give a browser for the server at an address that nobody uses."""
        key = (str(address), script)
        if free := self._free.get(key):
            return free.pop()
        context = self._browser.new_context(
            base_url=address,
            java_script_enabled=script,
            viewport={"width": WIDTH, "height": HEIGHT},
            reduced_motion="reduce",
        )
        still = context.new_page()
        # A page that names its icon: for any other the browser asks for /favicon.ico when it likes to, and
        # the page that says there is none would bring a token of its own into the middle of a test.
        still.goto("/accounts/login/")
        context.clear_cookies()
        self._of[context] = (key, still)
        return context

    def give_back(self, context: BrowserContext) -> None:
        """Clean a browser for the next one."""
        key, still = self._of[context]
        for page in context.pages:
            if page is not still:
                page.close()
        context.clear_cookies()
        assert still.evaluate("localStorage.length") == 0, "a store that the next one would find"
        self._free.setdefault(key, []).append(context)

    def forget(self, address: str) -> None:
        """Close the browsers of a server that ends."""
        for context in [one for one, (key, _) in self._of.items() if key[0] == str(address)]:
            context.close()
            del self._of[context]
        self._free = {key: free for key, free in self._free.items() if key[0] != str(address)}

    def close(self) -> None:
        """Close all."""
        for address in {key[0] for key, _ in self._of.values()}:
            self.forget(address)


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
def browsers(browser: Browser) -> Iterator[Browsers]:
    """Browsers that nobody is signed in with, for `lend`."""
    lent = Browsers(browser)
    yield lent
    lent.close()


@pytest.fixture
def lend(browsers: Browsers) -> Iterator[Lend]:
    """Lend a browser for this test: ``lend(server, script=False)``."""
    taken: list[BrowserContext] = []

    def take(address: str, *, script: bool = True) -> BrowserContext:
        taken.append(browsers.take(address, script))
        return taken[-1]

    yield take
    for context in taken:
        browsers.give_back(context)


@pytest.fixture(scope="session")
def _cookies(browsers: Browsers) -> Callable[[str, str], Any]:
    """Sign each person in once at each server and keep the cookies."""
    kept: dict[tuple[str, str], Any] = {}

    def cookies(address: str, role: str) -> Any:
        if (address, role) not in kept:
            context = browsers.take(address, True)
            page = context.new_page()
            sign_in(page, PEOPLE[role])
            kept[address, role] = context.cookies()
            browsers.give_back(context)
        return kept[address, role]

    return cookies


@pytest.fixture
def new_page(
    request: pytest.FixtureRequest,
    lend: Lend,
    _cookies: Callable[[str, str], Any],
    problems: Problems,
) -> Callable[..., Page]:
    """Give an empty page of somebody: ``new_page("counsel", width=390, dark=True)``."""
    is_looked_at = request.node.get_closest_marker("looks") is not None
    server: Running = request.getfixturevalue("looked_server" if is_looked_at else "server")
    mine: dict[tuple[str | None, bool], BrowserContext] = {}

    def make(role: str | None, *, width: int = 1440, dark: bool = False, script: bool = True) -> Page:
        if (role, script) not in mine:
            cookies = _cookies(server, role) if role else []
            mine[role, script] = lend(server, script=script)
            mine[role, script].add_cookies(cookies)
        page = mine[role, script].new_page()
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.emulate_media(color_scheme="dark" if dark else "light")
        problems.listen(page)
        return page

    return make


@pytest.fixture
def open_as(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open a page as somebody: ``open_as("counsel", "/o/calder-ridge/tasks/", script=False)``."""

    def open_page(role: str | None, path: str, **look: Any) -> Page:
        page = new_page(role, **look)
        page.goto(path)
        return page

    return open_page

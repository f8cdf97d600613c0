"""Signing in by keyboard alone, on a real server that requires a second factor and has a company sign-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.codes import code_of
from tests.accounts.issuer import CLIENT_ID, CLIENT_SECRET, Issuer, running_issuer
from tests.browser.axe import findings
from tests.browser.conftest import Browsers, Lend, Problems
from tests.browser.server import PASSWORD, running_server

SIGN_IN, SET_UP, CODES = "/accounts/login/", "/accounts/second-factor/set-up/", "/accounts/recovery-codes/"
COMPANY = "Calder Ridge ID"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """A provider that has signed counsel in."""
    with running_issuer(sub="c-1", email="counsel@calderridge.example", email_verified=True) as one:
        yield one


@pytest.fixture(scope="module")
def strict(issuer: Issuer, browsers: Browsers) -> Iterator[str]:
    """A server that requires a second factor and offers the company's own sign-in."""
    set_up = {"OIDC_ISSUER": issuer.address, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
    with running_server(REQUIRE_MFA="1", OIDC_NAME=COMPANY, **set_up) as address:
        yield address
        browsers.forget(address)


@pytest.fixture
def browse(strict: str, lend: Lend, problems: Problems) -> Page:
    """A browser that nobody is signed in with."""
    page = lend(strict).new_page()
    problems.listen(page)
    return page


def _type_password(page: Page, role: str) -> None:
    """Sign in from the address bar on, touching no mouse: the first field has the focus."""
    page.goto(SIGN_IN)
    expect(page.get_by_label("Work e-mail")).to_be_focused()
    page.keyboard.type(f"{role}@calderridge.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus."""
    for _ in range(30):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.labels?.[0] || document.activeElement).textContent.trim()"
        )
        if focused.startswith(name):
            return
    raise AssertionError(f"Tab never reaches {name!r}")


def _set_up(page: Page, role: str) -> str:
    """Be led to the set-up, and do it by keyboard; give the key."""
    _type_password(page, role)
    page.wait_for_url(f"**{SET_UP}")
    key = page.locator("#key").inner_text()
    expect(page.get_by_label("Type the code that the app shows")).to_be_focused()
    page.keyboard.type(code_of(key))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{CODES}")
    return key


def _code_is_asked_for(page: Page) -> None:
    """The page is there, and what is typed now goes into its field."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Type your code")
    expect(page.get_by_label("Code of your authenticator app")).to_be_focused()


def test_set_up_sign_in_and_recover_by_keyboard(browse: Page, problems: Problems) -> None:
    key = _set_up(browse, "owner")
    codes = browse.get_by_role("list", name="Unused recovery codes").get_by_role("listitem").all_inner_texts()
    assert len(codes) == 10
    _tab_to(browse, "I have kept them")
    browse.keyboard.press("Enter")
    browse.wait_for_url("**/o/calder-ridge/")

    # Sign out by keyboard, come back with a code of the app.
    _tab_to(browse, "OO")
    browse.keyboard.press("Enter")
    _tab_to(browse, "Sign out")
    browse.keyboard.press("Enter")
    browse.wait_for_url(f"**{SIGN_IN}")
    _type_password(browse, "owner")
    _code_is_asked_for(browse)
    assert findings(browse, problems) == []
    # A wrong code first: the sentence stands beside the field, which has the focus again.
    browse.keyboard.type("abcdef")
    browse.keyboard.press("Enter")
    expect(browse.locator("#id_code-error")).to_contain_text("This code is wrong")
    assert findings(browse, problems) == []
    _code_is_asked_for(browse)
    browse.keyboard.type(code_of(key, steps=1))
    browse.keyboard.press("Enter")
    browse.wait_for_url("**/o/calder-ridge/")

    # The phone is lost: a recovery code, once.
    browse.context.clear_cookies()
    _type_password(browse, "owner")
    _code_is_asked_for(browse)
    browse.keyboard.type(codes[0])
    browse.keyboard.press("Enter")
    browse.wait_for_url("**/o/calder-ridge/")
    browse.goto(CODES)
    expect(browse.get_by_role("list", name="Unused recovery codes").get_by_role("listitem")).to_have_count(9)


def test_nothing_opens_before_the_set_up_and_signing_out_stays_possible(browse: Page) -> None:
    _type_password(browse, "manager")
    browse.wait_for_url(f"**{SET_UP}")
    for path in ("/", "/o/calder-ridge/tasks/", "/accounts/", "/accounts/sessions/"):
        browse.goto(path)
        assert browse.url.endswith(SET_UP)
    assert browse.request.get("/o/calder-ridge/tasks.csv", max_redirects=0).status in {302, 404}
    expect(browse.get_by_role("img", name="QR code")).to_be_visible()
    assert browse.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    _tab_to(browse, "MM")
    browse.keyboard.press("Enter")
    _tab_to(browse, "Sign out")
    browse.keyboard.press("Enter")
    browse.wait_for_url(f"**{SIGN_IN}")


@pytest.mark.parametrize("script", [True, False])
def test_through_the_companys_own_sign_in(
    strict: str, lend: Lend, issuer: Issuer, problems: Problems, script: bool
) -> None:
    """To another site and back under the strict policy, with and without scripts; our factor is asked for."""
    page = lend(strict, script=script).new_page()
    problems.listen(page)
    page.goto(SIGN_IN)
    _tab_to(page, f"Sign in with {COMPANY}")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{SET_UP}")
    assert issuer.asked[-1]["redirect_uri"] == f"{strict}/accounts/company/back/"
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")


def test_ending_another_session_by_keyboard(browse: Page, strict: str, lend: Lend) -> None:
    key = _set_up(browse, "procurement")
    there = lend(strict).new_page()
    _type_password(there, "procurement")
    _code_is_asked_for(there)
    there.keyboard.type(code_of(key, steps=1))
    there.keyboard.press("Enter")
    there.wait_for_url("**/o/calder-ridge/")
    browse.goto("/accounts/sessions/")
    expect(browse.get_by_role("list", name="Open sessions").get_by_role("listitem")).to_have_count(2)
    _tab_to(browse, "End")
    browse.keyboard.press("Enter")
    expect(browse.get_by_role("status")).to_contain_text("ended")
    there.goto("/o/calder-ridge/")
    assert SIGN_IN in there.url

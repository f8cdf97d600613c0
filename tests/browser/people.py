"""The people of the browser tests, and how they sign in."""

from __future__ import annotations

import base64
import hmac
import time

from playwright.sync_api import Page, expect

from tests.browser.server import PASSWORD

PEOPLE = {
    "owner": "owner@calderridge.example",
    "counsel": "counsel@calderridge.example",
    "procurement": "procurement@calderridge.example",
    "manager": "manager@calderridge.example",
    "outsider": "outsider@northlake.example",
    "second": "second@northlake.example",
    "empty": "owner@empty.example",
}


def sign_in(page: Page, email: str) -> None:
    """Sign in through the page itself and wait for what follows."""
    page.goto("/accounts/login/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def code_now(secret: str) -> str:
    """Compute the code that an authenticator app shows for a secret (RFC 6238, six digits, 30 s)."""
    key = base64.b32decode(secret.replace(" ", ""))
    digest = hmac.digest(key, (int(time.time()) // 30).to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"

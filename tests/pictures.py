"""Make the pictures of the README: the ranking page and the first page of the board report.

Run with ``make pictures``; it starts a server of its own with the sample company.
"""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
from playwright.sync_api import Page, sync_playwright

from tests.browser.server import FLAGS, PASSWORD, ROOT, chromium, running_server

FOLDER = ROOT / "docs/pictures"


def _sign_in(page: Page, address: str, email: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")


def _ranking(page: Page, target: Path) -> None:
    page.get_by_role("link", name="Selection").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=target)


def _report(page: Page, target: Path) -> None:
    page.get_by_role("link", name="Board report").first.click()
    page.wait_for_load_state("networkidle")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    pdf = download.value.path()
    target.write_bytes(first_page(pdf.read_bytes()))


def first_page(pdf: bytes) -> bytes:
    """Draw the first page of a PDF as a PNG."""
    document = pypdfium2.PdfDocument(pdf)
    picture = io.BytesIO()
    document[0].render(scale=1.6).to_pil().save(picture, format="PNG", optimize=True)
    return picture.getvalue()


def main() -> None:
    """Write both pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1000}, color_scheme="light")
        _sign_in(page, address, "procurement@calderridge.example")
        _ranking(page, FOLDER / "ranking.png")
        _report(page, FOLDER / "report.png")
        browser.close()


if __name__ == "__main__":
    main()

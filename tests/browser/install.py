"""Find Chromium for the browser tests, or get it, or say in one sentence what to install."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.server import ROOT, chromium


def found() -> bool:
    """Say whether a Chromium is installed: on PATH, in its usual place on macOS, or by Playwright."""
    return chromium() is not None or _playwright_has_one()


def _playwright_has_one() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _run(*command: str) -> None:
    subprocess.run(command, check=False)


def main() -> int:
    """Return 0 when the browser tests can run."""
    if found():
        return 0
    _run(str(ROOT / ".ci" / "chromium"))
    if not found():
        print("No Chromium found: letting Playwright download its own (about 150 MB, once).")
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    if found():
        return 0
    print("The browser tests need Chromium: install the package chromium (or Google Chrome) and try again.")
    return 1


if __name__ == "__main__":
    sys.exit(main())

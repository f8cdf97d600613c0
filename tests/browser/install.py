"""Find Chromium for the browser tests, or get it, or say in one sentence what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.server import chromium


def found() -> bool:
    """Say whether a Chromium is installed: on PATH, in its usual place on macOS, or by Playwright."""
    return chromium() is not None or _playwright_has_one()


def _playwright_has_one() -> bool:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def _apt_is_meant() -> bool:
    return bool(os.environ.get("CI")) and shutil.which("apt-get") is not None and os.geteuid() == 0


def _run(*command: str) -> None:
    subprocess.run(command, check=False)


def main() -> int:
    """Return 0 when the browser tests can run."""
    if found():
        return 0
    if _apt_is_meant():
        print("Installing Chromium with apt for the browser tests.")
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
    if not found():
        print("No Chromium found: letting Playwright download its own (about 150 MB, once).")
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    if found():
        return 0
    print("The browser tests need Chromium: install the package chromium (or Google Chrome) and try again.")
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""The browser of the machine, where there is one; else the one Playwright brought."""

import shutil
from typing import Any

import pytest

FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium of the system runs as root in containers, hence no sandbox: it only sees our own pages."""
    found = shutil.which("chromium") or shutil.which("google-chrome")
    system = {"executable_path": found} if found else {}
    return browser_type_launch_args | system | {"args": ["--no-sandbox", *FLAGS]}

"""The real server for browser tests, pictures and measurements: gunicorn as `make run` starts it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PASSWORD = "sample-only"
# An organisation that has just started, for looking at empty pages.
EMPTY = """
from accounts.models import User
from lpo.setup import start_organisation
owner = User.objects.create_user("owner@empty.example", "sample-only", name="Emmy Empty", is_sample=True)
start_organisation(name="Empty Department", slug="empty", period="FY 2027", owner=owner)
"""


def chromium() -> str | None:
    """Find an installed Chromium; None means Playwright's own."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return MAC if Path(MAC).exists() else None


def free_port() -> int:
    """Ask the system for a port nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_server(**extra: str) -> Iterator[str]:
    """Prepare a fresh installation in a folder of its own, serve it, and give its address."""
    with tempfile.TemporaryDirectory(prefix="lpo-server-") as folder:
        port = free_port()
        env = {**os.environ, "LPO_VAR": folder, "PORT": str(port), "LPO_SAMPLE_SIGNINS": "1"}
        env |= {"LPO_HASHED_ASSETS": "1", "DJANGO_SETTINGS_MODULE": "lpo.settings", **extra}
        env.pop("SECRET_KEY", None)
        for command in (["prepare"], ["shell", "--no-imports", "-c", EMPTY]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True)
        log = Path(folder) / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "--config", "lpo/gunicorn_conf.py"],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=out,
            )
            address = f"http://127.0.0.1:{port}"
            try:
                _wait(address, process, log)
                yield address
            finally:
                process.terminate()
                process.wait(timeout=20)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/accounts/login/", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")

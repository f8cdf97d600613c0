"""The real server for browser tests, pictures and measurements: gunicorn as `make run` starts it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.installation import BEAT, WORKER, installation, process
from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Pages of one browser share a process and what was compiled in it: Plotly is parsed once.
    "--process-per-site",
    "--js-flags=--no-flush-bytecode",
]
# The shell draws the same pages without the parts that need a screen, and takes a fifth less time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PASSWORD = "sample-only"
# An organisation that has just started, for looking at empty pages; its owner belongs to two organisations,
# and one of its people is there to set up a second factor. The twin gets a second person, for what takes two.
EMPTY = """
from accounts.models import Membership, Organisation, User
from lpo.setup import start_organisation
owner = User.objects.create_user("owner@empty.example", "sample-only", name="Emmy Empty", is_sample=True)
start_organisation(name="Empty Department", slug="empty", period="FY 2027", owner=owner)
factor = User.objects.create_user("factor@empty.example", "sample-only", name="Fay Factor", is_sample=True)
empty = Organisation.objects.get(slug="empty")
Membership.objects.create(user=factor, organisation=empty, role="manager")
sample = Organisation.objects.get(slug="calder-ridge")
Membership.objects.create(user=owner, organisation=sample, role="manager")
address = "second@northlake.example"
second = User.objects.create_user(address, "sample-only", name="Sana Second", is_sample=True)
twin = Organisation.objects.get(slug="northlake")
Membership.objects.create(user=second, organisation=twin, role="counsel")
"""


def chromium() -> str | None:
    """Find an installed Chromium; None means Playwright's own."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return MAC if Path(MAC).exists() else None


class Running(str):
    """The address of a running server; ``env`` is the environment in which a command sees its database."""

    env: dict[str, str]


@contextmanager
def running_server(**extra: str) -> Iterator[Running]:
    """Serve a fresh installation in a folder of its own, and give its address.

    On PostgreSQL there are two web processes, with Redis a worker and a beat beside them.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lpo-server-")))
        port = free_port()
        env = stack.enter_context(installation(folder, script=EMPTY, PORT=str(port), **extra))
        if "REDIS_URL" in env:
            env |= {"WEB_CONCURRENCY": "2"} | extra
            for name, module in (("worker", WORKER), ("beat", BEAT)):
                stack.enter_context(process(env, folder / f"{name}.log", module))
        log = folder / "server.log"
        server = stack.enter_context(process(env, log, ("gunicorn", "--config", "lpo/gunicorn_conf.py")))
        address = Running(f"http://127.0.0.1:{port}")
        address.env = env
        wait_for(address, server, log)
        yield address


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a server that was started answers; what it wrote is in the error when it does not."""
    deadline = time.monotonic() + 90
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

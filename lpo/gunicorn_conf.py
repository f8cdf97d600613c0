"""Gunicorn for ``make run`` and for production; everything that differs comes from the environment."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the script `gunicorn` looks elsewhere

from lpo import logs

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
graceful_timeout = 30  # requests that run when SIGTERM comes are finished; service managers wait longer
keepalive = 5
wsgi_app = "lpo.wsgi:application"
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
logconfig_dict = logs.gunicorn_configuration()

_embedded: Any = None


def when_ready(server: Any) -> None:
    """Say where we are, once the socket is bound."""
    greeting = os.environ.get("LPO_GREETING")
    if greeting:
        print(greeting, flush=True)  # noqa: T201  (the terminal of `make run` is the page here)


def post_worker_init(worker: Any) -> None:
    """Tell the sign-in what is really bound, then start the in-process queue where it is needed."""
    global _embedded  # noqa: PLW0603  (one per process, by gunicorn's design)
    hosts = [
        "unix" if isinstance(address, str) else str(address[0])
        for address in (socket.getsockname() for socket in worker.sockets)
    ]
    os.environ["LPO_LISTENS_ON"] = ",".join(hosts)
    # Django is set up only now, inside the worker.
    from lpo.worker import EmbeddedWorker

    _embedded = EmbeddedWorker()
    if _embedded.is_needed():
        _embedded.start()
        # Jobs of an in-process queue die with the process: send again what was waiting or half-made.
        from reports.jobs import sweep

        sweep.delay()
    # What is loaded by now stays: looking through it for garbage made long pages wait up to 0.2 s.
    gc.collect()
    gc.freeze()


def worker_exit(server: Any, worker: Any) -> None:
    """Let running jobs finish."""
    if _embedded is not None:
        _embedded.stop()

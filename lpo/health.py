"""Two questions that machines ask: is this process alive, and can it do its work?

Both are answered before hosts, HTTPS, sessions and sign-in are looked at, so that a probe on the loopback
address of a container gets an answer. They say one word per part and nothing else.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

from lpo import worker

Answer = Callable[[HttpRequest], HttpResponseBase]

OK, AWAY, BEHIND, FULL, UNWRITABLE = "ok", "away", "behind", "full", "unwritable"
BROKER_SECONDS = 1.0
NOT_READY = 503


def health(get_response: Answer) -> Answer:
    """Answer ``/healthz`` (this process runs) and ``/readyz`` (database, broker, storage; 503 when not)."""
    pages: dict[str, Callable[[], HttpResponse]] = {"/healthz": alive, "/readyz": ready}

    def answered(request: HttpRequest) -> HttpResponseBase:
        page = pages.get(request.path_info)
        if page is None:
            return get_response(request)
        response = page() if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        response["Cache-Control"] = "no-store"
        return response

    return answered


def alive() -> HttpResponse:
    """Say that this process takes requests; asks nobody else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready() -> HttpResponse:
    """Say of each part whether it works."""
    parts = {"database": database(), "broker": broker(), "storage": storage()}
    is_ready = all(word == OK for word in parts.values())
    status = {"status": "ready" if is_ready else "not ready"}
    return JsonResponse(status | parts, status=200 if is_ready else NOT_READY)


def database() -> str:
    """Reachable, and no migration of this version is missing. A newer version may have migrated further."""
    try:
        applied = MigrationRecorder(connection).applied_migrations()
    except Error:
        return AWAY
    return OK if _expected() <= applied.keys() else BEHIND


@cache
def _expected() -> frozenset[tuple[str, str]]:
    """The migrations on disk; they do not change while a process runs."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)


def broker() -> str:
    """The queue answers within a second; where it lives in this process, its worker is running."""
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return OK
    if not settings.REDIS_URL:
        return OK if worker.is_running() else AWAY
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_SECONDS,
        socket_timeout=BROKER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        return OK if client.ping() else AWAY
    except (redis.RedisError, OSError):
        return AWAY
    finally:
        client.close()


def storage() -> str:
    """A report can be written, and there is room for it (``MIN_FREE_MB``, 200)."""
    folder: Path = settings.FILES_DIR
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"ready")
            probe.flush()
    except OSError:
        return UNWRITABLE
    return OK if shutil.disk_usage(folder).free >= settings.MIN_FREE_MB * 2**20 else FULL

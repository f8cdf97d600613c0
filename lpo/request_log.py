"""One line per request, and an id that ties together what was logged for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from lpo import logs

Answer = Callable[[HttpRequest], HttpResponseBase]

HEADER = "X-Request-ID"
SERVER_FAULT = 500
REFUSED = 400
QUIET = ("/healthz", "/readyz")

logger = logging.getLogger("lpo.access")


def request_log(get_response: Answer) -> Answer:
    """Give each request an id, answer with it, and write one line when it is over.

    The id of a proxy is taken only where ``TRUSTED_PROXIES`` says that there is one. Assets and health
    checks that went well leave no line.
    """

    def logged(request: HttpRequest) -> HttpResponseBase:
        identity = _identity(request)
        with logs.told(identity, lambda: _facts(request)):
            started = time.perf_counter()
            response = get_response(request)
            response[HEADER] = identity
            if not _is_dull(request, response.status_code):
                _write(response.status_code, (time.perf_counter() - started) * 1000)
        return response

    return logged


def _identity(request: HttpRequest) -> str:
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT < 1:
        return logs.new_id()
    return logs.fitting_id(request.headers.get(HEADER, ""))


def _facts(request: HttpRequest) -> logs.Facts:
    """What is known by now: nothing here may read the session or ask the database."""
    facts: logs.Facts = {"method": request.method, "path": request.path}
    match = request.resolver_match
    if match is not None and "organisation" in match.kwargs:
        facts["organisation"] = match.kwargs["organisation"]
    user = getattr(request, "_cached_user", None)  # set once somebody asked who it is
    if user is not None and user.pk is not None:
        facts["user"] = user.pk
    return facts


def _is_dull(request: HttpRequest, status: int) -> bool:
    if status >= REFUSED:
        return False
    return request.path in QUIET or request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/")


def _write(status: int, milliseconds: float) -> None:
    level = logging.ERROR if status >= SERVER_FAULT else logging.INFO
    logger.log(level, "request", extra={"status": status, "duration_ms": round(milliseconds, 1)})

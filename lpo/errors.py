"""What an error looks like: one page in our look, never a detail; a sentence where htmx asked for a piece."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string

Answer = Callable[[HttpRequest], HttpResponseBase]

DATABASE_AWAY_SECONDS = 10
POSTGRES_DISK_FULL = "53100"
SQLITE_DISK_FULL = "database or disk is full"
# Printed when even the error page cannot be drawn.
LAST_RESORT = "Something went wrong on our side. What you last saved is safe. Try again in a minute."


def _error(request: HttpRequest, status: int, title: str, text: str, *, alone: str = "") -> HttpResponse:
    """Draw the page; ``alone``: what is said where the title does not show, if the text needs it."""
    if request.headers.get("HX-Request") == "true":  # its script shows a sentence above the page
        return _sentence(status, alone or text)
    if not hasattr(request, "user"):  # an error before the session was read
        request.user = AnonymousUser()
    return render(request, "error.html", {"title": title, "text": text}, status=status)


def _sentence(status: int, text: str) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def unreadable(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400 for what cannot be read or stored; 413 for what is too much at once."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return _error(
            request,
            413,
            "This is too much at once",
            "Nothing was changed. Send less: paste a long table in parts, or shorten the text.",
        )
    return _error(
        request,
        400,
        "This could not be read",
        "Nothing was changed. It held a character that cannot be stored, or it was damaged on the way. "
        "Go back, retype it, and send it again.",
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the role may not do this."""
    title = "Your role may not do this"
    text = "Nothing was changed. Ask an owner of the organisation if you should be able to."
    return _error(request, 403, title, text, alone=f"{title}. {text}")


def token_missing(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form carries no token of ours: the page is old, or another site sent it."""
    return _error(
        request,
        403,
        "This page is too old to send",
        "Nothing was changed. Open the page again, sign in if you are asked to, and send it from there.",
    )


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or not yours (the two look the same on purpose)."""
    return _error(
        request,
        404,
        "There is no such page",
        "It may have been removed, or it belongs to another organisation.",
    )


def wrong_method(get_response: Answer) -> Answer:
    """405: an address that only takes what a button sends was opened, or a page was sent something.

    Django leaves this answer empty, and browsers then show an error page of their own. A middleware, since
    Django has no handler for it; whoever fetches with a script still reads the header ``Allow``.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_said = isinstance(response, HttpResponse) and bool(response.content)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or is_said:
            return response
        page = _error(
            request,
            HTTPStatus.METHOD_NOT_ALLOWED,
            "This cannot be opened on its own",
            "It only works from the page and the button that lead to it. Nothing was changed.",
        )
        page["Allow"] = response["Allow"]
        return page

    return answered


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """429: asked too often; ``wait`` is in seconds."""
    unit = "second" if wait == 1 else "seconds"
    answer = _error(
        request,
        429,
        "That was a lot in a short time",
        f"Wait {wait} {unit}, then try again. Nothing was changed and nothing is lost.",
    )
    answer["Retry-After"] = str(wait)
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault, told without details; 503 when the database is away, 507 when the disk is full.

    Drawn without the request: whatever reads the session or the organisation would ask the database again.
    """
    fault = sys.exc_info()[1]
    if _has_no_room(fault):
        return _bare(
            request,
            507,
            "There is no room left on the server",
            "There is no room left to save this. Nothing was changed. Tell the people who run this server, "
            "and send it again once they have made room.",
        )
    if isinstance(fault, OperationalError | InterfaceError):
        answer = _bare(
            request,
            503,
            "The database does not answer",
            "What you last saved is safe. Wait a moment and try again.",
        )
        answer["Retry-After"] = str(DATABASE_AWAY_SECONDS)
        return answer
    return _bare(
        request,
        500,
        "Something went wrong on our side",
        "What you last saved is safe. Try again; if it happens again, tell the people who run this server.",
    )


def _has_no_room(fault: BaseException | None) -> bool:
    """Whether the disk below the database or the files is full."""
    if isinstance(fault, OSError):
        return fault.errno in {errno.ENOSPC, errno.EDQUOT}
    is_full = getattr(fault.__cause__, "pgcode", "") == POSTGRES_DISK_FULL if fault is not None else False
    return isinstance(fault, OperationalError) and (is_full or SQLITE_DISK_FULL in str(fault))


def _bare(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        return _sentence(status, text)
    try:
        page = render_to_string("error.html", {"title": title, "text": text})
    except Exception:  # whatever it is, the person must get an answer
        return _sentence(status, LAST_RESORT)
    return HttpResponse(page, status=status)

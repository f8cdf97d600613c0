"""What is refused before any page sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, QueryDict

Answer = Callable[[HttpRequest], HttpResponseBase]


_SESSION_KEY = re.compile("[a-z0-9]{32}")


def possible_session(get_response: Answer) -> Answer:
    """Take no notice of a session cookie that this server cannot have set.

    It is looked up in the database before anything else is looked at, and PostgreSQL fails on some texts.
    """

    def answered(request: HttpRequest) -> HttpResponseBase:
        if not _SESSION_KEY.fullmatch(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")):
            request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        return get_response(request)

    return answered


def storable_text(get_response: Answer) -> Answer:
    """Refuse text that no database column takes: NUL characters and halves of surrogate pairs.

    Nobody types them; PostgreSQL and the answer's own encoding fail on them. The refusal is a page with
    status 400. Forms are read by now (the CSRF check does), so nothing is read that would not be anyway.
    """

    def guarded(request: HttpRequest) -> HttpResponseBase:
        if not all(_is_storable(text) for text in _texts(request)):
            raise BadRequest("A character was sent that cannot be stored.")
        return get_response(request)

    return guarded


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    yield from _parts(request.GET)
    if request.method == "POST":
        yield from _parts(request.POST)


def _parts(sent: QueryDict) -> Iterator[str]:
    for name, values in sent.lists():
        yield name
        yield from map(str, values)


def _is_storable(text: str) -> bool:
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

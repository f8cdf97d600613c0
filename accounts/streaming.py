"""Files that are longer than one answer should hold in memory (room: views)."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from accounts.http import OrgRequest
from accounts.models import Organisation
from accounts.tenancy import opened


def csv_answer(request: OrgRequest, pieces: Iterator[bytes], *, name: str, is_long: bool) -> HttpResponseBase:
    """Send a CSV file; a long one is made while it is sent.

    By then the view has returned and closed the organisation, so each piece opens it for itself. A short file
    is one answer with its length.
    """
    return file_answer(request, pieces, name=name, kind="text/csv; charset=utf-8", is_long=is_long)


def file_answer(
    request: OrgRequest, pieces: Iterator[bytes], *, name: str, kind: str, is_long: bool
) -> HttpResponseBase:
    """Send a file of another kind in the same way."""
    if is_long:
        stream = _opened_pieces(request.organisation, pieces)
        answer: HttpResponseBase = StreamingHttpResponse(stream, content_type=kind)
    else:
        answer = HttpResponse(b"".join(pieces), content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _opened_pieces(organisation: Organisation, pieces: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        with opened(organisation), timezone.override(organisation.time_zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece

"""The audit trail: the page, and exactly what it is narrowed to as files."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from accounts.models import AuditEvent
from lpo.trail import files, queries
from lpo.trail.filters import FilterForm, Filters

_LONGEST_ID = 18


@require_safe
@member_view(can="see")
def trail(request: OrgRequest) -> HttpResponse:
    """Show who did what when, newest first; filters and place are the address."""
    form = FilterForm(request.GET)
    filters, may_see_notes = form.filters(), request.may("counsel_notes")
    page = None
    if not form.errors:
        page = queries.trail_page(
            filters=filters,
            may_see_notes=may_see_notes,
            before=_key(request.GET.get("before", "")),
            after=_key(request.GET.get("after", "")),
        )
    chosen = ""
    if filters.kind and filters.object:
        chosen = queries.object_name(filters, may_see_notes=may_see_notes)
    context = {
        "form": form,
        "filters": filters,
        "page": page,
        "offered": queries.offered(may_see_notes=may_see_notes),
        "object_name": chosen,
        "query": filters.query(),
        "query_without_object": filters.query(object="", kind=""),
        "export_limit": files.EXPORT_LIMIT,
        "counted": queries.COUNTED,
        "window": queries.WINDOW,
    }
    template = "audit/_events.html" if request.htmx else "audit/trail.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_safe
@member_view(can="see")
def trail_csv(request: OrgRequest) -> HttpResponseBase:
    """Give the narrowed trail as CSV."""
    zone = ZoneInfo(request.organisation.time_zone)
    return _attachment(request, files.csv_stream(_events(request), zone), "text/csv; charset=utf-8", "csv")


@require_safe
@member_view(can="see")
def trail_jsonl(request: OrgRequest) -> HttpResponseBase:
    """Give the narrowed trail as JSON Lines."""
    return _attachment(request, files.json_stream(_events(request)), "application/jsonl", "jsonl")


def _events(request: OrgRequest) -> Iterable[AuditEvent]:
    """One event more than a file holds, so that the file can say that it was cut."""
    form = FilterForm(request.GET)
    filters: Filters = form.filters()
    if form.errors:
        raise Http404("These filters cannot be read.")
    may_see_notes = request.may("counsel_notes")
    return queries.all_events(filters=filters, may_see_notes=may_see_notes, at_most=files.EXPORT_LIMIT + 1)


def _attachment(
    request: OrgRequest, content: Iterable[bytes], kind: str, suffix: str
) -> StreamingHttpResponse:
    today = timezone.localdate().isoformat()
    name = f"{request.organisation.slug}-audit-trail-{today}.{suffix}"
    response = StreamingHttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _key(text: str) -> int | None:
    """Read the id of an event from the address; anything else means the newest page."""
    is_id = text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID
    return int(text) if is_id else None

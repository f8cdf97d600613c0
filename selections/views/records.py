"""One kept ranking: its page and its stored bytes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from selections.models import RankingRecord
from selections.queries.inputs import read_inputs
from selections.queries.records import read_record, record_rows, record_state, weight_groups
from selections.queries.since import UNREAD, results_today, since
from selections.views.loading import load_selection
from selections.words import statement


@require_safe
@member_view(can="see")
def record(request: OrgRequest, pk: int, number: int) -> HttpResponse:
    """Show one record as it was stored, and whether the case has changed since."""
    selection = load_selection(pk)
    wanted = RankingRecord.objects.select_related("kept_by")
    found = get_object_or_404(wanted, selection=selection, number=number)
    kept = read_record(found)
    inputs = read_inputs(selection)
    state = record_state(found, inputs)
    context = {
        "selection": selection,
        "record": found,
        "kept": kept,
        "statement": statement(kept.reading),
        "rows": record_rows(kept),
        "weights": weight_groups(kept.reading),
        "size": len(bytes(found.content)),
        "state": state,
        "since": since(bytes(found.content), inputs, results_today(inputs)) if state == "old" else UNREAD,
        "file_name": file_name(request, found),
    }
    return render(request, "selections/ranking/record.html", context)


@require_safe
@member_view(can="see")
def record_file(request: OrgRequest, pk: int, number: int) -> HttpResponse:
    """Give the stored bytes, exactly."""
    selection = load_selection(pk)
    found = get_object_or_404(RankingRecord, selection=selection, number=number)
    response = HttpResponse(bytes(found.content), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{file_name(request, found)}"'
    return response


def file_name(request: OrgRequest, record: RankingRecord) -> str:
    """Name the file after organisation, number and the first digits of the hash."""
    return f"{request.organisation.slug}-record-{record.number}-{record.sha256[:8]}.json"

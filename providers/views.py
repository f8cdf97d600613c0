"""Pages that show providers: the list, one profile, and what stands behind each value."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from accounts.streaming import csv_answer
from providers import queries, queries_profile
from providers.forms import FilterForm
from providers.models import Provider
from providers.queries import CERTIFICATE_FILTERS, EVIDENCE_FILTERS, SORTS, Filters
from providers.reference import knock_out_questions, sub_criteria
from providers.table import csv_file

COLUMNS = {
    "code": "Code",
    "name": "Provider",
    "staff": "Staff",
    "values": "Values",
    "answers": "Answers",
    "updated": "Changed",
}


@require_safe
@member_view(can="see")
def provider_list(request: OrgRequest) -> HttpResponse:
    """List the providers of the organisation."""
    filters = FilterForm(request.GET).filters()
    context = {
        "found": queries.provider_page(filters=filters, number=request.GET.get("page", 1)),
        "filters": filters,
        "evidence_filters": EVIDENCE_FILTERS,
        "certificate_filters": CERTIFICATE_FILTERS,
        "sorts": {column: _sort(filters, column) for column in SORTS},
        "query": _query(filters),
        "may_edit": request.may("edit_providers"),
    }
    template = "providers/_list.html" if request.htmx else "providers/list.html"
    return render(request, template, context)


@require_safe
@member_view(can="see")
def provider_csv(request: OrgRequest) -> HttpResponseBase:
    """Give the filtered list as a file, all pages of it."""
    keys = queries.found_keys(filters=FilterForm(request.GET).filters())
    pieces = csv_file(queries.all_rows(keys))
    return csv_answer(request, pieces, name="providers.csv", is_long=len(keys) > queries.BATCH)


@require_safe
@member_view(can="see")
def profile(request: OrgRequest, pk: int) -> HttpResponse:
    """Show what is known about one provider."""
    provider = get_object_or_404(Provider, pk=pk)
    context = {"profile": queries_profile.profile(provider), "may_edit": request.may("edit_providers")}
    return render(request, "providers/profile.html", {"provider": provider, **context})


@require_safe
@member_view(can="see")
def history(request: OrgRequest, pk: int) -> HttpResponse:
    """Show who changed what in a profile, newest first."""
    provider = get_object_or_404(Provider, pk=pk)
    context = {"provider": provider, "history": queries_profile.history(provider)}
    return render(request, "providers/history.html", context)


@require_safe
@member_view(can="see")
def value(request: OrgRequest, pk: int, code: str) -> HttpResponse:
    """Explain one value: what it measures, where it comes from, who entered it, what it was before."""
    provider = get_object_or_404(Provider, pk=pk)
    sub = sub_criteria().get(code)
    if sub is None or sub.kept_with != "provider":
        raise Http404
    metric = provider.metrics.filter(sub_criterion=code).select_related("entered_by").first()
    context = {
        "provider": provider,
        "line": queries_profile.ValueLine(sub, metric),
        "history": queries_profile.history(provider, about=code),
        "may_edit": request.may("edit_providers"),
    }
    return _page_or_piece(request, "value", context)


@require_safe
@member_view(can="see")
def answer(request: OrgRequest, pk: int, code: str) -> HttpResponse:
    """Show one answer to a knock-out question with its evidence and history."""
    provider = get_object_or_404(Provider, pk=pk)
    question = knock_out_questions().get(code)
    if question is None:
        raise Http404
    given = provider.answers.filter(question=code).select_related("entered_by").first()
    context = {
        "provider": provider,
        "line": queries_profile.AnswerLine(question, given),
        "history": queries_profile.history(provider, about=code),
        "may_edit": request.may("edit_providers"),
    }
    return _page_or_piece(request, "answer", context)


def _page_or_piece(request: OrgRequest, name: str, context: dict[str, object]) -> HttpResponse:
    """Give the piece to a dialog, the full page to everybody else."""
    is_dialog = bool(request.headers.get("X-Dialog"))
    template = f"providers/_{name}.html" if is_dialog else f"providers/{name}.html"
    return render(request, template, {**context, "is_dialog": is_dialog})


def _query(filters: Filters, **changed: str) -> str:
    """Give the address part that leads to the same list, changed in one thing."""
    parts = {
        "q": filters.text,
        "country": filters.country,
        "certificate": filters.certificate,
        "expiry": filters.expiry,
        "evidence": filters.evidence,
        "sort": "" if filters.sort == "code" else filters.sort,
        "down": "1" if filters.is_descending else "",
    } | changed
    return urlencode({key: part for key, part in parts.items() if part})


def _sort(filters: Filters, column: str) -> dict[str, str]:
    """Say what a click on a column head does, and how the column is sorted now."""
    is_current = filters.sort == column
    turn = "1" if is_current and not filters.is_descending else ""
    state = ("descending" if filters.is_descending else "ascending") if is_current else ""
    return {"name": COLUMNS[column], "state": state, "query": _query(filters, sort=column, down=turn)}

"""Ask for a report, watch it being made, download it, its record and its workbook."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

import records
from accounts.http import OrgRequest, member_view
from reports import jobs, queries, services
from reports.forms import ReportForm, SuitabilityForm
from reports.models import Report
from reports.workbook.book import WORKBOOK_TYPE, suitability_workbook

TOO_MANY = 429
PRIVILEGE_WORDS = "Counsel chose the privilege line for this case: it stands on every page."


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="request_report")
def report_list(request: OrgRequest) -> HttpResponse:
    """All reports, and the forms that ask for one; ``?record=`` chooses its ranking beforehand."""
    found = queries.report_list()
    form, status = None, 200
    if found.selection and found.records:
        wanted = {"record": request.GET.get("record", "")}
        form = ReportForm(request.POST or None, selection=found.selection, initial=wanted)
        if request.method == "POST" and form.is_valid():
            try:
                report = services.request_report(actor=request.user, **form.cleaned_data)
            except services.TooManyReportsError as fault:
                form.add_error(None, str(fault))
                status = TOO_MANY
            else:
                return _queued(request, report)
        elif form.errors:
            status = 422
    return _list_page(request, found, form, SuitabilityForm(action=_ask_address(request)), status)


@require_POST
@member_view(can="request_report")
def ask_suitability(request: OrgRequest) -> HttpResponse:
    """Store the current assessment and ask for the report of it."""
    found = queries.report_list()
    form, status = SuitabilityForm(request.POST, action=_ask_address(request)), 422
    if found.assessment is None:
        raise Http404("This organisation has no assessment.")
    if form.is_valid():
        try:
            report = services.request_suitability_report(
                assessment=found.assessment, paper=form.cleaned_data["paper"], actor=request.user
            )
        except services.TooManyReportsError as fault:
            form.add_error(None, str(fault))
            status = TOO_MANY
        except services.NoSuitabilityReportError as fault:
            form.add_error(None, str(fault))
        else:
            return _queued(request, report)
    board = ReportForm(selection=found.selection) if found.selection and found.records else None
    return _list_page(request, found, board, form, status)


def _ask_address(request: OrgRequest) -> str:
    return reverse("reports:ask_suitability", args=[request.organisation.slug])


def _queued(request: OrgRequest, report: Report) -> HttpResponse:
    jobs.send(report)
    return redirect("reports:report", organisation=request.organisation.slug, pk=report.pk)


def _list_page(
    request: OrgRequest,
    found: queries.ReportList,
    form: ReportForm | None,
    suitability_form: SuitabilityForm,
    status: int,
) -> HttpResponse:
    has_line = found.selection is not None and found.selection.has_privilege_line
    page = {
        "found": found,
        "form": form,
        "suitability_form": suitability_form,
        "privilege_line": PRIVILEGE_WORDS if has_line else "",
    }
    return render(request, "reports/list.html", page, status=status)


@require_safe
@member_view(can="request_report")
def report(request: OrgRequest, pk: int) -> HttpResponse:
    """One report: progress while it is made, then the files. htmx polls the piece, a browser the page."""
    row = get_object_or_404(queries.with_records().select_related("requested_by"), pk=pk)
    if row.status in Report.OPEN and services.is_due(report_id=row.pk):
        jobs.publish(request.organisation, row.pk)
        row.refresh_from_db()
    template = "reports/_status.html" if request.htmx else "reports/report.html"
    return render(request, template, {"page": queries.report_page(row)})


@require_safe
@member_view(can="request_report")
def download(request: OrgRequest, pk: int) -> HttpResponse:
    """The PDF (about half a megabyte, so it is read whole)."""
    row = get_object_or_404(queries.with_records(), pk=pk, status=Report.Status.DONE)
    if not row.file.name or not row.file.storage.exists(row.file.name):
        raise Http404("The file of this report is gone; ask for the report again.")
    with row.file.open("rb") as file:
        content = file.read()
    return _attachment(content, "application/pdf", f"{row.file_name}-{row.paper}.pdf")


@require_safe
@member_view(can="request_report")
def record(request: OrgRequest, pk: int) -> HttpResponse:
    """The stored bytes of what the report prints, exactly as they were hashed."""
    row = get_object_or_404(queries.with_records(), pk=pk)
    before = "suitability-" if row.is_suitability else ""
    name = f"{before}record-{row.kept.number}.json"
    return _attachment(bytes(row.kept.content), "application/json", name)


@require_safe
@member_view(can="request_report")
def workbook(request: OrgRequest, pk: int) -> HttpResponse:
    """The workbook of a suitability report, written from the same stored bytes as its PDF."""
    row = get_object_or_404(queries.with_records(), pk=pk, kind=Report.Kind.SUITABILITY)
    stored = records.read_json(bytes(row.kept.content), limit=records.RECORD_LIMIT)
    content = suitability_workbook(stored, services.options_of(row, stored))
    return _attachment(content, WORKBOOK_TYPE, f"{row.file_name}.xlsx")


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})

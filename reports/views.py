"""Ask for a board report, watch it being made, download it and its record."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import OrgRequest, member_view
from reports import jobs, queries, services
from reports.forms import ReportForm
from reports.models import Report

TOO_MANY = 429
PRIVILEGE_WORDS = "Counsel chose the privilege line for this case: it stands on every page."


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="request_report")
def report_list(request: OrgRequest) -> HttpResponse:
    """All reports, and the form that asks for one; ``?record=`` chooses its ranking beforehand."""
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
                jobs.send(report)
                return redirect("reports:report", organisation=request.organisation.slug, pk=report.pk)
        elif form.errors:
            status = 422
    has_line = found.selection is not None and found.selection.has_privilege_line
    page = {"found": found, "form": form, "privilege_line": PRIVILEGE_WORDS if has_line else ""}
    return render(request, "reports/list.html", page, status=status)


@require_safe
@member_view(can="request_report")
def report(request: OrgRequest, pk: int) -> HttpResponse:
    """One report: progress while it is made, then the files. htmx polls the piece, a browser the page."""
    row = get_object_or_404(Report.objects.select_related("record__selection", "requested_by"), pk=pk)
    if row.status in Report.OPEN and services.is_due(report_id=row.pk):
        jobs.publish(request.organisation, row.pk)
        row.refresh_from_db()
    template = "reports/_status.html" if request.htmx else "reports/report.html"
    return render(request, template, {"page": queries.report_page(row)})


@require_safe
@member_view(can="request_report")
def download(request: OrgRequest, pk: int) -> HttpResponse:
    """The PDF (about half a megabyte, so it is read whole)."""
    row = get_object_or_404(Report.objects.select_related("record"), pk=pk, status=Report.Status.DONE)
    if not row.file.name or not row.file.storage.exists(row.file.name):
        raise Http404("The file of this report is gone; ask for the report again.")
    with row.file.open("rb") as file:
        content = file.read()
    name = f"board-report-record-{row.record.number}-{row.paper}.pdf"
    return _attachment(content, "application/pdf", name)


@require_safe
@member_view(can="request_report")
def record(request: OrgRequest, pk: int) -> HttpResponse:
    """The stored bytes of the ranking record, exactly as they were hashed."""
    row = get_object_or_404(Report.objects.select_related("record"), pk=pk)
    name = f"record-{row.record.number}.json"
    return _attachment(bytes(row.record.content), "application/json", name)


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})

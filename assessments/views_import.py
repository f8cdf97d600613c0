"""Importing legal tasks from a file: upload, say which column is which, look at every change, apply."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import OrgRequest, member_view
from assessments import services
from assessments.cells import COLUMNS
from assessments.forms_grid import ImportForm, UploadForm, written_rows
from assessments.views import closed_page, the_assessment
from tabular import Block, TableFault, guess_columns

_SHOWN_ROWS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_tasks")
def upload(request: OrgRequest) -> HttpResponse:
    """Take a file and show what was understood of it; nothing is saved yet."""
    if closed := closed_page(request, the_assessment()):
        return closed
    if request.method != "POST":
        return _upload_page(request, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _upload_page(request, form)
    try:
        block = form.block()
        rows = written_rows(block)
    except TableFault as fault:
        form.add_error("file", str(fault))
        return _upload_page(request, form)
    guessed = guess_columns(block, COLUMNS)
    initial: dict[str, Any] = {f"column-{place}": key for place, key in enumerate(guessed)}
    initial |= {"has_heading": "1", "existing": services.Existing.UPDATE.value}
    initial |= {"rows": rows, "file_name": str(form.cleaned_data["file"].name)[:200]}
    return _preview_page(request, ImportForm(initial), block)


@require_POST
@member_view(can="edit_tasks")
def apply(request: OrgRequest) -> HttpResponse:
    """Show the import again with other choices, or save it all."""
    form = ImportForm(request.POST)
    if not form.is_valid():
        raise BadRequest("The import form was damaged.")
    try:
        block = form.block()
    except TableFault as fault:
        raise BadRequest(str(fault)) from fault
    if request.POST.get("step") != "apply":
        return _preview_page(request, form, block)
    try:
        plan = services.apply_import(
            actor=request.user,
            assessment=the_assessment(),
            shown=form.cleaned_data["shown"],
            file_name=form.cleaned_data["file_name"],
            **_choices(form, block),
        )
    except services.ImportRefusedError as refused:
        return _preview_page(request, form, block, plan=refused.plan, sentence=str(refused))
    messages.success(request, _told(plan))
    return redirect("assessments:grid", organisation=request.organisation.slug)


def _choices(form: ImportForm, block: Block) -> dict[str, Any]:
    return {
        "block": block,
        "keys": form.keys(_width(block)),
        "has_heading": form.cleaned_data["has_heading"],
        "existing": form.cleaned_data["existing"],
    }


def _width(block: Block) -> int:
    return max(len(row.cells) for row in block.rows)


def _upload_page(request: OrgRequest, form: UploadForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "assessments/import.html", {"form": form, "columns": COLUMNS}, status=status)


def _preview_page(
    request: OrgRequest,
    form: ImportForm,
    block: Block,
    *,
    plan: services.ImportPlan | None = None,
    sentence: str = "",
) -> HttpResponse:
    form.is_valid()
    is_refused = plan is not None
    plan = plan or services.plan_import(assessment=the_assessment(), **_choices(form, block))
    first = [*block.rows[:3]]
    places = [
        {"field": form[f"column-{place}"], "samples": [_at(row.cells, place) for row in first]}
        for place in range(_width(block))
    ]
    context = {
        "form": form,
        "plan": plan,
        "places": places,
        "sentence": sentence,
        "shown_rows": _worth_seeing(plan),
        "counts": [(kind, plan.count(kind)) for kind in services.RowKind if plan.count(kind)],
        "limit": _SHOWN_ROWS,
    }
    status = 422 if is_refused or not plan.is_good else 200
    return render(request, "assessments/import_preview.html", context, status=status)


def _worth_seeing(plan: services.ImportPlan) -> list[services.ImportRow]:
    """What is wrong first, then what would change; rows without a change last, and not all of very many."""
    order = list(services.RowKind)
    order.insert(0, order.pop())
    return sorted(plan.rows, key=lambda row: order.index(row.kind))[:_SHOWN_ROWS]


def _at(cells: tuple[str, ...], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def _told(plan: services.ImportPlan) -> str:
    new, changed = plan.count(services.RowKind.NEW), plan.count(services.RowKind.CHANGED)
    if not new and not changed:
        return "Imported: nothing in the file differed from the assessment."
    return f"Imported: {new} legal task{'' if new == 1 else 's'} added, {changed} changed."

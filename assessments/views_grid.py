"""The grid: legal tasks as a spreadsheet, saved cell by cell; and the same columns as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import OrgRequest, member_view
from accounts.streaming import csv_answer
from assessments import queries, queries_grid, queries_totals, services
from assessments.cells import COLUMNS, Roles
from assessments.forms import FilterForm
from assessments.forms_grid import MAX_CHANGED_ROWS, read_changes
from assessments.models import PracticeClass
from assessments.rulebook import Rulebook
from assessments.views import closed_page, the_assessment
from figures import moment, parse_number
from tabular import csv_pieces, workbook_bytes

_NUMBERS = tuple(column.key for column in COLUMNS if column.is_number)
_HEADERS = [column.title for column in COLUMNS]


@require_safe
@member_view(can="edit_tasks")
def grid(request: OrgRequest) -> HttpResponse:
    """Show the tasks as cells to type into."""
    assessment = the_assessment()
    if closed := closed_page(request, assessment):
        return closed
    rulebook = Rulebook(assessment.factor_set.content)
    filters = FilterForm(request.GET).filters()
    page = queries_grid.grid_page(assessment=assessment, filters=filters, rulebook=rulebook)
    data = {
        "rows": page.rows,
        "classes": PracticeClass.labels,
        "batch": min(200, MAX_CHANGED_ROWS),
    }
    context = {
        "page": page,
        "data": data,
        "filters": filters,
        "gates": queries_totals.totals(assessment=assessment, rulebook=rulebook).gates,
        "columns": COLUMNS,
    }
    return render(request, "assessments/grid.html", context)


@require_POST
@member_view(can="edit_tasks")
def save(request: OrgRequest) -> HttpResponse:
    """Save changed cells and answer each: saved, wrong with a sentence, or changed by somebody else."""
    assessment = the_assessment()
    changes = read_changes(request.POST.get("changes", ""))
    answers = services.save_rows(actor=request.user, assessment=assessment, rows=changes)
    roles = Roles.of(assessment.pk)
    rows = [_row(answer, roles) for answer in answers]
    return JsonResponse({"rows": rows, "at": _moment(timezone.now())})


def _row(answer: services.RowAnswer, roles: Roles) -> dict[str, Any]:
    cells = {
        cell.key: {
            "state": cell.state,
            "sentence": cell.sentence,
            "theirs": cell.theirs,
            "by": cell.by,
            "at": _moment(cell.at) if cell.at else "",
        }
        for cell in answer.cells
    }
    row = queries_grid.grid_row(answer.task, roles) if answer.task else None
    return {"ref": answer.ref, "row": row, "cells": cells, "fault": answer.fault}


def _moment(at: datetime) -> str:
    local, today = timezone.localtime(at), timezone.localdate()
    return f"{local:%H:%M}" if local.date() == today else moment(local)


@require_safe
@member_view(can="edit_tasks")
def csv(request: OrgRequest) -> HttpResponseBase:
    """Give all tasks, or those that the filters leave, as a CSV file that imports back unchanged."""
    batches, is_long = _batches(request)
    rows = ([[_cell(row, column.key) for column in COLUMNS] for row in batch] for batch in batches)
    return csv_answer(request, csv_pieces(_HEADERS, rows), name="legal-tasks-grid.csv", is_long=is_long)


@require_safe
@member_view(can="edit_tasks")
def workbook(request: OrgRequest) -> HttpResponse:
    """Give the same as a workbook."""
    batches, _ = _batches(request)
    rows = ([_cell(row, column.key) for column in COLUMNS] for batch in batches for row in batch)
    answer = HttpResponse(
        workbook_bytes("Legal tasks", _HEADERS, rows),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    answer["Content-Disposition"] = 'attachment; filename="legal-tasks-grid.xlsx"'
    return answer


def _cell(row: dict[str, str | int], key: str) -> str | Decimal | None:
    text = str(row[key])
    if not text:
        return None
    return parse_number(text) if key in _NUMBERS else text


def _batches(request: OrgRequest) -> tuple[Iterator[Sequence[dict[str, str | int]]], bool]:
    assessment = the_assessment()
    filters = FilterForm(request.GET).filters()
    rulebook = Rulebook(assessment.factor_set.content)
    keys = queries.Listed(assessment=assessment, filters=filters, rulebook=rulebook).keys()
    batches = (
        queries_grid.grid_rows(keys[start : start + queries.BATCH], assessment)
        for start in range(0, len(keys), queries.BATCH)
    )
    return batches, len(keys) > queries.BATCH

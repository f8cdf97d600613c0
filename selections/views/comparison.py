"""The comparison: the page and its file, under one address of filters and what-if weights."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from selections.queries.comparison import comparison as arrange
from selections.queries.comparison_file import csv_file
from selections.queries.comparison_shapes import KNOCK_OUTS, Comparison, View
from selections.services import Preview
from selections.views.loading import load_selection
from selections.views.what_if import asked_preview, changed_query, weights_form, why_base


@require_safe
@member_view(can="see")
def comparison(request: OrgRequest, pk: int) -> HttpResponse:
    """Show the bids side by side; every filter is part of the address."""
    selection = load_selection(pk)
    form = weights_form(request, selection)
    preview = asked_preview(selection, form)
    weights = changed_query(preview.inputs)
    view = read_view(request)
    table = _table(preview, view)
    context = {
        "selection": selection,
        "problems": preview.problems,
        "has_bids": bool(preview.inputs.bids),
        "has_assumptions": bool(selection.assumptions),
        "may_edit": request.may("edit_providers"),
        "view": view,
        "query": _joined(weights, query_of(view)),
        "adopted_query": _joined("", query_of(view)),
        "table": table,
        "links": {name: _joined(weights, part) for name, part in _links(view).items()},
        "toggles": {
            one.code: _joined(weights, query_of(_toggled(view, one.code)))
            for one in (table.groups if table else ())
        },
        "is_what_if": preview.inputs.is_what_if,
        "has_faults": not form.is_valid(),
        "why_base": why_base(request, selection),
        "why_query": weights,
    }
    template = "selections/_comparison.html" if request.htmx else "selections/comparison.html"
    return render(request, template, context)


@require_safe
@member_view(can="see")
def comparison_csv(request: OrgRequest, pk: int) -> HttpResponse:
    """Give exactly what the page shows, under the same address part, as a file."""
    selection = load_selection(pk)
    preview = asked_preview(selection, weights_form(request, selection))
    table = _table(preview, read_view(request))
    if table is None:
        raise Http404
    response = HttpResponse(csv_file(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="comparison.csv"'
    return response


def _table(preview: Preview, view: View) -> Comparison | None:
    if preview.case is None or preview.ranked is None:
        return None
    return arrange(preview.case, preview.ranked, preview.inputs, view)


def read_view(request: OrgRequest) -> View:
    """Read the filters of an address; anything unreadable is ignored."""
    asked = request.GET
    return View(
        only_first=asked.get("show") == "first",
        only_differing=asked.get("differ") == "1",
        only_claims=asked.get("claims") == "1",
        shut=frozenset(asked.get("shut", "")[:400].split(",")) - {"", KNOCK_OUTS},
        shows_passed=asked.get("passed") == "1",
    )


def _toggled(view: View, code: str) -> View:
    """Open a group that is closed, and close one that is open."""
    if code == KNOCK_OUTS:
        return replace(view, shows_passed=not view.shows_passed)
    return replace(view, shut=view.shut ^ {code})


def query_of(view: View, **changed: bool) -> str:
    """Write filters as an address part; ``changed`` replaces single filters."""
    state = {"first": view.only_first, "differ": view.only_differing, "claims": view.only_claims} | changed
    parts = {
        "show": "first" if state["first"] else "",
        "differ": "1" if state["differ"] else "",
        "claims": "1" if state["claims"] else "",
        "shut": ",".join(sorted(view.shut)),
        "passed": "1" if view.shows_passed else "",
    }
    return urlencode({name: part for name, part in parts.items() if part}, safe=",")


def _joined(weights: str, filters: str) -> str:
    """Put the filters behind the weights of a what-if; empty when there is neither."""
    parts = [part for part in (weights.removeprefix("?"), filters) if part]
    return f"?{'&'.join(parts)}" if parts else ""


def _links(view: View) -> dict[str, str]:
    """Address parts of the filter pills; a pill that is on leads back."""
    return {
        "all": query_of(view, first=False),
        "first": query_of(view, first=True),
        "differ": query_of(view, differ=not view.only_differing),
        "claims": query_of(view, claims=not view.only_claims),
    }

"""The arithmetic behind one number, as a page or in the dialog."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from selections.queries.business_case import arithmetic_steps, case_lines
from selections.queries.cells import COMPUTED
from selections.queries.why import arithmetic
from selections.views.loading import load_selection
from selections.views.what_if import asked_preview, weights_form, what_if_query


@require_safe
@member_view(can="see")
def why(request: OrgRequest, pk: int, bid_pk: int, code: str) -> HttpResponse:
    """Open the arithmetic of one number, as a page or as the piece that the dialog shows."""
    selection = load_selection(pk)
    preview = asked_preview(selection, weights_form(request, selection))
    bid = next((one for one in preview.inputs.bids if one.pk == bid_pk), None)
    if bid is None or preview.ranked is None or preview.case is None:
        raise Http404("There is no such number in this ranking.")
    found = arithmetic(preview.ranked, preview.inputs, bid, code)
    if found is None:
        raise Http404("There is no such number in this ranking.")
    context: dict[str, Any] = {
        "selection": selection,
        "why": found,
        "bid": bid,
        "what_if": what_if_query(preview.inputs),
        "is_what_if": preview.inputs.is_what_if,
    }
    if code == COMPUTED:
        business = preview.case["business_cases"][bid.code]
        wanted = {"governance", "run_cost", "transition", "cost_index"}
        context["case_lines"] = case_lines(business)
        context["steps"] = [step for step in arithmetic_steps(business) if step.code in wanted]
        context["missing"] = business["missing"]
    context["in_dialog"] = bool(request.headers.get("X-Dialog"))
    page = "selections/ranking/_arithmetic.html" if context["in_dialog"] else "selections/ranking/why.html"
    return render(request, page, context)

"""Pages that show bids: all of a case, one of them, and the assumptions behind the money."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from charting import Chart
from providers.models import Provider
from providers.reference import shown_value
from selections import services
from selections.charts import money_waterfall
from selections.models import Bid, Selection
from selections.queries.bid import bid_history, knock_out_lines, offer_lines, value_groups
from selections.queries.bid_scores import bid_result
from selections.queries.bids import bid_rows, open_items, scope_size, warnings_of
from selections.queries.business_case import arithmetic_steps, case_lines
from selections.services import Preview
from selections.views.loading import load_bid, load_selection
from selections.words.standing import standing


@require_safe
@member_view(can="see")
def bids(request: OrgRequest, pk: int) -> HttpResponse:
    """List the bids of a case: who may be ranked, what each serves, costs and saves, what is open."""
    selection = load_selection(pk)
    preview = services.preview_ranking(selection=selection)
    context = {
        "selection": selection,
        "rows": bid_rows(preview.case, preview.ranked, preview.inputs),
        "problems": preview.problems,
        "has_assumptions": bool(selection.assumptions),
        "providers": Provider.objects.count(),
        "may_edit": request.may("edit_providers"),
    }
    return render(request, "selections/bids/bids.html", context)


@require_safe
@member_view(can="see")
def bid_of(request: OrgRequest, provider_pk: int) -> HttpResponse:
    """Go from a profile to the provider's bid in the newest case, or to the bids if it has none."""
    provider = get_object_or_404(Provider, pk=provider_pk)
    selection = get_object_or_404(Selection.objects.order_by("-pk")[:1])
    found = Bid.objects.filter(selection=selection, provider=provider).first()
    slug = request.organisation.slug
    if found is None:
        return redirect("selections:bids", organisation=slug, pk=selection.pk)
    return redirect("selections:bid", organisation=slug, pk=selection.pk, bid_pk=found.pk)


@require_safe
@member_view(can="see")
def bid(request: OrgRequest, pk: int, bid_pk: int) -> HttpResponse:
    """Show one bid: scores, where the money comes from, knock-outs with what was read, prices, values."""
    selection = load_selection(pk)
    found = load_bid(selection, bid_pk)
    preview = services.preview_ranking(selection=selection)
    context = {
        "selection": selection,
        "bid": found,
        "provider": found.provider,
        "history": bid_history(found),
        "productivity": shown_value(found.productivity_factor),
        "problems": preview.problems,
        "has_assumptions": bool(selection.assumptions),
        "may_edit": request.may("edit_providers"),
        **_computed(preview, found),
    }
    return render(request, "selections/bids/bid.html", context)


def _computed(preview: Preview, bid: Bid) -> dict[str, object]:
    """Give what the page prints of the computed case; without one, only what was entered."""
    code = bid.provider.code
    case, cells = preview.case, preview.inputs.cells[code]
    criteria = preview.selection.criteria_set.content
    business = case["business_cases"][code] if case else None
    standing_now = standing(case, code)
    basket = [task for task, found in case["suitability"].items() if found["in_basket"]] if case else []
    context: dict[str, object] = {
        "standing": standing_now,
        "groups": value_groups(criteria, cells, business),
        "offers": offer_lines(bid, basket, standing_now.excluded_tasks),
        "open_items": open_items(case, preview.ranked, preview.inputs, code),
    }
    if case is None or business is None:
        return context
    spec = money_waterfall(business, name=bid.provider.name)
    served, asked = scope_size(case, code)
    return context | {
        "business": business,
        "warnings": warnings_of(business),
        "result": bid_result(preview.ranked, code) if preview.ranked else None,
        "served": served,
        "asked": asked,
        "chart": Chart("waterfall", spec) if spec else None,
        "steps": arithmetic_steps(business),
        "lines": {line.code: line for line in case_lines(business)},
        "knock_outs": knock_out_lines(
            bid=bid,
            rules=criteria["knock_outs"],
            tests=case["knock_outs"][code],
            cells=cells,
            acceptable=services.ACCEPTABLE,
        ),
    }

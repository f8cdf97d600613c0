"""All prices of a bid at once: paste rows or choose a file, look at every change, save."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import OrgRequest, member_view
from selections import services
from selections.forms.pasting import PriceSheet, PriceSheetForm
from selections.models import Bid
from selections.queries.unpriced import price_sheet, unpriced
from selections.services import PriceKind, PricePlan, PriceRow
from selections.views.loading import load_bid, load_selection
from selections.words.price_sheet import TITLES
from tabular import TableFault

_SHOWN_ROWS = 500


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def paste_prices(request: OrgRequest, pk: int, bid_pk: int) -> HttpResponse:
    """Read a price sheet, show what it would do, and save when that is confirmed."""
    bid = load_bid(load_selection(pk), bid_pk)
    if request.method != "POST":
        return _first_page(request, bid, PriceSheetForm(), "")
    form = PriceSheetForm(request.POST, request.FILES)
    if not form.is_valid():
        if form.is_damaged:
            raise BadRequest("The form of a price sheet was damaged.")
        return _first_page(request, bid, form, form.cleaned_data.get("rows", ""))
    text = form.cleaned_data["rows"]
    try:
        text = form.text()
        sheet = form.sheet(text)
    except TableFault as fault:
        form.add_error("file" if form.cleaned_data.get("file") else "rows", str(fault))
        return _first_page(request, bid, form, text)
    return _sheet_page(request, bid, form, sheet)


def _sheet_page(request: OrgRequest, bid: Bid, form: PriceSheetForm, sheet: PriceSheet) -> HttpResponse:
    """Save what was read, or show it."""
    try:
        rows = sheet.rows(form.cleaned_data["every_model"])
    except TableFault as fault:
        return _preview_page(request, bid, form, sheet, plan=PricePlan(fault=str(fault)))
    asked: dict[str, Any] = {"bid": bid, "rows": rows, "is_replacing": form.cleaned_data["is_replacing"]}
    if request.POST.get("step") != "save":
        return _preview_page(request, bid, form, sheet, plan=services.plan_prices(**asked))
    try:
        plan = services.save_prices(actor=request.user, shown=form.cleaned_data["shown"], **asked)
    except services.PricesRefusedError as refused:
        return _preview_page(request, bid, form, sheet, plan=refused.plan, sentence=str(refused))
    messages.success(request, _told(len(plan.changes)))
    return redirect(_bid_url(request, bid) + "#prices")


@require_safe
@member_view(can="edit_providers")
def prices_csv(request: OrgRequest, pk: int, bid_pk: int) -> HttpResponse:
    """Give the tasks without a price as a file with empty columns for prices."""
    bid = load_bid(load_selection(pk), bid_pk)
    response = HttpResponse(price_sheet(bid), content_type="text/csv; charset=utf-8")
    name = slugify(f"prices {bid.provider.code}")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _first_page(request: OrgRequest, bid: Bid, form: PriceSheetForm, text: str) -> HttpResponse:
    context = {
        "bid": bid,
        "selection": bid.selection,
        "form": form,
        "rows": text,
        "unpriced": unpriced(bid),
    }
    status = 422 if form.errors else 200
    return render(request, "selections/bids/paste_prices.html", context, status=status)


def _preview_page(
    request: OrgRequest,
    bid: Bid,
    form: PriceSheetForm,
    sheet: PriceSheet,
    *,
    plan: PricePlan,
    sentence: str = "",
) -> HttpResponse:
    context = {
        "bid": bid,
        "selection": bid.selection,
        "form": form,
        "rows": sheet.text,
        "sheet": sheet,
        "plan": plan,
        "sentence": sentence,
        "places": [
            {"name": f"column-{place}", "chosen": key, "samples": sheet.samples(place)}
            for place, key in enumerate(sheet.keys)
        ],
        "column_choices": form.COLUMN_CHOICES,
        "shown_columns": [(key, TITLES[key]) for key in plan.columns],
        "shown_rows": _worth_seeing(plan.rows),
        "counts": [(kind, plan.count(kind)) for kind in PriceKind if plan.count(kind)],
        "limit": _SHOWN_ROWS,
    }
    status = 200 if plan.is_good and not sentence else 422
    return render(request, "selections/bids/paste_prices_preview.html", context, status=status)


def _worth_seeing(rows: Sequence[PriceRow]) -> Sequence[PriceRow]:
    """All of them in their order; of very many, those that need somebody or change something."""
    if len(rows) <= _SHOWN_ROWS:
        return rows
    order = [PriceKind.WRONG, PriceKind.CHANGED, PriceKind.NEW, PriceKind.SAME, PriceKind.LEFT_OUT]
    return sorted(rows, key=lambda row: order.index(row.kind))[:_SHOWN_ROWS]


def _told(count: int) -> str:
    if not count:
        return "Nothing differed: these prices stood there already."
    return f"{count} price{'' if count == 1 else 's'} saved."


def _bid_url(request: OrgRequest, bid: Bid) -> str:
    kwargs = {"organisation": request.organisation.slug, "pk": bid.selection_id, "bid_pk": bid.pk}
    return reverse("selections:bid", kwargs=kwargs)

"""Small form pages that change a bid; they work in a dialog and without scripts alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.http import OrgRequest, member_view
from accounts.plain_forms import PlainForm
from assessments.models import BASKET_OUTCOMES, LegalTask
from selections import services
from selections.forms.bids import AcceptanceForm, BidForm, BidTermsForm, LineForm, ValueForm
from selections.models import Bid, BidLine, Selection
from selections.queries.bid import value_history
from selections.queries.cells import COMPUTED
from selections.services import Refused
from selections.views.loading import load_bid, load_selection


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def add_bid(request: OrgRequest, pk: int) -> HttpResponse:
    """Enter a provider into the case."""
    selection = load_selection(pk)
    form = BidForm(request.POST or None, selection=selection)
    made = saved(form, lambda data: services.add_bid(actor=request.user, selection=selection, **data))
    if isinstance(made, Bid):
        return _back(request, made, f"Added the bid of {made.provider.name}. Enter its prices next.")
    return _form_page(request, form, selection, title="Add a bid", button="Add bid")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def edit_bid(request: OrgRequest, pk: int, bid_pk: int) -> HttpResponse:
    """Change the terms of a bid."""
    selection = load_selection(pk)
    bid = load_bid(selection, bid_pk)
    initial = {"productivity_factor": bid.productivity_factor, "received_on": bid.received_on}
    form = BidTermsForm(request.POST or None, initial=initial)
    if saved(form, lambda data: services.edit_bid(actor=request.user, bid=bid, **data)):
        return _back(request, bid, "Bid saved.")
    removal = _url(request, "remove_bid", pk=pk, bid_pk=bid_pk)
    return _form_page(
        request, form, selection, bid=bid, title=f"Bid of {bid.provider.name}", removal=removal, thing="bid"
    )


@require_POST
@member_view(can="edit_providers")
def remove_bid(request: OrgRequest, pk: int, bid_pk: int) -> HttpResponse:
    """Take a bid out of the case while nothing was judged about it."""
    bid = load_bid(load_selection(pk), bid_pk)
    name = bid.provider.name
    try:
        services.remove_bid(actor=request.user, bid=bid)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(_bid_url(request, bid))
    messages.success(request, f"Removed the bid of {name}.")
    return redirect(_url(request, "bids", pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def line(request: OrgRequest, pk: int, bid_pk: int, line_pk: int | None = None) -> HttpResponse:
    """Price a legal task, or change its price."""
    selection = load_selection(pk)
    bid = load_bid(selection, bid_pk)
    row: BidLine | None = None
    if line_pk is not None:
        row = get_object_or_404(BidLine.objects.select_related("legal_task"), pk=line_pk, bid=bid)
    names = ("model", "price_amount", "expected_hours", "fte", "included_volume", "overage_amount")
    initial: dict[str, Any] = {name: getattr(row, name) for name in names} if row else {}
    initial["legal_task"] = row.legal_task_id if row else request.GET.get("task")
    tasks = LegalTask.objects.filter(pk=row.legal_task_id) if row else _open_tasks(selection, bid)
    form = LineForm(request.POST or None, initial=initial, tasks=tasks)
    if saved(form, lambda data: services.set_line(actor=request.user, bid=bid, **data)):
        return _back(request, bid, "Price saved.", anchor="prices")
    removal = _url(request, "remove_line", pk=pk, bid_pk=bid_pk, line_pk=row.pk) if row else ""
    title = f"Price of {row.legal_task}" if row else "Add a price"
    return _form_page(request, form, selection, bid=bid, title=title, removal=removal, thing="price")


def _open_tasks(selection: Selection, bid: Bid) -> Any:
    """Give the tasks of the basket that the bid does not price yet."""
    in_basket = LegalTask.objects.filter(
        assessments__assessment=selection.assessment, assessments__outcome__in=BASKET_OUTCOMES
    )
    priced = BidLine.objects.filter(bid=bid).values("legal_task")
    return in_basket.exclude(pk__in=priced).order_by("code")


@require_POST
@member_view(can="edit_providers")
def remove_line(request: OrgRequest, pk: int, bid_pk: int, line_pk: int) -> HttpResponse:
    """Take the price of a task out of a bid."""
    bid = load_bid(load_selection(pk), bid_pk)
    row: BidLine = get_object_or_404(BidLine.objects.select_related("legal_task"), pk=line_pk, bid=bid)
    row.bid = bid
    services.remove_line(actor=request.user, line=row)
    return _back(request, bid, f"Removed the price of {row.legal_task}.", anchor="prices")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def value(request: OrgRequest, pk: int, bid_pk: int, code: str) -> HttpResponse:
    """Give a bid its value for one sub-criterion; earlier values stay on record."""
    selection = load_selection(pk)
    bid = load_bid(selection, bid_pk)
    subs = {
        sub["code"]: sub for one in selection.criteria_set.content["criteria"] for sub in one["sub_criteria"]
    }
    sub = subs.get(code)
    if sub is None or code == COMPUTED:
        raise Http404
    history = value_history(bid, code)
    initial = (
        {"value": history[0].row.value, "evidence": history[0].row.evidence, "source": history[0].row.source}
        if history
        else {}
    )
    form = ValueForm(request.POST or None, initial=initial, code=code, unit=sub["unit"])
    if saved(form, lambda data: services.give_value(actor=request.user, bid=bid, sub_criterion=code, **data)):
        return _back(request, bid, f"{code} saved.", anchor=code)
    title = f"{code} {sub['name']}"
    return _form_page(request, form, selection, bid=bid, title=title, sub=sub, values=history)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_providers")
def acceptance(request: OrgRequest, pk: int, bid_pk: int, code: str) -> HttpResponse:
    """Record a written acceptance of, or guarantee for, a failed K07 or K13."""
    if code not in services.ACCEPTABLE:
        raise Http404
    selection = load_selection(pk)
    bid = load_bid(selection, bid_pk)
    form = AcceptanceForm(request.POST or None, initial={"reason": bid.acceptances.get(code, "")})
    if saved(form, lambda data: services.accept(actor=request.user, bid=bid, knock_out=code, **data)):
        return _back(request, bid, f"{code} saved.", anchor=code)
    return _form_page(request, form, selection, bid=bid, title=f"{code}: written acceptance")


def saved(form: PlainForm, save: Callable[[dict[str, Any]], object]) -> object | None:
    """Run the use case with a valid form; what it refuses becomes errors beside the fields."""
    try:
        return form.save_by(save)
    except Refused as refused:
        form.add_error(None, str(refused))
        return None


def _form_page(
    request: OrgRequest, form: PlainForm, selection: Selection, *, title: str, **more: object
) -> HttpResponse:
    """Show a form; a dialog gets the piece, and a refused form says so in its status."""
    template = (
        "selections/bids/_form.html" if request.headers.get("X-Dialog") else "selections/bids/form.html"
    )
    context = {"form": form, "title": title, "selection": selection, "action": request.path, **more}
    return render(request, template, context, status=422 if form.errors else 200)


def _back(request: OrgRequest, bid: Bid, text: str, *, anchor: str = "") -> HttpResponse:
    messages.success(request, text)
    return redirect(_bid_url(request, bid) + (f"#{anchor}" if anchor else ""))


def _bid_url(request: OrgRequest, bid: Bid) -> str:
    return _url(request, "bid", pk=bid.selection_id, bid_pk=bid.pk)


def _url(request: OrgRequest, name: str, **kwargs: int) -> str:
    return reverse(f"selections:{name}", kwargs={"organisation": request.organisation.slug, **kwargs})

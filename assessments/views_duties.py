"""Ethics duties: where lawyers are licensed, what was done about each duty, who adopted the rules."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from accounts.plain_forms import PlainForm
from accounts.streaming import csv_answer
from assessments import queries_adoption, queries_duties, services
from assessments.forms_duties import AdoptionForm, JurisdictionForm, MarkForm, WithdrawalForm
from assessments.models_duties import Jurisdiction
from assessments.queries_duties import ItemPage
from assessments.table_duties import duties_csv
from assessments.views import the_assessment


@require_safe
@member_view(can="see")
def duties(request: OrgRequest) -> HttpResponse:
    """Show the rule set, the jurisdictions and every duty with its items."""
    context = {
        "page": queries_duties.page(the_assessment()),
        "may_edit": request.may("edit_duties"),
        "may_adopt": request.may("adopt_rules"),
    }
    return render(request, "assessments/duties/duties.html", context)


@require_safe
@member_view(can="see")
def csv(request: OrgRequest) -> HttpResponseBase:
    """Give the checklist as a file."""
    lines = queries_duties.page(the_assessment()).lines
    return csv_answer(request, duties_csv(lines), name="ethics-duties.csv", is_long=False)


@require_safe
@member_view(can="see")
def item(request: OrgRequest, duty: str, place: int) -> HttpResponse:
    """Show one item with everything that was marked on it."""
    context = {"page": _the_item(duty, place), "may_edit": request.may("edit_duties")}
    return render(request, "assessments/duties/item.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_duties")
def mark(request: OrgRequest, duty: str, place: int) -> HttpResponse:
    """Say where an item stands."""
    page = _the_item(duty, place)
    form = MarkForm(request.POST or None, mark=page.line.mark)
    saved = form.save_by(
        lambda data: services.mark_item(
            actor=request.user,
            assessment=the_assessment(),
            duty=duty,
            item=page.line.text,
            marking=form.marking(),
            seen=data["seen"],
        )
    )
    if saved:
        messages.success(request, f"Saved: {page.line.text}")
        return redirect(f"{_url(request, 'duties')}#{duty}")
    return _form(request, form, "Mark an item", page=page)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="edit_duties")
def add_jurisdiction(request: OrgRequest) -> HttpResponse:
    """Record a place where lawyers are licensed."""
    form = JurisdictionForm(request.POST or None)
    saved = form.save_by(lambda data: services.record_jurisdiction(actor=request.user, **data))
    if saved:
        messages.success(request, f"Recorded: {saved}")
        return redirect(f"{_url(request, 'duties')}#jurisdictions")
    return _form(request, form, "Add a jurisdiction")


@require_POST
@member_view(can="edit_duties")
def remove_jurisdiction(request: OrgRequest, pk: int) -> HttpResponse:
    """Take a place out."""
    row = get_object_or_404(Jurisdiction, pk=pk)
    services.remove_jurisdiction(actor=request.user, row=row)
    messages.success(request, f"Removed: {row.name}")
    return redirect(f"{_url(request, 'duties')}#jurisdictions")


@require_POST
@member_view(can="edit_duties")
def take_newer(request: OrgRequest) -> HttpResponse:
    """Take the duties that ship now in the place of the older copy."""
    try:
        row = services.take_newer_duties(actor=request.user)
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
    else:
        messages.success(request, f"{row} is in force here now.")
    return redirect(_url(request, "duties"))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="adopt_rules")
def adopt(request: OrgRequest) -> HttpResponse:
    """Record that a named lawyer adopts the rules as they are."""
    assessment = the_assessment()
    page = queries_duties.page(assessment)
    form = AdoptionForm(request.POST or None, seen=page.rules.seen)
    saved = form.save_by(lambda data: services.adopt_rules(actor=request.user, assessment=assessment, **data))
    if saved:
        messages.success(request, f"{saved} is adopted.")
        return redirect(_url(request, "duties"))
    return _form(request, form, "Adopt the rule set", adopting=page)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="adopt_rules")
def withdraw(request: OrgRequest) -> HttpResponse:
    """Record that an adoption no longer stands."""
    standing = queries_adoption.rule_set(the_assessment()).standing
    if standing is None:
        messages.error(request, "No adoption stands that could be withdrawn.")
        return redirect(_url(request, "duties"))
    form = WithdrawalForm(request.POST or None)
    saved = form.save_by(lambda data: services.withdraw_adoption(actor=request.user, row=standing, **data))
    if saved:
        messages.success(request, "The adoption is withdrawn; every new report says so.")
        return redirect(_url(request, "duties"))
    return _form(request, form, "Withdraw the adoption", withdrawing=standing)


def _the_item(duty: str, place: int) -> ItemPage:
    found = queries_duties.item_page(the_assessment(), duty, place)
    if found is None:
        raise Http404
    return found


def _form(request: OrgRequest, form: PlainForm, title: str, **about: Any) -> HttpResponse:
    context = {"form": form, "title": title, **about}
    return render(request, "assessments/duties/form.html", context, status=422 if form.errors else 200)


def _url(request: OrgRequest, name: str) -> str:
    return reverse(f"assessments:{name}", kwargs={"organisation": request.organisation.slug})

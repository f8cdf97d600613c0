"""Pages about assessments as such: the list, one of them, its steps, and two side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import OrgRequest, member_view
from accounts.plain_forms import PlainForm
from accounts.streaming import csv_answer, file_answer
from assessments import forms_life as forms
from assessments import queries, queries_compare, queries_differences, queries_life, queries_totals, services
from assessments.content import content_lines, content_sha256
from assessments.models import Assessment, LegalHold, State
from assessments.queries import Filters
from assessments.rulebook import Rulebook
from assessments.table import comparison_csv

FORMS: dict[str, type[PlainForm]] = {
    "submit": forms.SubmitForm,
    "back": forms.SendBackForm,
    "approve": forms.ApproveForm,
    "copy": forms.PeriodForm,
    "aside": forms.AsideForm,
    "hold": forms.HoldForm,
    "lift": forms.LiftForm,
    "delete": forms.DeleteForm,
}


@require_safe
@member_view(can="see")
def assessments(request: OrgRequest) -> HttpResponse:
    """List every assessment with its state, who approved it and how long it is kept."""
    return render(request, "assessments/life/list.html", {"lines": queries_life.assessment_lines()})


@require_safe
@member_view(can="see")
def assessment(request: OrgRequest, pk: int) -> HttpResponse:
    """Show one assessment: state, history, tasks, retention; ``check`` compares it with what was approved."""
    row = _the(pk)
    return _page(request, row, check=_check(row) if "check" in request.GET else "")


def _check(row: Assessment) -> str:
    """Say whether an assessment still is what was approved: "same", "changed" or "" where it never was."""
    approval = row.state_changes.filter(after=State.APPROVED).last()
    if approval is None or row.status == State.DELETED:
        return ""
    return "same" if content_sha256(row) == approval.sha256 else "changed"


@require_POST
@member_view(can="review_assessments")
def submit(request: OrgRequest, pk: int) -> HttpResponse:
    """Hand a draft over for review."""
    return _step(request, pk, "submit", services.submit, "{} is in review now.")


@require_POST
@member_view(can="review_assessments")
def send_back(request: OrgRequest, pk: int) -> HttpResponse:
    """Make it a draft again, with a comment."""
    return _step(request, pk, "back", services.send_back, "{} is a draft again.")


@require_POST
@member_view(can="review_assessments")
def approve(request: OrgRequest, pk: int) -> HttpResponse:
    """Approve it, with a comment."""
    return _step(request, pk, "approve", services.approve, "{} is approved.")


@require_POST
@member_view(can="review_assessments")
def set_aside(request: OrgRequest, pk: int) -> HttpResponse:
    """Give up a draft that was copied."""
    return _step(request, pk, "aside", services.set_aside, "{} is set aside.")


@require_POST
@member_view(can="review_assessments")
def start_version(request: OrgRequest, pk: int) -> HttpResponse:
    """Start a new version of the same period."""
    return _copy(request, pk, "version", PlainForm(request.POST), services.start_version)


@require_POST
@member_view(can="review_assessments")
def copy(request: OrgRequest, pk: int) -> HttpResponse:
    """Copy it to another period."""
    return _copy(request, pk, "copy", forms.PeriodForm(request.POST), services.copy_to_period)


@require_POST
@member_view(can="review_assessments")
def hold(request: OrgRequest, pk: int) -> HttpResponse:
    """Put it on legal hold."""
    return _step(request, pk, "hold", services.set_hold, "Legal hold set: {}", anchor="retention")


@require_POST
@member_view(can="review_assessments")
def lift(request: OrgRequest, pk: int, hold_pk: int) -> HttpResponse:
    """Lift one legal hold."""
    row = _the(pk)
    found = get_object_or_404(LegalHold.objects.select_related("assessment"), pk=hold_pk, assessment=row)
    form = forms.LiftForm(request.POST)
    if form.save_by(lambda data: services.lift_hold(actor=request.user, hold=found, **data)):
        messages.success(request, f"Legal hold lifted: {found}")
        return _back(request, pk, "retention")
    return _page(request, row, status=422, bound={"lift": form}, lifted=found.pk)


@require_POST
@member_view(can="retain_assessments")
def retention(request: OrgRequest, pk: int) -> HttpResponse:
    """Set for how long it is kept."""
    form = forms.RetentionForm(request.POST)
    return _done(request, pk, "retention", form, services.set_retention, "Retention of {} saved.")


@require_POST
@member_view(can="retain_assessments")
def delete(request: OrgRequest, pk: int) -> HttpResponse:
    """Delete what it says, once nothing stands against it; the tombstone stays."""
    row, form = _the(pk), forms.DeleteForm(request.POST)

    def work(data: dict[str, Any]) -> object:
        return services.delete_content(actor=request.user, assessment=row, reason=data["reason"])

    if form.save_by(work):
        messages.success(request, f"What {row} said is deleted; this page is its tombstone.")
        return _back(request, pk, "history")
    return _page(request, row, status=422, bound={"delete": form})


@require_safe
@member_view(can="see")
def compare(request: OrgRequest, pk: int) -> HttpResponse:
    """Show what differs between two assessments."""
    row = _with_content(pk)
    other = _other(request, row)
    others = Assessment.objects.exclude(pk=row.pk).exclude(status=State.DELETED).order_by("-pk")
    found = queries_compare.compare(*_in_order(row, other)) if other else None
    context = {"row": row, "other": other, "others": others, "found": found}
    return render(request, "assessments/life/compare.html", context)


@require_safe
@member_view(can="see")
def compare_csv(request: OrgRequest, pk: int) -> HttpResponseBase:
    """Give the differences as a file, all of them."""
    row = _with_content(pk)
    other = _other(request, row)
    if other is None:
        raise Http404
    older, newer = _in_order(row, other)
    rates = queries_differences.rate_differences(older, newer)
    pieces = comparison_csv(queries_differences.batches(older, newer), rates)
    is_long = row.tasks.count() > queries_differences.BATCH
    return csv_answer(request, pieces, name="assessments-compared.csv", is_long=is_long)


@require_safe
@member_view(can="see")
def content(request: OrgRequest, pk: int) -> HttpResponseBase:
    """Give the very lines that are hashed at an approval; they hold no counsel notes."""
    row = _with_content(pk)
    return file_answer(
        request,
        content_lines(row),
        name="assessment.jsonl",
        kind="application/jsonl",
        is_long=row.tasks.count() > queries.BATCH,
    )


def _step(  # noqa: PLR0917  (what the verbs above differ in)
    request: OrgRequest, pk: int, name: str, work: Callable[..., object], said: str, anchor: str = "history"
) -> HttpResponse:
    return _done(request, pk, name, FORMS[name](request.POST), work, said, anchor)


def _done(  # noqa: PLR0917  (what the verbs above differ in)
    request: OrgRequest,
    pk: int,
    name: str,
    form: PlainForm,
    work: Callable[..., object],
    said: str,
    anchor: str = "retention",
) -> HttpResponse:
    """Run a step; what it refuses stands beside the fields of its form on the page."""
    row = _the(pk)
    made = form.save_by(lambda data: work(actor=request.user, assessment=row, **data))
    if made is None:
        return _page(request, _the(pk), status=422, bound={name: form})
    messages.success(request, said.format(made))
    return _back(request, pk, anchor)


def _copy(
    request: OrgRequest, pk: int, name: str, form: PlainForm, work: Callable[..., Assessment]
) -> HttpResponse:
    row = _the(pk)
    made = form.save_by(lambda data: work(actor=request.user, assessment=row, **data))
    if not isinstance(made, Assessment):
        return _page(request, _the(pk), status=422, bound={name: form})
    messages.success(request, f"{made} is a draft now. {row} stays in force until it is approved.")
    return _back(request, made.pk, "history")


def _page(
    request: OrgRequest,
    row: Assessment,
    *,
    status: int = 200,
    bound: dict[str, PlainForm] | None = None,
    **more: Any,
) -> HttpResponse:
    """Render the page of one assessment; ``bound``: forms that were refused, by their names."""
    rulebook = Rulebook(row.factor_set.content)
    found = queries_totals.totals(assessment=row, rulebook=rulebook)
    listed = queries.task_page(
        assessment=row, filters=Filters(), number=request.GET.get("page", 1), rulebook=rulebook, found=found
    )
    open_forms: dict[str, PlainForm] = {name: form() for name, form in FORMS.items()}
    open_forms |= {"retention": forms.RetentionForm(row=row), "version": PlainForm()} | (bound or {})
    context = {
        "life": queries_life.life_page(row, request.user),
        "found": listed,
        "forms": open_forms,
        "bound": list(bound or ()),
        "may_review": request.may("review_assessments"),
        "may_retain": request.may("retain_assessments"),
        **more,
    }
    return render(request, "assessments/life/assessment.html", context, status=status)


def _the(pk: int) -> Assessment:
    row = queries_life.find_assessment(pk)
    if row is None:
        raise Http404
    return row


def _with_content(pk: int) -> Assessment:
    row = _the(pk)
    if row.status == State.DELETED:
        raise Http404("The content of this assessment was deleted.")
    return row


def _other(request: OrgRequest, row: Assessment) -> Assessment | None:
    """The one that the address names, else the one it came from, else the newest other one."""
    asked = request.GET.get("with", "")
    if asked:
        if not asked.isdecimal() or len(asked) > 18 or int(asked) == row.pk:
            raise Http404
        return _with_content(int(asked))
    if row.supersedes is not None and row.supersedes.status != State.DELETED:
        return _with_content(row.supersedes.pk)
    rows = Assessment.objects.select_related("factor_set").exclude(pk=row.pk)
    return rows.exclude(status=State.DELETED).order_by("-pk").first()


def _in_order(one: Assessment, other: Assessment) -> tuple[Assessment, Assessment]:
    return (one, other) if one.pk < other.pk else (other, one)


def _back(request: OrgRequest, pk: int, anchor: str) -> HttpResponse:
    url = reverse("assessments:assessment", args=[request.organisation.slug, pk])
    return redirect(f"{url}#{anchor}")

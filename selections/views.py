"""The ranking page: the same view answers a full page, a moved slider, and a form without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import OrgRequest, member_view
from selections import services
from selections.arithmetic import arithmetic_steps, case_lines
from selections.charts import tornado_chart
from selections.forms import PREFIX, KeepForm, WeightsForm
from selections.inputs import COMPUTED, CaseInputs, adopted_weights
from selections.measures import exact, trimmed
from selections.models import Selection
from selections.queries_ranking import ranking_table, reasons
from selections.queries_records import kept_rows
from selections.queries_sure import looks
from selections.queries_weights import weights_panel
from selections.queries_why import arithmetic
from selections.ranking_csv import ranking_csv_header, ranking_csv_rows
from selections.services import Preview
from selections.standing import standing
from selections.tree import criteria_tree
from selections.views_bids import load_selection
from selections.words import statement
from tabular import csv_bytes

VERSION = "v"


def weights_form(request: OrgRequest, selection: Selection) -> WeightsForm:
    """Read the weights of a what-if from the address."""
    content = selection.criteria_set.content
    return WeightsForm(
        request.GET if request.method in {"GET", "HEAD"} else request.POST,
        tree=criteria_tree(content),
        adopted=adopted_weights(selection),
    )


def what_if_query(inputs: CaseInputs) -> str:
    """Write the query of a what-if; empty for the adopted weights."""
    if not inputs.is_what_if:
        return ""
    pairs = {PREFIX + code: exact(weight) for code, weight in inputs.weights.items()}
    return "?" + urlencode({**pairs, VERSION: inputs.fingerprint})


def changed_query(inputs: CaseInputs) -> str:
    """Write the query that leads from this page to the arithmetic of its numbers: only what differs."""
    pairs = {
        PREFIX + code: exact(weight)
        for code, weight in inputs.weights.items()
        if weight != inputs.adopted[code]
    }
    return f"?{urlencode(pairs)}" if pairs else ""


@require_safe
@member_view(can="see")
def ranking(request: OrgRequest, pk: int) -> HttpResponse:
    """Show the ranking with the adopted weights or with those of the address; nothing is stored."""
    selection = load_selection(pk)
    form = weights_form(request, selection)
    is_live = bool(request.htmx) and not request.htmx.history_restore_request
    if is_live and not form.is_valid():
        return _only_faults(request, form)
    weights = form.weights() if form.is_valid() else None
    preview = services.preview_ranking(selection=selection, weights=weights)
    context = _context(request, preview, form)
    if not is_live:
        context["records"] = kept_rows(selection, preview.inputs)
        return render(request, "selections/ranking.html", context)
    response = render(request, "selections/_ranking_live.html", context)
    address = reverse(
        "selections:ranking", kwargs={"organisation": request.organisation.slug, "pk": pk}
    ) + what_if_query(preview.inputs)
    came_from = urlsplit(request.htmx.current_url or "")
    response["HX-Replace-Url" if came_from.query else "HX-Push-Url"] = address
    return response


def _only_faults(request: OrgRequest, form: WeightsForm) -> HttpResponse:
    """Answer a wrong weight with the sentences alone: the last valid ranking and what was typed stay."""
    faults = form.faults()
    rows = [{"code": code, "error": faults.get(code, "")} for code in form.codes]
    response = render(request, "selections/_weights_faults.html", {"rows": rows})
    response["HX-Reswap"] = "none"
    response["HX-Push-Url"] = "false"
    return response


def _context(request: OrgRequest, preview: Preview, form: WeightsForm) -> dict[str, Any]:
    """Give everything that the page and its live piece print."""
    reading, inputs = preview.reading, preview.inputs
    sent_version = request.GET.get(VERSION, "")
    return {
        "selection": preview.selection,
        "preview": preview,
        "reading": reading,
        "form": form,
        "panel": weights_panel(
            inputs.criteria, inputs.weights, reading, shown=form.shown(), faults=form.faults()
        ),
        "statement": statement(reading) if reading else None,
        "table": ranking_table(reading, inputs) if reading else None,
        "reasons": reasons(preview.case, reading) if reading and preview.case else (),
        "margin": trimmed(reading.tie_margin, 2) if reading else "",
        "looks": looks(reading) if reading else (),
        "tornado": tornado_chart(reading) if reading else None,
        "standings": {bid.code: standing(preview.case, bid.code) for bid in inputs.bids},
        "what_if": what_if_query(inputs),
        "why_query": changed_query(inputs),
        "why_base": _why_base(request, preview.selection),
        "is_old_link": bool(sent_version) and sent_version != inputs.fingerprint,
        "has_faults": not form.is_valid(),
        "sub_count": sum(len(criterion["sub_criteria"]) for criterion in inputs.criteria),
        "may_keep": request.may("keep_ranking"),
        "may_privilege": request.may("privilege_line"),
    }


def _why_base(request: OrgRequest, selection: Selection) -> str:
    """Give the address below which every number opens its arithmetic: <bid>/<code>/ follows."""
    known = {"organisation": request.organisation.slug, "pk": selection.pk, "bid_pk": 0, "code": "x"}
    return reverse("selections:why", kwargs=known).removesuffix("0/x/")


@require_safe
@member_view(can="see")
def ranking_csv(request: OrgRequest, pk: int) -> HttpResponse:
    """Give the score table as CSV, with the weights of the address."""
    selection = load_selection(pk)
    form = weights_form(request, selection)
    preview = services.preview_ranking(
        selection=selection, weights=form.weights() if form.is_valid() else None
    )
    if preview.reading is None:
        raise Http404("There is no ranking yet.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{request.organisation.slug}-ranking.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(csv_bytes(ranking_csv_header(preview.reading), ranking_csv_rows(preview.reading)))
    return response


@require_safe
@member_view(can="see")
def why(request: OrgRequest, pk: int, bid_pk: int, code: str) -> HttpResponse:
    """Open the arithmetic of one number, as a page or as the piece that the dialog shows."""
    selection = load_selection(pk)
    form = weights_form(request, selection)
    preview = services.preview_ranking(
        selection=selection, weights=form.weights() if form.is_valid() else None
    )
    bid = next((one for one in preview.inputs.bids if one.pk == bid_pk), None)
    if bid is None or preview.reading is None or preview.case is None:
        raise Http404("There is no such number in this ranking.")
    found = arithmetic(preview.reading, preview.inputs, bid, code)
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
    page = "selections/_arithmetic.html" if context["in_dialog"] else "selections/why.html"
    return render(request, page, context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(can="keep_ranking")
def keep(request: OrgRequest, pk: int) -> HttpResponse:
    """Say what would be kept and adopted, ask why, and keep it."""
    selection = load_selection(pk)
    weights = weights_form(request, selection)
    preview = services.preview_ranking(
        selection=selection, weights=weights.weights() if weights.is_valid() else None
    )
    form = KeepForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if weights.is_valid() and form.is_valid():
            try:
                kept = services.keep_ranking(
                    selection=selection,
                    weights=weights.weights(),
                    reason=form.cleaned_data["reason"],
                    actor=request.user,
                    expected=request.POST.get(VERSION, ""),
                )
            except services.Refused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _kept_words(kept))
                return redirect(
                    "selections:record",
                    organisation=request.organisation.slug,
                    pk=pk,
                    number=kept.record.number,
                )
    return render(request, "selections/keep.html", _keep_context(preview, weights, form), status=status)


def _keep_context(preview: Preview, weights: WeightsForm, form: KeepForm) -> dict[str, Any]:
    inputs = preview.inputs
    names = {
        one["code"]: one["name"]
        for criterion in inputs.criteria
        for one in (criterion, *criterion["sub_criteria"])
    }
    changed = [
        {"name": names[code], "before": exact(inputs.adopted[code]), "after": exact(weight)}
        for code, weight in inputs.weights.items()
        if weight != inputs.adopted[code]
    ]
    return {
        "selection": preview.selection,
        "preview": preview,
        "statement": statement(preview.reading) if preview.reading else None,
        "form": form,
        "faults": weights.faults(),
        "changed": changed,
        "fields": [(PREFIX + code, exact(weight)) for code, weight in inputs.weights.items()],
        "what_if": what_if_query(inputs),
    }


def _kept_words(kept: services.Kept) -> str:
    text = f"Kept as record {kept.record.number}."
    if kept.equal_to is not None:
        text += f" It is equal to record {kept.equal_to}, byte for byte."
    return text


@require_POST
@member_view(can="privilege_line")
def privilege(request: OrgRequest, pk: int) -> HttpResponse:
    """Switch the line "Privileged & confidential" of board reports on or off."""
    selection = load_selection(pk)
    is_on = request.POST.get("is_on") == "1"
    services.set_privilege_line(selection=selection, is_on=is_on, actor=request.user)
    messages.success(
        request,
        "New board reports carry the line “Privileged & confidential”."
        if is_on
        else "New board reports do not carry the privilege line.",
    )
    return redirect("selections:ranking", organisation=request.organisation.slug, pk=pk)

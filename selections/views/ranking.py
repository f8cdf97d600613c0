"""The ranking page: the same view answers a full page, a moved slider, and a form without scripts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.http import OrgRequest, member_view
from selections import services
from selections.charts import tornado_chart
from selections.forms.weights import WeightsForm
from selections.queries.ranking import ranking_table, reasons
from selections.queries.ranking_file import ranking_csv_header, ranking_csv_rows
from selections.queries.records import basket_news, kept_rows
from selections.queries.robust import robust_section
from selections.queries.sure import looks
from selections.queries.weights import weights_panel
from selections.services import Preview
from selections.views.loading import load_selection
from selections.views.what_if import (
    VERSION,
    asked_preview,
    changed_query,
    weights_form,
    what_if_query,
    why_base,
)
from selections.words import statement
from selections.words.measures import trimmed
from selections.words.reading import Reading
from selections.words.robust import nothing_to_flip, nothing_to_test
from selections.words.standing import standing
from tabular import csv_bytes


@require_safe
@member_view(can="see")
def ranking(request: OrgRequest, pk: int) -> HttpResponse:
    """Show the ranking with the adopted weights or with those of the address; nothing is stored."""
    selection = load_selection(pk)
    form = weights_form(request, selection)
    is_live = bool(request.htmx) and not request.htmx.history_restore_request
    if is_live and not form.is_valid():
        return _only_faults(request, form)
    preview = asked_preview(selection, form)
    context = _context(request, preview, form)
    if not is_live:
        context["records"] = kept_rows(selection, preview.inputs, preview.case)
        context["basket"] = basket_news(context["records"], preview.case, preview.inputs)
        return render(request, "selections/ranking/ranking.html", context)
    response = render(request, "selections/ranking/_live.html", context)
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
    response = render(request, "selections/ranking/_weights_faults.html", {"rows": rows})
    response["HX-Reswap"] = "none"
    response["HX-Push-Url"] = "false"
    return response


def _context(request: OrgRequest, preview: Preview, form: WeightsForm) -> dict[str, Any]:
    """Give everything that the page and its live piece print."""
    reading, inputs = preview.reading, preview.inputs
    sent_version = request.GET.get(VERSION, "")
    robust = robust_section(reading, preview.case, inputs.case) if reading and preview.case else None
    return {
        "selection": preview.selection,
        "preview": preview,
        "reading": reading,
        "form": form,
        "panel": weights_panel(
            inputs.criteria,
            inputs.weights,
            reading,
            adopted=inputs.adopted,
            shown=form.shown(),
            faults=form.faults(),
        ),
        "statement": statement(reading) if reading else None,
        "table": ranking_table(reading, inputs, _before(preview)) if reading else None,
        "reasons": reasons(preview.case, reading) if reading and preview.case else (),
        "margin": trimmed(reading.tie_margin, 2) if reading else "",
        "looks": looks(reading, robust) if reading else (),
        "robust": robust,
        "nothing_to_test": nothing_to_test(reading) if reading else "",
        "no_tornado": nothing_to_flip(reading) if reading else "",
        "tornado": tornado_chart(reading) if reading else None,
        "standings": {bid.code: standing(preview.case, bid.code) for bid in inputs.bids},
        "what_if": what_if_query(inputs),
        "why_query": changed_query(inputs),
        "why_base": why_base(request, preview.selection),
        "is_old_link": bool(sent_version) and sent_version != inputs.fingerprint,
        "has_faults": not form.is_valid(),
        "sub_count": sum(len(criterion["sub_criteria"]) for criterion in inputs.criteria),
        "may_keep": request.may("keep_ranking"),
        "may_privilege": request.may("privilege_line"),
    }


def _before(preview: Preview) -> Reading | None:
    """Give what a what-if is compared with: who is where with the adopted weights."""
    return preview.as_adopted if preview.inputs.is_what_if else None


@require_safe
@member_view(can="see")
def ranking_csv(request: OrgRequest, pk: int) -> HttpResponse:
    """Give the score table as CSV, with the weights of the address."""
    selection = load_selection(pk)
    preview = asked_preview(selection, weights_form(request, selection))
    if preview.ranked is None:
        raise Http404("There is no ranking yet.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{request.organisation.slug}-ranking.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(csv_bytes(ranking_csv_header(preview.ranked), ranking_csv_rows(preview.ranked)))
    return response


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

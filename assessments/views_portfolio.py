"""The portfolio page: all legal tasks of an assessment at once. Everything it shows is in its address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.http import OrgRequest, member_view
from accounts.streaming import csv_answer
from assessments import charts_portfolio, queries_dearest, queries_portfolio, queries_totals, words
from assessments import sensitivity as tables
from assessments.forms_portfolio import PortfolioForm
from assessments.models import Assessment
from assessments.portfolio_words import cost_rows, people, quadrant_rows
from assessments.queries import UNSCORED
from assessments.queries_totals import Totals
from assessments.rulebook import Rulebook
from assessments.shifting import MOST, POINTS, sensitivity
from assessments.views import the_assessment


@require_safe
@member_view(can="see")
def portfolio(request: OrgRequest) -> HttpResponse:
    """Show quadrants, cost by outcome, capacity freed and sensitivity of the tasks that the filters leave."""
    assessment = the_assessment()
    rulebook = Rulebook(assessment.factor_set.content)
    found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
    form = _form(request, assessment, found, rulebook)
    is_piece = bool(request.htmx) and not request.htmx.history_restore_request
    context = {
        "form": form,
        "narrowed": form.narrowed(),
        "shown": form.shown(),
        "faults": form.faults(),
        "query": form.query(),
        "found": found,
        "outcomes": [*words.OUTCOMES.items(), (UNSCORED, words.NOT_SCORED)],
        "cost_unit": f"{request.organisation.currency} a year",
        **(_parts(request, assessment, form, rulebook) if found.total else {}),
    }
    page = "assessments/portfolio/_portfolio.html" if is_piece else "assessments/portfolio/portfolio.html"
    response = render(request, page, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
@member_view(can="see")
def sensitivity_csv(request: OrgRequest) -> HttpResponseBase:
    """Give every move that changes something as a file; too many tasks lead back to the page that says so."""
    assessment = the_assessment()
    rulebook = Rulebook(assessment.factor_set.content)
    found = queries_totals.totals(assessment=assessment, rulebook=rulebook)
    form = _form(request, assessment, found, rulebook)
    tried = sensitivity(assessment=assessment, narrowed=form.narrowed(), only_going=form.only_going)
    if tried.shifts is None:
        url = reverse("assessments:portfolio", args=[request.organisation.slug])
        return redirect(f"{url}?{form.query()}#sensitivity")
    pieces = tables.shift_csv(tried, tried.shifts, rulebook)
    return csv_answer(request, pieces, name="sensitivity.csv", is_long=False)


def _form(request: OrgRequest, assessment: Assessment, found: Totals, rulebook: Rulebook) -> PortfolioForm:
    return PortfolioForm(
        request.GET,
        usual=queries_portfolio.usual_cut(found, rulebook),
        areas=queries_portfolio.practice_areas(assessment),
    )


def _parts(
    request: OrgRequest, assessment: Assessment, form: PortfolioForm, rulebook: Rulebook
) -> dict[str, Any]:
    """Give the four sections."""
    narrowed, cut, currency = form.narrowed(), form.cut(), request.organisation.currency
    quadrants = queries_portfolio.quadrants(assessment, narrowed, cut)
    costs = queries_portfolio.costs_by_outcome(assessment, narrowed)
    tried = sensitivity(assessment=assessment, narrowed=narrowed, only_going=form.only_going)
    return {
        "quadrant_chart": charts_portfolio.quadrant_chart(
            shown=queries_dearest.dearest(assessment=assessment, wanted=narrowed.wanted),
            parts=quadrants,
            cut=cut,
            rulebook=rulebook,
            currency=currency,
        ),
        "quadrants": quadrant_rows(quadrants, costs),
        "cost_chart": charts_portfolio.cost_chart(parts=costs, currency=currency),
        "costs": cost_rows(costs),
        "people": people(queries_portfolio.capacity(assessment, narrowed), form.productive_hours),
        "tried": tried,
        "most": MOST,
        "points": POINTS,
        "tables": tables.tables(tried, tried.shifts, rulebook, points=POINTS) if tried.shifts else None,
    }

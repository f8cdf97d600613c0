"""The components page: the templates of the product with made-up content."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lpo.components import samples, tokens


@require_safe
@login_not_required
def components(request: HttpRequest) -> HttpResponse:
    """Draw every component once, in each of its states."""
    page = {
        "colours": tokens.colours(),
        "steps": tokens.steps(),
        "icons": tokens.icons(),
        "form": samples.wrong_form(),
        "verdicts": samples.verdicts(),
        "standings": samples.standings(),
        "chips": samples.CHIPS,
        "expiries": samples.EXPIRIES,
        "messages": samples.MESSAGES,
        "levels": samples.LEVELS,
        "charts": samples.charts(),
    }
    return render(request, "components/components.html", page)


@require_safe
@login_not_required
def dialog(request: HttpRequest) -> HttpResponse:
    """Draw what a number opens."""
    return render(request, "components/_dialog.html")

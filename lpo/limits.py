"""How often one person may ask for pages that cost much: generous for people, tight for a runaway script.

Counts live in the memory of each web process: what is protected is that process's time, and a page that only
reads must not write to the database to be counted. Sign-ins are counted elsewhere, by all processes together.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponseBase

from lpo.errors import too_many

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Limit:
    """At most ``times`` a minute and person, all addresses of one ``kind`` together."""

    kind: str
    times: int
    is_for_posts_only: bool = False


FILES = Limit("files", 60)
WORKBOOKS = Limit("workbooks", 20)  # seconds of work for a large assessment
WHAT_IF = Limit("what-if", 300)
SEARCH = Limit("search", 120)
PASTE = Limit("paste", 30, is_for_posts_only=True)
GRID = Limit("grid", 300)
# By the name of the address.
LIMITED = {
    "search": SEARCH,
    "audit:list": SEARCH,
    "audit:csv": FILES,
    "audit:jsonl": FILES,
    "assessments:csv": FILES,
    "assessments:duties_csv": FILES,
    "assessments:sensitivity_csv": FILES,
    "assessments:assessment": SEARCH,
    "assessments:compare": SEARCH,
    "assessments:compare_csv": FILES,
    "assessments:content": FILES,
    "assessments:start_version": PASTE,
    "assessments:copy": PASTE,
    "assessments:opinions": SEARCH,
    "assessments:draft_effect": WHAT_IF,
    "assessments:paste": PASTE,
    "assessments:grid_save": GRID,
    "assessments:grid_csv": FILES,
    "assessments:grid_workbook": FILES,
    "assessments:import": PASTE,
    "assessments:import_apply": PASTE,
    "providers:csv": FILES,
    "selections:ranking": WHAT_IF,
    "selections:why": WHAT_IF,
    "selections:comparison": WHAT_IF,
    "selections:ranking_csv": FILES,
    "selections:comparison_csv": FILES,
    "selections:record_file": FILES,
    "selections:paste_prices": PASTE,
    "selections:prices_csv": FILES,
    "reports:download": FILES,
    "reports:record": FILES,
    "reports:workbook": WORKBOOKS,
    "reports:ask_suitability": WORKBOOKS,
}


class CostlyPages:
    """Middleware: answer 429 with the time to wait when somebody asks too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Hand on; the name of the address is known only in ``process_view``."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Count the request where its address is limited."""
        limit = LIMITED.get(request.resolver_match.view_name if request.resolver_match else "")
        if limit is None or not settings.REQUEST_LIMITS or not request.user.is_authenticated:
            return None
        if limit.is_for_posts_only and request.method != "POST":
            return None
        wait = seconds_to_wait(limit, request.user.pk)
        return too_many(request, wait) if wait else None


def seconds_to_wait(limit: Limit, user_pk: int) -> int:
    """Count one request of a person; give 0 when it is allowed, else the seconds until the next may come."""
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    key, near = f"{limit.kind}:{user_pk}:{window}", caches["near"]
    near.add(key, 0, timeout=2 * WINDOW_SECONDS)
    if near.incr(key) <= limit.times:
        return 0
    return max(1, math.ceil((window + 1) * WINDOW_SECONDS - now))

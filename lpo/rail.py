"""The frame around every page: organisation, role, and the seven steps with where the case stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

import figures
from accounts.models import Organisation
from accounts.tallies import Tally, count_together
from accounts.tenancy import opened
from assessments.models import BASKET_OUTCOMES, State
from assessments.queries import current_key
from assessments.queries_needs import Standing, standing_of, tallies
from assessments.queries_totals import outcome_counts
from lpo.standing import LastRecord, Tested, current_case, last_record, tested
from providers.models import Provider
from selections.models import Selection

_ASSESSMENTS = {"assessments:assessments", "assessments:assessment", "assessments:compare"}
STATE_WORDS = {"done": "Done", "doing": "In progress", "todo": "Not started"}


@dataclass(frozen=True)
class Page:
    """A page below the current step."""

    name: str
    url: str
    is_current: bool


@dataclass(frozen=True)
class Step:
    """One of the seven steps; without a URL it is plain text. ``says``: the state where it is a finer one."""

    number: int
    name: str
    state: str
    detail: str
    url: str = ""
    is_current: bool = False
    pages: tuple[Page, ...] = ()
    says: str = ""

    @property
    def state_word(self) -> str:
        """Say the state in words."""
        return STATE_WORDS[self.state]


@dataclass(frozen=True)
class Counts:
    """How far the case is, in numbers; ``state`` is that of the assessment, empty where there is none."""

    tasks: int
    scored: int
    candidates: int
    state: str
    providers: int
    tested: Tested
    record: LastRecord | None
    needs: Standing | None

    @property
    def bids(self) -> int:
        """How many providers bid."""
        return self.tested.bids

    @property
    def go_out(self) -> str:
        """Say how many legal tasks go out."""
        return f"{figures.count(self.candidates)} {'goes' if self.candidates == 1 else 'go'} out"

    @property
    def is_scored(self) -> bool:
        """Whether every legal task has an outcome."""
        return 0 < self.tasks == self.scored

    @property
    def is_tie(self) -> bool:
        """Whether the last kept ranking is a tie."""
        return self.record is not None and self.record.kept.is_tie


@dataclass(frozen=True)
class Frame:
    """What the top bar and the rail print."""

    organisation: Organisation
    role: str
    others: list[Organisation]
    case: Selection | None
    steps: list[Step]
    on_reports: bool
    may_manage: bool

    @property
    def organisation_name(self) -> str:
        """Give the name without the mark that the "Sample data" tag already shows."""
        return self.organisation.name.removesuffix(" (sample)")

    @property
    def case_name(self) -> str:
        """Give the name of the case, if there is one."""
        return self.case.name if self.case else ""

    @property
    def case_sub(self) -> str:
        """Give the line below the name of the case."""
        return f"Case · {self.case.assessment}" if self.case else "Nothing in it yet"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: a frame that asks the database only when a template prints it."""
    return {"frame": SimpleLazyObject(lambda: _opened_frame(request))}


def _opened_frame(request: HttpRequest) -> Frame | None:
    """Open the organisation again: error pages are drawn after the view has left it."""
    organisation: Organisation | None = getattr(request, "organisation", None)
    if organisation is None:
        return None
    with opened(organisation):
        return _frame(request, organisation)


def standing(request: HttpRequest) -> tuple[Selection | None, Counts]:
    """Give the case and how far it is, read once for a page that prints both frame and steps."""
    found: tuple[Selection | None, Counts] | None = getattr(request, "case_standing", None)
    if found is None:
        case = current_case()
        found = case, count(case)
        request.case_standing = found  # type: ignore[attr-defined]  # ours, for this request alone
    return found


def count(case: Selection | None) -> Counts:
    """Count what the steps tell, in a few queries, none of which reads every task.

    Needs and tasks are those of the current assessment, which their pages show; bids are those of the case.
    """
    assessment, stamp, state = current_key() or (None, None, "")
    tasks = outcome_counts(assessment, stamp=stamp) if assessment else {}
    counted = count_together(
        {
            "providers": Tally(Provider.objects.all()),
            **(tallies(assessment) if assessment else {}),
        }
    )
    return Counts(
        tasks=sum(tasks.values()),
        scored=sum(number for outcome, number in tasks.items() if outcome),
        candidates=sum(tasks.get(outcome, 0) for outcome in BASKET_OUTCOMES),
        state=state,
        providers=counted["providers"].all,
        tested=tested(case),
        record=last_record(case),
        needs=standing_of(assessment, counted, stamp=stamp) if assessment else None,
    )


def _frame(request: HttpRequest, organisation: Organisation) -> Frame:
    match = request.resolver_match
    here = match.view_name if match else ""
    case, counts = standing(request)
    may = request.may  # type: ignore[attr-defined]  # set by member_view
    others = Organisation.objects.filter(memberships__user=request.user.pk).exclude(pk=organisation.pk)
    return Frame(
        organisation=organisation,
        role=request.membership.get_role_display(),  # type: ignore[attr-defined]  # set by member_view
        others=list(others.order_by("name")),
        case=case,
        steps=steps(organisation.slug, case, counts, here, may_see_factors=may("see_factors")),
        on_reports=here.startswith("reports:"),
        may_manage=may("manage"),
    )


def steps(
    slug: str, case: Selection | None, counts: Counts, here: str, *, may_see_factors: bool = False
) -> list[Step]:
    """Make the seven steps; the ones that are not built are plain text."""
    return [
        _needs(slug, counts.needs, here),
        _suitability(slug, counts, here, may_see_factors),
        _providers(slug, counts, here),
        _selection(slug, case, counts, here),
        Step(5, "Terms", "todo", "After the decision"),
        Step(6, "Transition", "todo", "After the decision"),
        Step(7, "Outcomes", "todo", "After go-live"),
    ]


def _needs(slug: str, needs: Standing | None, here: str) -> Step:
    if needs is None:
        return Step(1, "Needs", "todo", "Optional to begin")
    url, is_current = reverse("assessments:needs", args=[slug]), _is_of_needs(here)
    if not needs.is_begun:
        return Step(1, "Needs", "todo", "Optional to begin", url, is_current)
    state = "done" if all(part.is_complete for part in needs.parts) else "doing"
    detail = f"{many(needs.objectives.all, 'goal')}, {many(needs.limits.all, 'limit')}"
    return Step(1, "Needs", state, detail, url, is_current)


def _is_of_needs(here: str) -> bool:
    return here.startswith("assessments:needs")


def _factors(slug: str, here: str, may_see: bool) -> tuple[Page, ...]:
    url = reverse("assessments:factors", args=[slug])
    is_here = here.startswith(("assessments:factor", "assessments:draft"))
    return (Page("Factors and gates", url, is_here),) if may_see else ()


def _suitability(slug: str, counts: Counts, here: str, may_see_factors: bool) -> Step:
    url = reverse("assessments:tasks", args=[slug])
    is_current = here.startswith("assessments:") and not _is_of_needs(here)
    state, detail, says = _suitability_state(counts)
    pages = _suitability_pages(slug, here, may_see_factors) if counts.state else ()
    return Step(2, "Suitability", state, detail, url, is_current, pages, says)


def _suitability_state(counts: Counts) -> tuple[str, str, str]:
    """Give mark, detail and finer state: done is what somebody approved, not what is only scored."""
    if not counts.tasks:
        return "todo", "Start here", ""
    if not counts.is_scored:
        return "doing", f"{figures.count(counts.scored)} of {figures.count(counts.tasks)} scored", ""
    if counts.state == State.APPROVED:
        return "done", f"{many(counts.tasks, 'task')}, {counts.go_out}", ""
    says = "Scored, draft" if counts.state == State.DRAFT else str(State(counts.state).label)
    return "doing", says, says


def _suitability_pages(slug: str, here: str, may_see_factors: bool) -> tuple[Page, ...]:
    return (
        Page("Tasks", reverse("assessments:tasks", args=[slug]), here == "assessments:tasks"),
        Page("Portfolio", reverse("assessments:portfolio", args=[slug]), here == "assessments:portfolio"),
        Page("Assessments", reverse("assessments:assessments", args=[slug]), here in _ASSESSMENTS),
        *_factors(slug, here, may_see_factors),
        Page("Role rates", reverse("assessments:rates", args=[slug]), here == "assessments:rates"),
        Page("Ethics duties", reverse("assessments:duties", args=[slug]), here == "assessments:duties"),
    )


def _providers(slug: str, counts: Counts, here: str) -> Step:
    state, detail = _providers_state(counts)
    url = reverse("providers:list", args=[slug])
    return Step(3, "Providers", state, detail, url, here.startswith("providers:"))


def _providers_state(counts: Counts) -> tuple[str, str]:
    """Done is when bids came and none of them waits for a knock-out."""
    if not counts.providers:
        return "todo", "No providers"
    profiles = many(counts.providers, "profile")
    if not counts.bids:
        return "doing", profiles
    if counts.tested.is_open:
        return "doing", counts.tested.open_words
    out = len(counts.tested.excluded)
    return "done", f"{profiles}, {out} knocked out" if out else profiles


def _selection(slug: str, case: Selection | None, counts: Counts, here: str) -> Step:
    if case is None:
        return Step(4, "Selection", "todo", "No bids")
    names = (
        ("ranking", "Ranking"),
        ("comparison", "Comparison"),
        ("bids", "Bids"),
        ("assumptions", "Assumptions"),
    )
    pages = tuple(
        Page(title, reverse(f"selections:{name}", args=[slug, case.pk]), here == f"selections:{name}")
        for name, title in names
    )
    state, detail = _selection_state(counts)
    return Step(4, "Selection", state, detail, pages[0].url, here.startswith("selections:"), pages)


def _selection_state(counts: Counts) -> tuple[str, str]:
    if not counts.bids:
        return "todo", "No bids"
    if counts.record is None:
        return "doing", f"{many(counts.bids, 'bid')}, none kept"
    return "doing", "Tie to break" if counts.is_tie else f"Record {counts.record.number} kept"


def many(number: int, word: str) -> str:
    """Count things: "1 task", "1,200 tasks"."""
    return f"{figures.count(number)} {word}{'' if number == 1 else 's'}"

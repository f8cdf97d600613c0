"""Reads of own assessments: blind until one has given one's own, then side by side.

``viewer`` sees of a factor what others think only where they have an own opinion of it. The answer that
counts is no secret, but the form for an own assessment does not show it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Greatest, Least

import figures
from accounts.models import User
from assessments import words
from assessments.models import Assessment, FactorAnswer, FactorOpinion, TaskAssessment
from assessments.queries_task import UNKNOWN, Option
from assessments.rulebook import CLOSURE, LEVELS, Factor, Rulebook
from assessments.scoring import Scorer, fill_all

PAGE_SIZE = 50
FAR_APART = 2


@dataclass(frozen=True)
class View:
    """What one person thinks of a factor, in words."""

    who: str
    is_mine: bool
    level: int | None
    anchor: str
    reason: str
    counsel_note: str
    given_at: datetime
    pk: int

    @property
    def text(self) -> str:
        """The level as it reads."""
        return level_text(self.level)

    @property
    def value(self) -> str:
        """The level as a form sends it."""
        return UNKNOWN if self.level is None else str(self.level)

    @property
    def adopted_reason(self) -> str:
        """The reason with which this answer is adopted."""
        return self.reason or f"As assessed by {self.who}."


@dataclass(frozen=True)
class FactorViews:
    """One factor that the viewer has assessed, with everybody's level.

    ``spread``: how many levels lie between the lowest and the highest, the answer that counts included.
    """

    factor: Factor
    views: tuple[View, ...]
    counts: str
    counts_anchor: str
    counts_by: str
    counts_reason: str
    options: tuple[Option, ...]
    spread: int
    is_settled: bool

    @property
    def is_far(self) -> bool:
        """Whether they are so far apart that somebody should talk."""
        return self.spread >= FAR_APART

    @property
    def spread_words(self) -> str:
        """Say how far apart they are."""
        if self.spread:
            return f"{self.spread} {'level' if self.spread == 1 else 'levels'} apart"
        levels = {view.level for view in self.views}
        return "some don’t know" if len(levels) > 1 else "agreed"


@dataclass(frozen=True)
class Asked:
    """One factor of the form for an own assessment; ``mine`` is what the viewer said already."""

    factor: Factor
    options: tuple[Option, ...]
    reason: str
    note: str
    mine: FactorOpinion | None


@dataclass(frozen=True)
class PersonScore:
    """The score under one person's answers; where they gave none, the answer that counts stands in."""

    who: str
    given: int
    score: str
    outcome: words.Verdict


@dataclass(frozen=True)
class OpinionPage:
    """The page of one task: what the viewer may see, the form, and how many others wait to be seen."""

    task: TaskAssessment
    asked: tuple[Asked, ...]
    open: tuple[FactorViews, ...]
    scores: tuple[PersonScore, ...]
    waiting: int
    others: int

    @property
    def given(self) -> int:
        """How many factors the viewer has assessed."""
        return sum(1 for one in self.asked if one.mine is not None)


@dataclass(frozen=True)
class Disagreement:
    """One line of the list: a factor of a task on which people differ."""

    task: TaskAssessment
    code: str
    factor: str
    views: str
    counts: str
    spread: int
    is_settled: bool

    @property
    def is_far(self) -> bool:
        """Whether they are so far apart that somebody should talk."""
        return self.spread >= FAR_APART


def level_text(level: int | None) -> str:
    """Write a level."""
    return "don’t know" if level is None else str(level)


def has_opinions(task: TaskAssessment) -> bool:
    """Whether anybody gave an own assessment of a task."""
    return FactorOpinion.objects.filter(task=task).exists()


def opinion_page(task: TaskAssessment, viewer: User, typed: Mapping[str, str] | None = None) -> OpinionPage:
    """Read the page of one task; ``typed``: what a refused form held, which is shown again."""
    book = Rulebook(task.assessment.factor_set.content)
    known = {factor.code: factor for factor in book.factors}
    opinions = [
        one
        for one in FactorOpinion.objects.filter(task=task).select_related("assessor")
        if one.factor in known
    ]
    mine = {one.factor: one for one in opinions if one.assessor_id == viewer.pk}
    answers = {one.factor: one for one in task.answers.select_related("assessor")}
    seen = [one for one in opinions if one.factor in mine]
    by_factor: dict[str, list[FactorOpinion]] = defaultdict(list)
    for one in seen:
        by_factor[one.factor].append(one)
    lines = [_views(known[code], found, answers.get(code), viewer) for code, found in by_factor.items()]
    lines.sort(key=lambda line: (line.is_settled, -line.spread, line.factor.code))
    hidden = {one.factor for one in opinions} - set(mine)
    return OpinionPage(
        task=task,
        asked=tuple(_asked(factor, mine.get(factor.code), typed) for factor in book.factors),
        open=tuple(lines),
        scores=_scores(task, opinions, set(mine), viewer),
        waiting=len(hidden),
        others=len({one.assessor_id for one in opinions} - {viewer.pk}),
    )


def _asked(factor: Factor, mine: FactorOpinion | None, typed: Mapping[str, str] | None) -> Asked:
    code = factor.code
    if typed:
        chosen: str | None = typed.get(f"level-{code}")
        reason, note = typed.get(f"reason-{code}", ""), typed.get(f"note-{code}", "")
    else:
        chosen = None if mine is None else UNKNOWN if mine.level is None else str(mine.level)
        reason, note = (mine.reason, mine.counsel_note) if mine else ("", "")
    return Asked(factor, _options(factor, chosen), reason, note, mine)


def _options(factor: Factor, chosen: str | None) -> tuple[Option, ...]:
    levels = [Option(level, factor.anchors.get(level, ""), level == chosen) for level in LEVELS]
    return (*levels, Option(UNKNOWN, "Don’t know", chosen == UNKNOWN))


def _views(
    factor: Factor, found: Sequence[FactorOpinion], answer: FactorAnswer | None, viewer: User
) -> FactorViews:
    is_confirmed = answer is not None and answer.source not in FactorAnswer.ASSUMED
    levels = [one.level for one in found if one.level is not None]
    if answer is not None and is_confirmed and answer.level is not None:
        levels.append(answer.level)
    newest = max(one.given_at for one in found)
    return FactorViews(
        factor=factor,
        views=tuple(
            View(
                str(one.assessor),
                one.assessor_id == viewer.pk,
                one.level,
                factor.anchors.get(str(one.level), ""),
                one.reason,
                one.counsel_note,
                one.given_at,
                one.pk,
            )
            for one in sorted(found, key=lambda one: (one.assessor_id != viewer.pk, str(one.assessor)))
        ),
        counts="not answered" if answer is None else level_text(answer.level),
        counts_anchor=factor.anchors.get(str(answer.level), "") if answer else "",
        counts_reason=answer.reason if answer is not None else "",
        options=_options(factor, None),
        counts_by=str(answer.assessor) if is_confirmed and answer and answer.assessor else "not confirmed",
        spread=max(levels) - min(levels) if levels else 0,
        is_settled=bool(is_confirmed and answer and answer.answered_at >= newest),
    )


def _scores(
    task: TaskAssessment, opinions: Sequence[FactorOpinion], mine: set[str], viewer: User
) -> tuple[PersonScore, ...]:
    """Score the task under each person's answers, of those whose every opinion the viewer may see."""
    people: dict[User, dict[str, int | None]] = defaultdict(dict)
    for one in opinions:
        people[one.assessor][one.factor] = one.level
    shown = {who: given for who, given in people.items() if set(given) <= mine}
    if not shown:
        return ()
    scorer = Scorer.of(task.assessment)
    counting = dict(task.answers.values_list("factor", "level"))
    copies = {who: _copy(task) for who in shown}
    lines = [PersonScore("The answers that count", len(counting), _score(task), words.task_verdict(task))]
    base = _copy(task)
    waivers = fill_all([base], scorer, among={"task": task})
    granted = {waiver.gate for waiver in waivers[task.pk] if waiver.state == waiver.State.GRANTED}
    closed = scorer.rulebook.closed(task.closures.values_list(*CLOSURE))
    for who, given in sorted(shown.items(), key=lambda pair: (pair[0] != viewer, str(pair[0]))):
        scorer.fill(copies[who], answers=counting | given, closed=closed, waived=granted)
        lines.append(PersonScore(str(who), len(given), _score(copies[who]), words.task_verdict(copies[who])))
    return tuple(lines)


def _copy(task: TaskAssessment) -> TaskAssessment:
    """An unsaved copy with what the rules look at."""
    return TaskAssessment(
        pk=task.pk,
        practice_of_law=task.practice_of_law,
        flags=task.flags,
        annual_volume=task.annual_volume,
        hours_per_unit=task.hours_per_unit,
        staffing_mix=task.staffing_mix,
        rounding=task.rounding,
    )


def _score(task: TaskAssessment) -> str:
    if task.score is not None:
        return figures.score(task.score)
    if task.score_low is None:
        return figures.DASH
    return f"{figures.score(task.score_low)} to {figures.score(task.score_high)}"


def disagreements(*, assessment: Assessment, viewer: User, number: str | int) -> Page[Any]:
    """Give a page of what people differ on, the widest first: four queries, however many there are."""
    page: Page[Any] = Paginator(_differing(assessment, viewer), PAGE_SIZE).get_page(number)
    rows: list[dict[str, Any]] = list(page.object_list)
    keys: set[int] = {row["task"] for row in rows}
    tasks = TaskAssessment.objects.with_task().in_bulk(list(keys))
    named = {factor.code: factor.name for factor in Rulebook(assessment.factor_set.content).factors}
    views: dict[tuple[int, str], list[FactorOpinion]] = defaultdict(list)
    for one in FactorOpinion.objects.filter(task__in=keys).select_related("assessor"):
        views[one.task_id, one.factor].append(one)
    page.object_list = [
        _line(row, tasks[row["task"]], views[row["task"], row["factor"]], named) for row in rows
    ]
    return page


def _line(
    row: Mapping[str, Any], task: TaskAssessment, found: Sequence[FactorOpinion], named: Mapping[str, str]
) -> Disagreement:
    told = [f"{one.assessor} {level_text(one.level)}" for one in found]
    return Disagreement(
        task=task,
        code=row["factor"],
        factor=named.get(row["factor"], row["factor"]),
        views=" · ".join(told),
        counts=str(row["counts"]) if row["counts"] is not None else figures.DASH,
        spread=row["spread"],
        is_settled=bool(row["is_settled"]),
    )


def _differing(assessment: Assessment, viewer: User) -> QuerySet[FactorOpinion, Any]:
    """Factors that the viewer has assessed and on which somebody differs, the answer that counts included."""
    own = FactorOpinion.objects.filter(task=OuterRef("task"), factor=OuterRef("factor"), assessor=viewer)
    answer = FactorAnswer.objects.filter(task=OuterRef("task"), factor=OuterRef("factor")).exclude(
        source__in=FactorAnswer.ASSUMED
    )
    level = Subquery(answer.values("level")[:1], output_field=IntegerField())
    rows = FactorOpinion.objects.filter(Exists(own), task__assessment=assessment).order_by()
    grouped = rows.values("task", "factor").annotate(
        people=Count("pk"),
        sure=Count("level"),
        low=Min("level"),
        high=Max("level"),
        newest=Max("given_at"),
        counts=level,
        answered=Subquery(answer.values("answered_at")[:1]),
    )
    whole = IntegerField()
    top = Greatest("high", Coalesce("counts", "high", output_field=whole), output_field=whole)
    bottom = Least("low", Coalesce("counts", "low", output_field=whole), output_field=whole)
    ranked = grouped.annotate(
        spread=Coalesce(top - bottom, 0, output_field=whole),
        is_settled=Coalesce(Q(answered__gte=F("newest")), False, output_field=BooleanField()),
    )
    differing = ranked.filter(Q(spread__gt=0) | Q(sure__lt=F("people"), sure__gt=0))
    return differing.order_by("is_settled", "-spread", "task__list_code", "factor")

"""Reads of the tasks whose answers nobody has confirmed yet, with all that confirming takes over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from assessments import words
from assessments.models import Assessment, FactorAnswer, TaskAssessment
from assessments.queries import TaskRow, task_rows
from assessments.rulebook import Factor, Rulebook

PAGE_SIZE = 25


@dataclass(frozen=True)
class Level:
    """The answer to one factor; ``level`` is None for "don't know"."""

    factor: Factor
    level: int | None
    is_answered: bool
    is_assumed: bool

    @property
    def shown(self) -> str:
        """The level as it reads in a cell."""
        if not self.is_answered:
            return "—"
        return "?" if self.level is None else str(self.level)

    @property
    def said(self) -> str:
        """The same for a screen reader: what the level means, and whose answer it is."""
        if not self.is_answered:
            return "not answered"
        meaning = "don’t know" if self.level is None else self.factor.anchors[str(self.level)]
        return f"{meaning}, {'to confirm' if self.is_assumed else 'yours'}"


@dataclass(frozen=True)
class ToConfirm:
    """One task with what confirming takes over. ``origin`` says where it is from."""

    row: TaskRow
    origin: str
    practice: str
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class ConfirmPage:
    """One page of them."""

    page: Page[int]
    lines: tuple[ToConfirm, ...]
    factors: tuple[Factor, ...]


def confirm_page(*, assessment: Assessment, rulebook: Rulebook, number: str | int) -> ConfirmPage:
    """Give 25 tasks by code; a page number that does not exist gives the nearest one."""
    page: Page[int] = Paginator(_waiting(assessment), PAGE_SIZE).get_page(number)
    rows = task_rows(list(page), rulebook)
    answers: dict[int, dict[str, FactorAnswer]] = defaultdict(dict)
    for answer in FactorAnswer.objects.filter(task__in=[row.task.pk for row in rows]):
        answers[answer.task_id][answer.factor] = answer
    return ConfirmPage(
        page=page,
        lines=tuple(_line(row, answers[row.task.pk], rulebook) for row in rows),
        factors=tuple(rulebook.factors),
    )


def _waiting(assessment: Assessment) -> QuerySet[TaskAssessment, int]:
    rows = TaskAssessment.objects.filter(assessment=assessment, is_profile_assumed=True)
    return rows.order_by("list_code", "pk").values_list("pk", flat=True)


def _line(row: TaskRow, answers: Mapping[str, FactorAnswer], rulebook: Rulebook) -> ToConfirm:
    return ToConfirm(
        row=row,
        origin=words.origin(row.task),
        practice=row.task.get_practice_of_law_display(),
        levels=tuple(_level(factor, answers.get(factor.code)) for factor in rulebook.factors),
    )


def _level(factor: Factor, answer: FactorAnswer | None) -> Level:
    if answer is None:
        return Level(factor, None, is_answered=False, is_assumed=False)
    is_assumed = answer.source in FactorAnswer.ASSUMED
    return Level(factor, answer.level, is_answered=True, is_assumed=is_assumed)

"""Reads about splits: what a task is a part of, what keeps it from being split or joined again, the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q

import figures
from assessments import words
from assessments.models import Assessment, Consent, LegalTask, TaskAssessment, Waiver
from assessments.models_needs import MustStay
from assessments.models_split import SplitClosure, TaskSplit
from assessments.queries_life import users_of
from assessments.reference import catalogue_by_code


@dataclass(frozen=True)
class Portion:
    """The figures of the whole or of a part, as texts; ``task`` is its row, where there is one."""

    role: str
    code: str
    name: str
    volume: str
    hours_each: str
    hours: str
    cost: str
    task: TaskAssessment | None = None


@dataclass(frozen=True)
class SplitPage:
    """One split in full. ``obstacles``: why the parts cannot be joined; ``consents``: those on record."""

    split: TaskSplit
    portions: tuple[Portion, ...]
    closures: tuple[SplitClosure, ...]
    consents: int
    obstacles: tuple[str, ...]


@dataclass(frozen=True)
class SplitLink:
    """What the page of a part says of its split; ``other``: the task of the other part, if it is there."""

    split: TaskSplit
    is_out: bool
    other: TaskAssessment | None


def find_split(pk: int) -> TaskSplit | None:
    """Give a split of the open organisation."""
    return TaskSplit.objects.select_related("assessment", "whole", "out", "stays", "by").filter(pk=pk).first()


def split_of(task: TaskAssessment) -> SplitLink | None:
    """Give the newest split that made this legal task a part: two queries, one where there is none."""
    rows = TaskSplit.objects.select_related("assessment", "whole", "out", "stays", "by")
    split = rows.filter(Q(out=task.legal_task_id) | Q(stays=task.legal_task_id)).last()
    if split is None:
        return None
    is_out = split.out_id == task.legal_task_id
    other = split.stays if is_out else split.out
    here = TaskAssessment.objects.with_task().filter(assessment=task.assessment_id, legal_task=other)
    return SplitLink(split, is_out, here.first())


def parts_in(assessment: Assessment) -> Mapping[int, str]:
    """Say of each legal task whose part is in the assessment into what it was split, by its key."""
    rows = TaskSplit.objects.select_related("whole", "out", "stays")
    here = TaskAssessment.objects.filter(assessment=assessment).values("legal_task")
    found = rows.filter(Q(out__in=here) | Q(stays__in=here))
    return {row.whole_id: sentence_of_whole(row) for row in found}


def sentence_of_whole(split: TaskSplit) -> str:
    """Say why the whole cannot be in the assessment beside its parts."""
    return (
        f"{split.whole.code} {split.whole.name} was split into {split.out.code} and {split.stays.code}; "
        "change those instead."
    )


def priced(assessment: Assessment, legal_tasks: Iterable[LegalTask]) -> list[str]:
    """Name the codes that bids of a case on this assessment price, without knowing what a bid is.

    Bids of another year do not count: where no case rests on the assessment, nothing in it is priced.
    """
    wanted = list(legal_tasks)
    if not users_of(assessment):
        return []
    found: set[str] = set()
    for relation in LegalTask._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if not relation.auto_created or relation.concrete or model._meta.app_label == "assessments":
            continue
        name = relation.field.name  # type: ignore[union-attr]  # it is a relation from another app
        rows = model.objects.filter(**{f"{name}__in": wanted})
        found |= set(rows.values_list(f"{name}__code", flat=True))
    return sorted(found)


def split_obstacles(task: TaskAssessment) -> list[str]:
    """Say everything that keeps a task from being split; nothing when it may be."""
    legal_task = task.legal_task
    found = []
    if priced(task.assessment, [legal_task]):
        found.append(
            f"Bids price {legal_task.code}. Take it out of the bids first, then split it and ask for "
            "prices of the part that goes out."
        )
    if MustStay.objects.filter(assessment=task.assessment_id, legal_task=legal_task).exists():
        found.append(
            f"The needs say that {legal_task.code} must stay. Change that first, then say it of the "
            "part that stays."
        )
    if task.annual_volume is None or task.hours_per_unit is None:
        found.append(
            "Enter the volume a year and the hours per unit first, so that the parts can add up to them."
        )
    return found


def join_obstacles(split: TaskSplit) -> list[str]:
    """Say everything that keeps the parts from being joined; nothing when they may be."""
    if not split.assessment.is_draft:
        return ["The assessment of the split is no draft any more."]
    pair = (split.out, split.stays)
    here = TaskAssessment.objects.filter(assessment=split.assessment_id, legal_task__in=pair)
    rows = {row.legal_task_id: row for row in here}
    found = [f"{part.code} was split again. Join its parts first." for part in pair if part.pk not in rows]
    found += [f"Bids price {code}. Take it out of the bids first." for code in priced(split.assessment, pair)]
    stays = MustStay.objects.filter(assessment=split.assessment_id, legal_task__in=pair)
    codes = stays.values_list("legal_task__code", flat=True).distinct()
    found += [f"The needs say that {code} must stay. Change that first." for code in codes]
    out = rows.get(split.out_id)
    if out is not None and Consent.objects.filter(task=out).exists():
        found.append(f"{split.out.code} has consents on record, which are kept.")
    return found


def split_page(split: TaskSplit) -> SplitPage:
    """Read one split for its page."""
    rows = TaskAssessment.objects.with_task().filter(
        assessment=split.assessment_id, legal_task__in=(split.out_id, split.stays_id)
    )
    by_task = {row.legal_task_id: row for row in rows}
    whole = split.figures
    portions = [
        Portion(
            "Before",
            split.whole.code,
            split.whole.name,
            _quantity(whole.get("annual_volume"), str(whole.get("unit", ""))),
            figures.exact(Decimal(whole["hours_per_unit"])) if whole.get("hours_per_unit") else figures.DASH,
            figures.hours(whole.get("annual_hours")),
            figures.money(Decimal(whole["baseline_amount"]) if whole.get("baseline_amount") else None),
        )
    ]
    for role, part in (("Goes out", split.out), ("Stays", split.stays)):
        row = by_task.get(part.pk)
        portions.append(portion(role, row) if row else _gone(role, part))
    stays = by_task.get(split.stays_id)
    return SplitPage(
        split=split,
        portions=tuple(portions),
        closures=tuple(split.closures.select_related("closed_by", "lawyer")),
        consents=Consent.objects.filter(task=stays).count() if stays else 0,
        obstacles=tuple(join_obstacles(split)),
    )


def _gone(role: str, part: LegalTask) -> Portion:
    none = figures.DASH
    return Portion(role, part.code, part.name, none, none, none, none)


def portion(role: str, row: TaskAssessment) -> Portion:
    """Write the figures of a task, saved or not."""
    hours_each = figures.DASH if row.hours_per_unit is None else figures.exact(row.hours_per_unit)
    return Portion(
        role,
        row.legal_task.code,
        row.legal_task.name,
        _quantity(row.annual_volume, row.unit),
        hours_each,
        figures.hours(row.annual_hours),
        figures.money(row.baseline_amount),
        row if row.pk else None,
    )


def _quantity(volume: Any, unit: str) -> str:
    if volume is None:
        return figures.DASH
    number = Decimal(volume)
    return f"{figures.exact(number)} {words.units(unit, number)}"


def preview_portions(task: TaskAssessment, out: TaskAssessment, stays: TaskAssessment) -> tuple[Portion, ...]:
    """Write the whole and the parts that a split would make of it."""
    return portion("Now", task), portion("Goes out", out), portion("Stays", stays)


def left_behind(task: TaskAssessment) -> tuple[str, ...]:
    """Say what was found about the whole and would count for neither part."""
    counted = (
        (task.closures.count(), "closed condition", "closed conditions", "open again in both parts"),
        (
            task.waivers.filter(state__in=Waiver.OPEN).count(),
            "waiver",
            "waivers",
            "ended; it can be asked for again",
        ),
        (
            Consent.objects.filter(task=task).count(),
            "consent",
            "consents",
            "kept on record with the part that stays, and counted for neither",
        ),
    )
    return tuple(
        f"{number} {one if number == 1 else many}: {what}." for number, one, many, what in counted if number
    )


def boundary(task: TaskAssessment) -> str:
    """Give what the catalogue says about the line between routine and judgement, if it came from there."""
    entry = catalogue_by_code().get(task.legal_task.catalogue_code)
    return entry.boundary_note if entry else ""

"""Starting an assessment; putting legal tasks into it and taking them out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.deletion import ProtectedError

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import Assessment, FactorAnswer, FactorSet, LegalTask, PracticeClass, TaskAssessment
from assessments.models_split import TaskSplit
from assessments.queries_split import parts_in
from assessments.reference import CatalogueTask, catalogue_by_code
from assessments.services import changing, checking
from assessments.services.drafting import hold_draft

_CODE = re.compile(r"([A-Z]{1,4})(\d{1,6})")
_FIRST_LETTER = "L"


@transaction.atomic
def start_assessment(
    *, actor: User, period: str, factor_set: FactorSet, supersedes: Assessment | None = None
) -> Assessment:
    """Start the assessment of a period with one factor set."""
    cleaned = checking.short(period, 40)
    if not cleaned:
        raise ValidationError({"period": "Say which period is assessed."})
    assessment = Assessment.objects.create(period=cleaned, factor_set=factor_set, supersedes=supersedes)
    audit.record(
        actor=actor, verb="started assessment", obj=assessment, after={"factor_set": str(factor_set)}
    )
    return assessment


@transaction.atomic
def add_task(*, actor: User, assessment: Assessment, name: str, **facts: Any) -> TaskAssessment:
    """Add one legal task by hand; ``facts`` as in ``change_task``. Raises ``ValidationError`` by field."""
    hold_names()
    hold_draft(assessment.pk)
    try:
        cleaned = checking.name(name)
        legal_task = _identity(assessment, cleaned, next(free_codes()))
    except ValidationError as fault:
        raise ValidationError({"name": fault.messages}) from fault
    task = TaskAssessment.objects.create(assessment=assessment, legal_task=legal_task)
    audit.record(actor=actor, verb="added legal task", obj=task, after={"name": cleaned})
    return changing.change_task(actor=actor, task=task, facts=facts)


@transaction.atomic
def add_many(
    *, actor: User, assessment: Assessment, facts: Sequence[Mapping[str, Any]], verb: str
) -> list[TaskAssessment]:
    """Add many legal tasks from checked facts with names that the assessment does not have yet.

    Call ``hold_names`` before the facts are checked. ``verb`` is what the trail says of each.
    """
    hold_draft(assessment.pk)
    legal_tasks = _legal_tasks(facts)
    scorer = scoring.Scorer.of(assessment)
    tasks = []
    for row in facts:
        own = {key: value for key, value in row.items() if key not in {"name", "practice_area"}}
        legal_task = legal_tasks[row["name"].casefold()]
        task = TaskAssessment(assessment=assessment, legal_task=legal_task, **own)
        scorer.fill(task, answers={}, closed=set())
        tasks.append(task)
    made = TaskAssessment.objects.bulk_create(tasks)
    for task in made:
        audit.record(actor=actor, verb=verb, obj=task)
    return made


def _legal_tasks(facts: Sequence[Mapping[str, Any]]) -> dict[str, LegalTask]:
    """The kinds of work by name: known ones from other years, and new ones."""
    known = {task.name.casefold(): task for task in LegalTask.objects.all()}
    codes = free_codes()
    new = [
        LegalTask(code=next(codes), name=row["name"], practice_area=row.get("practice_area", ""))
        for row in facts
        if row["name"].casefold() not in known
    ]
    return known | {task.name.casefold(): task for task in LegalTask.objects.bulk_create(new)}


@transaction.atomic
def add_from_catalogue(*, actor: User, assessment: Assessment, codes: Sequence[str]) -> list[TaskAssessment]:
    """Add common legal tasks with their typical answers, marked as assumed until somebody confirms them.

    Volumes and hours are facts about a company and stay empty. Raises ``ValidationError`` naming the codes
    that do not exist and the tasks that are in the assessment already; then nothing is added.
    """
    hold_names()
    hold_draft(assessment.pk)
    known = catalogue_by_code()
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise ValidationError({"codes": f"The catalogue has no {', '.join(unknown)[:80]}."})
    if not codes:
        raise ValidationError({"codes": "Tick at least one kind of work."})
    wanted = [known[code] for code in dict.fromkeys(codes)]
    taken = set(
        TaskAssessment.objects.filter(assessment=assessment).values_list("legal_task__name", flat=True)
    )
    doubles = [entry.name for entry in wanted if entry.name.casefold() in {name.casefold() for name in taken}]
    if doubles:
        raise ValidationError({"codes": f"In the assessment already: {'; '.join(doubles)}."})
    numbers = free_codes()
    scorer = scoring.Scorer.of(assessment)
    return [_add_typical(actor, assessment, entry, next(numbers), scorer) for entry in wanted]


def _add_typical(
    actor: User, assessment: Assessment, entry: CatalogueTask, code: str, scorer: scoring.Scorer
) -> TaskAssessment:
    legal_task = _identity(assessment, entry.name, code, area=entry.practice_area, catalogue=entry.code)
    known_flags = {flag.code for flag in scorer.rulebook.flags}
    task = TaskAssessment(
        assessment=assessment,
        legal_task=legal_task,
        practice_of_law=PracticeClass(entry.practice_of_law),
        unit=entry.unit,
        flags=[flag for flag in entry.flags if flag in known_flags],
        is_profile_assumed=True,
    )
    factors = {factor.code for factor in scorer.rulebook.factors}
    profile = {factor: level for factor, level in entry.profile.items() if factor in factors}
    scorer.fill(task, answers=profile, closed=set())
    task.save()
    FactorAnswer.objects.bulk_create(
        FactorAnswer(task=task, factor=factor, level=level, source=FactorAnswer.Source.CATALOGUE)
        for factor, level in profile.items()
    )
    audit.record(
        actor=actor, verb="added legal task from the catalogue", obj=task, after={"catalogue": entry.code}
    )
    return task


@transaction.atomic
def remove_task(*, actor: User, task: TaskAssessment) -> None:
    """Take a task out of its assessment; the trail keeps the flags and gates that it had.

    Refused with ``ValidationError`` while a bid prices it and where consents are recorded for it.
    """
    row = changing.locked(task)
    legal_task, label = row.legal_task, str(row)
    part = TaskSplit.objects.filter(Q(out=legal_task) | Q(stays=legal_task), assessment=row.assessment_id)
    split = part.select_related("whole").first()
    if split is not None:
        raise ValidationError(
            f"{label} is a part of {split.whole.code}, which was split. Join the parts again first."
        )
    if row.consents.exists():
        raise ValidationError(
            f"{label} has consents on record, which are kept, so it cannot be removed. Leave it out of bids."
        )
    facts = {
        "name": legal_task.name,
        "outcome": row.outcome,
        "score": row.score,
        "flags": row.flags,
        "practice_of_law": row.practice_of_law,
        "gates": row.gates,
    }
    audit.record(actor=actor, verb="removed legal task", obj=row, label=label, before=facts)
    row.delete()
    if legal_task.assessments.exists():
        return
    try:
        legal_task.delete()
    except ProtectedError as used:
        raise ValidationError(
            f"{label} is priced in a bid and cannot be removed. Take it out of the bids first."
        ) from used


def free_codes() -> Iterator[str]:
    """Give unused codes that continue the organisation's own numbering: D19 after D18, else L01 …"""
    used = LegalTask.objects.values_list("code", flat=True)
    found = [match for match in (_CODE.fullmatch(code) for code in used) if match]
    newest = max(found, key=lambda match: int(match[2]), default=None)
    letters, number = (newest[1], int(newest[2])) if newest else (_FIRST_LETTER, 0)
    while True:
        number += 1
        yield f"{letters}{number:02d}"


def _identity(
    assessment: Assessment, name: str, code: str, *, area: str = "", catalogue: str = ""
) -> LegalTask:
    """The kind of work with this name, which may be known from another year."""
    known = changing.called(name).first()
    if known is None:
        return LegalTask.objects.create(code=code, name=name, practice_area=area, catalogue_code=catalogue)
    if TaskAssessment.objects.filter(assessment=assessment, legal_task=known).exists():
        raise ValidationError(f"{known.code} already has this name in this assessment.")
    if known.pk in (split := parts_in(assessment)):
        raise ValidationError(split[known.pk])
    return known


def names_in(assessment: Assessment) -> Mapping[str, str]:
    """Give the code of each task of an assessment by its name in lower case, split ones too."""
    rows = TaskAssessment.objects.filter(assessment=assessment)
    known = {name.casefold(): code for code, name in rows.values_list("legal_task__code", "legal_task__name")}
    whole = LegalTask.objects.filter(pk__in=parts_in(assessment)).values_list("code", "name")
    return known | {name.casefold(): code for code, name in whole}

"""Changing one legal task: facts and factor answers, scored again in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import FactorAnswer, LegalTask, RoleRate, TaskAssessment
from assessments.rulebook import Rulebook
from assessments.services import checking, corrections
from assessments.services.drafting import hold_draft

_OF_THE_LEGAL_TASK = ("name", "practice_area")


class StaleTaskError(ValueError):
    """Somebody else changed the task after the form was opened; nothing was saved."""


def locked(task: TaskAssessment) -> TaskAssessment:
    """Read the row again, and keep others from changing it until the transaction ends.

    Raises ``ClosedAssessmentError`` unless its assessment is a draft.
    """
    hold_draft(task.assessment_id)
    return (
        TaskAssessment.objects.select_for_update(of=("self",))
        .select_related("legal_task", "assessment__factor_set")
        .get(pk=task.pk)
    )


@transaction.atomic
def change_task(
    *,
    actor: User,
    task: TaskAssessment,
    facts: Mapping[str, Any] | None = None,
    levels: Mapping[str, int | None] | None = None,
    reasons: Mapping[str, str] | None = None,
    why: Mapping[str, str] | None = None,
    seen: datetime | None = None,
) -> TaskAssessment:
    """Change any part of a task; what is not named stays. All or nothing.

    ``facts``: name, practice_area, annual_volume, unit, hours_per_unit, turnaround_days, staffing_mix,
    practice_of_law, flags, note, counsel_note. ``levels``: factor to 1–5 or None for "don't know".
    ``reasons``: factor to text.
    ``why``: "flags" and "practice_of_law" to the reason for a change that takes a gate away; an answer that
    does so needs a new reason of its own (see ``corrections``). ``seen``: the ``updated_at`` that the form
    showed; a later change by somebody else refuses this one with ``StaleTaskError``. Raises
    ``ValidationError`` by field ("annual_volume", "level-STD", "flags_reason", …).
    """
    if facts and "name" in facts:
        hold_names()
    row = locked(task)
    if seen is not None and row.updated_at != seen:
        raise StaleTaskError("Somebody changed this legal task after you opened it.")
    rulebook = Rulebook(row.assessment.factor_set.content)
    checked = _checked_facts(row, facts or {}, rulebook)
    answers = _checked_answers(levels or {}, reasons or {}, rulebook)
    corrected = corrections.wanted(row, checked, answers, why or {})
    _apply_facts(actor, row, checked)
    _apply_answers(actor, row, answers)
    corrections.keep(actor, row, corrected)
    scoring.rescore(row)
    return row


def edit_task(*, actor: User, task: TaskAssessment, **facts: Any) -> TaskAssessment:
    """Change facts of a task; see ``change_task``."""
    return change_task(actor=actor, task=task, facts=facts)


def answer_factor(
    *, actor: User, task: TaskAssessment, factor: str, level: int | None, reason: str | None = None
) -> TaskAssessment:
    """Answer one factor with 1–5, or None for "don't know"."""
    reasons = {} if reason is None else {factor: reason}
    return change_task(actor=actor, task=task, levels={factor: level}, reasons=reasons)


def set_flags(
    *, actor: User, task: TaskAssessment, flags: Sequence[str], because: str = ""
) -> TaskAssessment:
    """Set exactly these flags; taking one away that fires a gate needs a reason."""
    return change_task(actor=actor, task=task, facts={"flags": flags}, why={"flags": because})


def set_practice_of_law(
    *, actor: User, task: TaskAssessment, practice_of_law: str, because: str = ""
) -> TaskAssessment:
    """Say who may do the work; taking a gate of law or supervision away with it needs a reason."""
    facts = {"practice_of_law": practice_of_law}
    return change_task(actor=actor, task=task, facts=facts, why={"practice_of_law": because})


def _checked_facts(row: TaskAssessment, facts: Mapping[str, Any], rulebook: Rulebook) -> dict[str, Any]:
    checks: dict[str, Callable[[Any], Any]] = {
        "name": lambda text: _free_name(row, checking.name(text)),
        "practice_area": lambda text: checking.short(text, 80),
        "annual_volume": checking.volume,
        "unit": lambda text: checking.short(text, 40),
        "hours_per_unit": checking.hours,
        "turnaround_days": checking.turnaround,
        "staffing_mix": lambda shares: checking.mix(shares, _role_codes(row)),
        "practice_of_law": checking.practice,
        "flags": lambda codes: checking.flags(codes, rulebook),
        "note": checking.long_text,
        "counsel_note": checking.long_text,
    }
    unknown = set(facts) - set(checks)
    if unknown:
        raise KeyError(f"{', '.join(sorted(unknown))} cannot be changed this way")
    return _collected({key: (checks[key], value) for key, value in facts.items()})


def _checked_answers(
    levels: Mapping[str, int | None], reasons: Mapping[str, str], rulebook: Rulebook
) -> dict[str, dict[str, Any]]:
    work: dict[str, tuple[Callable[[Any], Any], Any]] = {
        f"level-{code}": (partial(checking.level, code, rulebook=rulebook), value)
        for code, value in levels.items()
    }
    work |= {f"reason-{code}": (checking.long_text, value) for code, value in reasons.items()}
    checked = _collected(work)
    answers: dict[str, dict[str, Any]] = {code: {} for code in (*levels, *reasons)}
    for code in levels:
        answers[code]["level"] = checked[f"level-{code}"]
    for code in reasons:
        answers[code]["reason"] = checked[f"reason-{code}"]
    return answers


def _collected(work: Mapping[str, tuple[Callable[[Any], Any], Any]]) -> dict[str, Any]:
    """Check all fields, so that a person sees every fault at once."""
    good: dict[str, Any] = {}
    faults: dict[str, list[str]] = {}
    for key, (check, value) in work.items():
        try:
            good[key] = check(value)
        except ValidationError as fault:
            faults[key] = fault.messages
    if faults:
        raise ValidationError(faults)
    return good


def _role_codes(row: TaskAssessment) -> set[str]:
    return set(RoleRate.objects.filter(assessment=row.assessment_id).values_list("code", flat=True))


def called(name: str) -> QuerySet[LegalTask]:
    """Legal tasks of this name, compared as the database's own constraint compares."""
    return LegalTask.objects.filter(Exact(Lower("name"), Lower(Value(name))))


def _free_name(row: TaskAssessment, name: str) -> str:
    taken = called(name).exclude(pk=row.legal_task_id).first()
    if taken is not None:
        raise ValidationError(f"{taken.code} already has this name; choose another.")
    return name


def _apply_facts(actor: User, row: TaskAssessment, facts: Mapping[str, Any]) -> None:
    homes = {key: row.legal_task if key in _OF_THE_LEGAL_TASK else row for key in facts}
    before = {key: getattr(home, key) for key, home in homes.items()}
    old, new = audit.changes(before, facts)
    if not new:
        return
    for key, value in new.items():
        setattr(homes[key], key, value)
    if any(key in _OF_THE_LEGAL_TASK for key in new):
        row.legal_task.save()
        TaskAssessment.objects.filter(legal_task=row.legal_task).update(**row.legal_task.as_listed())
        row.take_identity()
    row.save()
    _record_facts(actor, row, old, new)


def _record_facts(actor: User, row: TaskAssessment, old: dict[str, Any], new: dict[str, Any]) -> None:
    """A counsel note goes into an event of its own that others never see."""
    if "counsel_note" in new:
        audit.record(
            actor=actor,
            verb="changed counsel note",
            obj=row,
            before={"counsel_note": old.pop("counsel_note")},
            after={"counsel_note": new.pop("counsel_note")},
            is_counsel_only=True,
        )
    if new:
        audit.record(actor=actor, verb="changed legal task", obj=row, before=old, after=new)


def _apply_answers(actor: User, row: TaskAssessment, answers: Mapping[str, Mapping[str, Any]]) -> None:
    existing = {answer.factor: answer for answer in row.answers.filter(factor__in=answers)}
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for factor, given in answers.items():
        answer = existing.get(factor)
        if answer is None and "level" not in given:
            if given["reason"]:
                raise ValidationError({f"reason-{factor}": "Choose a level before giving a reason."})
            continue
        if answer is not None and _same(answer, given):
            continue
        before[factor] = _shown(answer)
        answer = answer or FactorAnswer(task=row, factor=factor)
        answer.level = given.get("level", answer.level)
        answer.reason = given.get("reason", answer.reason)
        answer.source, answer.assessor = FactorAnswer.Source.COUNSEL, actor
        answer.save()
        after[factor] = _shown(answer)
    if not after:
        return
    assumed = row.answers.filter(source__in=FactorAnswer.ASSUMED).exists()
    # Volumes, flags and staffing of an earlier period are not confirmed by answering factors.
    if row.is_profile_assumed and not assumed and not row.carried_from:
        row.is_profile_assumed = False
        row.save(update_fields=["is_profile_assumed"])
    audit.record(actor=actor, verb="answered factors", obj=row, before=before, after=after)


def _same(answer: FactorAnswer, given: Mapping[str, Any]) -> bool:
    has_same_level = bool(answer.level == given.get("level", answer.level))
    return has_same_level and bool(answer.reason == given.get("reason", answer.reason))


def _shown(answer: FactorAnswer | None) -> str | int:
    """One value for the trail: the level, "don't know" or "not answered", with the reason if there is one."""
    if answer is None:
        return "not answered"
    level = answer.level if answer.level is not None else "don’t know"
    return f"{level} ({answer.reason})" if answer.reason else level

"""Several assessors: what each of them thinks of a factor, and which answer counts in the end.

An opinion moves no score. Its level stands on no trail until the factor is settled, and then on one that only
owner and counsel read: whoever has not given their own yet must not learn it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from assessments.models import FactorAnswer, FactorOpinion, TaskAssessment
from assessments.rulebook import Rulebook
from assessments.services import changing, checking


@dataclass(frozen=True)
class OpinionGiven:
    """A level (None: "don't know") with its reason; the note is for owner and counsel."""

    level: int | None
    reason: str = ""
    counsel_note: str = ""


@transaction.atomic
def give_opinions(
    *, actor: User, task: TaskAssessment, opinions: Mapping[str, OpinionGiven]
) -> list[FactorOpinion]:
    """Record what one person thinks of some factors; a factor given before is given anew.

    Raises ``ValidationError`` by field ("level-STD", "reason-STD", "note-STD"); then nothing is saved.
    """
    row = changing.locked(task)
    checked = _checked(opinions, Rulebook(row.assessment.factor_set.content))
    mine = {one.factor: one for one in row.opinions.filter(assessor=actor)}
    saved = []
    for factor, given in checked.items():
        one = mine.get(factor) or FactorOpinion(task=row, factor=factor, assessor=actor)
        if one.pk and (one.level, one.reason, one.counsel_note) == given:
            continue
        one.level, one.reason, one.counsel_note = given
        one.save()
        saved.append(one)
    if saved:
        factors = sorted(one.factor for one in saved)
        audit.record(actor=actor, verb="gave own assessment", obj=row, after={"factors": factors})
    return saved


@transaction.atomic
def take_opinion_back(*, actor: User, task: TaskAssessment, factor: str) -> None:
    """Remove one's own opinion of a factor."""
    row = changing.locked(task)
    found = row.opinions.filter(assessor=actor, factor=factor).first()
    if found is None:
        raise ValidationError("You have not assessed this factor.")
    found.delete()
    audit.record(actor=actor, verb="took own assessment back", obj=row, after={"factors": [factor]})


@transaction.atomic
def settle_factor(
    *, actor: User, task: TaskAssessment, factor: str, level: int | None, reason: str
) -> TaskAssessment:
    """Say which answer counts, with a reason; the trail keeps what each assessor thought.

    As with any answer, one that takes a gate away needs a reason of its own. Raises ``ValidationError`` by
    field ("reason-STD" and so on).
    """
    row = changing.locked(task)
    opinions = list(row.opinions.filter(factor=factor).select_related("assessor"))
    if not opinions:
        raise ValidationError("Nobody has given an own assessment of this factor yet.")
    why = checking.long_text(reason)
    if not why:
        raise ValidationError({f"reason-{factor}": "Say why this answer counts."})
    row = changing.change_task(actor=actor, task=row, levels={factor: level}, reasons={factor: why})
    answer = row.answers.get(factor=factor)
    # The same level with the same reason is no change, yet it is confirmed by somebody today.
    answer.source, answer.assessor = FactorAnswer.Source.COUNSEL, actor
    answer.save()
    thought = [f"{one.assessor}: {_level(one.level)}" for one in opinions]
    audit.record(
        actor=actor,
        verb="settled factor",
        obj=row,
        before={"opinions": thought},
        after={"factor": factor, "answer": _level(level), "reason": why},
        is_counsel_only=True,
    )
    return row


def _checked(
    opinions: Mapping[str, OpinionGiven], rulebook: Rulebook
) -> dict[str, tuple[int | None, str, str]]:
    faults: dict[str, list[str]] = {}
    good: dict[str, tuple[int | None, str, str]] = {}
    for factor, given in opinions.items():
        found: dict[str, Any] = {}
        work: dict[str, Any] = {
            "level": lambda given=given, factor=factor: checking.level(factor, given.level, rulebook),
            "reason": lambda given=given: checking.long_text(given.reason),
            "note": lambda given=given: checking.long_text(given.counsel_note),
        }
        for part, check in work.items():
            try:
                found[part] = check()
            except ValidationError as fault:
                faults[f"{part}-{factor}"] = fault.messages
        if len(found) == len(work):
            good[factor] = (found["level"], found["reason"], found["note"])
    if faults:
        raise ValidationError(faults)
    return good


def _level(level: int | None) -> str:
    return "don’t know" if level is None else str(level)

"""From a draft to the factor set in force: one person proposes, another adopts, tasks are scored again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from accounts.queries_people import has_second_person
from accounts.tenancy import current
from assessments import queries, queries_factor_sets, scoring, words, words_factors
from assessments.models import Assessment, FactorDraft, FactorSet, TaskAssessment
from assessments.rulebook import OFF
from assessments.services import set_checks
from assessments.services.draft_gates import MAY_ADOPT
from assessments.services.factor_drafting import held

NAME = "Factors and gates"
NAMED_TASKS = 200  # in the trail; what changed on more tasks is counted


@transaction.atomic
def propose_draft(*, actor: User, draft: FactorDraft, seen: datetime | None, reason: str) -> FactorDraft:
    """Ask that the draft be adopted; it stands still from now on. Raises ``ValidationError`` by field."""
    row = held(draft, seen)
    if row.is_proposed:
        raise ValidationError(f"{row.proposed_by} has proposed this draft already.")
    changed = words_factors.differences(row.base.content, row.content)
    if not changed:
        raise ValidationError("The draft changes nothing yet.")
    if row.content.get(OFF) and not _has_second(actor):
        raise ValidationError(words_factors.NOBODY_ELSE_ADOPTS_OFF)
    row.reason = set_checks.reason(reason, "Say why the factors and gates should change.")
    row.proposed_by, row.proposed_at = actor, timezone.now()
    row.sent_back_by, row.sent_back_because = None, ""
    row.save()
    before, after = words_factors.as_facts(changed)
    audit.record(
        actor=actor, verb="proposed draft", obj=row, before=before, after={"reason": row.reason, **after}
    )
    return row


@transaction.atomic
def send_back_draft(*, actor: User, draft: FactorDraft, seen: datetime | None, comment: str) -> FactorDraft:
    """Open a proposed draft for changes again, with a reason; who proposed it may take it back this way."""
    row = held(draft, seen)
    if not row.is_proposed:
        raise ValidationError("The draft is open for changes already.")
    why = set_checks.reason(comment, "Say what has to change before it can be adopted.", field="comment")
    verb = "took back draft" if row.proposed_by_id == actor.pk else "sent back draft"
    row.proposed_by = row.proposed_at = None
    row.sent_back_by, row.sent_back_because = actor, why
    row.save()
    audit.record(actor=actor, verb=verb, obj=row, after={"because": why})
    return row


@transaction.atomic
def adopt_draft(*, actor: User, draft: FactorDraft, seen: datetime | None, comment: str) -> FactorSet:
    """Put the proposed draft in force as the next version and score the current draft assessment under it.

    Who proposed it may not adopt it while somebody else could, and never when a shipped gate is turned off.
    An assessment that is no longer a draft keeps the set it used. Raises ``ValidationError`` by field.
    """
    row = held(draft, seen)
    if why := may_not_adopt(row, actor):
        raise ValidationError(why)
    said = set_checks.reason(comment, "Say why it is adopted; every report prints it.", field="comment")
    set_checks.whole_set(row.content, queries_factor_sets.shipped())
    newest = queries_factor_sets.in_force()
    if newest is None or newest.pk != row.base_id:
        raise ValidationError("Another version was adopted meanwhile. Discard this draft and start anew.")
    made = _made(row, actor, said)
    before, after = words_factors.as_facts(words_factors.differences(row.base.content, made.content))
    audit.record(
        actor=actor,
        verb="adopted factor set",
        obj=made,
        before={"version": newest.version, **before},
        after={"version": made.version, "comment": said, "reason": row.reason, **after},
    )
    row.delete()
    assessment = _held_current()
    if assessment is not None and queries_factor_sets.follows(assessment):
        _apply(actor, assessment, made)
    return made


def _held_current() -> Assessment | None:
    """Keep others off the current assessment: nobody submits it while its tasks are scored anew."""
    assessment = queries.current_assessment()
    if assessment is None:
        return None
    rows = Assessment.objects.select_for_update(no_key=True, of=("self",)).select_related("factor_set")
    return rows.get(pk=assessment.pk)


def may_not_adopt(draft: FactorDraft, actor: User) -> str:
    """Say why this person cannot adopt the draft; nothing when they can."""
    if not draft.is_proposed:
        return "The draft is not proposed yet."
    if draft.proposed_by_id != actor.pk:
        return ""
    if _has_second(actor):
        return "You proposed this draft yourself; another owner or counsel has to adopt it."
    return words_factors.NOBODY_ELSE_ADOPTS_OFF if draft.content.get(OFF) else ""


def _has_second(actor: User) -> bool:
    return has_second_person(organisation=current(), me=actor, action=MAY_ADOPT)


def _made(draft: FactorDraft, actor: User, comment: str) -> FactorSet:
    """Write the version; its content names the people, so that every copy of it does."""
    now = timezone.now()
    adoption = {
        "version": draft.version,
        "proposed_by": str(draft.proposed_by),
        "proposed_at": _moment(draft.proposed_at),
        "reason": draft.reason,
        "adopted_by": str(actor),
        "adopted_at": _moment(now),
        "comment": comment,
    }
    off = [_off_since(gate, adoption) for gate in draft.content.get(OFF, ())]
    content = {**draft.content, **({OFF: off} if off else {}), words_factors.ADOPTION: adoption}
    return FactorSet.objects.create(
        version=draft.version,
        name=NAME,
        content=content,
        proposed_by=draft.proposed_by,
        proposed_at=draft.proposed_at,
        reason=draft.reason,
        adopted_by=actor,
        adopted_at=now,
        comment=comment,
        gates_off=len(off),
    )


def _off_since(gate: Mapping[str, Any], adoption: Mapping[str, Any]) -> dict[str, Any]:
    """Name who turned a gate off, unless an earlier version did."""
    if "version" in gate["off"]:
        return dict(gate)
    who = {key: adoption[key] for key in ("version", "proposed_by", "adopted_by", "adopted_at")}
    return {**gate, "off": {**gate["off"], **who}}


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def _apply(actor: User, assessment: Assessment, factor_set: FactorSet) -> None:
    """Score every task anew under the set, and say in the trail what became of them."""
    earlier, before = assessment.factor_set, _outcomes(assessment)
    assessment.factor_set = factor_set
    assessment.save(update_fields=["factor_set"])
    count = scoring.rescore_all(assessment=assessment)
    after = _outcomes(assessment)
    changed = [code for code, outcome in after.items() if before.get(code, outcome) != outcome]
    named = changed[:NAMED_TASKS]
    audit.record(
        actor=actor,
        verb="scored anew under a factor set",
        obj=assessment,
        before={"factor_set": str(earlier), **{code: _name(before[code]) for code in named}},
        after={
            "factor_set": str(factor_set),
            "tasks": count,
            "outcomes_changed": len(changed),
            **{code: _name(after[code]) for code in named},
        },
    )


def _outcomes(assessment: Assessment) -> dict[str, str]:
    rows = TaskAssessment.objects.filter(assessment=assessment).order_by("list_code")
    return dict(rows.values_list("list_code", "outcome"))


def _name(outcome: str) -> str:
    return words.OUTCOMES.get(outcome, words.NOT_SCORED)

"""Giving a bid its value for one sub-criterion; earlier values stay on record."""

from __future__ import annotations

import math

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from providers.models import EvidenceLevel
from providers.reference import sub_criteria, value_fault
from selections.models import Bid, Score, Selection
from selections.queries.cells import COMPUTED
from selections.services.trail import Refused, touch


@transaction.atomic
def give_score(
    *,
    bid: Bid,
    sub_criterion: str,
    value: float | None,
    evidence: str,
    source: str = "",
    reason: str = "",
    actor: User,
) -> Score:
    """Give a bid a value, in the unit of the sub-criterion; None is "not known". Earlier rows stay.

    The all-in cost index is computed, so only its evidence level can be given. Raises ``Refused``.
    """
    selection = Selection.objects.select_related("criteria_set").get(pk=bid.selection_id)
    name = _checked_score(selection, sub_criterion, value, evidence)
    earlier = Score.objects.filter(bid=bid, sub_criterion=sub_criterion).order_by("-pk").first()
    score = Score.objects.create(
        bid=bid,
        sub_criterion=sub_criterion,
        value=value,
        evidence=evidence,
        source=source,
        reason=reason,
        supersedes=earlier,
        given_by=actor,
    )
    touch(selection=selection)
    audit.record(
        actor=actor,
        verb="gave score",
        obj=score,
        label=f"{bid.provider}: {name}",
        before={"value": earlier.value, "evidence": earlier.evidence} if earlier else None,
        after={"value": value, "evidence": evidence, "source": source, "reason": reason},
    )
    return score


def _checked_score(selection: Selection, code: str, value: float | None, evidence: str) -> str:
    """Give the name of the sub-criterion, or refuse the score in words."""
    criteria = selection.criteria_set.content["criteria"]
    names = {sub["code"]: sub["name"] for criterion in criteria for sub in criterion["sub_criteria"]}
    if code not in names:
        raise Refused(f"There is no sub-criterion {code}.")
    if value is not None and not math.isfinite(value):
        raise Refused("Give a number, or nothing if it is not known.")
    if value is not None and code == COMPUTED:
        raise Refused(f"{names[code]} is computed from the bid and the assumptions; it cannot be entered.")
    if evidence not in EvidenceLevel.values:
        raise Refused(f"There is no evidence level {evidence}.")
    return str(names[code])


@transaction.atomic
def give_value(
    *,
    actor: User,
    bid: Bid,
    sub_criterion: str,
    value: float | None,
    evidence: str = EvidenceLevel.E0,
    source: str = "",
    reason: str = "",
) -> Score:
    """Give a bid its value for one sub-criterion; earlier values stay on record.

    Like ``services.give_score``, but a person must say why and stay inside the possible range.
    """
    sub = sub_criteria().get(sub_criterion)
    fault = value_fault(sub, value) if sub and value is not None else ""
    if fault:
        raise ValidationError({"value": fault})
    if not reason.strip():
        raise ValidationError({"reason": "Say in a few words why this value is given; it is kept with it."})
    return give_score(
        actor=actor,
        bid=bid,
        sub_criterion=sub_criterion,
        value=value,
        evidence=evidence,
        source=source.strip(),
        reason=reason.strip(),
    )

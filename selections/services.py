"""What can be done to a selection: values, assumptions, weights, rankings that are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import F, Max

import records
from accounts import audit
from accounts.models import User
from engine import ENGINE_VERSION, InvalidInput
from providers.models import EvidenceLevel
from selections.assumptions import assumption_faults
from selections.inputs import COMPUTED, CaseInputs, read_inputs
from selections.models import Bid, RankingRecord, Score, Selection, Weight
from selections.problems import problem_words
from selections.reading import Reading
from selections.tree import proposed_weights


class Refused(ValueError):  # noqa: N818 - it says what is the matter, as a person would
    """Something was not done; the message is fit for a page. ``errors`` has sentences by field name."""

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        self.errors = dict(errors or {})
        super().__init__(message)


@dataclass(frozen=True)
class Preview:
    """A ranking that was calculated and not stored.

    ``case``: the results of ``records.compute_case``; ``decision`` and ``result``: ``lpo.decision/1`` and
    ``lpo.result/1``. All three are None when the ranking cannot be calculated; ``problems`` then says why.
    """

    selection: Selection
    inputs: CaseInputs
    case: dict[str, Any] | None
    decision: dict[str, Any] | None
    result: dict[str, Any] | None
    problems: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits of everything that is ranked, weights apart."""
        return self.inputs.fingerprint

    @property
    def weights(self) -> dict[str, float]:
        """The weights in force, by code."""
        return self.inputs.weights

    @property
    def adopted(self) -> dict[str, float]:
        """The stored weights, by code."""
        return self.inputs.adopted

    @cached_property
    def reading(self) -> Reading | None:
        """The decision with its result, looked up by code; None when there is none."""
        if self.decision is None or self.result is None:
            return None
        return Reading(self.decision, self.result)


@dataclass(frozen=True)
class Kept:
    """A stored ranking; ``equal_to`` is the number of an earlier record with the same bytes."""

    record: RankingRecord
    equal_to: int | None


def preview_ranking(*, selection: Selection, weights: Mapping[str, float] | None = None) -> Preview:
    """Calculate the ranking with the adopted weights or with others, without storing anything."""
    inputs = read_inputs(selection, weights)
    if not inputs.bids:
        return Preview(selection, inputs, None, None, None)
    try:
        case = records.compute_case(inputs.case)
        decision = _decision(selection, inputs, case)
        return Preview(selection, inputs, case, decision, records.decide_document(decision))
    except InvalidInput as refused:
        return Preview(selection, inputs, None, None, None, problem_words(refused, inputs.case))


def _decision(selection: Selection, inputs: CaseInputs, case: dict[str, Any]) -> dict[str, Any]:
    return records.decision_from_case(
        inputs.case,
        inputs.weights,
        inputs.case["criteria_rules"],
        results=case,
        title=selection.name,
        missing=selection.missing,
        tie_margin=selection.tie_margin,
    )


@transaction.atomic
def keep_ranking(
    *,
    selection: Selection,
    weights: Mapping[str, float] | None = None,
    reason: str = "",
    actor: User,
    expected: str = "",
) -> Kept:
    """Store the ranking as the next record and adopt its weights.

    ``expected`` is the fingerprint that the person saw; if the scores changed since, nothing is stored.
    Raises ``Refused``. The row of the selection is locked, so that two people never get the same number.
    """
    locked = _locked(selection)
    preview = preview_ranking(selection=locked, weights=weights)
    if expected and expected != preview.fingerprint:
        raise Refused("Scores changed since this page was opened. Check the ranking again, then keep it.")
    if preview.decision is None:
        raise Refused("There is no ranking to keep yet.")
    given = {**preview.inputs.case, "weights": preview.weights}
    content = records.make_record(preview.decision, {"inputs": given, "results": preview.case})
    digest = records.sha256(content)
    earlier = RankingRecord.objects.filter(selection=locked, sha256=digest).order_by("-number").first()
    _adopt(locked, preview.weights, actor)
    last = RankingRecord.objects.filter(selection=locked).aggregate(last=Max("number"))["last"] or 0
    record = RankingRecord.objects.create(
        selection=locked,
        number=last + 1,
        content=content,
        sha256=digest,
        engine_version=ENGINE_VERSION,
        selection_version=locked.version,
        reason=reason,
        kept_by=actor,
    )
    audit.record(
        actor=actor,
        verb="kept ranking",
        obj=record,
        label=f"{locked.name}, record {record.number}",
        after={"number": record.number, "sha256": digest, "reason": reason},
    )
    return Kept(record, earlier.number if earlier else None)


@transaction.atomic
def adopt_weights(*, selection: Selection, weights: Mapping[str, float], actor: User) -> Selection:
    """Store other weights as those of the selection. Codes that are not given keep theirs."""
    locked = _locked(selection)
    _adopt(locked, weights, actor)
    return locked


def _locked(selection: Selection) -> Selection:
    """Read the row again and hold it until the transaction ends."""
    return (
        Selection.objects.select_for_update(of=("self",))
        .select_related("assessment__factor_set", "criteria_set")
        .get(pk=selection.pk)
    )


def _adopt(selection: Selection, weights: Mapping[str, float], actor: User) -> None:
    stored = {row.code: row for row in Weight.objects.filter(selection=selection)}
    unknown = sorted(set(weights) - set(proposed_weights(selection.criteria_set.content)))
    if unknown:
        raise Refused(f"There is no criterion {unknown[0]}.")
    if any(not math.isfinite(value) or value < 0 for value in weights.values()):
        raise Refused("A weight is a number of 0 or more.")
    before = {code: row.value for code, row in stored.items()}
    old, new = audit.changes(before, dict(weights))
    if not new:
        return
    for code, value in new.items():
        row = stored.get(code) or Weight(selection=selection, code=code)
        row.value = value
        row.save()
    touch(selection=selection)
    audit.record(actor=actor, verb="adopted weights", obj=selection, before=old, after=new)


def touch(*, selection: Selection) -> None:
    """Count one change of what the ranking reads; call it inside the transaction of the change."""
    Selection.objects.filter(pk=selection.pk).update(version=F("version") + 1)


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
def set_assumptions(*, selection: Selection, assumptions: Mapping[str, Any], actor: User) -> Selection:
    """Store the assumptions of the business case. Raises ``Refused`` with a sentence for each wrong one."""
    faults = assumption_faults(assumptions)
    if faults:
        raise Refused("Nothing was saved: some assumptions need correcting.", faults)
    locked = _locked(selection)
    before, after = audit.changes(locked.assumptions, assumptions)
    locked.assumptions = dict(assumptions)
    locked.save(update_fields=["assumptions"])
    touch(selection=locked)
    audit.record(actor=actor, verb="changed assumptions", obj=locked, before=before, after=after)
    return locked


@transaction.atomic
def set_privilege_line(*, selection: Selection, is_on: bool, actor: User) -> Selection:
    """Choose whether board reports carry the line "Privileged & confidential …" (counsel's choice)."""
    locked = _locked(selection)
    if locked.has_privilege_line != is_on:
        locked.has_privilege_line = is_on
        locked.save(update_fields=["has_privilege_line"])
        audit.record(
            actor=actor,
            verb="switched privilege line",
            obj=locked,
            before={"has_privilege_line": not is_on},
            after={"has_privilege_line": is_on},
        )
    return locked

"""What can be done to a selection: values, assumptions, weights, rankings that are kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import transaction

import records
from accounts import audit
from accounts.models import User
from assessments.queries_life import basis_of_record
from engine import ENGINE_VERSION, InvalidInput
from selections.models import RankingRecord, Selection, Weight
from selections.queries.inputs import CaseInputs, read_inputs
from selections.queries.keeping import Keeping, keeping, last_record
from selections.queries.records import BASIS
from selections.services.trail import Refused, locked, touch
from selections.tree import proposed_weights
from selections.words.problems import problem_words
from selections.words.reading import Reading


@dataclass(frozen=True)
class Preview:
    """A ranking that was calculated and not stored.

    ``case``: the results of ``records.compute_case``; ``decided``: the decision that follows from it, with
    its result. Both are None when the ranking cannot be calculated; ``problems`` then says why.
    """

    selection: Selection
    inputs: CaseInputs
    case: dict[str, Any] | None = None
    decided: records.Decided | None = None
    problems: tuple[str, ...] = ()

    @property
    def decision(self) -> Mapping[str, Any] | None:
        """The decision (``lpo.decision/1``)."""
        return self.decided.decision if self.decided else None

    @property
    def result(self) -> Mapping[str, Any] | None:
        """The whole result (``lpo.result/1``)."""
        return self.decided.result if self.decided else None

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
    def ranked(self) -> Reading | None:
        """The decision with who is where, looked up by code; None when there is none.

        For pages that do not say how far the ranking holds: nothing of that is calculated for them.
        """
        return Reading(self.decided.decision, self.decided.ranking) if self.decided else None

    @cached_property
    def as_adopted(self) -> Reading | None:
        """Who is where with the adopted weights: ``ranked`` itself unless this is a what-if."""
        if not self.inputs.is_what_if or self.case is None:
            return self.ranked
        try:
            decision = _decision(self.selection, self.inputs, self.case, self.inputs.adopted)
            decided = records.Decided(decision)
            return Reading(decision, decided.ranking)
        except InvalidInput:  # weights of which none counts can be adopted, but rank nobody
            return None

    @cached_property
    def reading(self) -> Reading | None:
        """The decision with its whole result, looked up by code; None when there is none."""
        return Reading(self.decided.decision, self.decided.result) if self.decided else None


@dataclass(frozen=True)
class Kept:
    """A stored ranking; ``equal_to`` is the number of an earlier record with the same bytes."""

    record: RankingRecord
    equal_to: int | None


def preview_ranking(*, selection: Selection, weights: Mapping[str, float] | None = None) -> Preview:
    """Calculate the ranking with the adopted weights or with others, without storing anything."""
    inputs = read_inputs(selection, weights)
    if not inputs.bids:
        return Preview(selection, inputs)
    try:
        case = records.compute_case(inputs.case)
        decision = _decision(selection, inputs, case, inputs.weights)
        return Preview(selection, inputs, case, records.Decided(decision))
    except InvalidInput as refused:
        return Preview(selection, inputs, problems=problem_words(refused, inputs.case))


def _decision(
    selection: Selection, inputs: CaseInputs, case: dict[str, Any], weights: Mapping[str, float]
) -> dict[str, Any]:
    return records.decision_from_case(
        inputs.case,
        weights,
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
    A ``reason`` is needed where weights or the first place change (see ``keeping_of``). Raises ``Refused``.
    The row of the selection is held, so that two people never get the same number.
    """
    held = locked(selection)
    preview = preview_ranking(selection=held, weights=weights)
    if expected and expected != preview.fingerprint:
        raise Refused("Scores changed since this page was opened. Check the ranking again, then keep it.")
    last = last_record(held)
    change = keeping_of(preview, last)
    if preview.decision is None or change is None:
        raise Refused("There is no ranking to keep yet.")
    if change.needs_reason and not reason.strip():
        raise Refused(change.ask, {"reason": change.ask})
    basis = basis_of_record(held.assessment)
    given = {**preview.inputs.case, "weights": preview.weights, BASIS: basis}
    content = records.make_record(preview.decision, {"inputs": given, "results": preview.case})
    digest = records.sha256(content)
    earlier = RankingRecord.objects.filter(selection=held, sha256=digest).order_by("-number").first()
    _adopt(held, preview.weights, actor)
    record = RankingRecord.objects.create(
        selection=held,
        number=last.number + 1 if last else 1,
        content=content,
        sha256=digest,
        engine_version=ENGINE_VERSION,
        selection_version=held.version,
        reason=reason,
        kept_by=actor,
    )
    _tell_kept(record, change, actor)
    return Kept(record, earlier.number if earlier else None)


def _tell_kept(record: RankingRecord, change: Keeping, actor: User) -> None:
    after = {"number": record.number, "sha256": record.sha256, "reason": record.reason}
    audit.record(
        actor=actor,
        verb="kept ranking",
        obj=record,
        label=f"{record.selection.name}, record {record.number}",
        before={"first_place": change.before} if change.changes_first else None,
        after={**after, "first_place": change.after} if change.changes_first else after,
    )


def keeping_of(preview: Preview, last: RankingRecord | None) -> Keeping | None:
    """Say what keeping a ranking would change; None while there is none. ``last``: the newest record."""
    if preview.ranked is None:
        return None
    return keeping(preview.ranked, preview.as_adopted, preview.inputs, last)


@transaction.atomic
def adopt_weights(*, selection: Selection, weights: Mapping[str, float], actor: User) -> Selection:
    """Store other weights as those of the selection. Codes that are not given keep theirs."""
    held = locked(selection)
    _adopt(held, weights, actor)
    return held


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


@transaction.atomic
def set_privilege_line(*, selection: Selection, is_on: bool, actor: User) -> Selection:
    """Choose whether board reports carry the line "Privileged & confidential …" (counsel's choice)."""
    held = locked(selection)
    if held.has_privilege_line != is_on:
        held.has_privilege_line = is_on
        held.save(update_fields=["has_privilege_line"])
        audit.record(
            actor=actor,
            verb="switched privilege line",
            obj=held,
            before={"has_privilege_line": not is_on},
            after={"has_privilege_line": is_on},
        )
    return held

"""Splitting a legal task into a part that goes out and a part that stays; ``joining`` takes it back.

The row of the whole becomes that of the part that stays: its trail and consents stay with it. Answers and
facts are copied to both parts, for somebody to confirm; what was found about the whole (closed conditions,
waivers) counts for neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from string import ascii_uppercase
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

import figures
from accounts import audit
from accounts.models import User
from accounts.tenancy import hold_names
from assessments import scoring
from assessments.models import FactorAnswer, LegalTask, TaskAssessment, Waiver
from assessments.models_split import SplitClosure, TaskSplit
from assessments.queries_split import split_obstacles
from assessments.services import adding, changing, checking
from assessments.services.portions import Divided, divided

MAX_REASON = 300
MAX_CODE = 12
# What the whole said, for joining: figures of the work, and results that the page of the split prints.
_KEPT = (
    "practice_of_law",
    "annual_volume",
    "unit",
    "hours_per_unit",
    "staffing_mix",
    "flags",
    "turnaround_days",
)
MARKS = ("is_profile_assumed", "carried_from", "rounding")
_RESULTS = ("annual_hours", "baseline_amount", "cash_amount", "score", "outcome")
_COPIED = ("practice_of_law", "unit", "staffing_mix", "flags", "turnaround_days")
CLOSURE = ("gate", "condition", "evidence", "counsel_note", "lawyer", "weekly_hours", "consent", "closed_by")


@dataclass(frozen=True)
class SplitGiven:
    """How to split: see ``portions.divided`` for ``way``, ``share`` and ``number``."""

    out_name: str
    stays_name: str
    way: str
    share: Decimal | None
    number: Decimal | None
    reason: str


def preview_split(*, task: TaskAssessment, given: SplitGiven) -> tuple[TaskAssessment, TaskAssessment]:
    """Give both parts with their figures, unsaved. Raises ``ValidationError`` by field."""
    found = split_obstacles(task)
    if found:
        raise ValidationError(found)
    out_name, stays_name, cut, _ = _checked(task, given)
    codes = part_codes(task.legal_task.code)
    scorer = scoring.Scorer.of(task.assessment)
    parts = []
    for name, volume, hours in (
        (out_name, cut.volume_out, cut.hours_out),
        (stays_name, cut.volume_stays, cut.hours_stays),
    ):
        part = TaskAssessment(annual_volume=volume, hours_per_unit=hours, unit=task.unit)
        part.legal_task = LegalTask(code=next(codes), name=name)
        part.staffing_mix = task.staffing_mix
        scorer.fill_baseline(part)
        parts.append(part)
    out, stays = parts
    _fit(task.baseline_amount, task.cash_amount, out, stays)
    scorer.fill_baseline(stays)
    return out, stays


@transaction.atomic
def split_task(*, actor: User, task: TaskAssessment, given: SplitGiven) -> TaskSplit:
    """Split a task. Volume, hours and cost of the parts add up to those of the whole.

    Raises ``ValidationError``: by field ("out_name", "share", …), or with everything that keeps it whole.
    """
    hold_names()
    row = changing.locked(task)
    found = split_obstacles(row)
    if found:
        raise ValidationError(found)
    out_name, stays_name, cut, why = _checked(row, given)
    codes = part_codes(row.legal_task.code)
    whole = row.legal_task
    out, stays = (_part_of(whole, next(codes), name) for name in (out_name, stays_name))
    split = _kept(actor, row, out, stays, why)
    before = said(row)
    cost, cash = row.baseline_amount, row.cash_amount
    aside = _set_aside(split, row)
    ended = end_waivers(actor, row, f"{whole.code} was split.")
    other = _new_part(row, out, cut)
    _become_rest(row, stays, cut)
    scoring.rescore(other)
    scoring.rescore(row)
    if _fit(cost, cash, other, row):
        row.save(update_fields=["rounding"])
        scoring.rescore(row)
    after = {"goes_out": said(other), "stays": said(row), "reason": why}
    left = {"conditions_open_again": aside} if aside else {}
    left |= {"waivers_ended": ended} if ended else {}
    audit.record(
        actor=actor,
        verb="split legal task",
        obj=row,
        label=str(whole),
        before={"whole": before},
        after=after | left,
    )
    audit.record(
        actor=actor,
        verb="added legal task by a split",
        obj=other,
        after={"from": str(whole), "legal_task": said(other), "reason": why},
    )
    return split


def part_codes(code: str) -> Iterator[str]:
    """Give free codes for the parts: T05A and T05B of T05; with the own numbering where those do not fit."""
    used = {one.upper() for one in LegalTask.objects.values_list("code", flat=True)}
    if len(code) < MAX_CODE:
        # T05A splits into T05A1 and T05A2, so that it stays readable whose part a part is.
        signs = ascii_uppercase if re.search(r"\d$", code) else "123456789"
        yield from (f"{code}{sign}" for sign in signs if f"{code}{sign}".upper() not in used)
    yield from adding.free_codes()


def _checked(row: TaskAssessment, given: SplitGiven) -> tuple[str, str, Divided, str]:
    """Check everything, so that a person sees every fault at once."""
    faults: dict[str, list[str]] = {}
    good: dict[str, Any] = {}
    work: dict[str, Callable[[], Any]] = {
        "out_name": lambda: _name(given.out_name),
        "stays_name": lambda: _name(given.stays_name),
        "reason": lambda: _reason(given.reason),
        "cut": lambda: divided(row, way=given.way, share=given.share, number=given.number),
    }
    for field, check in work.items():
        try:
            good[field] = check()
        except ValidationError as fault:
            faults |= fault.message_dict if hasattr(fault, "error_dict") else {field: fault.messages}
    if not faults and good["out_name"].casefold() == good["stays_name"].casefold():
        faults["stays_name"] = ["Both parts have this name; tell them apart."]
    if faults:
        raise ValidationError(faults)
    return good["out_name"], good["stays_name"], good["cut"], good["reason"]


def _name(text: str) -> str:
    name = checking.name(text)
    taken = changing.called(name).first()
    if taken is not None:
        raise ValidationError(f"{taken.code} already has this name; choose another.")
    return name


def _reason(text: str) -> str:
    why = checking.one_line(text)
    if not why:
        raise ValidationError("Say where the line between the two parts is, and why.")
    return checking.short(why, MAX_REASON)


def _kept(actor: User, row: TaskAssessment, out: LegalTask, stays: LegalTask, why: str) -> TaskSplit:
    """Write down what the whole was, before anything of it changes."""
    return TaskSplit.objects.create(
        assessment=row.assessment,
        whole=row.legal_task,
        out=out,
        stays=stays,
        reason=why,
        figures={name: getattr(row, name) for name in (*_KEPT, *MARKS, *_RESULTS)},
        answers={
            one.factor: {"level": one.level, "source": one.source, "reason": one.reason}
            for one in row.answers.all()
        },
        by=actor,
    )


def _part_of(whole: LegalTask, code: str, name: str) -> LegalTask:
    return LegalTask.objects.create(
        code=code, name=name, practice_area=whole.practice_area, catalogue_code=whole.catalogue_code
    )


def _new_part(row: TaskAssessment, out: LegalTask, cut: Divided) -> TaskAssessment:
    """The part that goes out, with copies of the answers. Notes are about the whole and stay with its row."""
    other = TaskAssessment.objects.create(
        assessment=row.assessment,
        legal_task=out,
        annual_volume=cut.volume_out,
        hours_per_unit=cut.hours_out,
        is_profile_assumed=True,
        carried_from=_carried_from(row),
        **{name: getattr(row, name) for name in _COPIED},
    )
    FactorAnswer.objects.bulk_create(
        FactorAnswer(
            task=other,
            factor=one.factor,
            level=one.level,
            reason=one.reason,
            assessor=one.assessor,
            source=_to_confirm(one.source),
        )
        for one in row.answers.all()
    )
    return other


def _carried_from(row: TaskAssessment) -> str:
    """Whose facts a part has until somebody confirms them; what is of an earlier period stays just that."""
    return row.carried_from or f"{row.legal_task.code} before the split"


def _to_confirm(source: str) -> str:
    """What was confirmed was confirmed for the whole; what nobody confirmed stays just that."""
    return FactorAnswer.Source.WHOLE if source == FactorAnswer.Source.COUNSEL else source


def _become_rest(row: TaskAssessment, stays: LegalTask, cut: Divided) -> None:
    row.is_profile_assumed, row.carried_from = True, _carried_from(row)
    row.legal_task, row.approved_name = stays, ""
    row.annual_volume, row.hours_per_unit, row.rounding = cut.volume_stays, cut.hours_stays, {}
    row.take_identity()
    row.save()
    # In one statement, which leaves the day of each answer as it was.
    row.answers.filter(source=FactorAnswer.Source.COUNSEL).update(source=FactorAnswer.Source.WHOLE)


def _fit(cost: Decimal | None, cash: Decimal | None, out: TaskAssessment, stays: TaskAssessment) -> bool:
    """Let the part that stays carry what rounding to whole amounts would lose; gives whether it does."""
    known = (cost, cash, out.baseline_amount, out.cash_amount, stays.baseline_amount, stays.cash_amount)
    if cost is None or cash is None or None in known:
        return False
    of = [f"{stays.baseline_amount:f}", f"{stays.cash_amount:f}"]
    plus = [
        int(cost - (out.baseline_amount or 0) - (stays.baseline_amount or 0)),
        int(cash - (out.cash_amount or 0) - (stays.cash_amount or 0)),
    ]
    if not any(plus):
        return False
    stays.rounding = {"of": of, "plus": plus}
    return True


def _set_aside(split: TaskSplit, row: TaskAssessment) -> list[str]:
    closures = list(row.closures.select_related("lawyer", "consent", "closed_by"))
    SplitClosure.objects.bulk_create(
        SplitClosure(split=split, closed_at=one.closed_at, **{name: getattr(one, name) for name in CLOSURE})
        for one in closures
    )
    row.closures.all().delete()
    return [str(one) for one in closures]


def end_waivers(actor: User, row: TaskAssessment, why: str) -> list[str]:
    waivers = list(row.waivers.filter(state__in=Waiver.OPEN))
    for waiver in waivers:
        waiver.state, waiver.end_reason = Waiver.State.ENDED, why
        waiver.ended_by, waiver.ended_at = actor, timezone.now()
        waiver.save(update_fields=["state", "end_reason", "ended_by", "ended_at"])
    return [waiver.gate for waiver in waivers]


def said(row: TaskAssessment) -> str:
    """What the trail says of a part or of the whole, in one line."""
    volume, hours = figures.exact(row.annual_volume), figures.exact(row.hours_per_unit)
    cost = figures.money(row.baseline_amount)
    return f"{row.legal_task}: {volume} a year, {hours} hours per unit, cost {cost}"

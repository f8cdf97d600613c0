"""Everything the editor and the page of one legal task print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import figures
from accounts.models import AuditEvent, User
from assessments import words
from assessments.certainty import Certainty, certainty
from assessments.distance import distance_words
from assessments.hints import Hint, flags_with_hints, hints
from assessments.models import FactorAnswer, Lawyer, PracticeClass, RoleRate, TaskAssessment
from assessments.queries_gates import GateLine, gate_lines, lawyers
from assessments.rulebook import LEVELS, Factor, Flag, Rulebook
from assessments.words_gates import CORRECTED, correction_sentence
from assessments.words_trail import field_words, value_words

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Option:
    """One choice of a factor: ``value`` is "1" to "5" or "unknown"."""

    value: str
    anchor: str
    is_chosen: bool


@dataclass(frozen=True)
class FactorLine:
    """One factor with its answer; ``points`` and ``maximum`` are finished texts of the 0–100 score."""

    factor: Factor
    answer: FactorAnswer | None
    options: tuple[Option, ...]
    anchor: str
    points: str
    maximum: str
    norm: str

    @property
    def is_assumed(self) -> bool:
        """Whether nobody has confirmed the answer for this company and period."""
        return self.answer is not None and self.answer.source in FactorAnswer.ASSUMED

    @property
    def is_earlier(self) -> bool:
        """Whether it was taken over from an earlier period."""
        return self.answer is not None and self.answer.source == FactorAnswer.Source.EARLIER

    @property
    def is_of_whole(self) -> bool:
        """Whether it was given before the task was split."""
        return self.answer is not None and self.answer.source == FactorAnswer.Source.WHOLE


@dataclass(frozen=True)
class RoleLine:
    """A role that may do the work: ``share`` is a fraction, ``rate`` an amount an hour."""

    rate: RoleRate
    share: float | None
    percent: str
    amount: float | None


@dataclass(frozen=True)
class FlagLine:
    """A flag that may be ticked. ``hint``: the sentence about an answer that contradicts it, if any.

    ``has_room``: whether an answer could contradict this flag alone.
    """

    flag: Flag
    name: str
    is_set: bool
    has_room: bool
    hint: str


@dataclass(frozen=True)
class TaskDetail:
    """One legal task in full."""

    task: TaskAssessment
    rulebook: Rulebook
    verdict: words.Verdict
    stage: str
    distance: str
    certainty: Certainty | None
    factors: tuple[FactorLine, ...]
    answered: int
    assumed: int
    flags: tuple[FlagLine, ...]
    hints: tuple[Hint, ...]
    classes: tuple[tuple[str, str, bool], ...]
    gates: tuple[GateLine, ...]
    lawyers: tuple[Lawyer, ...]
    roles: tuple[RoleLine, ...]
    loaded_rate: float | None
    units: str
    volume_text: str
    hours_text: str
    turnaround_text: str

    @property
    def group_hints(self) -> tuple[Hint, ...]:
        """The hints about several flags at once."""
        return tuple(hint for hint in self.hints if not hint.flag)

    @property
    def is_part(self) -> bool:
        """Whether answers were given before the task was split."""
        return any(line.is_of_whole for line in self.factors)

    @property
    def mix_params(self) -> str:
        """Names of the fields that make up the staffing mix, for a post of only these."""
        return ",".join(["has-mix", *(f"mix-{line.rate.code}" for line in self.roles)])


@dataclass(frozen=True)
class TrailLine:
    """One thing that was done to the task, in words."""

    at: datetime
    who: str
    verb: str
    changes: tuple[tuple[str, str, str], ...]
    is_counsel_only: bool
    sentence: str = ""


def find_task(pk: int) -> TaskAssessment | None:
    """Give a task of the open organisation with what its rules need."""
    rows = TaskAssessment.objects.select_related("legal_task", "assessment__factor_set")
    return rows.filter(pk=pk).first()


def task_detail(task: TaskAssessment, viewer: User) -> TaskDetail:
    """Read one task in full, as ``viewer`` sees it; the trail is apart."""
    rulebook = Rulebook(task.assessment.factor_set.content)
    answers = {answer.factor: answer for answer in task.answers.select_related("assessor")}
    roles = _roles(task)
    factors = _factors(task, rulebook, answers)
    gates = gate_lines(task, rulebook, viewer)
    levels = {code: answer.level for code, answer in answers.items()}
    found = hints(rulebook, levels=levels, flags=task.flags)
    loaded = [line.share * float(line.rate.hourly_amount) for line in roles if line.share]
    return TaskDetail(
        task=task,
        rulebook=rulebook,
        verdict=words.task_verdict(task),
        stage=words.STAGES[words.stage(task.outcome, task.open_conditions)],
        distance=distance_words(task, rulebook),
        certainty=certainty(task, rulebook),
        factors=factors,
        answered=sum(1 for line in factors if line.answer is not None and line.answer.level is not None),
        assumed=sum(1 for line in factors if line.is_assumed),
        flags=_flags(task, rulebook, found),
        hints=found,
        classes=tuple((value, str(label), value == task.practice_of_law) for value, label in _classes()),
        gates=gates,
        lawyers=lawyers() if gates else (),
        roles=roles,
        loaded_rate=sum(loaded) if loaded else None,
        units=words.units(task.unit, task.annual_volume),
        volume_text=_as_typed(task.annual_volume),
        hours_text=_as_typed(task.hours_per_unit),
        turnaround_text=_as_typed(task.turnaround_days),
    )


def _flags(task: TaskAssessment, rulebook: Rulebook, found: tuple[Hint, ...]) -> tuple[FlagLine, ...]:
    said, room = {hint.flag: hint.sentence for hint in found if hint.flag}, flags_with_hints()
    return tuple(
        FlagLine(
            flag=flag,
            name=words.flag_name(flag.code),
            is_set=flag.code in task.flags,
            has_room=flag.code in room,
            hint=said.get(flag.code, ""),
        )
        for flag in rulebook.flags
    )


def _as_typed(value: Decimal | None) -> str:
    """A stored quantity without trailing zeros and never as an exponent, for an input and a formula."""
    if value is None:
        return ""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _classes() -> list[tuple[str, str]]:
    return [(choice.value, str(choice.label)) for choice in PracticeClass]


def _factors(
    task: TaskAssessment, rulebook: Rulebook, answers: Mapping[str, FactorAnswer]
) -> tuple[FactorLine, ...]:
    results = {line["code"]: line for line in task.result.get("factors", ())}
    return tuple(
        _factor(factor, answers.get(factor.code), results.get(factor.code, {})) for factor in rulebook.factors
    )


def _factor(factor: Factor, answer: FactorAnswer | None, result: Mapping[str, Any]) -> FactorLine:
    chosen = None if answer is None else UNKNOWN if answer.level is None else str(answer.level)
    options = [Option(level, factor.anchors.get(level, ""), level == chosen) for level in LEVELS]
    options.append(Option(UNKNOWN, "Don’t know", chosen == UNKNOWN))
    words_of = {UNKNOWN: "Don’t know", None: "Not answered"}
    return FactorLine(
        factor=factor,
        answer=answer,
        options=tuple(options),
        anchor=words_of.get(chosen) or factor.anchors.get(chosen or "", ""),
        points=figures.price(result.get("points")),
        maximum=_short(result.get("maximum")),
        norm=figures.price(result.get("norm")),
    )


def _short(maximum: float | None) -> str:
    """12 rather than 12.00, but 8.33 where the weights do not add up to 100."""
    if maximum is None:
        return figures.DASH
    return figures.count(maximum) if maximum == int(maximum) else figures.price(maximum)


def _roles(task: TaskAssessment) -> tuple[RoleLine, ...]:
    lines = []
    for rate in RoleRate.objects.filter(assessment=task.assessment_id):
        share = task.staffing_mix.get(rate.code)
        amount = None
        if share is not None and task.annual_hours is not None:
            amount = task.annual_hours * share * float(rate.hourly_amount)
        percent = "" if share is None else f"{round(share * 100, 4):g}"
        lines.append(RoleLine(rate, share, percent, amount))
    return tuple(lines)


def trail(task: TaskAssessment, *, may_see_notes: bool) -> tuple[TrailLine, ...]:
    """Who did what to a task, newest first; events with counsel notes only for those who may read them."""
    events = AuditEvent.objects.filter(object_type="assessments.taskassessment", object_id=str(task.pk))
    if not may_see_notes:
        events = events.filter(is_counsel_only=False)
    names = {factor.code: factor.name for factor in Rulebook(task.assessment.factor_set.content).factors}
    return tuple(_trail_line(event, names) for event in events.select_related("actor")[:200])


def _trail_line(event: AuditEvent, names: Mapping[str, str]) -> TrailLine:
    before, after = event.before or {}, event.after or {}
    keys = dict.fromkeys([*before, *after])
    changes = tuple(
        (
            field_words(key, names),
            value_words(key, before.get(key), names),
            value_words(key, after.get(key), names),
        )
        for key in keys
    )
    who = str(event.actor) if event.actor else "System"
    sentence = correction_sentence(who, before, after) if event.verb == CORRECTED else ""
    return TrailLine(event.at, who, event.verb, () if sentence else changes, event.is_counsel_only, sentence)

"""Gates as pages print them: those of one task with their conditions, all of a factor set, and waivers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

import figures
from accounts.models import User
from accounts.queries_people import has_second_person
from accounts.tenancy import current
from assessments import words, words_gates
from assessments.asks import Asks
from assessments.models import Assessment, Consent, GateClosure, Lawyer, TaskAssessment, Waiver
from assessments.queries_totals import Totals
from assessments.rulebook import Gate, Rulebook

SHOWN_AT_MOST = 50


@dataclass(frozen=True)
class WaiverLine:
    """A waiver that is asked for or in force; ``is_mine``: whether the reader asked for it."""

    pk: int
    task_pk: int
    task: str
    gate: str
    is_granted: bool
    is_mine: bool
    asked_by: str
    asked_at: datetime
    reason: str
    decided_by: str
    decided_at: datetime | None
    decision_reason: str


@dataclass(frozen=True)
class WaiverList:
    """Open waivers of an assessment; ``more``: how many are not listed."""

    lines: tuple[WaiverLine, ...]
    in_force: int
    asked: int
    more: int


@dataclass(frozen=True)
class ConditionLine:
    """One condition. A ``closure`` that does not carry all that is asked for leaves it open.

    ``hours``: the hours a week that the lawyer has for it, as entered. ``earlier``: how an open condition was
    closed in the assessment that this one was copied from.
    """

    gate: str
    text: str
    key: str
    asks: Asks
    closure: GateClosure | None
    is_closed: bool
    hours: str
    consents: tuple[Consent, ...]
    earlier: GateClosure | None


@dataclass(frozen=True)
class GateLine:
    """A gate that fires on the task. ``cannot_ask``: why the reader cannot ask for a waiver, if so."""

    gate: Gate
    effect: str
    reason: str
    kind: str
    done: str
    conditions: tuple[ConditionLine, ...]
    waiver: WaiverLine | None
    cannot_ask: str

    @property
    def is_waived(self) -> bool:
        """Whether a waiver is in force."""
        return self.waiver is not None and self.waiver.is_granted

    @property
    def still_open(self) -> int:
        """How many conditions are open; those of a waived gate need not be closed."""
        return 0 if self.is_waived else sum(1 for condition in self.conditions if not condition.is_closed)


@dataclass(frozen=True)
class RuleLine:
    """One gate of the factor set with what it asks for. ``asked``: each condition with what closing takes."""

    gate: Gate
    kind: str
    effect: str
    done: str
    triggers: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]
    fires: int
    waived: int


def gate_lines(task: TaskAssessment, rulebook: Rulebook, viewer: User) -> tuple[GateLine, ...]:
    """Give the gates that fire on a task, as ``viewer`` sees them."""
    related = ("closed_by", "lawyer", "consent__recorded_by")
    closures = {(row.gate, row.condition): row for row in task.closures.select_related(*related)}
    consents: dict[tuple[str, str], list[Consent]] = defaultdict(list)
    for consent in task.consents.select_related("recorded_by"):
        consents[consent.gate, consent.condition].append(consent)
    earlier = _earlier_closures(task)
    waivers = {line.gate: line for line in _lines(task.waivers.filter(state__in=Waiver.OPEN), viewer)}
    cannot_ask = _cannot_ask(task, rulebook, waivers, viewer)
    fired = {gate["code"]: gate["reason"] for gate in task.result.get("gates", ())}
    names = {factor.code: factor.name for factor in rulebook.factors}
    return tuple(
        GateLine(
            gate=gate,
            effect=words.EFFECTS[gate.effect],
            reason=words.reason_words(fired[gate.code], names),
            kind=words_gates.kind_name(gate),
            done=words_gates.what_may_be_done(gate),
            conditions=tuple(_conditions(gate, rulebook, closures, consents, earlier)),
            waiver=waivers.get(gate.code),
            cannot_ask=cannot_ask if gate.may_be_waived else "",
        )
        for gate in (rulebook.gates[code] for code in fired if code in rulebook.gates)
    )


def _cannot_ask(
    task: TaskAssessment, rulebook: Rulebook, waivers: Mapping[str, WaiverLine], viewer: User
) -> str:
    may_be = any(rulebook.may_be_waived(code) and code not in waivers for code in task.gates)
    if not may_be or has_second_person(organisation=current(), me=viewer, action="waive_gates"):
        return ""
    return words_gates.NOBODY_ELSE


def _conditions(
    gate: Gate,
    rulebook: Rulebook,
    closures: Mapping[tuple[str, str], GateClosure],
    consents: Mapping[tuple[str, str], list[Consent]],
    earlier: Mapping[tuple[str, str], GateClosure],
) -> Iterable[ConditionLine]:
    for place, text in enumerate(gate.conditions, start=1):
        asked, closure = rulebook.asks(gate.code, text), closures.get((gate.code, text))
        is_closed = closure is not None and asked.are_met(
            lawyer=closure.lawyer, hours=closure.weekly_hours, consent=closure.consent
        )
        consented = consents.get((gate.code, text), [])
        if closure is not None and closure.consent is not None and closure.consent not in consented:
            consented = [closure.consent, *consented]  # given for the version before this one
        yield ConditionLine(
            gate=gate.code,
            text=text,
            key=f"{gate.code}-{place}",
            asks=asked,
            closure=closure,
            is_closed=is_closed,
            hours=figures.exact(closure.weekly_hours, none="") if closure else "",
            consents=tuple(consented),
            earlier=None if is_closed else earlier.get((gate.code, text)),
        )


def _earlier_closures(task: TaskAssessment) -> dict[tuple[str, str], GateClosure]:
    """What closed the conditions of the same legal task in the assessment before; evidence, not a closure."""
    if task.assessment.supersedes_id is None:
        return {}
    rows = GateClosure.objects.filter(
        task__assessment=task.assessment.supersedes_id, task__legal_task=task.legal_task_id
    ).select_related("closed_by", "lawyer", "consent", "task__assessment")
    return {(row.gate, row.condition): row for row in rows}


def lawyers() -> tuple[Lawyer, ...]:
    """Give the lawyers whom the organisation has named so far."""
    return tuple(Lawyer.objects.all())


def open_waivers(assessment: Assessment, viewer: User) -> WaiverList:
    """Give what is asked for and what is in force in an assessment, at most 50 lines."""
    rows = Waiver.objects.filter(task__assessment=assessment, state__in=Waiver.OPEN)
    lines = _lines(rows.order_by("-state", "task__list_code", "gate"), viewer)
    in_force, all_of_them = sum(line.is_granted for line in lines), len(lines)
    if all_of_them > SHOWN_AT_MOST:
        in_force, all_of_them = rows.filter(state=Waiver.State.GRANTED).count(), rows.count()
    shown = lines[:SHOWN_AT_MOST]
    return WaiverList(shown, in_force, all_of_them - in_force, all_of_them - len(shown))


def _lines(rows: QuerySet[Waiver], viewer: User) -> tuple[WaiverLine, ...]:
    """Read open waivers, one more than are shown."""
    people = ("asked_by", "decided_by", "task__legal_task")
    found = rows.select_related(*people)[: SHOWN_AT_MOST + 1]
    return tuple(
        WaiverLine(
            pk=waiver.pk,
            task_pk=waiver.task_id,
            task=str(waiver.task),
            gate=waiver.gate,
            is_granted=waiver.state == Waiver.State.GRANTED,
            is_mine=waiver.asked_by_id == viewer.pk,
            asked_by=str(waiver.asked_by),
            asked_at=waiver.asked_at,
            reason=waiver.reason,
            decided_by=str(waiver.decided_by or ""),
            decided_at=waiver.decided_at,
            decision_reason=waiver.decision_reason,
        )
        for waiver in found
    )


def rule_lines(rulebook: Rulebook, found: Totals) -> tuple[RuleLine, ...]:
    """Give every gate of a factor set; ``found`` says on how many tasks each fires."""
    return tuple(
        RuleLine(
            gate=gate,
            kind=words_gates.kind_name(gate),
            effect=words.EFFECTS[gate.effect],
            done=words_gates.what_may_be_done(gate),
            triggers=words_gates.trigger_words(gate, rulebook),
            asked=tuple(
                (text, words_gates.asks_words(rulebook.asks(gate.code, text))) for text in gate.conditions
            ),
            fires=found.fired.get(gate.code, 0),
            waived=found.waived.get(gate.code, 0),
        )
        for gate in rulebook.gates.values()
    )

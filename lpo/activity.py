"""Recent activity in a few lines: what one person did to one thing within an hour is one line.

Only this list is drawn together; the audit trail keeps and shows every event.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.utils import timezone

import figures
from accounts.models import AuditEvent, User
from lpo.rail import many

LINES = 8
# How many of the newest events are looked through; what reaches further back is "more than" that.
WINDOW = 500
# More objects than this within an hour are one line.
APART_AT_MOST = 3

# One event for each task: what all of them together were.
_TOGETHER = {
    "added legal task by pasting": "pasted {} legal tasks",
    "added legal task by import": "imported {} legal tasks",
    "added legal task from the catalogue": "added {} legal tasks from the catalogue",
    "added legal task": "added {} legal tasks",
    "removed legal task": "removed {} legal tasks",
}
# Events that name factors; each factor of a task counts once.
_OF_FACTORS = {"answered factors": "answered {} of {}"}


class _Event(NamedTuple):
    pk: int
    at: datetime
    actor: int | None
    verb: str
    kind: str
    object: str
    label: str


@dataclass(frozen=True)
class Activity:
    """One line: when it was done last, by whom, and what."""

    at: datetime
    who: str
    says: str


def recent(*, may_see_notes: bool) -> tuple[Activity, ...]:
    """Give the newest lines: three queries, however much was done."""
    rows = AuditEvent.objects.order_by("-at", "-pk")
    if not may_see_notes:
        rows = rows.filter(is_counsel_only=False)
    columns = ("pk", "at", "actor_id", "verb", "object_type", "object_id", "object_label")
    events = [_Event(*row) for row in rows.values_list(*columns)[: WINDOW + 1]]
    shown = _groups(events[:WINDOW])[:LINES]
    last = events[WINDOW] if len(events) > WINDOW else None
    people = User.objects.in_bulk({group[0].actor for group in shown if group[0].actor})
    factors = _factors(shown)
    return tuple(
        Activity(
            at=group[0].at,
            who=str(people[group[0].actor]) if group[0].actor in people else "System",
            says=_says(group, factors, is_cut=last is not None and _hour_of(last) == _hour_of(group[0])),
        )
        for group in shown
    )


def _hour_of(event: _Event) -> tuple[Any, ...]:
    at = timezone.localtime(event.at)
    return event.actor, event.verb, event.kind, at.date(), at.hour


def _groups(events: Iterable[_Event]) -> list[list[_Event]]:
    """Draw together by person, action, object and hour; many objects are one, those of a paste always."""
    hours: dict[tuple[Any, ...], dict[str, list[_Event]]] = {}
    for event in events:
        hours.setdefault(_hour_of(event), {}).setdefault(event.object, []).append(event)
    groups: list[list[_Event]] = []
    for objects in hours.values():
        verb = next(iter(objects.values()))[0].verb
        apart = 1 if verb in _TOGETHER else APART_AT_MOST
        together = len(objects) > apart
        groups += [[one for part in objects.values() for one in part]] if together else objects.values()
    return sorted((sorted(group, key=_age) for group in groups), key=lambda group: _age(group[0]))


def _age(event: _Event) -> tuple[float, int]:
    return -event.at.timestamp(), -event.pk


def _factors(groups: Sequence[Sequence[_Event]]) -> Mapping[int, Iterable[str]]:
    """Which factors an event is about; of no more events than are shown."""
    keys = [event.pk for group in groups if group[0].verb in _OF_FACTORS for event in group]
    rows = AuditEvent.objects.filter(pk__in=keys).values_list("pk", "after")
    return {pk: after or () for pk, after in rows}


def _says(group: Sequence[_Event], factors: Mapping[int, Iterable[str]], *, is_cut: bool) -> str:
    said = _words(group, factors, "more than " if is_cut else "")
    return said[:1].upper() + said[1:]


def _words(group: Sequence[_Event], factors: Mapping[int, Iterable[str]], more: str) -> str:
    newest, objects = group[0], {event.object for event in group}
    if newest.verb in _OF_FACTORS:
        answered = {(event.object, factor) for event in group for factor in factors.get(event.pk, ())}
        what = newest.label if len(objects) == 1 else f"{figures.count(len(objects))} legal tasks"
        return _OF_FACTORS[newest.verb].format(more + many(len(answered), "factor"), what)
    if len(objects) == 1:
        again = f", {more}{figures.count(len(group))} times" if len(group) > 1 else ""
        return f"{newest.verb}: {newest.label}{again}"
    if newest.verb in _TOGETHER:
        return _TOGETHER[newest.verb].format(more + figures.count(len(objects)))
    return f"{newest.verb}: {newest.label} and {more}{figures.count(len(objects) - 1)} more"

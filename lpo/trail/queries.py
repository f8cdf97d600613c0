"""Reads of the audit trail: one page of it, what its filters offer, all of it for a file.

Pages follow each other by the time of the last event (a place in an index), never by counting. Filters that
no index answers alone look through a bounded window of events and say where they stopped, so that a page
takes the same time among a thousand events and among a million.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import AuditEvent, Membership, User
from accounts.tenancy import current
from lpo.trail import words
from lpo.trail.filters import NOBODY, Filters
from lpo.trail.places import places

PAGE_SIZE = 50
WINDOW = 20_000
COUNTED = 1_000
_CHUNK = 2_000

Events = QuerySet[AuditEvent]


@dataclass(frozen=True)
class EventLine:
    """One event as the page prints it; ``day`` is set where a new day begins."""

    event: AuditEvent
    at: datetime
    day: datetime | None
    who: str
    kind: str
    url: str
    changes: tuple[words.Change, ...]


@dataclass(frozen=True)
class TrailPage:
    """One page of events, newest first.

    ``earlier`` and ``later`` are ids of events to go on from, None at the ends. ``stopped`` is set when the
    window ended before the page was full: earlier events were not looked through yet.
    ``count`` is exact up to ``COUNTED``; ``is_more`` says that there are more.
    """

    lines: tuple[EventLine, ...]
    earlier: int | None
    later: int | None
    stopped: bool
    count: int
    is_more: bool


@dataclass(frozen=True)
class Offered:
    """What the filters offer, each as (value, words)."""

    people: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    verbs: tuple[tuple[str, str], ...]


def visible(*, may_see_notes: bool) -> Events:
    """The events of the open organisation that this reader may know of."""
    events = AuditEvent.objects.order_by("-at", "-id")
    return events if may_see_notes else events.filter(is_counsel_only=False)


def trail_page(
    *, filters: Filters, may_see_notes: bool, before: int | None = None, after: int | None = None
) -> TrailPage:
    """Give the page that ends ``before`` an event, or the one that follows ``after`` it; else the newest."""
    leading = visible(may_see_notes=may_see_notes).filter(filters.leading())
    start = _place(before, may_see_notes) if before else None
    end = _place(after, may_see_notes) if after and not start else None
    if end:
        rows = _later_rows(leading, filters, end)
        stopped_at = None
    else:
        rows, stopped_at = _earlier_rows(leading, filters, start)
    shown = rows[:PAGE_SIZE]
    more = rows[PAGE_SIZE:]
    if end:
        shown = shown[::-1]
    has_earlier = bool(shown) if end else bool(more)
    has_later = bool(more) if end else start is not None and bool(shown)
    count, is_more = _counted(leading, filters)
    return TrailPage(
        lines=_lines(shown),
        earlier=shown[-1].pk if has_earlier else stopped_at,
        later=shown[0].pk if has_later else None,
        stopped=not has_earlier and stopped_at is not None,
        count=count,
        is_more=is_more,
    )


def _place(key: int, may_see_notes: bool) -> tuple[datetime, int] | None:
    """Where an event stands; one that the reader may not know of is no place."""
    event = visible(may_see_notes=may_see_notes).filter(pk=key).only("at", "pk").first()
    return (event.at, event.pk) if event else None


def _before(place: tuple[datetime, int]) -> Q:
    at, key = place
    return Q(at__lte=at) & (Q(at__lt=at) | Q(pk__lt=key))


def _from(place: tuple[datetime, int]) -> Q:
    at, key = place
    return Q(at__gte=at) & (Q(at__gt=at) | Q(pk__gte=key))


def _earlier_rows(
    leading: Events, filters: Filters, start: tuple[datetime, int] | None
) -> tuple[list[AuditEvent], int | None]:
    """One page and one event more; and the id of the last event looked at when the window ended first."""
    if start:
        leading = leading.filter(_before(start))
    following = filters.following()
    if following is None:
        return _read(leading), None
    border = _border(leading)
    found = _read((leading.filter(_from(border)) if border else leading).filter(following))
    return found, border[1] if border else None


def _later_rows(leading: Events, filters: Filters, end: tuple[datetime, int]) -> list[AuditEvent]:
    """Going back towards the newest; the same window, counted from the other side."""
    rows = leading.filter(_from(end)).exclude(pk=end[1]).order_by("at", "id")
    following = filters.following()
    if following is not None:
        border = _border(rows)
        at_most = Q(at__lte=border[0]) & (Q(at__lt=border[0]) | Q(pk__lte=border[1])) if border else Q()
        rows = rows.filter(at_most, following)
    return _read(rows)


def _border(rows: Events) -> tuple[datetime, int] | None:
    """The last event of the window; None when the window holds all."""
    return rows.values_list("at", "pk")[WINDOW - 1 : WINDOW].first()


def _read(rows: Events) -> list[AuditEvent]:
    return list(rows.select_related("actor")[: PAGE_SIZE + 1])


def _counted(leading: Events, filters: Filters) -> tuple[int, bool]:
    """How many events match, counted only as far as somebody would read."""
    following = filters.following()
    if following is not None:
        border = _border(leading)
        leading = (leading.filter(_from(border)) if border else leading).filter(following)
    count = leading[: COUNTED + 1].count()
    return min(count, COUNTED), count > COUNTED


def _lines(events: list[AuditEvent]) -> tuple[EventLine, ...]:
    addresses = places(events, current().slug)
    lines = []
    last = None
    for event in events:
        at = timezone.localtime(event.at)
        lines.append(
            EventLine(
                event=event,
                at=at,
                day=at if at.date() != last else None,
                who=str(event.actor) if event.actor else words.SYSTEM,
                kind=words.kind(event.object_type),
                url=addresses.get((event.object_type, event.object_id), ""),
                changes=words.changes(event),
            )
        )
        last = at.date()
    return tuple(lines)


def offered(*, may_see_notes: bool) -> Offered:
    """What occurs in the trail that this reader sees, members who did nothing yet included."""
    actors = {int(key) for key in _occurring("actor_id", may_see_notes)}
    members = set(Membership.objects.filter(organisation=current()).values_list("user_id", flat=True))
    people = sorted((str(user), str(user.pk)) for user in User.objects.filter(pk__in=actors | members))
    kinds = sorted((words.kind(str(key)), str(key)) for key in _occurring("object_type", may_see_notes))
    verbs = _occurring("verb", may_see_notes)
    return Offered(
        people=(*((key, name) for name, key in people), (NOBODY, words.SYSTEM)),
        kinds=tuple((key, name) for name, key in kinds),
        verbs=tuple((str(verb), str(verb)) for verb in verbs),
    )


def _occurring(column: str, may_see_notes: bool) -> list[Any]:
    """The different values of one column: one step in its index for each of them, however many events."""
    shown = "" if may_see_notes else " AND NOT is_counsel_only"
    # The column is one of three names above; the organisation is a parameter.
    least = f"SELECT MIN({column}) FROM accounts_auditevent WHERE organisation_id = %s{shown}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(value) AS ({least} UNION ALL "  # noqa: S608
            f"SELECT ({least} AND {column} > found.value) FROM found WHERE found.value IS NOT NULL) "
            "SELECT value FROM found WHERE value IS NOT NULL",
            [current().pk, current().pk],
        )
        return [value for (value,) in cursor.fetchall()]


def object_name(filters: Filters, *, may_see_notes: bool) -> str:
    """What the object that was chosen is called in its newest event."""
    chosen = visible(may_see_notes=may_see_notes).filter(object_type=filters.kind, object_id=filters.object)
    label = chosen.values_list("object_label", flat=True).first()
    return f"{words.kind(filters.kind)} {label or filters.object}"


def all_events(*, filters: Filters, may_see_notes: bool, at_most: int) -> Iterator[AuditEvent]:
    """Every event that the filters leave, newest first, read in chunks: for files.

    The query is made while the organisation is open and may be read after it was closed.
    """
    rows = visible(may_see_notes=may_see_notes).filter(filters.leading()).select_related("actor")
    following = filters.following()
    if following is not None:
        rows = rows.filter(following)
    return _chunks(rows, at_most)


def _chunks(rows: Events, left: int) -> Iterator[AuditEvent]:
    """Chunks by place, so that no cursor stays open while somebody downloads slowly."""
    chunk = list(rows[: min(_CHUNK, left)])
    while chunk:
        yield from chunk
        left -= len(chunk)
        last = chunk[-1]
        chunk = list(rows.filter(_before((last.at, last.pk)))[: min(_CHUNK, left)]) if left else []

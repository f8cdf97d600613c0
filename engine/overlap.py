"""How many hours two sites work at the same time, day by day over a year."""

from __future__ import annotations

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from engine.checks import Array, require_count, require_list, require_text
from engine.errors import at, quoted, refuse

_EPOCH, _EPOCH_UTC = datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)  # noqa: DTZ001 - wall clock
_MICROSECOND, _MICROSECONDS_AN_HOUR = timedelta(microseconds=1), 3_600_000_000
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Site:
    """Where and when a side works, in its own local time.

    `zone`: a name of the IANA time zone database ("America/New_York"). `opens`, `closes`: wall-clock times; a
    closing time at or before the opening is that of the next day, so equal times are 24 hours. `weekdays`:
    0 Monday to 6 Sunday, of the day on which the window opens. `holidays`: dates on which no window opens.
    """

    zone: str
    opens: time = time(9)
    closes: time = time(17)
    weekdays: Sequence[int] = (0, 1, 2, 3, 4)
    holidays: Collection[date] = frozenset()


@dataclass(frozen=True, slots=True)
class WithoutOverlap:
    """Successive working days without a shared hour: how many, from the first to the last of them."""

    days: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Overlap:
    """The result of `overlap_hours`. Hours; a working day is one on which the requester's window opens.

    `mean`, `minimum`, `maximum`: over the working days, None if there is none. `by_month`: twelve means, None
    for a month without a working day. `days_without`: working days with no shared hour; `longest_without`:
    the longest run of them, the first if several are as long. `days`, `hours`: every working day.
    """

    year: int
    mean: float | None
    minimum: float | None
    maximum: float | None
    by_month: tuple[float | None, ...]
    days_without: tuple[date, ...]
    longest_without: WithoutOverlap | None
    days: tuple[date, ...]
    hours: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Hours:
    """A checked site."""

    zone: ZoneInfo
    opens: time
    closes: time
    weekdays: frozenset[int]
    holidays: frozenset[date]


def overlap_hours(requester: Site, provider: Site, year: int) -> Overlap:
    """Shared working hours of each working day of the requester in `year`.

    A shared hour belongs to the requester's day on which its window opens, also after midnight; the windows
    of the provider around the ends of the year count too. Windows are compared as instants in UTC, so the
    daylight saving of both sides is in them: a window over a change is an hour shorter or longer than its
    clock times. A wall-clock time that a change skips is the moment of the change; one that it repeats is the
    first of the two.
    Raises `InvalidInput` for an unknown zone, weekday, date or year. Source: docs/method.md, Shared hours.
    """
    wanted, offered = _checked(requester, "requester"), _checked(provider, "provider")
    number = _year(year)
    first, last = date(number, 1, 1), date(number, 12, 31)
    days = _working_days(wanted, first, last)
    opens, closes = _windows(wanted, days)
    # A zone may skip a whole date; then its window has no length and the day did not exist.
    exists = closes > opens
    days = [day for day, there in zip(days, exists, strict=True) if there]
    nearby = timedelta(days=3)
    offers = _windows(offered, _working_days(offered, first - nearby, last + nearby))
    shared = _shared((opens[exists], closes[exists]), offers)
    return _overlap(number, days, shared / _MICROSECONDS_AN_HOUR)


def _checked(site: Site, path: str) -> _Hours:
    if not isinstance(site, Site):
        raise refuse(path, "a Site is needed")
    for name in ("opens", "closes"):
        moment = getattr(site, name)
        if not isinstance(moment, time) or moment.tzinfo is not None:
            raise refuse(at(path, name), f"a time of day without a zone is needed, not {quoted(moment)}")
    weekdays = _weekdays(site.weekdays, at(path, "weekdays"))
    holidays = _holidays(site.holidays, at(path, "holidays"))
    return _Hours(_zone(site.zone, at(path, "zone")), site.opens, site.closes, weekdays, holidays)


def _weekdays(given: object, path: str) -> frozenset[int]:
    weekdays = require_list(given, path)
    for place, weekday in enumerate(weekdays):
        if isinstance(weekday, bool) or not isinstance(weekday, int) or not 0 <= weekday <= 6:
            raise refuse(at(path, place), f"a whole number from 0 to 6 is needed, not {quoted(weekday)}")
    if not weekdays:
        raise refuse(path, "at least one weekday is needed")
    return frozenset(weekdays)


def _holidays(given: object, path: str) -> frozenset[date]:
    if not isinstance(given, Set | list | tuple):
        raise refuse(path, "a set of dates is needed")
    for holiday in given:
        if not isinstance(holiday, date) or isinstance(holiday, datetime):
            raise refuse(path, f"a date is needed, not {quoted(holiday)}")
    return frozenset(given)


def _zone(given: object, path: str) -> ZoneInfo:
    name = require_text(given, path)
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise refuse(path, f"there is no time zone {quoted(name)}") from error


def _year(given: object) -> int:
    year = require_count(given, "year")
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise refuse("year", f"must be from {_FIRST_YEAR} to {_LAST_YEAR}, not {year}")
    return year


def _working_days(site: _Hours, first: date, last: date) -> list[date]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() in site.weekdays and day not in site.holidays]


def _windows(site: _Hours, days: list[date]) -> tuple[Instants, Instants]:
    """Opening and closing of each day, in microseconds of UTC; rising, and none overlaps the next."""
    closing_day = timedelta(days=1 if site.closes <= site.opens else 0)
    opens = [_instant(datetime.combine(day, site.opens), site.zone) for day in days]
    closes = [_instant(datetime.combine(day + closing_day, site.closes), site.zone) for day in days]
    return np.array(opens, dtype=np.int64), np.array(closes, dtype=np.int64)


def _instant(local: datetime, zone: ZoneInfo) -> int:
    """The moment at which the wall clock first shows a time, or jumps over it."""
    aware = local.replace(tzinfo=zone)
    before, after = _offset(aware), _offset(aware.replace(fold=1))
    utc = (local - _EPOCH - before) // _MICROSECOND
    if before >= after:
        return utc
    low, high = utc - (after - before) // _MICROSECOND, utc
    while high - low > 1:  # the jump lies in between
        middle = (low + high) // 2
        jumped = _offset((_EPOCH_UTC + middle * _MICROSECOND).astimezone(zone)) == after
        low, high = (low, middle) if jumped else (middle, high)
    return high


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta(0)


def _shared(wanted: tuple[Instants, Instants], offered: tuple[Instants, Instants]) -> Instants:
    """Time in common of each window of the first with all of the second."""
    start = np.maximum(wanted[0][:, None], offered[0])
    end = np.minimum(wanted[1][:, None], offered[1])
    shared: Instants = np.maximum(end - start, 0).sum(axis=1)
    return shared


def _overlap(year: int, days: list[date], hours: Array) -> Overlap:
    if not days:
        return Overlap(year, None, None, None, (None,) * 12, (), None, (), ())
    months = np.array([day.month for day in days])
    means = [
        float(hours[months == month].mean()) if (months == month).any() else None for month in range(1, 13)
    ]
    return Overlap(
        year=year,
        mean=float(hours.mean()),
        minimum=float(hours.min()),
        maximum=float(hours.max()),
        by_month=tuple(means),
        days_without=tuple(day for day, shared in zip(days, hours, strict=True) if shared == 0),
        longest_without=_longest_without(days, hours),
        days=tuple(days),
        hours=tuple(hours.tolist()),
    )


def _longest_without(days: list[date], hours: Array) -> WithoutOverlap | None:
    runs = [
        [day for day, _ in run]
        for without, run in groupby(zip(days, hours, strict=True), key=lambda pair: pair[1] == 0)
        if without
    ]
    longest = max(runs, key=len, default=None)
    return None if longest is None else WithoutOverlap(len(longest), longest[0], longest[-1])

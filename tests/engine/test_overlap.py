"""Shared working hours: known pairs of cities, changes of the clock, years, midnight, holidays, refusals."""

from __future__ import annotations

import time as clock
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, Overlap, Site, overlap_hours

NEW_YORK = Site("America/New_York")
LONDON = Site("Europe/London")
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def by_day(found: Overlap) -> dict[date, float]:
    return dict(zip(found.days, found.hours, strict=True))


def test_new_york_and_kolkata() -> None:
    """9:00–17:00 in New York is 19:30–3:30 in Kolkata in winter and 18:30–2:30 in summer (UTC+5:30, no DST).

    US daylight saving 2026: 8 March to 1 November.
    """
    found = overlap_hours(NEW_YORK, Site("Asia/Kolkata", time(13, 30), time(22, 30)), 2026)
    days = by_day(found)
    assert (days[date(2026, 3, 6)], days[date(2026, 3, 9)]) == (3, 4)
    assert (days[date(2026, 10, 30)], days[date(2026, 11, 2)]) == (4, 3)
    assert (found.minimum, found.maximum) == (3, 4)
    assert len(found.days) == 261
    winter = sum(hours == 3 for hours in found.hours)
    assert winter == 47 + 44  # weekdays of 1 January to 6 March and of 2 November to 31 December
    assert found.mean == pytest.approx((3 * winter + 4 * (261 - winter)) / 261)
    assert found.by_month[0] == 3
    assert found.by_month[6] == 4
    assert found.by_month[2] == pytest.approx((5 * 3 + 17 * 4) / 22)


def test_office_hours_of_new_york_and_kolkata_never_meet() -> None:
    found = overlap_hours(NEW_YORK, Site("Asia/Kolkata", time(9), time(18)), 2026)
    assert (found.mean, found.maximum) == (0, 0)
    assert found.days_without == found.days
    assert found.longest_without is not None
    assert (found.longest_without.days, found.longest_without.first) == (261, date(2026, 1, 1))
    assert found.longest_without.last == date(2026, 12, 31)


def test_a_night_shift_in_manila_crosses_midnight() -> None:
    """22:00–7:00 in Manila (UTC+8) is 9:00–18:00 in New York in winter and 10:00–19:00 in summer."""
    found = overlap_hours(NEW_YORK, Site("Asia/Manila", time(22), time(7)), 2026)
    assert {by_day(found)[date(2026, 1, 5) + timedelta(days=k)] for k in range(5)} == {8}
    assert by_day(found)[date(2026, 7, 3)] == 7
    assert found.days_without == ()
    assert found.longest_without is None


def test_london_and_new_york_between_the_changes_of_their_clocks() -> None:
    """Five hours apart, but four from 8 to 29 March and from 25 October to 1 November 2026."""
    found = by_day(overlap_hours(LONDON, NEW_YORK, 2026))
    close = {day for day, hours in found.items() if hours == 4}
    spring = {date(2026, 3, 9) + timedelta(days=k) for k in range(21)}
    autumn = {date(2026, 10, 26) + timedelta(days=k) for k in range(7)}
    assert close == {day for day in spring | autumn if day.weekday() < 5}
    assert {hours for day, hours in found.items() if day not in close} == {3}


def test_days_of_23_and_25_hours() -> None:
    """New York goes forward on 8 March and back on 1 November 2026; someone is always there."""
    always = Site("America/New_York", time(0), time(0), EVERY_DAY)
    found = by_day(overlap_hours(always, Site("UTC", time(12), time(12), EVERY_DAY), 2026))
    assert (found[date(2026, 3, 8)], found[date(2026, 11, 1)]) == (23, 25)
    assert {hours for day, hours in found.items() if day not in {date(2026, 3, 8), date(2026, 11, 1)}} == {24}
    assert sum(found.values()) == 365 * 24


@pytest.mark.parametrize(
    ("opens", "closes", "spring", "autumn"),
    [
        (time(2, 30), time(5), 2, 2.5),  # 2:30 is skipped: open from the jump, 3:00
        (time(0, 30), time(2, 30), 1.5, 3),  # closed at the jump, 2:00 of the old time
        (time(2, 10), time(2, 50), 0, 2 / 3),  # lies in the jump as a whole
        (time(1, 30), time(3), 0.5, 2.5),  # 1:30 comes twice: open from the first
        (time(0), time(1, 30), 1.5, 1.5),  # closed at the first
        (time(22), time(4), 6, 6),
        (time(1, 0, 0, 1), time(2), 1 - 1e-6 / 3600, 2 - 1e-6 / 3600),
    ],
)
def test_wall_clock_times_that_a_change_skips_or_repeats(
    opens: time, closes: time, spring: float, autumn: float
) -> None:
    night = Site("America/New_York", opens, closes, EVERY_DAY)
    found = by_day(overlap_hours(night, Site("UTC", time(0), time(0), EVERY_DAY), 2026))
    assert found.get(date(2026, 3, 8), 0) == pytest.approx(spring, abs=1e-12)
    assert found[date(2026, 11, 1)] == pytest.approx(autumn, abs=1e-12)


def test_a_date_that_a_zone_skips_is_no_working_day() -> None:
    """Samoa crossed the date line: Friday 30 December 2011 did not exist there."""
    found = overlap_hours(Site("Pacific/Apia"), Site("UTC", time(0), time(0), EVERY_DAY), 2011)
    assert date(2011, 12, 30) not in found.days
    assert by_day(found)[date(2011, 12, 29)] == 8
    assert len(found.days) == 259


def test_windows_of_the_neighbouring_years_count() -> None:
    """Manila's 1 January begins while it is 31 December in New York, and the other way about."""
    party = Site("America/New_York", time(9), time(3), EVERY_DAY)
    found = by_day(overlap_hours(party, Site("Asia/Manila", time(22), time(7), EVERY_DAY), 2026))
    assert (found[date(2026, 1, 1)], found[date(2026, 12, 31)]) == (9, 9)
    early = Site("Asia/Manila", time(6), time(14), EVERY_DAY)
    days = by_day(overlap_hours(early, NEW_YORK, 2026))
    assert days[date(2026, 1, 1)] == 0  # Wednesday evening in New York: 17:00 is 6:00 in Manila
    late = by_day(overlap_hours(replace(early, opens=time(5)), NEW_YORK, 2026))
    assert late[date(2026, 1, 1)] == 1


def test_holidays_of_both_sides() -> None:
    holidays = {date(2026, 12, 25), date(2026, 12, 28), date(2025, 12, 31)}
    closed = {date(2026, 12, 24) + timedelta(days=k) for k in range(8)}
    found = overlap_hours(replace(LONDON, holidays=holidays), replace(NEW_YORK, holidays=closed), 2026)
    assert date(2026, 12, 25) not in found.days
    assert len(found.days) == 259
    assert found.days_without == tuple(date(2026, 12, day) for day in (24, 29, 30, 31))
    assert found.longest_without is not None
    assert (found.longest_without.days, found.longest_without.first, found.longest_without.last) == (
        4,
        date(2026, 12, 24),
        date(2026, 12, 31),
    )


def test_the_holiday_of_a_night_shift_is_that_of_the_day_on_which_it_opens() -> None:
    shift = Site("Asia/Manila", time(22), time(7), holidays=[date(2026, 7, 1)])
    found = by_day(overlap_hours(NEW_YORK, shift, 2026))
    assert (found[date(2026, 7, 1)], found[date(2026, 7, 2)]) == (0, 7)


def test_a_year_without_a_working_day() -> None:
    always = frozenset(date(2026, 1, 1) + timedelta(days=k) for k in range(365))
    found = overlap_hours(replace(NEW_YORK, holidays=always), LONDON, 2026)
    assert (found.mean, found.minimum, found.maximum, found.days, found.days_without) == (
        None,
        None,
        None,
        (),
        (),
    )
    assert found.by_month == (None,) * 12
    assert found.longest_without is None
    january = frozenset(day for day in always if day.month > 1)
    assert overlap_hours(replace(NEW_YORK, holidays=january), LONDON, 2026).by_month == (3, *[None] * 11)


def test_a_leap_year_has_its_day() -> None:
    assert date(2028, 2, 29) in overlap_hours(NEW_YORK, LONDON, 2028).days


ZONES = (
    "America/New_York",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Manila",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
)
_moment = st.integers(0, 47).map(lambda k: time(k // 2, 30 * (k % 2)))
_weekdays = st.sets(st.integers(0, 6), min_size=1).map(sorted)


def works(site: Site, moment: datetime) -> bool:
    """Whether a site is open at a moment, by the clock on its wall."""
    local = moment.astimezone(ZoneInfo(site.zone))
    now, today = local.time(), local.date()
    crosses = site.closes <= site.opens
    if now >= site.opens:
        return (crosses or now < site.closes) and today.weekday() in site.weekdays
    return crosses and now < site.closes and (today - timedelta(days=1)).weekday() in site.weekdays


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(ZONES), st.sampled_from(ZONES), st.tuples(_moment, _moment, _moment, _moment), _weekdays
)
def test_the_sum_of_a_year_is_what_the_clocks_on_both_walls_say(
    here: str, there: str, moments: tuple[time, time, time, time], weekdays: list[int]
) -> None:
    """Looked at every half hour; a wall cannot tell the hour that comes twice, so those days are left out."""
    one = Site(here, moments[0], moments[1], weekdays)
    other = Site(there, moments[2], moments[3], EVERY_DAY)
    found = by_day(overlap_hours(one, other, 2027))
    step = timedelta(minutes=30)
    changes = _changes(here) | _changes(there)
    for day in [date(2027, 1, 1) + timedelta(days=9 * k) for k in range(40)]:
        if day in changes:
            continue
        noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(here)).astimezone(UTC)
        moment, shared = noon - timedelta(hours=36), 0
        while moment < noon + timedelta(hours=36):
            opened = _opening_day(one, moment)
            shared += opened == day and works(one, moment) and works(other, moment)
            moment += step
        assert found.get(day, 0) == pytest.approx(shared / 2)


def _opening_day(site: Site, moment: datetime) -> date:
    local = moment.astimezone(ZoneInfo(site.zone))
    return local.date() if local.time() >= site.opens else local.date() - timedelta(days=1)


def _changes(zone: str) -> set[date]:
    """Days near a change of the clock."""
    days = [datetime(2026, 12, 30, tzinfo=ZoneInfo(zone)) + timedelta(days=k) for k in range(370)]
    near = [a.date() for a, b in pairwise(days) if a.utcoffset() != b.utcoffset()]
    return {day + timedelta(days=k) for day in near for k in range(-2, 4)}


def test_a_year_takes_a_few_milliseconds() -> None:
    started = clock.perf_counter()
    for _ in range(5):
        overlap_hours(NEW_YORK, Site("Asia/Manila", time(22), time(7)), 2026)
    assert (clock.perf_counter() - started) / 5 < 0.1  # 5 ms measured; the machine may be busy


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"zone": "Europe/Atlantis"}, 'requester.zone: there is no time zone "Europe/Atlantis"'),
        ({"zone": "America"}, 'requester.zone: there is no time zone "America"'),
        ({"zone": "../etc/passwd"}, "requester.zone: there is no time zone"),
        ({"zone": ""}, "requester.zone: a text is needed"),
        ({"zone": None}, "requester.zone: a text is needed"),
        ({"opens": "09:00"}, 'requester.opens: a time of day without a zone is needed, not "09:00"'),
        ({"closes": 17}, "requester.closes: a time of day"),
        ({"closes": time(17, tzinfo=UTC)}, "requester.closes: a time of day without a zone"),
        ({"weekdays": ()}, "requester.weekdays: at least one"),
        ({"weekdays": (7,)}, "requester.weekdays[0]: a whole number from 0 to 6 is needed, not 7"),
        ({"weekdays": (0, True)}, "requester.weekdays[1]: a whole number"),
        ({"weekdays": (1.5,)}, "requester.weekdays[0]: a whole number"),
        ({"weekdays": "Mon"}, "requester.weekdays: a list"),
        ({"holidays": ["2026-12-25"]}, 'requester.holidays: a date is needed, not "2026-12-25"'),
        ({"holidays": [datetime(2026, 12, 25, tzinfo=UTC)]}, "requester.holidays: a date is needed"),
        ({"holidays": "2026"}, "requester.holidays: a set of dates"),
    ],
)
def test_bad_sites_are_refused(change: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        overlap_hours(replace(NEW_YORK, **change), LONDON, 2026)
    assert str(caught.value).startswith(line)
    with pytest.raises(InvalidInput, match=r"^provider\."):
        overlap_hours(LONDON, replace(NEW_YORK, **change), 2026)


def test_a_site_is_a_site() -> None:
    with pytest.raises(InvalidInput, match=r"^provider: a Site is needed$"):
        overlap_hours(NEW_YORK, {"zone": "Europe/London"}, 2026)


@pytest.mark.parametrize(
    ("year", "line"),
    [
        (1969, "year: must be from 1970 to 2200, not 1969"),
        (2201, "year: must be from 1970 to 2200"),
        (2026.0, "year: a whole number"),
        (True, "year: a whole number"),
        (0, "year: 0 is below 1"),
    ],
)
def test_bad_years_are_refused(year: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        overlap_hours(NEW_YORK, LONDON, year)
    assert str(caught.value).startswith(line)

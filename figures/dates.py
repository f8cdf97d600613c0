"""The one way to write a day or a moment: "28 Nov 2026", "28 Nov 2026, 14:41 EST".

The month is a word, so that nobody takes the day for the month; a time always names its zone.
"""

from __future__ import annotations

from datetime import date, datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(value: date | None) -> str:
    """Write a day; empty when there is none. Of a moment it is the day in the zone it is given in."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}" if value else ""


def moment(value: datetime | None) -> str:
    """Write a moment in the zone it is given in; empty when there is none."""
    if not value:
        return ""
    return f"{day(value)}, {value:%H:%M} {value.tzname() or ''}".rstrip()

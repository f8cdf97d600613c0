"""Whether a certificate still holds, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import figures

SOON = timedelta(days=90)

State = Literal["unknown", "expired", "soon", "valid"]


@dataclass(frozen=True)
class Expiry:
    """The state of a date of expiry on one day; ``words`` is what pages and files say."""

    state: State
    words: str


def expiry(valid_until_on: date | None, today: date) -> Expiry:
    """Judge a last day of validity: the certificate holds through that day."""
    if valid_until_on is None:
        return Expiry("unknown", "Expiry not recorded")
    day = figures.day(valid_until_on)
    if valid_until_on < today:
        return Expiry("expired", f"Expired {day}")
    if valid_until_on > today + SOON:
        return Expiry("valid", f"Valid until {day}")
    left = (valid_until_on - today).days
    when = "today" if left == 0 else "tomorrow" if left == 1 else f"in {left} days"
    return Expiry("soon", f"Expires {day}, {when}")

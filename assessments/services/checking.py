"""What may be recorded about a legal task; every refusal is a sentence beside its field."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.core.exceptions import ValidationError

from assessments.models import FactorAnswer, PracticeClass
from assessments.rulebook import Rulebook

MAX_VOLUME = Decimal("9999999999.99")
MAX_HOURS = Decimal("99999999.9999")
MAX_DAYS = Decimal("99999.9")
MAX_TEXT = 4_000
SHARE_TOLERANCE = 1e-6


def name(text: str) -> str:
    """Check the name of a legal task."""
    cleaned = one_line(text)
    if not cleaned:
        raise ValidationError("Give the legal task a name.")
    if len(cleaned) > 160:
        raise ValidationError(f"The name has {len(cleaned)} characters; at most 160 fit.")
    return cleaned


def one_line(text: str) -> str:
    """Take out line breaks and repeated blanks."""
    return " ".join(str(text).split())


def short(text: str, limit: int) -> str:
    """Check a short text such as a unit."""
    cleaned = one_line(text)
    if len(cleaned) > limit:
        raise ValidationError(f"This has {len(cleaned)} characters; at most {limit} fit.")
    return cleaned


def long_text(text: str) -> str:
    """Check a note."""
    cleaned = str(text).strip()
    if len(cleaned) > MAX_TEXT:
        raise ValidationError(f"This has {len(cleaned)} characters; at most {MAX_TEXT:,} fit.")
    return cleaned


def volume(value: Decimal | None) -> Decimal | None:
    """Check a volume a year; two decimals are kept."""
    return _quantity(value, "A volume", MAX_VOLUME, Decimal("0.01"))


def hours(value: Decimal | None) -> Decimal | None:
    """Check the hours per unit; four decimals are kept."""
    return _quantity(value, "Hours", MAX_HOURS, Decimal("0.0001"))


def turnaround(value: Decimal | None) -> Decimal | None:
    """Check the working days from the request to the finished work; one decimal is kept."""
    return _quantity(value, "A turnaround", MAX_DAYS, Decimal("0.1"))


def _quantity(value: Decimal | None, what: str, limit: Decimal, step: Decimal) -> Decimal | None:
    if value is None:
        return None
    if not value.is_finite():
        raise ValidationError("Enter a number.")
    verb = "are" if what == "Hours" else "is"
    if value < 0:
        raise ValidationError(f"{what} {verb} 0 or more, not {value:f}.")
    if value > limit:
        raise ValidationError(f"{what} of at most {limit:,.0f} can be kept.")
    rounded = value.quantize(step, ROUND_HALF_EVEN)
    if value and not rounded:
        raise ValidationError(f"This is smaller than {step:f}, the smallest figure that can be kept.")
    return rounded


def practice(value: str) -> str:
    """Check the class of practice of law."""
    if value not in PracticeClass.values:
        raise ValidationError("Choose who may do the work.")
    return value


def flags(values: Sequence[str], rulebook: Rulebook) -> list[str]:
    """Check flags and put them into the order of the factor set."""
    known = [flag.code for flag in rulebook.flags]
    for value in values:
        if value not in known:
            raise ValidationError(f"“{value[:40]}” is not a flag of this factor set.")
    return [code for code in known if code in values]


def level(factor: str, value: Any, rulebook: Rulebook) -> int | None:
    """Check the level of a factor; None is "don't know"."""
    if factor not in {known.code for known in rulebook.factors}:
        raise ValidationError(f"“{factor[:20]}” is not a factor of this factor set.")
    if value is None:
        return None
    low, high = FactorAnswer.MIN_LEVEL, FactorAnswer.MAX_LEVEL
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValidationError(f"A level from {low} to {high} or “don’t know” is needed, not {value!r}.")
    return value


def mix(shares: Mapping[str, float], roles: Collection[str]) -> dict[str, float]:
    """Check a staffing mix: known roles, shares of 0 or more that sum to 1. Empty means unknown."""
    given = {role: float(share) for role, share in shares.items() if share}
    for role, share in given.items():
        if role not in roles:
            raise ValidationError(f"“{role}” is not a role of this assessment.")
        if not math.isfinite(share) or share < 0:
            raise ValidationError("A share is 0% or more.")
    total = math.fsum(given.values())
    if given and abs(total - 1) > SHARE_TOLERANCE:
        raise ValidationError(f"The shares add up to {total:.1%}; they must add up to 100%.")
    return given

"""How a split divides volume and hours: what goes out is rounded once, the rest stays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from django.core.exceptions import ValidationError
from django.db import models

import figures
from assessments.models import TaskAssessment


class Way(models.TextChoices):
    """What is divided: either whole units go out, or a part of the work on each unit."""

    HOURS = "hours", "A part of the work on every unit goes out"
    UNITS = "units", "Some of the units go out whole"


@dataclass(frozen=True)
class Divided:
    """Volume and hours per unit of the part that goes out and of the part that stays."""

    volume_out: Decimal
    hours_out: Decimal
    volume_stays: Decimal
    hours_stays: Decimal


def divided(task: TaskAssessment, *, way: str, share: Decimal | None, number: Decimal | None) -> Divided:
    """Divide a task by a ``share`` in percent, or by the ``number`` of units or hours per unit that goes out.

    Raises ``ValidationError`` by field ("way", "share", "number").
    """
    if task.annual_volume is None or task.hours_per_unit is None:
        raise ValidationError("Enter the volume a year and the hours per unit first.")
    if way not in Way.values:
        raise ValidationError({"way": "Choose what goes out."})
    if (share is None) == (number is None):
        raise ValidationError({"share": "Enter either a share or a number, not both and not neither."})
    volume, hours = task.annual_volume, task.hours_per_unit
    if way == Way.UNITS:
        # A share of whole contracts is whole contracts.
        is_whole = share is not None and volume == volume.to_integral_value()
        out = _part(
            volume,
            share,
            number,
            step=Decimal(1) if is_whole else Decimal("0.01"),
            what=f"units: there are {figures.exact(volume)}",
        )
        return Divided(out, hours, volume - out, hours)
    out = _part(
        hours, share, number, step=Decimal("0.0001"), what=f"hours per unit: it takes {figures.exact(hours)}"
    )
    return Divided(volume, out, volume, hours - out)


def _part(
    whole: Decimal, share: Decimal | None, number: Decimal | None, *, step: Decimal, what: str
) -> Decimal:
    field = "number" if share is None else "share"
    given = number if share is None else share
    if given is None or not given.is_finite():
        raise ValidationError({field: "Enter a number."})
    if share is not None and not 0 < share < 100:
        raise ValidationError({field: "A share is more than 0% and less than 100%."})
    exact = given if share is None else whole * share / 100
    out = exact.quantize(step, ROUND_HALF_EVEN) if abs(exact) <= whole else exact
    if not 0 < out < whole:
        raise ValidationError({field: f"Something must go out and something must stay of the {what}."})
    return out

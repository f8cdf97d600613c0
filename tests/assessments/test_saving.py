"""Columns of many rows in a few statements: the same as saving each row, and inside the wall."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from accounts.tenancy import ForeignOwnerError, opened
from assessments.models import TaskAssessment
from assessments.saving import save_columns
from assessments.scoring import SCORED_FIELDS
from tests.conftest import Case


def stored() -> list[tuple[Any, ...]]:
    return list(TaskAssessment.objects.order_by("pk").values_list("pk", *SCORED_FIELDS))


def changed(rows: list[TaskAssessment]) -> None:
    for number, row in enumerate(rows):
        row.score, row.score_low = (None, 12.5) if number % 2 else (1 / 3, None)
        row.baseline_amount = Decimal("1234567890.12") if number % 3 else None
        row.gates, row.result = [f"G{number:02d}"], {"a": [None, 0.1, "Ünï'%s"]}
        row.band, row.open_conditions = f"B{number}", number


def test_it_is_the_same_as_saving_each_row(sample: Case) -> None:
    rows = list(TaskAssessment.objects.order_by("pk"))
    changed(rows)
    for row in rows:
        row.save()
    one_by_one = stored()
    for row in rows:
        row.score, row.result, row.band = 1.0, {}, ""
        row.save()
    changed(rows)
    save_columns(rows, SCORED_FIELDS)
    assert stored() == one_by_one


def test_nothing_of_another_organisation_is_reached(sample: Case, twin: Case) -> None:
    mine = list(TaskAssessment.objects.all()[:2])
    with opened(twin.organisation):
        theirs, before = list(TaskAssessment.objects.all()[:1]), stored()
    changed([*mine, *theirs])
    with pytest.raises(ForeignOwnerError):
        save_columns([*mine, *theirs], SCORED_FIELDS)
    mine[0].pk = theirs[0].pk  # says it is mine, but the row is not
    save_columns(mine[:1], SCORED_FIELDS)
    with opened(twin.organisation):
        assert stored() == before


def test_keys_are_not_for_this(sample: Case) -> None:
    with pytest.raises(TypeError, match="wall"):
        save_columns(list(TaskAssessment.objects.all()[:1]), ["assessment"])
    save_columns([], SCORED_FIELDS)

"""Two assessments side by side: one change is one difference, and nothing is not one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tenancy import opened
from assessments import services
from assessments.cells import COLUMNS
from assessments.models import Assessment, LegalTask, TaskAssessment
from assessments.queries_compare import compare
from assessments.queries_differences import batches
from assessments.queries_grid import grid_rows
from tabular import as_block
from tests.assessments.test_life import approved
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def both(case: Case) -> tuple[Assessment, Assessment]:
    old = approved(case)
    return old, services.start_version(actor=case.counsel, assessment=old)


def task(row: Assessment, code: str) -> TaskAssessment:
    return TaskAssessment.objects.with_task().get(assessment=row, legal_task__code=code)


def test_a_fresh_version_differs_in_nothing(sample: Case) -> None:
    found = compare(*both(sample))
    assert found.is_same
    assert (found.differences, found.changed, found.added, found.removed, found.same) == (0, 0, 0, 0, 18)
    assert all(line.before == line.after for line in found.outcomes)


CHANGES: dict[str, Callable[[Case, Assessment], Any]] = {
    "volume": lambda case, row: services.edit_task(
        actor=case.counsel, task=task(row, "D07"), annual_volume=Decimal(2400)
    ),
    "note": lambda case, row: services.edit_task(actor=case.counsel, task=task(row, "D07"), note="New"),
    "name": lambda case, row: services.edit_task(actor=case.counsel, task=task(row, "D07"), name="NDAs"),
    "staffing": lambda case, row: services.edit_task(
        actor=case.counsel, task=task(row, "D07"), staffing_mix={"paralegal": 1.0}
    ),
    "flag": lambda case, row: services.set_flags(
        actor=case.counsel, task=task(row, "D07"), flags=["privileged", *task(row, "D07").flags]
    ),
    "answer": lambda case, row: services.answer_factor(
        actor=case.counsel, task=task(row, "D07"), factor="STD", level=3, reason="Two playbooks"
    ),
}


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_one_change_is_one_difference(sample: Case, what: str) -> None:
    old, new = both(sample)
    CHANGES[what](sample, new)
    found = compare(old, new)
    assert (found.differences, found.changed, found.same) == (1, 1, 17)
    (change,) = found.changes
    assert change.code == "D07"
    assert len(change.differences) == 1


def test_what_follows_from_a_change_is_shown_and_not_counted(sample: Case) -> None:
    old, new = both(sample)
    CHANGES["volume"](sample, new)
    (change,) = compare(old, new).changes
    assert [(one.what, one.before, one.after) for one in change.differences] == [
        ("Volume a year", "1,900", "2,400")
    ]
    assert {one.what for one in change.results} == {"Hours a year", "In-house cost a year"}


def test_added_and_removed_tasks_and_totals(sample: Case) -> None:
    old, new = both(sample)
    services.remove_task(actor=sample.counsel, task=task(new, "D18"))
    services.add_task(actor=sample.counsel, assessment=new, name="Lease abstraction")
    found = compare(old, new)
    assert [(change.code, change.kind) for change in found.changes] == [("D18", "removed"), ("D19", "added")]
    assert (found.added, found.removed, found.changed, found.differences) == (1, 1, 0, 2)
    lines = {line.name: line for line in found.outcomes}
    assert (lines["Retain"].before, lines["Retain"].after, lines["Retain"].count_change) == (3, 2, "−1")
    assert (lines["All legal tasks"].before, lines["All legal tasks"].after) == (18, 18)


def test_a_changed_rate_is_one_difference_and_moves_every_cost(sample: Case) -> None:
    old, new = both(sample)
    rates = [
        services.RateEntry(rate.name, rate.hourly_amount + (place == 1), rate.kind, rate.code, rate.basis)
        for place, rate in enumerate(new.role_rates.all())
    ]
    services.set_role_rates(actor=sample.counsel, assessment=new, rates=rates)
    found = compare(old, new)
    assert (len(found.rates), found.differences) == (1, 1)
    assert found.changes
    assert not any(change.differences for change in found.changes)


def _file(row: Assessment) -> list[list[str]]:
    keys = list(row.tasks.order_by("list_code").values_list("pk", flat=True))
    rows = [[str(cells[column.key]) for column in COLUMNS] for cells in grid_rows(keys, row)]
    return [[column.title for column in COLUMNS], *rows]


def _import(case: Case, row: Assessment, cells: list[list[str]]) -> None:
    given: dict[str, Any] = {
        "block": as_block(cells),
        "keys": [column.key for column in COLUMNS],
        "has_heading": True,
        "existing": "update",
    }
    plan = services.plan_import(assessment=row, **given)
    services.apply_import(actor=case.counsel, assessment=row, shown=plan.fingerprint, **given)


def test_what_is_exported_and_imported_differs_in_nothing_and_one_cell_in_one_thing(sample: Case) -> None:
    old, new = both(sample)
    cells = _file(old)
    _import(sample, new, cells)
    assert compare(old, new).is_same
    cells[7][3] = "2,001"
    _import(sample, new, cells)
    found = compare(old, new)
    assert found.differences == 1
    assert found.changes[0].differences[0].after == "2,001"


def _many(case: Case, row: Assessment, number: int) -> None:
    for place in range(number):
        name = LegalTask.objects.create(code=f"Z{place:03d}", name=f"More work {place}")
        TaskAssessment.objects.create(assessment=row, legal_task=name)


def test_the_page_costs_the_same_queries_for_one_difference_and_for_thirty(
    sample_closed: Case, client_for: ClientFor
) -> None:
    with opened(sample_closed.organisation):
        _, new = both(sample_closed)
    client = client_for(sample_closed.manager)
    url = reverse("assessments:compare", args=[sample_closed.slug, new.pk])
    client.get(url)
    counted = []
    for number in (1, 30):
        with opened(sample_closed.organisation):
            TaskAssessment.objects.filter(legal_task__code__startswith="Z").delete()
            LegalTask.objects.filter(code__startswith="Z").delete()
            _many(sample_closed, new, number)
        client.get(url)  # counts anew what is kept until a task changes
        with CaptureQueriesContext(connection) as seen:
            page = client.get(url)
        assert f"{number} added" in page.content.decode()
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_the_file_has_a_line_for_each_difference(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        old, new = both(sample_closed)
        CHANGES["answer"](sample_closed, new)
        assert sum(len(batch) for batch in batches(old, new)) == 1
    url = reverse("assessments:compare_csv", args=[sample_closed.slug, new.pk])
    text = client_for(sample_closed.manager).get(url).content.decode("utf-8-sig")
    lines = [line for line in text.splitlines() if ",difference," in line]
    assert len(lines) == 1
    assert "3: Two playbooks" in lines[0]

"""The ledger that the tests of the wall rely on notices what is written, whoever writes it."""

from __future__ import annotations

from django.db import connection, transaction

from accounts.models import User
from accounts.tenancy import opened
from assessments.models import TaskAssessment
from tests.conftest import Case
from tests.security.rows import ledger


def test_a_changed_row_is_noticed_and_one_that_was_taken_back_is_not(sample_closed: Case, twin: Case) -> None:
    with ledger(sample_closed, twin) as kept:
        assert kept.is_unchanged()
        with transaction.atomic():
            with opened(sample_closed.organisation):
                TaskAssessment.objects.filter(legal_task__code="D01").update(note="Changed")
            assert not kept.is_unchanged()
            assert kept.is_unchanged(twin)
            assert not kept.is_unchanged()
            assert not kept.is_untouched
            transaction.set_rollback(True)
        assert kept.is_unchanged()


def test_a_row_of_another_table_does_not_count(sample_closed: Case) -> None:
    with ledger(sample_closed) as kept:
        User.objects.filter(pk=sample_closed.owner.pk).update(name="Somebody")
        assert kept.is_untouched


def test_statements_by_hand_are_read_too(sample_closed: Case) -> None:
    """Also those that no model sends: what is not known to read may have written."""
    table = TaskAssessment._meta.db_table
    statements = (
        f"UPDATE {table} SET note = 'x'",
        f"WITH picked AS (SELECT 1) UPDATE {table} SET note = 'y'",
        f'DELETE FROM "{table}" WHERE id < 0',
    )
    changes = []
    for statement in statements:
        with transaction.atomic(), ledger(sample_closed) as kept, connection.cursor() as cursor:
            cursor.execute(statement)
            changes.append(not kept.is_unchanged())
            transaction.set_rollback(True)
    assert changes == [True, True, False]


def test_what_a_trigger_writes_is_read(sample_closed: Case) -> None:
    """A changed task gives its assessment a new stamp, which no statement says."""
    with ledger(sample_closed) as kept, opened(sample_closed.organisation):
        task = TaskAssessment.objects.get(legal_task__code="D01")
        TaskAssessment.objects.filter(pk=task.pk).update(note=task.note)
        assert not kept.is_unchanged()

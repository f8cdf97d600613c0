"""The history of a task says fields and values as its page does."""

from __future__ import annotations

from decimal import Decimal

import pytest

from assessments import queries_task, services
from assessments.cells import COLUMNS
from assessments.models import TaskAssessment
from assessments.words_trail import TASK_FIELDS, field_words, value_words
from lpo.trail import words as audit_words
from tests.conftest import Case

NAMES = {"GAP": "Cost gap", "PRV": "Privilege exposure"}


def newest(case: Case, task: TaskAssessment) -> tuple[tuple[str, str, str], ...]:
    return queries_task.trail(queries_task.find_task(task.pk) or task, may_see_notes=True)[0].changes


def test_numbers_have_the_format_and_fields_the_names_of_the_page(sample: Case) -> None:
    task = TaskAssessment.objects.get(legal_task__code="D07")
    facts = {"annual_volume": Decimal("12000.00"), "hours_per_unit": Decimal("0.7500")}
    services.change_task(actor=sample.counsel, task=task, facts=facts)
    assert newest(sample, task) == (
        ("Volume a year", "1,900", "12,000"),
        ("Hours per unit", "0.8", "0.75"),
    )


def test_a_factor_has_its_name_before_its_code(sample: Case) -> None:
    task = TaskAssessment.objects.get(legal_task__code="D07")
    services.answer_factor(actor=sample.counsel, task=task, factor="GAP", level=2)
    assert newest(sample, task)[0][0] == "Cost gap (GAP)"


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("annual_volume", None, "—"),
        ("annual_volume", "90.00", "90"),
        ("annual_volume", "many", "many"),
        ("name", "90.00", "90.00"),
        ("flags", ["phi", "privileged"], "Health information, Privileged"),
        ("flags", [], "none"),
        ("factors", ["GAP", "PRV"], "Cost gap, Privilege exposure"),
        ("gates", ["G04"], "G04"),
        ("staffing_mix", {"senior_counsel": 0.6, "paralegal": 0.4}, "senior counsel 60.0%, paralegal 40.0%"),
        ("practice_of_law", "licensed", "Licensed lawyer only"),
        ("given_on", "2026-03-09", "9 Mar 2026"),
        ("hours_a_week", "2.50", "2.5"),
        ("version", 3, "3"),
        ("waiver", True, "Yes"),
    ],
)
def test_values(key: str, value: object, text: str) -> None:
    assert value_words(key, value, NAMES) == text


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("PRV", "Privilege exposure (PRV)"),
        ("annual_volume", "Volume a year"),
        ("given_on", "Given"),
        ("waiver", "Waiver"),
        ("OLD", "OLD"),
    ],
)
def test_fields(key: str, text: str) -> None:
    assert field_words(key, NAMES) == text


def test_one_field_has_one_name_in_grid_file_history_and_audit_trail() -> None:
    titles = {column.key: column.title for column in COLUMNS}
    for key in ("annual_volume", "hours_per_unit", "turnaround_days", "practice_of_law", "staffing_mix"):
        assert TASK_FIELDS[key] == titles[key] == audit_words.field(key), key
    assert audit_words.field("annual_hours") == "Hours a year"
    assert audit_words.field("code") == titles["code"]

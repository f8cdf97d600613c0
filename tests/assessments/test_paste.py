"""Pasting shows what was understood, row by row, and saves all of it or nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent
from assessments import services
from assessments.models import LegalTask, RoleRate, TaskAssessment
from tests.conftest import Case

HEAD = "Task\tVolume a year\tHours each\tWho does it\n"


def preview(case: Case, text: str) -> services.Preview:
    return services.paste_preview(text=text, assessment=case.assessment)


def faults(case: Case, text: str) -> dict[tuple[int, str], str]:
    found = preview(case, text)
    return {(row.number, cell.key): cell.fault for row in found.rows for cell in row.cells if cell.fault}


def test_a_good_paste_is_shown_and_then_saved(sample: Case) -> None:
    text = (
        HEAD + "Lease abstraction\t1,200\t2.5\tParalegal\nLegal holds\t300\t0.2\tcounsel 60%, paralegal 40%\n"
    )
    found = preview(sample, text)
    assert (found.good, found.wrong, found.is_good) == (2, 0, True)
    assert TaskAssessment.objects.count() == 18  # a preview writes nothing
    assert services.paste_confirm(actor=sample.counsel, assessment=sample.assessment, text=text) == 2
    lease = TaskAssessment.objects.get(legal_task__name="Lease abstraction")
    assert lease.legal_task.code == "D19"
    assert (lease.annual_volume, lease.hours_per_unit) == (Decimal(1200), Decimal("2.5"))
    assert lease.staffing_mix == {"paralegal": 1.0}
    assert lease.baseline_amount == 1200 * 2.5 * 88
    assert (lease.outcome, lease.score, lease.gates) == ("", None, ["G08"])
    holds = TaskAssessment.objects.get(legal_task__name="Legal holds")
    assert holds.staffing_mix == {"counsel": 0.6, "paralegal": 0.4}
    assert AuditEvent.objects.filter(verb="added legal task by pasting").count() == 2


@pytest.mark.parametrize(
    ("rows", "place", "sentence"),
    [
        ("Leases\tabc\t1\t", (2, "annual_volume"), "not a number"),
        ("Leases\t1\tten\t", (2, "hours_per_unit"), "not a number"),
        ("Leases\tNaN\t1\t", (2, "annual_volume"), "“NaN” is not a number"),
        ("Leases\tinf\t1\t", (2, "annual_volume"), "not a number"),
        ("Leases\t-5\t1\t", (2, "annual_volume"), "0 or more, not -5"),
        ("Leases\t1\t−0.5\t", (2, "hours_per_unit"), "0 or more"),
        ("Leases\t1,5\t1\t", (2, "annual_volume"), "two ways"),
        ("Leases\t99999999999\t1\t", (2, "annual_volume"), "at most"),
        ("\t5\t1\t", (2, "name"), "name"),
        ("x" * 161 + "\t5\t1\t", (2, "name"), "161 characters"),
        ("Leases\t1\t1\t\nHolds\t1\t1\t\nLEASES \t1\t1\t", (4, "name"), "row 2"),
        ("NDA review  and turnaround\t1\t1\t", (2, "name"), "D07 already"),
        ("Leases\t1\t1\tClerk", (2, "staffing_mix"), "“Clerk” is not one of your roles"),
        ("Leases\t1\t1\tcounsel 60%, paralegal 30%", (2, "staffing_mix"), "90.0%"),
        ("Leases\t1\t1\tcounsel 60%, counsel 40%", (2, "staffing_mix"), "twice"),
        ("Leases\t1\t1\tcounsel, paralegal", (2, "staffing_mix"), "share"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_saved(
    sample: Case, rows: str, place: tuple[int, str], sentence: str
) -> None:
    text = HEAD + rows
    assert sentence in faults(sample, text)[place]
    before = TaskAssessment.objects.count(), LegalTask.objects.count(), AuditEvent.objects.count()
    with pytest.raises(services.PasteRefusedError) as refused:
        services.paste_confirm(
            actor=sample.counsel, assessment=sample.assessment, text=f"{text}\nGood row\t1\t1\t"
        )
    assert not refused.value.preview.is_good
    assert (TaskAssessment.objects.count(), LegalTask.objects.count(), AuditEvent.objects.count()) == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Aufgabe\tMenge\nPachtverträge\t12", "none of them is known"),
        ("Volume\tHours\n1\t2", "none for “Task”"),
        ("a task\n" * 10_000, "10,000 rows; at most 5,000"),
        ("", "nothing to read"),
    ],
)
def test_a_text_that_is_no_table_is_told_in_one_sentence(sample: Case, text: str, sentence: str) -> None:
    assert sentence in preview(sample, text).fault
    with pytest.raises(services.PasteRefusedError, match=sentence):
        services.paste_confirm(actor=sample.counsel, assessment=sample.assessment, text=text)


def test_commas_inside_numbers_are_not_read_as_cells(sample: Case) -> None:
    row = preview(sample, "Lease abstraction,1,200,2.5").rows[0]
    assert not row.is_good


def test_a_task_alone_is_enough(sample: Case) -> None:
    found = preview(sample, "Lease abstraction\nLegal holds, all kinds\nMinutes\nBylaws\nFilings")
    assert [row.facts for row in found.rows][1] == {"name": "Legal holds, all kinds"}
    assert found.is_good


def test_without_roles_the_column_is_said_once_and_can_be_left_out(sample: Case) -> None:
    RoleRate.objects.all().delete()
    text = HEAD + "Leases\t1\t1\tcounsel\nHolds\t2\t1\tparalegal"
    found = preview(sample, text)
    assert (found.needs_roles, found.wrong, found.is_good, faults(sample, text)) == (True, 0, False, {})
    with pytest.raises(services.PasteRefusedError):
        services.paste_confirm(actor=sample.counsel, assessment=sample.assessment, text=text)
    choices = services.PasteChoices(without_roles=True)
    found = services.paste_preview(text=text, assessment=sample.assessment, choices=choices)
    assert (found.needs_roles, found.is_good) == (False, True)
    assert "staffing_mix" not in [column.key for column in found.columns]
    count = services.paste_confirm(
        actor=sample.counsel, assessment=sample.assessment, text=text, choices=choices
    )
    assert count == 2
    leases = TaskAssessment.objects.get(legal_task__name="Leases")
    assert (leases.annual_volume, leases.hours_per_unit, leases.staffing_mix) == (Decimal(1), Decimal(1), {})


def test_without_roles_an_empty_column_is_no_matter(sample: Case) -> None:
    RoleRate.objects.all().delete()
    found = preview(sample, HEAD + "Leases\t1\t1\t\nHolds\t2\t1\t")
    assert (found.needs_roles, found.is_good) == (False, True)


def test_rows_that_exist_already_can_be_skipped(sample: Case) -> None:
    text = HEAD + "NDA review and turnaround\tmany\t1\t\nLeases\t1\t1\t\nnda review and turnaround\t1\t1\t"
    found = preview(sample, text)
    assert (found.known, found.wrong, found.good) == (2, 2, 1)
    choices = services.PasteChoices(skip_existing=True)
    found = services.paste_preview(text=text, assessment=sample.assessment, choices=choices)
    assert [bool(row.skipped) for row in found.rows] == [True, False, True]
    assert (found.known, found.wrong, found.good, found.is_good) == (0, 0, 1, True)
    before = TaskAssessment.objects.get(legal_task__code="D07").annual_volume
    count = services.paste_confirm(
        actor=sample.counsel, assessment=sample.assessment, text=text, choices=choices
    )
    assert count == 1
    assert TaskAssessment.objects.get(legal_task__code="D07").annual_volume == before


def test_skipping_corrects_nothing_else(sample: Case) -> None:
    choices = services.PasteChoices(skip_existing=True)
    text = HEAD + "NDA review and turnaround\t1\t1\t\nLeases\tabc\t1\t"
    found = services.paste_preview(text=text, assessment=sample.assessment, choices=choices)
    assert (found.wrong, found.is_good) == (1, False)
    only_known = services.paste_preview(
        text="NDA review and turnaround", assessment=sample.assessment, choices=choices
    )
    assert (only_known.good, only_known.is_good) == (0, False)


def test_the_columns_have_the_names_of_the_grid_and_old_names_are_still_read(sample: Case) -> None:
    titles = [column.title for column in services.PASTE_COLUMNS]
    assert titles[:4] == ["Task", "Volume a year", "Hours per unit", "Who does it"]
    for heading in ("hours each", "Hours per unit", "h/unit", "effort (hours)"):
        found = preview(sample, f"Task\tAnnual volume\t{heading}\nLeases\t12\t2.5")
        assert found.rows[0].facts == {
            "name": "Leases",
            "annual_volume": Decimal(12),
            "hours_per_unit": Decimal("2.5"),
        }, heading


def test_a_task_known_from_another_year_keeps_its_identity(sample: Case) -> None:
    this_year = sample.assessment
    next_year = services.start_assessment(
        actor=sample.counsel, period="FY 2027", factor_set=this_year.factor_set, supersedes=this_year
    )
    services.paste_confirm(
        actor=sample.counsel, assessment=next_year, text="NDA review and turnaround\nNew work"
    )
    codes = next_year.tasks.values_list("legal_task__code", flat=True)
    assert sorted(codes) == ["D07", "D19"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=120))
def test_any_text_is_answered_with_rows_or_a_sentence(sample: Case, text: str) -> None:
    found = preview(sample, text)
    assert found.fault or found.rows
    numbers = [row.number for row in found.rows]
    assert numbers == sorted(set(numbers))


NAMES = st.lists(st.text(alphabet="abcdefgh ", min_size=1, max_size=9), min_size=1, max_size=9)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, st.integers(min_value=0, max_value=3))
def test_the_number_of_a_row_is_its_place_in_the_paste(sample: Case, names: list[str], blanks: int) -> None:
    lines = ["Task\tVolume"]
    for name in names:
        lines += [""] * blanks + [f"{name}\tx1"]
    places = {number for number, line in enumerate(lines, start=1) if line and number > 1}
    assert {row.number for row in preview(sample, "\n".join(lines)).rows} == places
    assert all(
        "not a number" in words
        for (_, key), words in faults(sample, "\n".join(lines)).items()
        if key == "annual_volume"
    )

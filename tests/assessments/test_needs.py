"""Step 1: objectives, limits and what must stay are written down, kept in order and counted."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import queries_needs, services, words_needs
from assessments.models import LegalTask, RoleRate, TaskAssessment
from assessments.models_needs import Limit, MustStay, Need, Objective
from lpo.setup import start_organisation
from tests.conftest import Case

ClientFor = Callable[[User], Client]
WHOLE: dict[str, Any] = {
    "sentence": "Answer contract requests within two days",
    "measure": "Turnaround of contract requests",
    "unit": "days",
    "today_value": Decimal(5),
    "today_on": date(2026, 9, 30),
    "today_source": "Intake log",
    "target_value": Decimal(2),
    "target_on": date(2027, 6, 30),
}


def add(case: Case, **changed: Any) -> Objective:
    return services.set_objective(actor=case.counsel, assessment=case.assessment, **{**WHOLE, **changed})


def order(model: type[Need]) -> list[tuple[int, str]]:
    rows: Any = model
    return [(row.position, str(row)) for row in rows.objects.all()]


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


# Services --------------------------------------------------------------------------------------------------


def test_an_objective_is_added_changed_and_removed_with_a_trail(sample: Case) -> None:
    row = add(sample)
    assert (row.position, last_event().verb) == (4, "added objective")
    assert last_event().after["target_value"] == "2.0000"
    row = add(sample, row=row, target_value=Decimal(1))
    assert Objective.objects.get(pk=row.pk).target_value == 1
    assert (last_event().before, last_event().after) == (
        {"target_value": "2.0000"},
        {"target_value": "1.0000"},
    )
    events = AuditEvent.objects.count()
    add(sample, row=row, target_value=Decimal("1.0"))  # the same: nothing happened
    assert AuditEvent.objects.count() == events
    services.remove_need(actor=sample.counsel, row=row)
    assert not Objective.objects.filter(pk=row.pk).exists()
    assert last_event().verb == "removed objective"
    assert last_event().before["today_source"] == "Intake log"


def test_rows_are_put_in_order_by_number(sample: Case) -> None:
    names = [name for _, name in order(Objective)]
    row = add(sample, place=1)
    assert order(Objective) == list(enumerate([str(row), *names], start=1))
    seen = Objective.objects.get(position=2).updated_at
    add(sample, row=row, place=99)
    assert order(Objective) == list(enumerate([*names, str(row)], start=1))
    assert last_event().after == {"place": 4}
    moved = Objective.objects.get(position=1)
    assert moved.updated_at == seen  # that others moved does not make a form of it stale
    services.remove_need(actor=sample.counsel, row=moved)
    assert order(Objective) == list(enumerate([*names[1:], str(row)], start=1))


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"sentence": "  "}, "sentence", "Say in a sentence"),
        ({"sentence": "x" * 301}, "sentence", "at most 300"),
        ({"measure": "", "unit": ""}, "measure", "what the values measure"),
        ({"today_value": None}, "today_value", "Enter the value of that day"),
        ({"today_value": Decimal("NaN")}, "today_value", "can be kept"),
        ({"target_value": Decimal(10**13)}, "target_value", "can be kept"),
        ({"target_value": Decimal("0.00001")}, "target_value", "smaller than"),
        ({"today_on": date(2999, 1, 1), "target_on": None}, "today_on", "a day to come"),
        ({"target_on": date(2026, 9, 29)}, "target_on", "before the day"),
        ({"place": 0}, "place", "whole number from 1"),
    ],
)
def test_what_cannot_be_meant_is_refused_beside_its_field(
    sample: Case, given: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        add(sample, **given)
    assert sentence in " ".join(refused.value.message_dict[field])
    assert Objective.objects.count() == 3


def test_limits_and_what_must_stay_are_checked_too(sample: Case) -> None:
    who: dict[str, Any] = {"actor": sample.counsel, "assessment": sample.assessment}
    with pytest.raises(ValidationError, match="what kind of limit"):
        services.set_limit(**who, sentence="No work abroad", kind="mood")
    with pytest.raises(ValidationError, match="must not leave"):
        services.set_must_stay(**who, what="")
    task = LegalTask.objects.get(code="D14")
    row = services.set_must_stay(**who, what="Patent drafting", why="Export control", legal_task=task)
    assert last_event().after == {
        "what": "Patent drafting", "why": "Export control", "legal_task": str(task)
    }  # fmt: skip
    services.remove_task(actor=sample.counsel, task=TaskAssessment.objects.get(legal_task=task))
    assert MustStay.objects.get(pk=row.pk).legal_task is None  # what was said stays


def test_there_is_an_end_to_lists(sample: Case) -> None:
    for number in range(57):
        add(sample, sentence=f"Objective {number}")
    with pytest.raises(ValidationError, match="60 already"):
        add(sample)


def test_a_form_that_is_older_than_the_row_is_refused(sample: Case) -> None:
    row = add(sample)
    seen = row.updated_at
    add(sample, row=row, sentence="Somebody else was faster")
    with pytest.raises(services.StaleNeedError, match="Somebody changed this"):
        add(sample, row=row, seen=seen)
    with pytest.raises(services.StaleNeedError):
        services.remove_need(actor=sample.counsel, row=row, seen=seen)
    services.remove_need(actor=sample.counsel, row=row)
    with pytest.raises(services.StaleNeedError, match="Somebody removed this"):
        add(sample, row=row)


def test_the_basis_of_a_rate_is_kept_and_changes_no_figure(sample: Case) -> None:
    before = list(TaskAssessment.objects.order_by("pk").values_list("baseline_amount", "cash_amount"))
    entries = [
        services.RateEntry(r.name, r.hourly_amount, r.kind, r.code, "Salary, benefits, 20% overhead")
        for r in RoleRate.objects.all()
    ]
    services.set_role_rates(actor=sample.counsel, assessment=sample.assessment, rates=entries)
    assert set(RoleRate.objects.values_list("basis", flat=True)) == {"Salary, benefits, 20% overhead"}
    assert list(TaskAssessment.objects.order_by("pk").values_list("baseline_amount", "cash_amount")) == before
    assert "20% overhead" in last_event().after["counsel"]
    assert queries_needs.standing(sample.assessment.pk).rates.is_complete


# Words and counts ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, "3 lower than today"),
        ({"target_value": Decimal("7.5")}, "2.5 higher than today"),
        ({"target_value": Decimal(5)}, "The value today is the target"),
        ({"target_value": None}, "No target yet"),
        ({"today_value": None}, "How far it is cannot be said: the value today is unknown"),
        ({"target_on": date(2026, 10, 1)}, "3 lower than today; the date has passed"),
    ],
)
def test_progress_is_said_without_invented_figures(changed: dict[str, Any], says: str) -> None:
    assert words_needs.progress(Objective(**{**WHOLE, **changed}), date(2026, 11, 28)) == says


def test_the_database_counts_as_complete_what_lacks_nothing(sample: Case) -> None:
    """Every combination of what may be missing of an objective, a limit and something that must stay."""
    empty: dict[str, Any] = {name: "" if isinstance(value, str) else None for name, value in WHOLE.items()}
    names = [name for name in WHOLE if name != "sentence"]
    for gone in itertools.product((False, True), repeat=len(names)):
        facts = {**WHOLE, **{name: empty[name] for name, is_gone in zip(names, gone, strict=True) if is_gone}}
        Objective.objects.create(assessment=sample.assessment, **facts)
    for kind in ("", "law"):
        Limit.objects.create(assessment=sample.assessment, sentence="x", kind=kind)
    for why, said_by in itertools.product(("", "x"), repeat=2):
        MustStay.objects.create(assessment=sample.assessment, what="x", why=why, said_by=said_by)
    found = queries_needs.standing(sample.assessment.pk)
    whole = [row for row in Objective.objects.all() if not words_needs.objective_missing(row)]
    assert (found.objectives.all, found.objectives.complete) == (3 + 2 ** len(names), len(whole))
    assert len(whole) == 1
    assert found.limits.complete == sum(not words_needs.limit_missing(row) for row in Limit.objects.all())
    assert found.stays.complete == sum(not words_needs.stay_missing(row) for row in MustStay.objects.all())


def test_the_picture_follows_the_tasks(sample: Case) -> None:
    first = queries_needs.picture(sample.assessment.pk)
    assert (first.tasks, first.with_volume, first.with_hours, first.with_cost) == (18, 18, 18, 18)
    task = TaskAssessment.objects.get(legal_task__code="D14")
    services.edit_task(actor=sample.counsel, task=task, annual_volume=None)
    then = queries_needs.picture(sample.assessment.pk)
    assert (then.tasks, then.with_volume, then.with_hours, then.with_cost) == (18, 17, 17, 17)
    assert first.hours is not None
    assert then.hours == pytest.approx(first.hours - task.annual_hours)


def test_another_assessment_counts_for_itself(sample: Case) -> None:
    later = services.start_assessment(
        actor=sample.counsel, period="FY 2027", factor_set=sample.assessment.factor_set
    )
    assert queries_needs.standing(later.pk).complete == 0
    assert queries_needs.standing(sample.assessment.pk).limits.all == 3


# Pages -----------------------------------------------------------------------------------------------------


def address(case: Case, tail: str = "") -> str:
    return f"/o/{case.slug}/needs/{tail}"


def test_the_sample_says_what_it_knows_and_what_is_missing(
    sample_closed: Case, client_for: ClientFor
) -> None:
    page = client_for(sample_closed.manager).get(address(sample_closed)).content.decode()
    assert (
        "4 of 8 parts complete. Still incomplete: objectives, what must stay, role rates and turnaround."
        in page
    )
    assert "Missing: day of that value, source of that value and date" in page
    assert "7 lower than today" in page
    assert "3 goals, 3 limits" in page
    assert "The assessment itself keeps 3 legal tasks" in page
    assert "Add an objective" not in page  # buttons a role may not use are not shown


def test_an_organisation_that_begins_has_nothing_filled_in(client_for: ClientFor, db: None) -> None:
    owner = User.objects.create_user("new@department.example", "x", name="New Owner")
    start_organisation(name="New Department", period="FY 2027", owner=owner)
    client = client_for(owner)
    page = client.get("/o/new-department/needs/").content.decode()
    assert "0 of 8 parts complete" in page
    assert "No objective yet" in page
    assert "Optional to begin" in page
    for folder in ("objectives", "limits", "stays"):
        form = client.get(f"/o/new-department/needs/{folder}/add/").context["form"]
        assert not any(field.value() for field in form), folder


def test_counsel_adds_and_changes_by_form(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.counsel)
    typed = {"sentence": "Cap reviews", "measure": "Reviews", "unit": "a year", "target_value": "1,200"}
    wrong = client.post(address(sample_closed, "objectives/add/"), {**typed, "today_value": "about 9"})
    assert wrong.status_code == 422
    assert "Nothing was saved" in wrong.content.decode()
    assert 'value="about 9"' in wrong.content.decode()
    done = client.post(address(sample_closed, "objectives/add/"), typed)
    assert (done.status_code, done["Location"]) == (302, f"{address(sample_closed)}#objectives")
    with opened(sample_closed.organisation):
        row = Objective.objects.get(sentence="Cap reviews")
    assert row.target_value == 1200
    form = client.get(address(sample_closed, f"objectives/{row.pk}/")).context["form"]
    values = {name: form[name].value() or "" for name in form.fields}
    assert values["target_value"] == "1200"
    assert (
        client.post(address(sample_closed, f"objectives/{row.pk}/"), values | {"unit": "x"}).status_code
        == 302
    )
    stale = client.post(address(sample_closed, f"objectives/{row.pk}/"), values | {"unit": "y"})
    assert stale.status_code == 422
    assert "Somebody changed this" in stale.content.decode()
    client.post(address(sample_closed, f"objectives/{row.pk}/remove/"), {"seen": values["seen"]})
    with opened(sample_closed.organisation):
        assert Objective.objects.get(pk=row.pk).unit == "x"  # an old page removes nothing
    client.post(address(sample_closed, f"objectives/{row.pk}/remove/"))
    with opened(sample_closed.organisation):
        assert not Objective.objects.filter(pk=row.pk).exists()
    trail = client.get(f"/o/{sample_closed.slug}/audit/").content.decode()
    assert "removed objective" in trail.lower()


def test_the_task_of_what_must_stay_is_kept_where_no_list_could_be_read(
    sample_closed: Case, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(sample_closed.organisation):
        task = LegalTask.objects.get(code="D14")
        row = services.set_must_stay(
            actor=sample_closed.counsel, assessment=sample_closed.assessment, what="Drafts", legal_task=task
        )
    monkeypatch.setattr("assessments.forms_needs.MOST_TASKS", 5)
    client = client_for(sample_closed.counsel)
    place = address(sample_closed, f"stays/{row.pk}/")
    assert "legal_task" not in client.get(place).context["form"].fields
    assert client.post(place, {"what": "All drafts"}).status_code == 302
    with opened(sample_closed.organisation):
        assert MustStay.objects.get(pk=row.pk).legal_task == task


def test_a_rate_says_what_it_holds(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        RoleRate.objects.filter(code="counsel").update(basis="Salary and benefits, FY 2026")
    client = client_for(sample_closed.counsel)
    assert "Salary and benefits, FY 2026" in client.get(address(sample_closed)).content.decode()
    assert (
        "Salary and benefits, FY 2026" in client.get(f"/o/{sample_closed.slug}/tasks/rates/").content.decode()
    )


def test_the_case_page_prints_targets(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        day = timezone.localdate() + timedelta(days=400)
        Objective.objects.filter(measure="Turnaround of NDAs").update(target_on=day)
    page = client_for(sample_closed.manager).get(f"/o/{sample_closed.slug}/").content.decode()
    assert "Turnaround of NDAs: 9 days → 2 days by" in page
    assert "4 parts missing" in page

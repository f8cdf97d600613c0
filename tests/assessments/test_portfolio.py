"""The portfolio page: figures against the tasks themselves, filters, thresholds, refusals, the file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tenancy import opened
from assessments import queries_portfolio, services, shifting
from assessments import sensitivity as tables
from assessments.forms_portfolio import PortfolioForm
from assessments.models import BASKET_OUTCOMES, FactorAnswer, LegalTask, RoleRate, TaskAssessment
from assessments.portfolio_words import cost_rows, people
from assessments.queries_portfolio import Cut, Narrowed
from assessments.queries_totals import totals
from assessments.rulebook import Rulebook
from assessments.scoring import rescore
from lpo.setup import start_organisation
from tests.conftest import Case

ClientFor = Callable[[User], Client]
ALL = Narrowed()


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """A test that is rolled back leaves what it counted under the stamp of the sample."""
    caches["counts"].clear()


def url(case: Case, tail: str = "") -> str:
    return f"/o/{case.slug}/tasks/portfolio/{tail}"


def every() -> list[TaskAssessment]:
    return list(TaskAssessment.objects.select_related("legal_task"))


@pytest.fixture
def manager(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.manager)


def text_of(client: Client, case: Case, tail: str = "", **more: str) -> str:
    answer = client.get(url(case, tail), **more)  # headers of the test client
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("cut", [Cut(55, 266_852), Cut(0, 0), Cut(100, 1e12), Cut(42, 187_200)])
def test_quadrants_count_what_the_tasks_say(sample: Case, cut: Cut) -> None:
    parts = queries_portfolio.quadrants(sample.assessment, ALL, cut)
    for part in parts:
        own = [
            task
            for task in every()
            if ((task.score or 0) >= cut.score) is part.is_suited
            and ((task.baseline_amount or 0) >= cut.cost) is part.is_dear
        ]
        assert part.count == len(own)
        assert part.cost == float(sum(task.baseline_amount or 0 for task in own))
        assert part.going == sum(task.outcome in BASKET_OUTCOMES for task in own)
    assert sum(part.count for part in parts) == 18


def test_the_usual_cut_is_where_work_goes_out_and_what_a_task_costs(sample: Case) -> None:
    rulebook = Rulebook(sample.assessment.factor_set.content)
    found = totals(assessment=sample.assessment, rulebook=rulebook)
    costs = [float(task.baseline_amount or 0) for task in every()]
    assert queries_portfolio.usual_cut(found, rulebook) == Cut(55, round(sum(costs) / 18))


def test_an_unknown_cost_is_counted_and_not_zero(sample: Case) -> None:
    services.add_task(actor=sample.counsel, assessment=sample.assessment, name="New work")
    costs = queries_portfolio.costs_by_outcome(sample.assessment, ALL)
    assert (costs[""].count, costs[""].cost, costs[""].without_cost) == (1, None, 1)
    table = cost_rows(costs)
    assert [row.cost for row in table.rows if row.verdict.name == "Not scored"] == [None]
    assert table.without_cost == 1
    assert table.cost == float(sum(task.baseline_amount or 0 for task in every()))
    assert sum(row.percent or 0 for row in table.rows) == pytest.approx(100)


def test_hours_by_role_are_those_of_the_tasks_that_go_out(sample: Case) -> None:
    found = queries_portfolio.capacity(sample.assessment, ALL)
    going = [task for task in every() if task.outcome in BASKET_OUTCOMES]
    assert (found.tasks, found.without_hours, found.unplaced) == (12, 0, 0)
    for rate in RoleRate.objects.all():
        own = sum(float(task.staffing_mix.get(rate.code, 0)) * (task.annual_hours or 0) for task in going)
        shown = [role.hours for role in found.roles if role.name == rate.name]
        assert sum(shown) == pytest.approx(own)
    cash = sum(float(task.cash_amount or 0) for task in going)
    assert found.cost_of(is_cash=True) == pytest.approx(
        cash, abs=len(going)
    )  # tasks are rounded, this is not
    whole = sum(float(task.baseline_amount or 0) for task in going)
    assert found.cost_of(is_cash=True) + found.cost_of(is_cash=False) == pytest.approx(whole, abs=len(going))
    said = people(found, 1650)
    assert "12 tasks go out and take 19,386 hours a year today. 15,032 of them are salaried: 9.1 people" in (
        said.sentence
    )
    assert sum(row.fte for row in said.rows) == pytest.approx(found.hours / 1650)


def test_hours_without_a_known_role_or_not_known_are_said(sample: Case) -> None:
    one, two = [task for task in every() if task.outcome in BASKET_OUTCOMES][:2]
    TaskAssessment.objects.filter(pk=one.pk).update(staffing_mix={"ghost": 1})
    TaskAssessment.objects.filter(pk=two.pk).update(annual_hours=None)
    found = queries_portfolio.capacity(sample.assessment, ALL)
    assert found.unplaced == pytest.approx(one.annual_hours)
    said = people(found, 1650)
    assert ("Not told by role", None) in [(row.name, row.cost) for row in said.rows]
    assert said.notes[0].startswith("1 task that goes out has no volume")
    TaskAssessment.objects.update(annual_hours=None)
    assert "not known" in people(queries_portfolio.capacity(sample.assessment, ALL), 1650).sentence
    nobody = queries_portfolio.capacity(sample.assessment, Narrowed(outcome="RETAIN"))
    assert people(nobody, 1650).sentence == "No task here goes out, so no hours become free."


def test_what_the_page_promises_of_an_answer_happens(sample: Case) -> None:
    """Every single-answer move of the sample, made for real in the database, one after the other."""
    found = shifting.sensitivity(assessment=sample.assessment, narrowed=ALL, only_going=False)
    assert found.shifts is not None
    assert found.shifts.by_answer
    for shift in found.shifts.by_answer:
        subject = found.subjects[shift.task]
        answer = FactorAnswer.objects.get(task=subject.pk, factor=shift.factor)
        before = answer.level
        assert before is not None
        for level, outcome in (
            (before + int(shift.move), shift.outcome_after),
            (before, shift.outcome_before),
        ):
            FactorAnswer.objects.filter(pk=answer.pk).update(level=level)
            task = TaskAssessment.objects.get(pk=subject.pk)
            rescore(task)
            assert task.outcome == outcome


def test_the_tables_hold_every_shift(sample: Case) -> None:
    rulebook = Rulebook(sample.assessment.factor_set.content)
    found = shifting.sensitivity(assessment=sample.assessment, narrowed=ALL, only_going=False)
    assert found.shifts is not None
    table = tables.tables(found, found.shifts, rulebook, points=10)
    named = sum(len(c.tasks) + c.more for row in table.factors for cell in row.cells for c in cell.changes)
    assert named == len(found.shifts.by_weight) + len(found.shifts.by_answer)
    moves = [shift for shift in found.shifts.by_answer if shift.changes_outcome]
    assert sum(row.answers for row in table.rows) == len(moves)
    assert [row.answers for row in table.rows] == sorted((row.answers for row in table.rows), reverse=True)
    assert table.sentence.startswith("Of 18 scored tasks, 5 would get another outcome if one weight moved")
    assert sum(row.weight for row in table.factors) == pytest.approx(100)
    becomes = {row.task.code: dict(row.becomes) for row in table.rows}
    for moves in becomes["D02"].values():
        assert moves.startswith("down: Repeatability and standardisation, Volume, ")
        assert "; up: Complexity and legal judgement, " in moves


def test_only_tasks_that_go_out(sample: Case) -> None:
    found = shifting.sensitivity(assessment=sample.assessment, narrowed=ALL, only_going=True)
    assert {subject.outcome for subject in found.subjects} == set(BASKET_OUTCOMES)
    assert found.total == 12


def test_a_change_is_seen_at_once(sample: Case) -> None:
    """What is kept goes when a task changes."""
    shifting.sensitivity(assessment=sample.assessment, narrowed=ALL, only_going=False)
    task = TaskAssessment.objects.get(legal_task__code="D02")
    services.answer_factor(actor=sample.counsel, task=task, factor="STD", level=None)
    after = shifting.sensitivity(assessment=sample.assessment, narrowed=ALL, only_going=False)
    assert after.shifts is not None
    assert [after.subjects[place].code for place in after.shifts.left_out] == ["D02"]


def test_too_many_tasks_ask_for_a_filter(
    manager: Client, sample_closed: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shifting, "MOST", 17)
    page = text_of(manager, sample_closed)
    assert "18 tasks are more than" in page
    assert "sensitivity.csv" not in page
    answer = manager.get(url(sample_closed, "sensitivity.csv"))
    assert (answer.status_code, answer["Location"]) == (302, f"{url(sample_closed)}?#sensitivity")
    assert "keep the outcome whatever" in text_of(manager, sample_closed, "?outcome=PILOT")


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 18),
        ("?outcome=PILOT", 3),
        ("?outcome=PREPARE_FIRST", 0),
        ("?gate=G10", 1),
        ("?area=Intellectual+property", 2),
        ("?area=Nowhere&outcome=nonsense&gate=%20", 18),
        ("?area=Intellectual+property&gate=G10", 1),
        ("?outcome=unscored", 0),
    ],
)
def test_filters(manager: Client, sample_closed: Case, query: str, number: int) -> None:
    page = text_of(manager, sample_closed, query)
    assert f'role="status">{number} of 18 legal tasks' in page
    assert ("No legal task matches" in page) is (number == 0)
    piece = text_of(manager, sample_closed, query, HTTP_HX_REQUEST="true")
    assert "<html" not in piece
    assert f'role="status">{number} of 18 legal tasks' in piece


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("score=101", "A score lies between 0 and 100."),
        ("score=abc", "is not a number"),
        ("cost=-1", "Enter an amount of 0 or more a year."),
        ("cost=1.000,5", "can be read in two ways"),
        ("productive=0", "Enter hours from 1 to 8,784"),
    ],
)
def test_a_wrong_number_keeps_what_was_typed_with_a_sentence(
    manager: Client, sample_closed: Case, query: str, sentence: str
) -> None:
    name, typed = query.split("=")
    page = text_of(manager, sample_closed, f"?{query}&outcome=PILOT")
    field = page[page.index(f'id="p-{name}"') :].split("</div>")[0]
    assert f'value="{typed}"' in field
    assert 'aria-invalid="true"' in field
    assert sentence in field
    assert "3 of 18 legal tasks" in page  # the filter still counts
    assert f"{name}=" not in page[page.index("sensitivity.csv?") :][:200]


def test_thresholds_and_productive_hours_count(manager: Client, sample_closed: Case) -> None:
    page = text_of(manager, sample_closed, "?score=68&cost=400,000&productive=1,800")
    assert re.search(r"1 of 18 tasks reaches a score of 68 and 400,000 USD a year", page)
    assert "people of 1,800 productive hours" in page
    assert 'value="400,000"' in page


def test_the_file_is_what_the_page_says(manager: Client, sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        LegalTask.objects.filter(code="D04").update(name="=SUM(A1)")
        found = shifting.sensitivity(assessment=sample_closed.assessment, narrowed=ALL, only_going=False)
        assert found.shifts is not None
        number = len(found.shifts.by_weight) + len(found.shifts.by_answer)
    caches["counts"].clear()
    answer = manager.get(url(sample_closed, "sensitivity.csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == list(tables.HEADERS)
    assert len(rows) == number + 1
    assert {row[1] for row in rows if row[0] == "D04"} == {"'=SUM(A1)"}
    down = ["D02", "weight", "STD", "down 10 points of 100", "Co-source", "Retain"]
    assert down in [[row[0], row[2], row[3], row[5], row[8], row[9]] for row in rows]


def test_an_empty_organisation_is_told_how_to_begin(client_for: ClientFor, sample_closed: Case) -> None:
    organisation = start_organisation(name="Newcomers", owner=sample_closed.owner, period="FY 2027")
    answer = client_for(sample_closed.owner).get(f"/o/{organisation.slug}/tasks/portfolio/")
    assert answer.status_code == 200
    assert b"There is no legal task yet" in answer.content
    file = client_for(sample_closed.owner).get(f"/o/{organisation.slug}/tasks/portfolio/sensitivity.csv")
    assert file.content.decode("utf-8-sig").count("\r\n") == 1


def test_tasks_without_score_or_cost_draw_nothing_and_say_so(manager: Client, sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        FactorAnswer.objects.filter(factor="STD").update(level=None)
        TaskAssessment.objects.update(annual_volume=None)
        for task in every():
            rescore(task)
    page = text_of(manager, sample_closed)
    assert "<figure" not in page
    assert "No task here has a score, so nothing can change yet." in page
    assert "in no quadrant: 18" in page


def test_the_number_of_queries_does_not_depend_on_the_number_of_tasks(
    manager: Client, sample_closed: Case
) -> None:
    def asked() -> int:
        caches["counts"].clear()
        with CaptureQueriesContext(connection) as found:
            text_of(manager, sample_closed)
        return len(found)

    asked()
    before = asked()
    with opened(sample_closed.organisation):
        text = "\n".join(f"Work of kind {number}\t{number}\t2" for number in range(40))
        services.paste_confirm(actor=sample_closed.counsel, assessment=sample_closed.assessment, text=text)
    assert asked() == before
    assert before < 36


def test_the_form_writes_only_what_it_understood() -> None:
    form = PortfolioForm(
        {"area": "Nowhere", "outcome": "PILOT", "cost": "x", "score": "60", "goes": "1"},
        usual=Cut(55, 10),
        areas=("Contracts",),
    )
    assert form.query() == "outcome=PILOT&score=60&goes=1"
    assert form.cut() == Cut(60, 10)
    assert form.shown()["cost"] == "x"
    assert Decimal(form.shown()["productive"].replace(",", "")) == 1650

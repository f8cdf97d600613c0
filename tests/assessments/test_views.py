"""The pages: what each role sees and may do, in place with htmx and by plain forms without scripts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.tenancy import opened
from assessments import services
from assessments.models import GateClosure, LegalTask, RoleRate, TaskAssessment
from lpo.setup import start_organisation
from tests.conftest import Case
from tests.gates import TYPED

ClientFor = Callable[[User], Client]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def counsel(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.counsel)


@pytest.fixture
def manager(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.manager)


def get(case: Case, code: str) -> TaskAssessment:
    with opened(case.organisation):
        return TaskAssessment.objects.select_related("legal_task").get(legal_task__code=code)


def url(case: Case, code: str = "", tail: str = "") -> str:
    place = f"{get(case, code).pk}/" if code else ""
    return f"/o/{case.slug}/tasks/{place}{tail}"


def codes(content: str) -> list[str]:
    return re.findall(r'<td class="code" role="cell">(\w+)</td>', content)


def test_the_table_shows_outcome_and_limit_together(manager: Client, sample_closed: Case) -> None:
    page = manager.get(url(sample_closed)).content.decode()
    assert len(codes(page)) == 18
    assert "18 of 18 tasks scored: 12 go to the basket, 3 are split, 3 stay." in page
    row = page[page.index('id="row-') :].split("</tr>")[13]
    assert "Patent drafting" in row
    assert re.search(r"Retain</span><span class=\"restrict\">US persons only</span>", row)
    assert "Paste tasks" not in page  # buttons a role may not use are not shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort=score", ["D18", "D06", "D14"]),
        ("?sort=score&down=1", ["D08", "D07", "D15"]),
        ("?sort=cost&down=1", ["D14", "D10", "D01"]),
        ("?sort=name", ["D08", "D09", "D06"]),
        ("?sort=outcome", ["D01", "D03", "D04"]),
        ("?show=edge", ["D02", "D04", "D10", "D13", "D17"]),
        ("?show=RETAIN", ["D06", "D14", "D18"]),
        ("?gate=G10", ["D14"]),
        ("?q=PATENT", ["D14"]),
        ("?q=intellectual", ["D14", "D15"]),
        ("?sort=nonsense&show=nonsense&page=99", ["D01", "D02", "D03"]),
    ],
)
def test_sorting_and_filters(manager: Client, sample_closed: Case, query: str, expected: list[str]) -> None:
    whole = manager.get(url(sample_closed) + query)
    piece = manager.get(url(sample_closed) + query, **HTMX)
    assert codes(whole.content.decode())[: len(expected)] == expected
    assert codes(piece.content.decode()) == codes(whole.content.decode())
    assert b"<html" not in piece.content
    assert "HX-Request" in whole["Vary"]


def test_the_column_that_sorts_says_so(manager: Client, sample_closed: Case) -> None:
    page = manager.get(url(sample_closed) + "?sort=score&down=1").content.decode()
    assert re.search(r'aria-sort="descending"><a class="sort" id="sort-score" href="\?sort=score"', page)


def test_pages_of_fifty(manager: Client, sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        text = "\n".join(f"Work of kind {number}" for number in range(60))
        services.paste_confirm(actor=sample_closed.counsel, assessment=sample_closed.assessment, text=text)
    first, second = (codes(manager.get(url(sample_closed) + f"?page={n}").content.decode()) for n in (1, 2))
    assert (len(first), len(second)) == (50, 28)
    assert not set(first) & set(second)


def test_a_change_in_place_answers_with_the_pieces_that_changed(counsel: Client, sample_closed: Case) -> None:
    answer = counsel.post(url(sample_closed, "D01", "save/?place=table"), {"level-STD": "1"}, **HTMX)
    text, pk = answer.content.decode(), get(sample_closed, "D01").pk
    assert answer.status_code == 200
    assert f'id="row-{pk}"' in text
    assert "Pilot first" in text
    assert re.search(r"Saved \d\d:\d\d", text)
    assert f'id="pts-STD-{pk}" hx-swap-oob="true">0.00<small>of 12</small>' in text
    assert f'id="anchor-STD-{pk}" hx-swap-oob="true">Every instance is designed afresh' in text
    assert 'id="summary"' in text
    assert 'id="quadrant-panel"' in text
    assert 'name="level-STD" value' not in text  # controls stay where they are, and so does the focus
    assert get(sample_closed, "D01").score == pytest.approx(64.25)


def test_the_rail_comes_along_only_when_what_it_counts_has_moved(
    counsel: Client, sample_closed: Case
) -> None:
    def answered(level: str) -> str:
        form = {"level-STD": level, "reason-STD": ""}
        return counsel.post(url(sample_closed, "D01", "save/"), form, **HTMX).content.decode()

    outcome = get(sample_closed, "D01").outcome
    assert "#step-2" not in answered("4")
    assert get(sample_closed, "D01").outcome == outcome
    assert "#step-2" in answered("unknown")
    assert get(sample_closed, "D01").outcome != outcome


def test_a_refused_change_in_place_says_why_beside_the_field(counsel: Client, sample_closed: Case) -> None:
    answer = counsel.post(url(sample_closed, "D01", "save/?place=table"), {"level-STD": "9"}, **HTMX)
    text, pk = answer.content.decode(), get(sample_closed, "D01").pk
    assert answer.status_code == 422
    assert re.search(rf'id="fault-level-STD-{pk}"[^>]*>A level from 1 to 5', text)
    assert "Not saved" in text
    assert get(sample_closed, "D01").score == pytest.approx(76.25)


def whole_form(case: Case, code: str, **changed: Any) -> dict[str, Any]:
    """What a browser without scripts sends: every control of the editor."""
    task = get(case, code)
    with opened(case.organisation):
        levels = {f"level-{a.factor}": a.level or "unknown" for a in task.answers.all()}
        mix = {f"mix-{role}": "" for role in RoleRate.objects.values_list("code", flat=True)}
    mix |= {f"mix-{role}": f"{100 * share:g}" for role, share in task.staffing_mix.items()}
    form = {
        **levels,
        **mix,
        **{f"reason-{key.removeprefix('level-')}": "" for key in levels},
        "seen": task.updated_at.isoformat(),
        "has-flags": "1",
        "flags": task.flags,
        "has-mix": "1",
        "practice_of_law": task.practice_of_law,
        "name": task.legal_task.name,
        "practice_area": task.legal_task.practice_area,
        "annual_volume": f"{task.annual_volume:f}",
        "unit": task.unit,
        "hours_per_unit": f"{task.hours_per_unit:f}",
        "note": task.note,
        "counsel_note": task.counsel_note,
    }
    return form | changed


def test_without_scripts_the_form_saves_and_comes_back(counsel: Client, sample_closed: Case) -> None:
    form = whole_form(sample_closed, "D08", **{"level-STD": "3", "annual_volume": "3,500", "mix-counsel": ""})
    answer = counsel.post(url(sample_closed, "D08", "save/"), form, follow=True)
    assert answer.redirect_chain[0][0].endswith("#editor")
    task = get(sample_closed, "D08")
    assert task.score == pytest.approx(79.75)
    assert task.annual_volume == 3500
    assert "Saved D08: Outsource · 2 conditions open" in answer.content.decode()


def test_an_unchanged_form_changes_nothing(counsel: Client, sample_closed: Case) -> None:
    before = get(sample_closed, "D08")
    assert (
        counsel.post(url(sample_closed, "D08", "save/"), whole_form(sample_closed, "D08")).status_code == 302
    )
    page = counsel.get(url(sample_closed, "D08")).content.decode()
    assert "Nothing was changed here since the task was loaded." in page
    assert get(sample_closed, "D08").score == before.score


def test_without_scripts_a_wrong_form_comes_back_with_what_was_typed(
    counsel: Client, sample_closed: Case
) -> None:
    form = whole_form(sample_closed, "D08", **{"level-STD": "1", "annual_volume": "many"})
    answer = counsel.post(url(sample_closed, "D08", "save/"), form)
    assert answer.status_code == 422
    assert "“many” is not a number" in answer.content.decode()
    assert 'value="many"' in answer.content.decode()
    assert get(sample_closed, "D08").score == pytest.approx(85.75)


def test_a_form_older_than_the_task_is_not_saved(counsel: Client, sample_closed: Case) -> None:
    form = whole_form(sample_closed, "D08", **{"level-STD": "1"})
    counsel.post(url(sample_closed, "D08", "save/?place=table"), {"level-VOL": "1"}, **HTMX)
    answer = counsel.post(url(sample_closed, "D08", "save/"), form)
    assert answer.status_code == 422
    assert "Somebody changed this legal task" in answer.content.decode()


def test_conditions_without_scripts(counsel: Client, sample_closed: Case) -> None:
    form = {"gate": "G09", "condition": "Clause check logged", "evidence": "Log of 3 Nov", **TYPED}
    assert counsel.post(url(sample_closed, "D08", "close/"), form).status_code == 302
    assert get(sample_closed, "D08").open_conditions == 1
    assert counsel.post(url(sample_closed, "D08", "close/"), form | {"evidence": ""}).status_code == 422
    back = {"gate": "G09", "condition": "Clause check logged", "reason": "Clause changed"}
    assert counsel.post(url(sample_closed, "D08", "reopen/"), back).status_code == 302
    assert get(sample_closed, "D08").open_conditions == 2


def test_removing_asks_first(counsel: Client, sample_closed: Case) -> None:
    assert counsel.post(url(sample_closed, "D14", "remove/"), {}).status_code == 422
    address = url(sample_closed, "D14", "remove/")
    assert counsel.post(address, {"sure": "1"}).status_code == 302
    refused = counsel.post(url(sample_closed, "D01", "remove/"), {"sure": "1"})
    assert "priced in a bid" in refused.content.decode()


@pytest.mark.parametrize("tail", ["save/", "confirm/", "close/", "reopen/", "remove/"])
@pytest.mark.parametrize("role", ["manager", "procurement"])
def test_roles_that_may_not_edit_are_refused(
    client_for: ClientFor, sample_closed: Case, role: str, tail: str
) -> None:
    client = client_for(getattr(sample_closed, role))
    assert client.post(url(sample_closed, "D01", tail), {"level-STD": "1", "sure": "1"}).status_code == 403
    assert get(sample_closed, "D01").score == pytest.approx(76.25)


@pytest.mark.parametrize("tail", ["add/", "paste/", "catalogue/", "rates/save/"])
def test_ways_in_are_for_counsel(manager: Client, sample_closed: Case, tail: str) -> None:
    assert manager.post(url(sample_closed, tail=tail), {"rows": "x", "name": "x"}).status_code == 403


def test_counsel_notes_stay_with_counsel(
    counsel: Client, manager: Client, client_for: ClientFor, sample_closed: Case
) -> None:
    secret = "Outside counsel doubts the waiver"
    counsel.post(url(sample_closed, "D01", "save/"), {"counsel_note": secret})
    form = {
        "gate": "G09",
        "condition": "Clause check logged",
        "evidence": "x",
        "counsel_note": secret,
        **TYPED,
    }
    counsel.post(url(sample_closed, "D01", "close/"), form)
    assert counsel.get(url(sample_closed, "D01")).content.decode().count(secret) >= 3
    for client in (manager, client_for(sample_closed.procurement)):
        for address in ("", "editor/", "score/"):
            answer = client.get(url(sample_closed, "D01", address), **HTMX, HTTP_X_DIALOG="1")
            assert answer.status_code == 200
            assert secret not in answer.content.decode()
        assert secret not in client.get(url(sample_closed, tail="tasks.csv")).content.decode()


def test_the_score_opens_its_arithmetic(manager: Client, sample_closed: Case) -> None:
    answer = manager.get(url(sample_closed, "D02", "score/"), HTTP_X_DIALOG="1").content.decode()
    assert "How D02 comes to Co-source · 9 conditions open" in answer
    assert "42.25" in answer
    assert "0.2 points above Retain, 12.8 below Pilot first." in answer
    assert "One level the wrong way on any factor makes it Retain." in answer
    assert manager.get(url(sample_closed, "D02", "score/")).url.endswith("#score")


def test_the_export_is_the_table_and_holds_no_formula(counsel: Client, sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        services.edit_task(
            actor=sample_closed.counsel, task=get(sample_closed, "D08"), name='=HYPERLINK("http://x")'
        )
    text = counsel.get(url(sample_closed, tail="tasks.csv?sort=cost&down=1&show=OUTSOURCE")).content.decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    shown = counsel.get(url(sample_closed) + "?sort=cost&down=1&show=OUTSOURCE").content.decode()
    assert [row["Code"] for row in rows] == codes(shown)
    assert rows[0]["In-house cost, USD a year"] == "426624"
    assert (rows[0]["Outcome"], rows[0]["Restriction"]) == ("Outsource", "9 conditions open")
    assert [row["Task"] for row in rows if row["Code"] == "D08"] == ['\'=HYPERLINK("http://x")']


def test_pasting_shows_first_and_saves_when_confirmed(counsel: Client, sample_closed: Case) -> None:
    rows = "Lease abstraction\t120\t2\tParalegal"
    seen = counsel.post(url(sample_closed, tail="paste/"), {"rows": rows, "step": "check"})
    assert seen.status_code == 200
    assert "Save 1 legal task" in seen.content.decode()
    with opened(sample_closed.organisation):
        assert not LegalTask.objects.filter(name="Lease abstraction").exists()
    assert counsel.post(url(sample_closed, tail="paste/"), {"rows": rows, "step": "save"}).status_code == 302
    again = counsel.post(url(sample_closed, tail="paste/"), {"rows": rows, "step": "save"})
    assert again.status_code == 422
    assert "D19 already has this name" in again.content.decode()


def test_a_first_paste_leaves_out_what_it_cannot_read_yet(empty: tuple[Client, str]) -> None:
    client, address = empty
    rows = "Task\tVolume a year\tWho does it\nNDA review\t1,900\tParalegal\nLeases\t20\tCounsel"
    seen = client.post(f"{address}paste/", {"rows": rows, "step": "check"})
    page = seen.content.decode()
    assert seen.status_code == 422
    assert page.count("No roles are known yet") == 1
    assert page.count("NDA review\t1,900\tParalegal") == 2  # in both forms: nothing typed is lost
    page = client.post(f"{address}paste/", {"rows": rows, "step": "leave_out"}).content.decode()
    assert "The column “Who does it” is left out." in page
    assert 'name="without_roles" value="1" checked' in page
    assert "Save 2 legal tasks" in page
    saved = client.post(f"{address}paste/", {"rows": rows, "step": "save", "without_roles": "1"})
    assert saved.status_code == 302


def test_rows_that_exist_already_are_skipped_by_one_button(counsel: Client, sample_closed: Case) -> None:
    rows = "NDA review and turnaround\t1\t1\nLease abstraction\t120\t2"
    page = counsel.post(url(sample_closed, tail="paste/"), {"rows": rows, "step": "check"}).content.decode()
    assert "Skip this row" in page
    page = counsel.post(url(sample_closed, tail="paste/"), {"rows": rows, "step": "skip"}).content.decode()
    assert "1 row understood, 1 left out." in page
    saved = {"rows": rows, "step": "save", "skip_existing": "1"}
    assert counsel.post(url(sample_closed, tail="paste/"), saved).status_code == 302
    assert get(sample_closed, "D19").legal_task.name == "Lease abstraction"


def test_hostile_text_is_shown_literally(counsel: Client, sample_closed: Case) -> None:
    rows = '<script>alert(1)</script>\t"<b>5"\t1'
    page = counsel.post(url(sample_closed, tail="paste/"), {"rows": rows}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_adding_by_hand(counsel: Client, sample_closed: Case) -> None:
    form = {"name": "Lease abstraction", "practice_of_law": "administrative", "annual_volume": "1,200"}
    assert counsel.post(url(sample_closed, tail="add/"), form).status_code == 302
    assert get(sample_closed, "D19").annual_volume == 1200
    wrong = counsel.post(url(sample_closed, tail="add/"), form | {"annual_volume": "-5", "name": "Other"})
    assert wrong.status_code == 422
    assert "0 or more, not -5" in wrong.content.decode()
    taken = counsel.post(url(sample_closed, tail="add/"), form)
    assert "D19 already has this name" in taken.content.decode()


def test_the_catalogue_adds_what_is_ticked(counsel: Client, sample_closed: Case) -> None:
    assert (
        "Lease abstraction and administration"
        in counsel.get(url(sample_closed, tail="catalogue/?q=real")).content.decode()
    )
    answer = counsel.post(url(sample_closed, tail="catalogue/"), {"codes": ["T21", "T29"]}, follow=True)
    assert "Added 2 legal tasks with typical answers" in answer.content.decode()
    assert "typical answers, not confirmed" in answer.content.decode()
    assert counsel.post(url(sample_closed, "D19", "confirm/")).status_code == 302
    assert not get(sample_closed, "D19").is_profile_assumed
    assert counsel.post(url(sample_closed, tail="catalogue/"), {}).status_code == 422


def test_role_rates(counsel: Client, manager: Client, sample_closed: Case) -> None:
    assert "235.00" in manager.get(url(sample_closed, tail="rates/")).content.decode()
    form = rates_form(sample_closed)
    form |= {"form-1-hourly_amount": "200", "form-6-name": "Knowledge lawyer", "form-6-hourly_amount": "1,50"}
    wrong = counsel.post(url(sample_closed, tail="rates/save/"), form)
    assert wrong.status_code == 422
    assert "two ways" in wrong.content.decode()
    form |= {"form-6-hourly_amount": "150.5"}
    assert counsel.post(url(sample_closed, tail="rates/save/"), form).status_code == 302
    with opened(sample_closed.organisation):
        assert RoleRate.objects.count() == 7
    assert get(sample_closed, "D07").baseline_amount == round(1520 * (0.45 * 200 + 0.55 * 88))


def rates_form(case: Case) -> dict[str, str]:
    with opened(case.organisation):
        rates = list(RoleRate.objects.all())
    form = {"form-TOTAL_FORMS": "7", "form-INITIAL_FORMS": "6"}
    for place, rate in enumerate(rates):
        form |= {
            f"form-{place}-code": rate.code,
            f"form-{place}-name": rate.name,
            f"form-{place}-hourly_amount": str(rate.hourly_amount),
            f"form-{place}-kind": rate.kind,
        }
    return form | {"form-6-kind": "internal"}


@pytest.fixture
def empty(client_for: ClientFor) -> tuple[Client, str]:
    owner = User.objects.create_user("owner@empty.example", "an empty organisation")
    organisation = start_organisation(name="Empty", period="FY 2026", owner=owner)
    return client_for(owner), f"/o/{organisation.slug}/tasks/"


def test_an_empty_organisation_begins_with_pasting(empty: tuple[Client, str]) -> None:
    client, address = empty
    assert "Which legal work are you thinking of sending out?" in client.get(address).content.decode()
    assert (
        client.post(f"{address}paste/", {"rows": "NDA review\t1900\t0.8", "step": "save"}).status_code == 302
    )
    page = client.get(address).content.decode()
    assert "0 of 1 task scored: 1 waits for answers." in page
    assert "Answer 14 factors" in page
    assert page.count("<dd>not known</dd>") == 2  # an unknown cost is not 0
    for tail in ("catalogue/", "add/", "rates/", "tasks.csv"):
        assert client.get(address + tail).status_code == 200


def queries_of(client: Client, address: str, **headers: str) -> int:
    """Count the queries of a first visit: nothing is left of what was counted before."""
    caches["counts"].clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, **headers).status_code == 200
    return len(captured)


def test_the_same_number_of_queries_for_one_row_and_for_many(manager: Client, sample_closed: Case) -> None:
    address = url(sample_closed)
    whole, piece = queries_of(manager, f"{address}?q=D01"), queries_of(manager, f"{address}?q=D01", **HTMX)
    with opened(sample_closed.organisation):
        text = "\n".join(f"Work of kind {number}" for number in range(60))
        services.paste_confirm(actor=sample_closed.counsel, assessment=sample_closed.assessment, text=text)
        for task in TaskAssessment.objects.filter(gates__icontains="G08")[:20]:
            condition = "Written instructions and review step"
            GateClosure.objects.create(
                task=task, gate="G08", condition=condition, evidence="x", closed_by=sample_closed.counsel
            )
    assert queries_of(manager, f"{address}?q=of") == whole
    assert queries_of(manager, f"{address}?q=of&page=2&sort=cost", **HTMX) == piece
    assert (
        queries_of(manager, address) < whole
    )  # without words to look for, the totals say how many there are
    # Two of them ask which assessment is current, and where it stands; two read the knock-outs.
    assert whole <= 25  # nothing kept from before: all tasks and needs are counted once


def test_a_task_costs_the_same_with_and_without_history(counsel: Client, sample_closed: Case) -> None:
    address = url(sample_closed, "D01")
    before = queries_of(counsel, address)
    with opened(sample_closed.organisation):
        for level in (1, 2, 3):
            services.answer_factor(
                actor=sample_closed.counsel, task=get(sample_closed, "D01"), factor="STD", level=level
            )
    assert queries_of(counsel, address) == before

"""The pages of assessments: what each state offers, refusals in place, the frame around them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.tenancy import opened
from assessments import services
from assessments.content import content_sha256
from assessments.models import Assessment, LegalHold, State, StateChange, TaskAssessment
from lpo.portability import export_organisation, import_organisation
from lpo.verification import check_organisation
from reports.models import Report
from reports.queries import changes_since
from selections.models import RankingRecord, Selection
from selections.services import keep_ranking
from tests.assessments.test_life import approved, in_review
from tests.assessments.test_retention import ended
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def url(case: Case, name: str, *keys: int) -> str:
    return reverse(f"assessments:{name}", args=[case.slug, *keys])


def test_from_draft_to_approved_by_pages(sample_closed: Case, client_for: ClientFor) -> None:
    case, pk = sample_closed, sample_closed.assessment.pk
    counsel, owner = client_for(case.counsel), client_for(case.owner)
    assert "Submit for review" in counsel.get(url(case, "tasks")).content.decode()
    counsel.post(url(case, "submit", pk), {"submit-comment": "Ready"})
    mine = counsel.get(url(case, "assessment", pk)).content.decode()
    assert "You submitted it; another owner or counsel has to approve it." in mine
    assert url(case, "approve", pk) not in mine
    refused = owner.post(url(case, "approve", pk), {"approve-comment": ""})
    assert refused.status_code == 422
    assert "Say what you looked at" in refused.content.decode()
    assert owner.post(url(case, "approve", pk), {"approve-comment": "Read"}).status_code == 302
    page = client_for(case.manager).get(url(case, "assessment", pk)).content.decode()
    assert "Approved by Orla Owner" in page
    assert "Copy to a new period" not in page
    assert "Orla Owner" in client_for(case.manager).get(url(case, "assessments")).content.decode()


def test_rates_of_another_period_say_so(sample_closed: Case, client_for: ClientFor) -> None:
    counsel = client_for(sample_closed.counsel)
    assert "are those of" not in counsel.get(url(sample_closed, "rates")).content.decode()
    with opened(sample_closed.organisation):
        old = approved(sample_closed)
        services.copy_to_period(actor=sample_closed.counsel, assessment=old, period="FY 2027")
    page = counsel.get(url(sample_closed, "rates")).content.decode()
    assert "6 of 6 rates are those of FY 2026. Saving them says that they hold for FY 2027." in page
    needs = client_for(sample_closed.manager).get(url(sample_closed, "needs")).content.decode()
    assert needs.count("of FY 2026, to confirm") == 6


def test_own_approval_is_refused_on_the_page_too(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        in_review(sample_closed)
    path = url(sample_closed, "approve", sample_closed.assessment.pk)
    answer = client_for(sample_closed.counsel).post(path, {"approve-comment": "Fine"})
    assert answer.status_code == 422
    with opened(sample_closed.organisation):
        assert Assessment.objects.get().status == State.REVIEW


@pytest.mark.parametrize(
    "name", ["add", "paste", "catalogue", "grid", "import", "needs_add_objective", "needs_add_stay"]
)
def test_forms_of_a_closed_assessment_say_so(sample_closed: Case, client_for: ClientFor, name: str) -> None:
    with opened(sample_closed.organisation):
        in_review(sample_closed)
    answer = client_for(sample_closed.counsel).get(url(sample_closed, name))
    assert answer.status_code == 409
    assert "is in review and cannot be changed" in answer.content.decode()


def test_what_was_typed_into_a_closed_assessment_is_not_lost(
    sample_closed: Case, client_for: ClientFor
) -> None:
    case = sample_closed
    with opened(case.organisation):
        in_review(case)
        task = TaskAssessment.objects.get(legal_task__code="D07")
    client = client_for(case.counsel)
    posts = {
        url(case, "paste"): {"rows": "My typed row\t1\t2", "step": "save"},
        url(case, "add"): {"name": "My typed row", "practice_of_law": "supervised"},
        url(case, "needs_add_objective"): {"sentence": "My typed row"},
        url(case, "save", task.pk): {"name": "My typed row"},
    }
    for path, body in posts.items():
        page = client.post(path, body)
        assert page.status_code == 422, path
        assert "cannot be changed" in page.content.decode(), path
        assert "My typed row" in page.content.decode(), path
    gate = client.post(url(case, "waive", task.pk), {"gate": "G08", "reason": "x"}).content.decode()
    assert "cannot be changed" in gate


def test_a_closed_task_offers_nothing_to_change(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.counsel)
    with opened(sample_closed.organisation):
        task = TaskAssessment.objects.get(legal_task__code="D14")
    path = url(sample_closed, "task", task.pk)
    assert "Close with evidence" in client.get(path).content.decode()
    with opened(sample_closed.organisation):
        in_review(sample_closed)
    page = client.get(path).content.decode()
    assert "Close with evidence" not in page
    assert 'name="sure"' not in page  # nor can it be removed
    assert "is in review and cannot be changed" in page
    assert "Save role rates" not in client.get(url(sample_closed, "rates")).content.decode()


def test_evidence_of_last_year_is_shown_beside_the_open_condition(
    sample_closed: Case, client_for: ClientFor
) -> None:
    with opened(sample_closed.organisation):
        ended(sample_closed)
        new = TaskAssessment.objects.get(assessment__status=State.APPROVED, legal_task__code="D14")
    page = client_for(sample_closed.counsel).get(url(sample_closed, "task", new.pk)).content.decode()
    assert "In FY 2026: closed by Carmen Counsel" in page
    assert "Memo of 3 November 2026" in page
    assert "14 of 14 answers are those of FY 2026" in page


def test_the_file_of_what_was_approved_has_the_printed_hash(
    sample_closed: Case, client_for: ClientFor
) -> None:
    with opened(sample_closed.organisation):
        row = approved(sample_closed)
        printed = row.state_changes.get(after=State.APPROVED).sha256
    client = client_for(sample_closed.manager)
    assert hashlib.sha256(client.get(url(sample_closed, "content", row.pk)).content).hexdigest() == printed
    path = url(sample_closed, "assessment", row.pk)
    assert "has the hash that was approved" in client.get(path, {"check": "1"}).content.decode()
    with opened(sample_closed.organisation):
        TaskAssessment.objects.filter(legal_task__code="D01").update(note="slipped in")
    assert "is not what was approved" in client.get(path, {"check": "1"}).content.decode()
    assert any(
        "not what was approved" in fault for fault in check_organisation(sample_closed.organisation).faults
    )


def test_a_tombstone_shows_no_content(sample_closed: Case, client_for: ClientFor) -> None:
    with opened(sample_closed.organisation):
        row = ended(sample_closed)
    owner = client_for(sample_closed.owner)
    path = url(sample_closed, "delete", row.pk)
    assert owner.post(path, {"delete-reason": "Due"}).status_code == 422
    assert owner.post(path, {"delete-reason": "Due", "delete-sure": "on"}).status_code == 302
    page = owner.get(url(sample_closed, "assessment", row.pk)).content.decode()
    assert "Content deleted" in page
    assert "1 consent" in page
    assert "First-level document review" not in page
    for name in ("compare", "content", "compare_csv"):
        assert owner.get(url(sample_closed, name, row.pk)).status_code == 404
    assert "deleted" in owner.get(url(sample_closed, "assessments")).content.decode()


def test_obstacles_are_said_and_nothing_is_deleted(sample_closed: Case, client_for: ClientFor) -> None:
    owner, pk = client_for(sample_closed.owner), sample_closed.assessment.pk
    answer = owner.post(url(sample_closed, "delete", pk), {"delete-reason": "Due", "delete-sure": "on"})
    assert answer.status_code == 422
    assert "It is kept until" in answer.content.decode()
    with opened(sample_closed.organisation):
        assert TaskAssessment.objects.count() == 18


@pytest.mark.parametrize("name", ["assessments", "assessment"])
def test_pages_cost_the_same_queries_for_one_and_for_thirty(
    sample_closed: Case, client_for: ClientFor, name: str
) -> None:
    case = sample_closed
    client = client_for(case.owner)
    path = url(case, name, *([case.assessment.pk] if name == "assessment" else []))
    counted = []
    for number in (1, 29):
        with opened(case.organisation):
            for place in range(number):
                made = Assessment.objects.create(
                    period=f"Old {number}-{place}",
                    factor_set=case.assessment.factor_set,
                    status=State.SUPERSEDED,
                )
                for row in (made, case.assessment):
                    LegalHold.objects.create(assessment=row, reason="Doe", set_by=case.owner)
                    StateChange.objects.create(
                        assessment=row, before="draft", after="review", by=case.counsel
                    )
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_the_frame_and_the_tasks_are_about_the_current_one_and_the_case_says_what_it_rests_on(
    sample_closed: Case, client_for: ClientFor
) -> None:
    case = sample_closed
    with opened(case.organisation):
        old = approved(case)
        new = services.copy_to_period(actor=case.counsel, assessment=old, period="FY 2027")
        services.remove_task(
            actor=case.counsel, task=TaskAssessment.objects.get(assessment=new, legal_task__code="D18")
        )
    client = client_for(case.procurement)
    assert "17 tasks" in client.get(url(case, "tasks")).content.decode()
    home = reverse("case", args=[case.slug])
    assert "Let the case rest on" not in client.get(home).content.decode()
    with opened(case.organisation):
        services.submit(actor=case.counsel, assessment=new)
        services.approve(actor=case.owner, assessment=new, comment="Read")
    assert "Let the case rest on FY 2027" in client.get(home).content.decode()
    path = reverse("selections:rest_on", args=[case.slug, case.selection.pk])
    client.post(path, {"assessment": new.pk})
    assert "Let the case rest on" not in client.get(home).content.decode()
    ranking = reverse("selections:ranking", args=[case.slug, case.selection.pk])
    assert client.get(ranking).status_code == 200


def test_records_and_reports_say_on_which_assessment_they_rest(
    sample_closed: Case, client_for: ClientFor
) -> None:
    case = sample_closed
    with opened(case.organisation):
        record = RankingRecord.objects.get()
        assert changes_since(record) == ""
        approved(case)
        assert "the assessment or its state changed" in changes_since(record)
        selection = Selection.objects.get()
        kept = keep_ranking(selection=selection, reason="On the approved one", actor=case.procurement).record
        assert changes_since(kept) == ""
        assert Report.objects.count() == 1


def test_what_was_approved_travels_in_a_file_and_still_is_what_was_approved(
    sample_closed: Case, tmp_path: Path
) -> None:
    with opened(sample_closed.organisation):
        row = ended(sample_closed)
        services.set_hold(actor=sample_closed.owner, assessment=row, reason="Doe")
        steps = [(one.before, one.after, one.sha256) for one in StateChange.objects.all()]
    export_organisation(sample_closed.organisation, tmp_path / "out.zip")
    made = import_organisation(tmp_path / "out.zip", slug="travelled")
    assert made.checked.faults == ()
    with opened(made.organisation):
        assert [(one.before, one.after, one.sha256) for one in StateChange.objects.all()] == steps
        moved = Assessment.objects.get(period=row.period)
        assert content_sha256(moved) == moved.state_changes.get(after=State.APPROVED).sha256
        assert moved.keep_until_on == row.keep_until_on

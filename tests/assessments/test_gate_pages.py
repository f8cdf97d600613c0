"""Pages about gates: what each role sees and may do, with htmx and by plain forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Membership, User
from accounts.tenancy import opened
from assessments import services
from assessments.models import Consent, Lawyer, TaskAssessment, Waiver
from tests.assessments.test_views import HTMX, get, queries_of, url, whole_form
from tests.conftest import Case
from tests.gates import TYPED, asked, closing, unprepared

ClientFor = Callable[[User], Client]
OFFICER = {"gate": "G03", "condition": "Export-control officer signs off before any data moves"}
CLAUSE = {"gate": "G09", "condition": "Clause check logged"}


@pytest.fixture
def counsel(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.counsel)


@pytest.fixture
def owner(client_for: ClientFor, sample_closed: Case) -> Client:
    return client_for(sample_closed.owner)


def waiver_of(case: Case) -> Waiver:
    with opened(case.organisation):
        return asked(case)


def waived_url(case: Case, waiver: Waiver, tail: str) -> str:
    return url(case, "D08", f"waivers/{waiver.pk}/{tail}/")


@pytest.mark.parametrize("role", ["owner", "counsel", "procurement", "manager"])
def test_the_page_of_all_gates(client_for: ClientFor, sample_closed: Case, role: str) -> None:
    page = client_for(getattr(sample_closed, role)).get(url(sample_closed, tail="gates/")).content.decode()
    assert re.findall(r'<article class="gate-line" id="(G\d\d)"', page) == [f"G{n:02d}" for n in range(1, 15)]
    g11 = page[page.index('id="G11"') : page.index('id="G12"')]
    for text in ("Readiness", "Stops the task: prepare first", "answered 1 or less", "another one grants it"):
        assert text in g11
    g03 = page[page.index('id="G03"') : page.index('id="G04"')]
    for text in ("Law", "Cannot be waived.", "consent of the export-control officer", "?gate=G03"):
        assert text in g03
    assert "Confirm before reliance" in page
    assert "Not checked against the source; confirm before you rely on it; as of 23 Nov 2026" in page
    assert "operational conditions are the publisher&#x27;s judgement" in page
    for text in ("from memory", "nverified", "our judgement"):
        assert text not in page
    assert "hours a week" in page[page.index('id="G08"') : page.index('id="G09"')]


def test_chips_and_the_task_table_lead_to_the_page_of_gates(counsel: Client, sample_closed: Case) -> None:
    address = url(sample_closed, tail="gates/")
    assert f'href="{address}"' in counsel.get(url(sample_closed)).content.decode()
    assert f'href="{address}#G09"' in counsel.get(url(sample_closed, "D08")).content.decode()


def test_a_condition_is_closed_without_scripts_and_shows_who_answers(
    counsel: Client, sample_closed: Case
) -> None:
    form = OFFICER | TYPED | {"evidence": "Memo", "form": "close-G03-2"}
    assert counsel.post(url(sample_closed, "D14", "close/"), form).status_code == 302
    page = counsel.get(url(sample_closed, "D14")).content.decode()
    for text in ("Lawyer: Lena Lawyer (Minnesota, no. MN 0123)", "Closed by Carmen Counsel", "Add a consent"):
        assert text in page
    assert "Consent: Xavier Export, Export-control officer, 3 Nov 2026 · DMS 4711" in page
    assert re.search(r"<option value=\"\d+\">Lena Lawyer \(Minnesota", page)  # a choice the second time


def test_a_known_lawyer_is_chosen(counsel: Client, sample_closed: Case) -> None:
    counsel.post(url(sample_closed, "D14", "close/"), OFFICER | TYPED | {"evidence": "Memo"})
    with opened(sample_closed.organisation):
        known = Lawyer.objects.get().pk
    form = CLAUSE | {"evidence": "Log", "lawyer": known}
    assert counsel.post(url(sample_closed, "D08", "close/"), form).status_code == 302
    assert get(sample_closed, "D08").open_conditions == 1
    both = OFFICER | TYPED | {"evidence": "x", "lawyer": known}
    with opened(sample_closed.organisation):
        services.reopen_condition(
            actor=sample_closed.counsel, task=get(sample_closed, "D14"), reason="Again", **OFFICER
        )
    refused = counsel.post(url(sample_closed, "D14", "close/"), both)
    assert (refused.status_code, "not both" in refused.content.decode()) == (422, True)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_is_wrong_is_said_once_beside_its_field(
    counsel: Client, sample_closed: Case, headers: dict[str, str]
) -> None:
    empty = ("lawyer_name", "lawyer_jurisdiction", "bar_number", "counsel_note", "weekly_hours")
    consent = ("consent_by", "consent_capacity", "consent_on", "consent_document")
    form = {**OFFICER, "form": "close-G03-2", "evidence": "Memo", **dict.fromkeys((*empty, *consent), "")}
    text = counsel.post(url(sample_closed, "D14", "close/"), form, **headers).content.decode()
    assert text.count("Name the licensed lawyer who answers for it") == 1
    assert "Nothing was saved. Correct what is marked below." in text
    assert re.search(r'name="lawyer_name"[^>]*aria-invalid="true"', text)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_a_refused_closing_keeps_what_was_typed(
    counsel: Client, sample_closed: Case, headers: dict[str, str]
) -> None:
    form = {
        **OFFICER,
        "form": "close-G03-2",
        "evidence": "Memo of May",
        "lawyer_name": "Lena",
        "consent_on": "x",
    }
    answer = counsel.post(url(sample_closed, "D14", "close/"), form, **headers)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Memo of May</textarea>" in text
    assert 'name="lawyer_name" maxlength="120" value="Lena"' in text
    assert "Enter a day such as 11/03/2026." in text
    assert text.count('<details class="act" open>') == 1
    again = counsel.post(url(sample_closed, "D14", "close/"), form | {"consent_on": "11/03/2026"}, **headers)
    for sentence in ("Say where the lawyer is licensed", "Name the person who consented"):
        assert sentence in again.content.decode()
    with opened(sample_closed.organisation):
        assert not Consent.objects.exists()


def test_one_more_consent(counsel: Client, sample_closed: Case) -> None:
    address = url(sample_closed, "D14", "consent/")
    assert counsel.post(address, OFFICER | TYPED).status_code == 302
    refused = counsel.post(address, {**OFFICER, "form": "consent-G03-2"})
    assert "Say on which day" in refused.content.decode()
    assert counsel.post(address, CLAUSE | TYPED).status_code == 422


def test_a_waiver_from_asking_to_withdrawing(counsel: Client, owner: Client, sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        unprepared(sample_closed)
    page = counsel.get(url(sample_closed, "D08")).content.decode()
    assert "Ask for a waiver" in page
    ask = url(sample_closed, "D08", "waive/")
    assert counsel.post(ask, {"gate": "G11", "reason": "A pilot writes it"}).status_code == 302
    mine = counsel.get(url(sample_closed, "D08")).content.decode()
    assert "another owner or counsel has to decide" in mine
    assert "Grant or refuse" not in mine
    waiver = waiver_of(sample_closed)
    decide = waived_url(sample_closed, waiver, "decide")
    own = counsel.post(decide, {"answer": "grant", "reason": "Mine", "form": "decide-G11"})
    assert (own.status_code, "another person has to decide" in own.content.decode()) == (422, True)
    assert owner.post(decide, {"reason": "No answer", "form": "decide-G11"}).status_code == 422
    answer = owner.post(decide, {"answer": "grant", "reason": "Watched"}, **HTMX).content.decode()
    assert "<b>Waived.</b>" in answer
    for address in (url(sample_closed), f"/o/{sample_closed.slug}/", url(sample_closed, tail="gates/")):
        seen = counsel.get(address).content.decode()
        assert "1 in force" in seen
        for text in ("Asked for by Carmen Counsel", "A pilot writes it", "Granted by Orla Owner", "Watched"):
            assert text in seen
    assert "G11 waived" in counsel.get(url(sample_closed)).content.decode()
    stale = owner.post(decide, {"answer": "refuse", "reason": "Late", "form": "decide-G11"})
    assert "has granted this waiver already" in stale.content.decode()
    withdraw = waived_url(sample_closed, waiver, "withdraw")
    assert counsel.post(withdraw, {"reason": "", "form": "withdraw-G11"}).status_code == 422
    assert counsel.post(withdraw, {"reason": "Written now"}).status_code == 302
    assert get(sample_closed, "D08").outcome == "PREPARE_FIRST"
    assert "Waivers of gates" not in counsel.get(url(sample_closed)).content.decode()


def test_law_is_refused_with_what_to_do_instead(counsel: Client, sample_closed: Case) -> None:
    page = counsel.get(url(sample_closed, "D14")).content.decode()
    assert "Ask for a waiver" not in page
    answer = counsel.post(url(sample_closed, "D14", "waive/"), {"gate": "G03", "reason": "Hurry"})
    assert answer.status_code == 422
    assert "Close its conditions with evidence and a named lawyer" in answer.content.decode()


def test_who_is_alone_is_told(owner: Client, sample_closed: Case) -> None:
    with opened(sample_closed.organisation):
        unprepared(sample_closed)
    others = Membership.objects.filter(organisation=sample_closed.organisation)
    others.exclude(user=sample_closed.owner).update(role="manager")
    page = owner.get(url(sample_closed, "D08")).content.decode()
    assert "A waiver takes two people, and nobody else here may grant it." in page
    assert "Ask for a waiver" not in page


@pytest.mark.parametrize("role", ["manager", "procurement"])
def test_others_see_and_may_do_nothing(client_for: ClientFor, sample_closed: Case, role: str) -> None:
    waiver, client = waiver_of(sample_closed), client_for(getattr(sample_closed, role))
    page = client.get(url(sample_closed, "D08")).content.decode()
    assert "Waiver asked for" in page
    assert '<details class="act"' not in page
    assert 'name="flags_reason"' not in page
    body = {"gate": "G11", "reason": "x", "answer": "grant", **TYPED}
    for address in (
        url(sample_closed, "D08", "waive/"),
        url(sample_closed, "D08", "consent/"),
        waived_url(sample_closed, waiver, "decide"),
        waived_url(sample_closed, waiver, "withdraw"),
    ):
        assert client.post(address, body).status_code == 403


def test_a_waiver_of_another_task_is_not_found(owner: Client, sample_closed: Case) -> None:
    waiver = waiver_of(sample_closed)
    elsewhere = url(sample_closed, "D07", f"waivers/{waiver.pk}/decide/")
    assert owner.post(elsewhere, {"answer": "grant", "reason": "x"}).status_code == 404


def test_a_flag_is_taken_away_in_place(counsel: Client, sample_closed: Case) -> None:
    address, pk = url(sample_closed, "D08", "save/?place=table"), get(sample_closed, "D08").pk
    answer = counsel.post(address, {"has-flags": "1", "flags_reason": ""}, **HTMX)
    assert answer.status_code == 422
    assert re.search(rf'id="fault-flags_reason-{pk}"[^>]*>“Covered by', answer.content.decode())
    assert get(sample_closed, "D08").flags
    answer = counsel.post(address, {"has-flags": "1", "flags_reason": "No order"}, **HTMX)
    assert answer.status_code == 200
    assert f'id="flags-reason-{pk}"' in answer.content.decode()  # emptied for the next one
    assert get(sample_closed, "D08").flags == []
    page = counsel.get(url(sample_closed, "D08")).content.decode()
    assert "taken away by Carmen Counsel because: No order" in page


def test_a_flag_is_taken_away_without_scripts(counsel: Client, sample_closed: Case) -> None:
    form = whole_form(sample_closed, "D08", flags=[])
    refused = counsel.post(url(sample_closed, "D08", "save/"), form)
    assert refused.status_code == 422
    assert "fires G09" in refused.content.decode()
    form = whole_form(sample_closed, "D08", flags=[], flags_reason="No order")
    assert counsel.post(url(sample_closed, "D08", "save/"), form).status_code == 302
    assert get(sample_closed, "D08").flags == []


def test_the_class_and_an_answer_need_reasons_too(counsel: Client, sample_closed: Case) -> None:
    address = url(sample_closed, "D01", "save/?place=page")
    change: dict[str, Any] = {"practice_of_law": "administrative", "practice_reason": ""}
    answer = counsel.post(address, change, **HTMX)
    assert (answer.status_code, "fires G08" in answer.content.decode()) == (422, True)
    assert counsel.post(address, change | {"practice_reason": "Clerical"}, **HTMX).status_code == 200
    address = url(sample_closed, "D08", "save/?place=page")
    assert counsel.post(address, {"level-PRV": "4"}, **HTMX).status_code == 200
    answer = counsel.post(address, {"level-PRV": "3", "reason-PRV": ""}, **HTMX)
    assert (answer.status_code, "fires G04" in answer.content.decode()) == (422, True)
    assert counsel.post(address, {"level-PRV": "3", "reason-PRV": "Filtered"}, **HTMX).status_code == 200


def test_the_task_page_costs_the_same_with_much_on_its_gates(counsel: Client, sample_closed: Case) -> None:
    waiver_of(sample_closed)
    counsel.get(url(sample_closed, "D08"))
    before = queries_of(counsel, url(sample_closed, "D08"))
    with opened(sample_closed.organisation):
        task = TaskAssessment.objects.get(legal_task__code="D08")
        for text in ("Clause check logged", "Consent or undertaking signed by each reviewer"):
            services.close_condition(
                actor=sample_closed.counsel, task=task, gate="G09", condition=text, closing=closing()
            )
    assert queries_of(counsel, url(sample_closed, "D08")) == before


def test_the_list_of_waivers_costs_the_same_for_one_and_many(counsel: Client, sample_closed: Case) -> None:
    waiver_of(sample_closed)
    address = url(sample_closed, tail="gates/")
    before = queries_of(counsel, address)
    with opened(sample_closed.organisation):
        for code in ("D07", "D09", "D12", "D15"):
            asked(sample_closed, code)
    assert queries_of(counsel, address) == before

"""Closing a condition: evidence for all, a named lawyer where law or supervision stands behind the gate."""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEvent
from assessments import asks, services
from assessments.models import Consent, GateClosure, Lawyer, TaskAssessment
from assessments.reference import factor_rules
from assessments.rulebook import Rulebook
from assessments.scoring import rescore_all
from selections.queries.inputs import read_inputs
from tests.conftest import Case
from tests.factor_sets import use_another_set
from tests.gates import CONSENT, LAWYER, closing, unprepared

SHIPPED = Rulebook(factor_rules())
OFFICER = {"gate": "G03", "condition": "Export-control officer signs off before any data moves"}
HOURS = {"gate": "G08", "condition": "Named supervising lawyer with budgeted hours"}
CLAUSE = {"gate": "G09", "condition": "Clause check logged"}
PLAYBOOK = {"gate": "G11", "condition": "Playbook, sample set and baseline metrics approved"}


def get(code: str) -> TaskAssessment:
    return TaskAssessment.objects.with_task().get(legal_task__code=code)


def close(case: Case, code: str, what: dict[str, str], **changed: Any) -> TaskAssessment:
    return services.close_condition(actor=case.counsel, task=get(code), closing=closing(**changed), **what)


def refusals(case: Case, code: str, what: dict[str, str], **changed: Any) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        close(case, code, what, **changed)
    assert not GateClosure.objects.exists()
    assert not Consent.objects.exists()
    return dict(refused.value.message_dict)


def last(task: TaskAssessment, verb: str) -> AuditEvent:
    event = AuditEvent.objects.filter(object_id=str(task.pk), verb=verb).first()
    assert event is not None
    return event


def test_the_table_names_shipped_conditions_by_their_exact_words() -> None:
    shipped = {(gate.code, text) for gate in SHIPPED.gates.values() for text in gate.conditions}
    assert {*asks.CONSENTS, *asks.HOURS} <= shipped


def test_every_gate_says_what_it_rests_on_and_only_g11_may_be_waived() -> None:
    kinds = {code: gate.kind for code, gate in SHIPPED.gates.items()}
    assert len(kinds) == 14
    assert (kinds.pop("G08"), kinds.pop("G11")) == ("supervision", "readiness")
    assert set(kinds.values()) == {"law"}
    assert [gate.code for gate in SHIPPED.gates.values() if gate.may_be_waived] == ["G11"]


@pytest.mark.parametrize("kind", [None, "", "friendly", 7, ["readiness"], "Readiness"])
def test_a_kind_that_is_not_stated_counts_as_law(kind: Any) -> None:
    rules = factor_rules()
    gate = next(gate for gate in rules["gates"] if gate["code"] == "G11")
    gate["kind"] = kind
    book = Rulebook(rules)
    assert book.gates["G11"].kind == "law"
    assert book.asks("G11", PLAYBOOK["condition"]).lawyer


@pytest.mark.parametrize("what", [CLAUSE, OFFICER, HOURS])
def test_law_and_supervision_need_a_named_lawyer(sample: Case, what: dict[str, str]) -> None:
    code = {"G09": "D08", "G03": "D14", "G08": "D01"}[what["gate"]]
    assert "Name the licensed lawyer" in refusals(sample, code, what, lawyer=None)["lawyer"][0]
    blank = services.NewLawyer(" ", "", "")
    assert "lawyer" in refusals(sample, code, what, lawyer=blank)
    nowhere = refusals(sample, code, what, lawyer=services.NewLawyer("Lena Lawyer", " "))
    assert "licensed" in nowhere["lawyer_jurisdiction"][0]
    assert (
        "name" in refusals(sample, code, what, lawyer=services.NewLawyer("", "Minnesota"))["lawyer_name"][0]
    )
    assert "evidence" in refusals(sample, code, what, evidence=" ")
    assert "characters" in refusals(sample, code, what, evidence="x" * 5000)["evidence"][0]
    assert not Lawyer.objects.exists()


def test_who_closes_is_recorded_apart_from_the_lawyer(sample: Case) -> None:
    task = close(sample, "D08", CLAUSE)
    closure = task.closures.get()
    assert closure.closed_by == sample.counsel
    assert str(closure.lawyer) == "Lena Lawyer (Minnesota, no. MN 0123)"
    assert (closure.weekly_hours, closure.consent) == (None, None)  # not asked for, so not kept
    assert last(task, "closed condition").after == {
        **CLAUSE,
        "evidence": "Memo of 3 November 2026",
        "lawyer": str(closure.lawyer),
    }
    assert AuditEvent.objects.filter(verb="added lawyer").count() == 1


def test_a_lawyer_is_entered_once_and_chosen_from_then_on(sample: Case) -> None:
    close(sample, "D08", CLAUSE)
    again = services.NewLawyer(" LENA  lawyer", "minnesota ", "mn 0123")
    close(sample, "D01", HOURS, lawyer=again)
    known = Lawyer.objects.get()
    close(sample, "D14", OFFICER, lawyer=known)
    assert set(GateClosure.objects.values_list("lawyer", flat=True)) == {known.pk}
    elsewhere = services.NewLawyer(LAWYER.name, "New York")
    close(sample, "D01", {**HOURS, "condition": "Written instructions and review step"}, lawyer=elsewhere)
    assert Lawyer.objects.count() == 2


def test_the_supervising_lawyer_has_hours_a_week(sample: Case) -> None:
    for hours in (None, Decimal(0), Decimal(-1), Decimal(169), Decimal("0.001"), Decimal("NaN")):
        assert "weekly_hours" in refusals(sample, "D01", HOURS, weekly_hours=hours)
    task = close(sample, "D01", HOURS)
    assert task.closures.get().weekly_hours == Decimal("4.5")
    assert last(task, "closed condition").after["hours_a_week"] == "4.50"


def test_an_officer_s_consent_is_kept_with_the_closure(sample: Case) -> None:
    task = close(sample, "D14", OFFICER)
    consent = Consent.objects.get()
    assert task.closures.get().consent == consent
    assert (consent.given_by, consent.capacity) == ("Xavier Export", "Export-control officer")
    assert (consent.given_on, consent.document) == (dt.date(2026, 11, 3), "DMS 4711")
    assert consent.recorded_by == sample.counsel
    assert last(task, "recorded consent").after["consent_of"] == "Xavier Export, Export-control officer"


def test_a_consent_is_complete_or_refused(sample: Case) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert set(refusals(sample, "D14", OFFICER, consent=None)) == {
        "consent_by",
        "consent_capacity",
        "consent_on",
        "consent_document",
    }
    late = services.ConsentGiven("X", "Y", tomorrow, "Z")
    assert "up to today" in refusals(sample, "D14", OFFICER, consent=late)["consent_on"][0]
    long = services.ConsentGiven("x" * 200, "Y", CONSENT.given_on, "Z")
    assert "120 fit" in refusals(sample, "D14", OFFICER, consent=long)["consent_by"][0]


def test_each_reviewer_signs_and_only_where_consent_is_asked(sample: Case) -> None:
    what = {"gate": "G09", "condition": "Consent or undertaking signed by each reviewer"}
    task = close(sample, "D08", what)
    second = services.ConsentGiven("Rita Reviewer", "Ashgrove", dt.date(2026, 11, 4), "DMS 4712")
    services.add_consent(actor=sample.owner, task=task, given=second, **what)
    assert [str(one) for one in task.consents.all()] == [
        "Xavier Export, Export-control officer",
        "Rita Reviewer, Ashgrove",
    ]
    for wrong in (CLAUSE, OFFICER, {"gate": "G09", "condition": "Something"}):
        with pytest.raises(ValidationError, match="asks for no consent"):
            services.add_consent(actor=sample.owner, task=task, given=second, **wrong)


def test_reopening_keeps_the_consent_and_closing_again_takes_a_new_one(sample: Case) -> None:
    task = close(sample, "D14", OFFICER)
    services.reopen_condition(actor=sample.owner, task=task, reason="The officer withdrew it", **OFFICER)
    event = last(task, "reopened condition")
    assert event.before["lawyer"] == "Lena Lawyer (Minnesota, no. MN 0123)"
    assert event.before["consent"] == "Xavier Export, Export-control officer"
    with pytest.raises(ValidationError):
        close(sample, "D14", OFFICER, consent=None)
    close(sample, "D14", OFFICER)
    assert Consent.objects.count() == 2


def test_readiness_needs_evidence_only(sample: Case) -> None:
    task = unprepared(sample)
    assert "evidence" in refusals(sample, "D08", PLAYBOOK, evidence="", lawyer=None)
    close(sample, "D08", PLAYBOOK, lawyer=None, consent=None, weekly_hours=None)
    assert task.closures.get().lawyer is None
    assert get("D08").outcome == "PREPARE_FIRST"  # a closed condition is no waiver


def test_a_task_with_consents_stays_in_the_assessment(sample: Case) -> None:
    task = close(sample, "D14", OFFICER)
    with pytest.raises(ValidationError, match="has consents on record"):
        services.remove_task(actor=sample.counsel, task=task)
    assert get("D14").pk == task.pk


def test_removal_leaves_flags_and_gates_on_the_trail(sample: Case) -> None:
    task = get("D14")
    services.remove_task(actor=sample.counsel, task=task)
    before = AuditEvent.objects.get(verb="removed legal task").before
    assert "export_controlled" in before["flags"]
    assert "G03" in before["gates"]


def _closed_without_lawyer(case: Case) -> TaskAssessment:
    """As rows from before lawyers were asked for."""
    task = get("D08")
    for condition in SHIPPED.gates["G09"].conditions:
        GateClosure.objects.create(
            task=task, gate="G09", condition=condition, evidence="Old memo", closed_by=case.owner
        )
    return task


def test_a_closure_without_a_lawyer_is_open_everywhere(sample: Case) -> None:
    before = read_inputs(sample.selection)
    task = _closed_without_lawyer(sample)
    rescore_all(assessment=sample.assessment)
    assert get("D08").open_conditions == 2
    assert not get("D08").is_awardable
    after = read_inputs(sample.selection)
    assert after.fingerprint == before.fingerprint  # the case, and with it the report, says open too
    close(sample, "D08", CLAUSE)  # naming the lawyer closes it
    assert get("D08").open_conditions == 1
    assert task.closures.filter(condition=CLAUSE["condition"]).count() == 1


def test_a_gate_that_becomes_law_opens_what_no_lawyer_answers_for(sample: Case) -> None:
    unprepared(sample)
    close(sample, "D08", PLAYBOOK, lawyer=None)
    assert get("D08").open_conditions == 2
    content = copy.deepcopy(sample.assessment.factor_set.content)
    next(gate for gate in content["gates"] if gate["code"] == "G11")["kind"] = "law"
    use_another_set(sample, content)
    rescore_all(assessment=sample.assessment)
    assert get("D08").open_conditions == 3

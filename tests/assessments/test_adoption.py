"""A named lawyer adopts the rule set; a change of a gate or a duty ends it; every report says which."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

import records
from accounts.models import AuditEvent, User
from assessments import services
from assessments.dutybook import gates_hash
from assessments.models import Lawyer
from assessments.models_duties import DutySet, RuleAdoption
from assessments.queries_adoption import rule_set, rules_seen, words_of_report
from assessments.reference import ethics_duties, factor_rules
from assessments.services import NewLawyer
from reports.build import build
from reports.pdf import render
from reports.services import make_report, request_report
from selections.models import RankingRecord
from tests.conftest import Case
from tests.factor_sets import content_of, use_another_set
from tests.reports.records_of_sample import record_of, sample_inputs
from tests.reports.test_pdf import MADE, OPTIONS, words

ClientFor = Callable[[User], Client]
SAYS = "Rule set version 1.1 adopted by Lena Lawyer (licensed in Minnesota) on 3 November 2026"


def adopt(case: Case, **changed: Any) -> RuleAdoption:
    facts: dict[str, Any] = {
        "lawyer": NewLawyer("Lena Lawyer", "MN", "0123"),
        "adopted_on": date(2026, 11, 3),
        "comment": "Read against the current rules of Minnesota.",
        "seen": rules_seen(case.assessment),
    }
    return services.adopt_rules(actor=case.counsel, assessment=case.assessment, **(facts | changed))


def change_a_gate(case: Case) -> None:
    content = content_of(case)
    content["gates"][0]["rule"] += " Changed."
    use_another_set(case, content)


def test_until_somebody_adopts_it_a_rule_set_is_not_adopted(sample: Case) -> None:
    found = rule_set(sample.assessment)
    assert (found.version, found.words.says, found.words.is_adopted) == ("1.1", "Rule set not adopted", False)


def test_adopting_names_lawyer_place_day_and_what_was_adopted(sample: Case) -> None:
    row = adopt(sample)
    words = rule_set(sample.assessment).words
    assert (words.is_adopted, words.says) == (True, SAYS)
    assert row.gates_sha256 == gates_hash(factor_rules())
    event = AuditEvent.objects.get(verb="adopted")
    assert event.object_label == "Rule set 1.1"
    assert event.after["lawyer"] == "Lena Lawyer (MN, no. 0123)"


def test_a_changed_gate_or_duty_ends_an_adoption(sample: Case) -> None:
    adopt(sample)
    with transaction.atomic():
        change_a_gate(sample)
        words = rule_set(sample.assessment).words
        assert (words.is_adopted, words.says) == (False, "Rule set not adopted")
        assert "Version 1.1 was adopted by Lena Lawyer" in words.why
        transaction.set_rollback(True)
    sample.assessment.refresh_from_db()
    assert rule_set(sample.assessment).words.is_adopted
    newer = ethics_duties()
    newer["authorities"] = newer["authorities"][:-1]
    DutySet.objects.create(version=2, content=newer, taken_by=sample.counsel)
    assert not rule_set(sample.assessment).words.is_adopted
    assert adopt(sample).version == "1.2"
    assert rule_set(sample.assessment).words.is_adopted


def test_adopting_other_rules_leaves_what_was_adopted_before(sample: Case) -> None:
    """A report of an older record names who adopted the rules of that record."""
    rules = factor_rules()
    adopt(sample)
    change_a_gate(sample)
    adopt(sample, lawyer=NewLawyer("Otto Ohio", "Ohio"))
    assert words_of_report(rules).says == SAYS
    assert "Otto Ohio" in rule_set(sample.assessment).words.says
    standing = rule_set(sample.assessment).standing
    assert standing is not None
    services.withdraw_adoption(actor=sample.counsel, row=standing, comment="Repealed")
    assert not rule_set(sample.assessment).words.is_adopted
    assert words_of_report(rules).says == SAYS


def test_weights_and_sources_of_factors_are_no_part_of_the_rules() -> None:
    content = factor_rules()
    before = gates_hash(content)
    content["factors"][0]["default_weight"] += 1
    assert gates_hash(content) == before
    content["sources"] = [row for row in content["sources"] if row["id"] != "TR-ALSP-2025"]
    assert gates_hash(content) == before
    next(row for row in content["sources"] if row["id"] == "FRE-502")["status"] = "unverified"
    assert gates_hash(content) != before


def test_an_adoption_is_withdrawn_by_a_further_row(sample: Case) -> None:
    row = adopt(sample)
    with pytest.raises(ValidationError, match="Say why"):
        services.withdraw_adoption(actor=sample.counsel, row=row, comment=" ")
    services.withdraw_adoption(actor=sample.counsel, row=row, comment="Ohio changed its rule")
    words = rule_set(sample.assessment).words
    assert (words.says, "was withdrawn" in words.why) == ("Rule set not adopted", True)
    with pytest.raises(ValidationError, match="does not stand"):
        services.withdraw_adoption(actor=sample.counsel, row=row, comment="Again")
    adopt(sample)
    assert rule_set(sample.assessment).words.is_adopted
    assert RuleAdoption.objects.count() == 3
    with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic():
        RuleAdoption.objects.update(comment="Other")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"lawyer": None}, "lawyer"),
        ({"lawyer": NewLawyer("", "", "")}, "lawyer"),
        ({"lawyer": NewLawyer("Lena Lawyer", "")}, "lawyer_jurisdiction"),
        ({"adopted_on": None}, "adopted_on"),
        ({"comment": ""}, "comment"),
        ({"comment": "x" * 4001}, "comment"),
    ],
)
def test_what_an_adoption_lacks_is_said_and_nothing_is_kept(
    sample: Case, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        adopt(sample, **changed)
    assert list(refused.value.message_dict) == [field]
    assert (RuleAdoption.objects.count(), Lawyer.objects.count()) == (0, 0)


def test_nobody_adopts_tomorrow_or_what_they_did_not_read(sample: Case) -> None:
    with pytest.raises(ValidationError, match="a day to come"):
        adopt(sample, adopted_on=timezone.localdate() + timedelta(days=1))
    seen = rules_seen(sample.assessment)
    change_a_gate(sample)
    with pytest.raises(ValidationError, match="read them again"):
        adopt(sample, seen=seen)


def test_the_page_takes_a_lawyer_who_is_known(sample: Case, client_for: ClientFor) -> None:
    lawyer = Lawyer.objects.create(name="Vera Virginia", jurisdiction="Virginia", added_by=sample.counsel)
    client, path = client_for(sample.counsel), f"/o/{sample.slug}/duties/adopt/"
    body = {"lawyer": lawyer.pk, "adopted_on": "2026-11-03", "seen": rules_seen(sample.assessment)}
    answer = client.post(path, body)
    assert answer.status_code == 422
    assert "Say what was checked" in answer.content.decode()
    assert client.post(path, body | {"comment": "Read", "lawyer_name": "Another"}).status_code == 422
    assert client.post(path, body | {"comment": "Read"}).status_code == 302
    page = client.get(f"/o/{sample.slug}/duties/").content.decode()
    assert "adopted by Vera Virginia (licensed in Virginia) on 3 November 2026" in page
    assert client.post(f"/o/{sample.slug}/duties/withdraw/", {"comment": "Repealed"}).status_code == 302
    assert "Not adopted" in client.get(f"/o/{sample.slug}/duties/").content.decode()
    answer = client.get(f"/o/{sample.slug}/duties/withdraw/", follow=True)
    assert "No adoption stands" in answer.content.decode()


# Reports ---------------------------------------------------------------------------------------------------


def test_a_report_that_nobody_told_says_not_adopted_on_every_page() -> None:
    pdf = render(build(record_of(sample_inputs()), OPTIONS), "letter", made_at=MADE)
    pages = [words(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages]
    assert "Rule set not adopted: confirm first" in pages[0]
    assert all("Rule set not adopted. Decision support; not legal advice." in page for page in pages)


def test_a_report_names_who_adopted_the_rules_of_its_record(sample: Case) -> None:
    adopt(sample)
    record = RankingRecord.objects.get()
    rules = records.read_json(bytes(record.content), limit=records.RECORD_LIMIT)["case"]["inputs"][
        "factor_rules"
    ]
    assert words_of_report(rules).says == SAYS
    rules["gates"][0]["rule"] += " Changed."
    assert words_of_report(rules).says == "Rule set not adopted"


def test_the_made_report_prints_it_and_its_record_stays_the_same_bytes(sample: Case) -> None:
    record = RankingRecord.objects.get()
    before = bytes(record.content)
    adopt(sample)
    report = make_report(report_id=request_report(record=record, paper="a4", actor=sample.manager).pk)
    with report.file.open("rb") as file:
        pages = [words(page.extract_text()) for page in pypdf.PdfReader(file).pages]
    assert f"{SAYS} Adopted" in pages[0]
    assert all(f"{SAYS}. Decision support" in page for page in pages)
    assert any(f"{SAYS}. Gates version 1, duties version 1." in page for page in pages[2:])
    record.refresh_from_db()
    assert bytes(record.content) == before
    assert records.sha256(before) == record.sha256


def test_the_longest_names_leave_page_1_one_page(sample: Case) -> None:
    row = adopt(sample, lawyer=NewLawyer("Wilhelmina " * 10 + "Long", "Commonwealth " * 4 + "Abroad"))
    found = rule_set(sample.assessment).words
    options = replace(OPTIONS, rule_set=found)
    pdf = render(build(record_of(sample_inputs()), options), "letter", made_at=MADE)
    pages = [words(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages]
    assert row.lawyer.name in pages[0]
    assert "For the board" in pages[0]
    assert pages[1].find("Contents") >= 0

"""Factor sets in a board report: the version with who adopted it, gates turned off on page 1."""

from __future__ import annotations

from typing import Any

import pytest

import records
from assessments import services
from reports.build import build
from reports.content import Table
from selections.services import keep_ranking
from tests.conftest import Case
from tests.factor_sets import adopted, started
from tests.reports.records_of_sample import record_of, sample_inputs
from tests.reports.test_pdf import OPTIONS
from tests.reports.test_waivers import first_page_text

ADOPTION = {
    "version": 3,
    "proposed_by": "Orla Owner",
    "proposed_at": "2026-11-20T02:00:00+00:00",
    "reason": "Counsel asked for it",
    "adopted_by": "Carmen Counsel",
    "adopted_at": "2026-11-21T10:00:00+00:00",
    "comment": "Agreed.",
}


def turned_off(codes: tuple[str, ...]) -> dict[str, Any]:
    inputs = sample_inputs()
    rules = inputs["factor_rules"]
    off = {key: ADOPTION[key] for key in ("version", "proposed_by", "adopted_by", "adopted_at")}
    rules["gates_off"] = [
        gate | {"off": off | {"reason": f"Reason of {gate['code']}"}}
        for gate in rules["gates"]
        if gate["code"] in codes
    ]
    rules["gates"] = [gate for gate in rules["gates"] if gate["code"] not in codes]
    return inputs | {"factor_rules": rules | {"adoption": ADOPTION}}


def in_force(record: dict[str, Any]) -> dict[str, str]:
    for section in build(record, OPTIONS).sections:
        for block in section.blocks:
            if isinstance(block, Table) and block.caption == "Factors and gates in force":
                return {row.cells[0].text: row.cells[1].text for row in block.rows}
    raise AssertionError("the report does not name its factor set")


def test_a_report_says_that_nobody_adopted_the_shipped_set() -> None:
    found = in_force(record_of(sample_inputs()))
    assert found["Version"] == "As shipped, 1.0 of 2026-11-23"
    assert found["Adopted by"].startswith("Nobody")
    assert found["Shipped gates turned off"] == "None"
    assert "STD 12.0" in found["Weights of the factors"]
    assert found["Bands"].startswith("Outsource from 68, Pilot first from 55")


def test_a_report_names_the_version_and_who_adopted_it() -> None:
    found = in_force(record_of(turned_off(("G05",))))
    assert found["Version"] == "3"
    assert found["Proposed by"] == "Orla Owner: Counsel asked for it"
    assert found["Adopted by"] == "Carmen Counsel, 21 November 2026: Agreed."
    assert found["Shipped gates turned off"] == "G05 Protected health information: Reason of G05"


def test_a_gate_that_is_off_stands_on_page_1_with_its_reason() -> None:
    text = first_page_text(record_of(turned_off(("G05",))))
    assert "Shipped gates turned off 1" in text
    assert (
        "G05 Protected health information fires on no task: Reason of G05. Proposed by Orla Owner, adopted "
        "by Carmen Counsel, 21 November 2026."
    ) in text


def test_many_gates_that_are_off_make_the_risks_give_way() -> None:
    codes = tuple(f"G{number:02d}" for number in range(1, 11))
    record = record_of(turned_off(codes))
    text = first_page_text(record)
    assert all(f"Reason of {code}." in text for code in codes)
    assert build(record, OPTIONS).first_page.risks == ()


@pytest.mark.django_db
def test_what_was_adopted_here_is_in_the_record_and_the_report(sample: Case) -> None:
    draft = services.turn_off_gate(
        actor=sample.owner, draft=started(sample), seen=None, code="G04", reason="Only counsel reads it"
    )
    adopted(sample, draft)
    kept = keep_ranking(selection=sample.selection, weights=None, reason="Try", actor=sample.procurement)
    content = bytes(kept.record.content)
    page = build(records.read_json(content), OPTIONS).first_page
    assert "G04 Privileged material fires on no task: Only counsel reads it." in page.gates_off[0]
    assert records.verify_record(content).is_same

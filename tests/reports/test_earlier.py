"""Weights that are not those of the ranking kept before: which, why, and what became of the first place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reports import services
from reports.build import build
from reports.content import Fact, Paragraph, ReportContent, Section, Table
from reports.services import options_of
from reports.source import Earlier
from selections.queries.inputs import read_inputs
from selections.services import keep_ranking
from tests.conftest import Case
from tests.reports.records_of_sample import record_of, sample_inputs, sample_record
from tests.reports.test_pdf import OPTIONS

BEFORE = replace(OPTIONS, earlier=Earlier(2, sample_record()), reason="The board wants cost to count more")


def content_of(weights: dict[str, float], **changes: Any) -> ReportContent:
    inputs = sample_inputs()
    inputs["weights"] |= weights
    return build(record_of(inputs | changes), BEFORE)


def ranking(content: ReportContent) -> Section:
    return next(section for section in content.sections if section.title == "Ranking")


def changed(content: ReportContent) -> list[list[str]]:
    tables = [block for block in ranking(content).blocks if isinstance(block, Table)]
    rows = [block.rows for block in tables if block.caption.startswith("Changed weights")]
    return [[cell.text for cell in row.cells] for row in (rows[0] if rows else ())]


def words(content: ReportContent) -> str:
    return " ".join(block.text for block in ranking(content).blocks if isinstance(block, Paragraph))


def facts(content: ReportContent) -> list[Fact]:
    page: Any = content.first_page
    return [fact for fact in page.sure if fact.text.startswith("Weights changed")]


def test_changed_weights_are_listed_with_the_reason_and_the_first_place() -> None:
    content = content_of({"COST": 40.0, "QUAL": 20.0})
    assert changed(content) == [["Cost", "", "30", "40"], ["Quality", "", "30", "20"]]
    assert "The first place changed: Ashgrove in record 2, Banyan Quay now." in words(content)
    assert "Reason given: The board wants cost to count more." in words(content)
    assert "Other values" not in words(content)
    assert facts(content) == [
        Fact(
            "Weights changed since record 2: Cost 30 → 40, Quality 30 → 20 (section 3)",
            "Other first",
            "conditional",
        )
    ]


def test_a_first_place_that_stays_is_said_too_and_other_changes_are_not_put_down_to_weights() -> None:
    content = content_of({"COST": 31.0, "QUAL": 29.0}, tie_margin=2.0)
    assert "The first place stayed with Ashgrove. Other values that a ranking reads changed too" in words(
        content
    )
    assert facts(content)[0].answer == "Same first"


def test_weights_below_a_criterion_stand_with_it_and_are_counted_on_page_1() -> None:
    content = content_of({"COMM-01": 40.0})
    rows = changed(content)
    assert {row[1] for row in rows} == {"Communication"}
    assert facts(content)[0].text == (
        f"Weights changed since record 2: {len(rows)} of sub-criteria (section 3)"
    )


def test_two_weights_that_round_alike_are_told_apart() -> None:
    rows = changed(content_of({"COST": 30.01, "QUAL": 29.99}))
    assert rows[0][2:] == ["30.00", "30.01"]


@pytest.mark.parametrize("weights", [{}, {"COST": 60.0, "QUAL": 60.0, "SECU": 50.0, "COMM": 30.0}])
def test_the_same_shares_are_no_change(weights: dict[str, float]) -> None:
    content = content_of(weights)
    assert changed(content) == []
    assert facts(content) == []


def test_the_first_record_has_nothing_before_it() -> None:
    content = build(sample_record(), OPTIONS)
    assert changed(content) == []
    assert facts(content) == []


def test_a_report_reads_the_ranking_kept_before_its_own(sample: Case) -> None:
    selection = sample.selection
    weights = dict(read_inputs(selection).adopted) | {"COST": 45.0}
    last = keep_ranking(selection=selection, weights=weights, reason="Cost first", actor=sample.procurement)
    report = services.request_report(record=last.record, paper="a4", actor=sample.manager)
    options = options_of(report, {})
    assert options.earlier is not None
    assert options.earlier.number == last.record.number - 1

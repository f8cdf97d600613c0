"""How sure the first place is: on page 1 in a sentence, in a section of its own, from the record alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reports import sure_words
from reports.build import build
from reports.content import Bullets, Fact, Paragraph, ReportContent, Section, Table
from reports.pdf import render
from reports.section_sure import TITLE
from reports.source import Source
from selections.queries.robust import PriceRow, Prices
from tests.reports.records_of_sample import record_of, sample_inputs, sample_record
from tests.reports.test_pdf import OPTIONS, text_of


def section(content: ReportContent) -> Section:
    return next(found for found in content.sections if found.title == TITLE)


def table(content: ReportContent, caption: str) -> Table:
    return next(
        block for block in section(content).blocks if isinstance(block, Table) and block.caption == caption
    )


def paragraphs(content: ReportContent) -> str:
    return " ".join(block.text for block in section(content).blocks if isinstance(block, Paragraph))


def texts(found: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in found.rows]


def fact(content: ReportContent, start: str) -> Fact:
    page: Any = content.first_page
    return next(found for found in page.sure if found.text.startswith(start))


def test_page_1_names_who_would_be_first_if_the_price_alone_counted() -> None:
    content = build(sample_record(), OPTIONS)
    said = (
        "The winner depends on how the price counts. With the all-in price alone in place of the 6 "
        "sub-criteria of Cost, Banyan Quay would be first under every rule."
    )
    page: Any = content.first_page
    assert page.price_rule == said
    assert text_of(render(content, "letter")).count(said) == 2  # page 1 and the section


def prices(*rows: tuple[str, str, str], warning: str = "Depends.") -> Prices:
    made = tuple(PriceRow(name, "", award, True, moved) for name, award, moved in rows)
    return Prices(made, (), warning, "", "")


def said_of(found: Prices, monkeypatch: pytest.MonkeyPatch) -> str:
    source = Source(sample_record(), OPTIONS)
    robust = source.robust
    assert robust is not None
    monkeypatch.setitem(source.__dict__, "robust", replace(robust, prices=found))
    return sure_words.price_rule(source)


def test_rules_that_disagree_are_named_with_their_winners(monkeypatch: pytest.MonkeyPatch) -> None:
    found = prices(
        ("Absolute band", "Ashgrove", ""),
        ("Lowest over price", "Banyan Quay", ""),
        ("Linear min–max", "Banyan Quay", ""),
    )
    assert said_of(found, monkeypatch) == (
        "The winner depends on the price rule: Ashgrove is first under absolute band; Banyan Quay under "
        "lowest over price and linear min–max. Settle it before the award."
    )


def test_a_losing_bid_that_decides_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = prices(
        ("Absolute band", "Ashgrove", ""),
        ("Relative to mean", "Ashgrove", "Fynbos"),
        warning="A bid decides.",
    )
    assert said_of(found, monkeypatch) == "A bid decides. Relative to mean: Fynbos."


def test_no_sentence_where_nothing_hangs_on_the_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said_of(prices(("Absolute band", "Ashgrove", ""), warning=""), monkeypatch) == ""


def test_the_section_says_how_often_the_first_two_come_first() -> None:
    content = build(sample_record(), OPTIONS)
    result = sample_record()["result"]["robustness"]["acceptability"]
    rows = texts(table(content, "Rank acceptability of the first two"))
    assert [row[0] for row in rows] == ["Ashgrove Legal Services", "Banyan Quay LPO", "All others together"]
    assert [row[1] for row in rows[:2]] == [f"{100 * result[code][0]:.1f}%" for code in ("V1", "V2")]
    assert sum(float(row[1].rstrip("%")) for row in rows) == pytest.approx(100, abs=0.11)
    assert fact(content, "First with random weights").answer == f"{rows[0][1]}, {rows[1][1]}"


def test_the_section_has_the_nearest_flip_the_rules_and_the_other_methods() -> None:
    content = build(sample_record(), OPTIONS)
    bullets = next(block for block in section(content).blocks if isinstance(block, Bullets))
    assert bullets.items[0].startswith("Banyan Quay would lead if Communication weighed less than 7.7")
    rules = texts(table(content, "The first place under each price rule"))
    assert [(row[0], row[2]) for row in rules] == [
        (rule, "Banyan Quay")
        for rule in (
            "Absolute band",
            "Lowest over price",
            "Linear min–max",
            "Relative to mean",
            "Quality in money",
        )
    ]
    checks = table(content, "Cross-checks on the same values")
    assert [row.cells[0].text for row in checks.rows] == ["TOPSIS", "VIKOR", "PROMETHEE II"]
    assert {row.cells[1].text for row in checks.rows} == {"agrees"}
    assert fact(content, "Other methods with the same first place").answer == "3 of 3"
    assert "No value that is missing or given as a range could" in paragraphs(content)


def test_a_method_that_differs_and_an_unknown_that_could_change_it_are_shown() -> None:
    inputs = sample_inputs()
    inputs["weights"] |= {"COST": 40.0, "QUAL": 20.0, "COST-02": 35.0}
    inputs["bids"][1]["metrics"]["QUAL-03"] = None
    content = build(record_of(inputs), OPTIONS)
    topsis = table(content, "Cross-checks on the same values").rows[0].cells
    assert (topsis[1].text, topsis[1].mark) == ("differs: Banyan Quay", "conditional")
    assert "What decides is" in topsis[2].text
    assert texts(table(content, "What to find out first"))[0][1] == "not known"
    assert fact(content, "Other methods with the same first place").answer == "2 of 3"
    unknown = fact(content, "Values that are not known")
    assert unknown.text.endswith("; uncertain ones that could change the first place")
    assert unknown.answer == "1; 1"


def test_rules_that_cannot_be_compared_say_why() -> None:
    inputs = sample_inputs()
    task = inputs["tasks"][0] | {"code": "D19", "name": "Lease abstraction", "annual_volume": None}
    inputs["tasks"].append(task)
    content = build(record_of(inputs), OPTIONS)
    page: Any = content.first_page
    assert page.price_rule == ""
    assert "the in-house cost of D19 is not known" in paragraphs(content)
    inputs = sample_inputs()
    inputs["weights"]["COST"] = 0.0
    assert "that takes two bids whose cost is known" in paragraphs(build(record_of(inputs), OPTIONS))


def test_a_record_of_an_earlier_engine_says_what_it_does_not_have() -> None:
    record = sample_record()
    later = {"robustness", "potentially_optimal", "unknowns", "cross_checks"}
    result = {name: value for name, value in record["result"].items() if name not in later}
    older = record | {"result": result, "versions": record["versions"] | {"engine": "1.0.0"}}
    content = build(older, OPTIONS)
    assert "The record is of engine 1.0.0, which did not try random weights" in paragraphs(content)
    page: Any = content.first_page
    assert page.price_rule == ""
    assert not any("random weights" in found.text for found in page.sure)


def test_one_provider_has_no_order_to_doubt() -> None:
    inputs = sample_inputs()
    inputs["bids"] = inputs["bids"][:1]
    content = build(record_of(inputs), OPTIONS)
    assert paragraphs(content) == "There is no order that anything could change."


def test_page_1_says_where_its_risks_come_from() -> None:
    first = text_of(render(build(sample_record(), OPTIONS), "letter")).split("Page 1 of")[0]
    assert "Main risks from the shipped register: not confirmed for this case" in first

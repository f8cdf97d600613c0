"""What the board is asked for: nothing that nobody has priced, and no figure that cannot be computed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from reports.build import build
from reports.pdf import render
from reports.source import Source, counted
from tests.reports.records_of_sample import record_of, sample_inputs
from tests.reports.test_pdf import OPTIONS, text_of


def with_task(code: str = "D19", **facts: Any) -> dict[str, Any]:
    """The sample with one more task in the basket, for which nobody has made an offer."""
    inputs = sample_inputs()
    task = copy.deepcopy(inputs["tasks"][0])
    inputs["tasks"].append(task | {"code": code, "name": "Lease abstraction"} | facts)
    return inputs


def asked(inputs: dict[str, Any]) -> str:
    return build(record_of(inputs), OPTIONS).first_page.asked


def only(inputs: dict[str, Any], *codes: str) -> dict[str, Any]:
    return inputs | {"bids": [bid for bid in inputs["bids"] if bid["code"] in codes]}


def without(inputs: dict[str, Any], bid: str, *tasks: str) -> dict[str, Any]:
    found = next(row for row in inputs["bids"] if row["code"] == bid)
    found["offers"] = [offer for offer in found["offers"] if offer["task"] not in tasks]
    return inputs


def test_a_task_without_a_price_is_not_asked_for_and_stays_open() -> None:
    assert asked(with_task()) == (
        "Approve a paid pilot with Ashgrove and Banyan Quay, then award the twelve tasks that both price to "
        "the better; D19 has no price and stays open."
    )


def test_a_clear_leader_is_awarded_what_it_prices() -> None:
    assert asked(only(with_task(), "V1")) == (
        "Approve the award to Ashgrove of the twelve tasks that it prices; D19 has no price and stays open."
    )


def test_a_condition_stands_before_what_stays_open() -> None:
    assert asked(only(with_task(), "V8")) == (
        "Approve the award to Hexa of the twelve tasks that it prices once its open knock-outs are cleared; "
        "D19 has no price and stays open."
    )


def test_what_only_one_of_two_prices_is_told_from_what_nobody_prices() -> None:
    said = asked(without(with_task(), "V2", "D15"))
    assert said.endswith(
        "then award the eleven tasks in the scope of both to the better; D19 has no price and stays open; "
        "D15 is not in the scope of both and stays open."
    )


def test_many_tasks_without_a_price_are_counted() -> None:
    inputs = only(sample_inputs(), "V1")
    said = asked(without(inputs, "V1", "D01", "D03", "D04", "D07", "D08"))
    assert said.endswith("of the seven tasks that it prices; five tasks have no price and stay open.")


def test_bids_without_a_common_task_ask_for_prices() -> None:
    inputs = only(with_task(), "V1", "V2")
    inputs["tie_margin"] = 100.0
    every = [task["code"] for task in inputs["tasks"]]
    without(without(inputs, "V1", *every[::2]), "V2", *every[1::2])
    assert asked(inputs).startswith("Ask ")
    assert asked(inputs).endswith(" for prices of the same tasks: the bids have none in common to award.")


def test_a_cost_that_is_not_known_is_named_and_never_a_figure_in_a_sentence() -> None:
    content = build(record_of(with_task(annual_volume=None)), OPTIONS)
    assert content.first_page.money.baseline == "2,735,237 USD a year without D19"
    text = text_of(render(content, "letter"))
    assert "not computable USD" not in text
    assert "the basket stays at 2,735,237 USD a year without D19; no transition, no new risk" in text
    assert "with an in-house cost of 2,735,237 USD a year without D19" in text


def test_a_basket_without_any_cost_says_so() -> None:
    inputs = sample_inputs()
    for task in inputs["tasks"]:
        task["annual_volume"] = None
    content = build(record_of(inputs), OPTIONS)
    assert content.first_page.money.baseline == "not computable"
    text = text_of(render(content, "letter"))
    assert "not computable USD" not in text
    assert "The in-house cost of today stays; no transition" in text


@pytest.mark.parametrize(("number", "words"), [(1, "one task"), (12, "twelve tasks"), (13, "13 tasks")])
def test_numbers_of_tasks_are_words_up_to_twelve(number: int, words: str) -> None:
    assert counted(number, "task") == words


def test_one_record_writes_numbers_of_tasks_one_way() -> None:
    """Words up to twelve and digits above, in sentences and beside names alike."""
    record = record_of(with_task())
    assert len(Source(record, OPTIONS).basket) == 13
    text = text_of(render(build(record, OPTIONS), "letter"))
    assert "twelve of 13 tasks" in text
    assert "12 of 13" not in text
    assert "12 tasks" not in text
    assert "12 are" not in text

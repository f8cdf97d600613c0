"""What may be recorded about a provider agrees with the shipped criteria and questionnaire."""

from __future__ import annotations

import datetime as dt

import pytest

from providers.expiry import expiry
from providers.reference import (
    bid_codes,
    knock_out_questions,
    provider_codes,
    shown_value,
    sub_criteria,
    value_fault,
)
from selections.reference import criteria_rules


def test_sub_criteria_are_those_of_the_shipped_criteria() -> None:
    shipped = {
        sub["code"]: (criterion, sub)
        for criterion in criteria_rules()["criteria"]
        for sub in criterion["sub_criteria"]
    }
    assert list(sub_criteria()) == list(shipped)
    for code, (criterion, sub) in shipped.items():
        ours = sub_criteria()[code]
        assert (ours.criterion, ours.criterion_name) == (criterion["code"], criterion["name"])
        assert (ours.name, ours.unit, ours.metric, ours.evidence) == (
            sub["name"], sub["unit"], sub["metric"], sub["evidence"],
        )  # fmt: skip
        assert ours.is_ordinal == (sub["type"] == "ordinal")
        assert ours.is_lower_better == (sub["direction"] == "lower")
        assert {str(level): text for level, text in ours.scale} == (sub["scale"] or {})


def test_every_value_function_lies_within_what_may_be_entered() -> None:
    for criterion in criteria_rules()["criteria"]:
        for sub in criterion["sub_criteria"]:
            ours = sub_criteria()[sub["code"]]
            for value, _ in sub["value_function"]["points"]:
                assert value_fault(ours, value) == "" or not float(value).is_integer()


def test_values_are_kept_where_they_belong() -> None:
    assert len(provider_codes()) == 17
    assert bid_codes() == ("COST-02", "COST-03", "COST-04", "COST-05", "COST-06", "COMM-01")
    assert sub_criteria()["COST-01"].kept_with == "computed"


def test_the_questions_are_those_that_knock_outs_read() -> None:
    read = {
        rule["params"]["question"]: rule["code"]
        for rule in criteria_rules()["knock_outs"]
        if "question" in rule["params"]
    }
    assert {code: question.knock_out for code, question in knock_out_questions().items()} == read
    assert len(read) == 12


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.95, "0.95"),
        (57.8, "57.8"),
        (7.0, "7"),
        (0.0, "0"),
        (91.66666, "91.6667"),
        (None, ""),
        (100.0, "100"),
    ],
)
def test_values_show_as_they_were_entered(value: float | None, text: str) -> None:
    assert shown_value(value) == text


@pytest.mark.parametrize(
    ("until", "state", "words"),
    [
        (None, "unknown", "Expiry not recorded"),
        (dt.date(2026, 11, 22), "expired", "Expired 22 Nov 2026"),
        (dt.date(2026, 11, 23), "soon", "Expires 23 Nov 2026, today"),
        (dt.date(2026, 11, 24), "soon", "Expires 24 Nov 2026, tomorrow"),
        (dt.date(2027, 2, 21), "soon", "Expires 21 Feb 2027, in 90 days"),
        (dt.date(2027, 2, 22), "valid", "Valid until 22 Feb 2027"),
    ],
)
def test_expiry_is_said_in_words(until: dt.date | None, state: str, words: str) -> None:
    found = expiry(until, dt.date(2026, 11, 23))
    assert (found.state, found.words) == (state, words)

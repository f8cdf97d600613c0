"""Values, assumptions and the privilege line."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEvent
from selections import services
from selections.assumptions import ASSUMPTIONS, RATIOS, assumption_faults
from selections.models import Bid, Score, Selection


def give(sample: Any, **more: Any) -> Score:
    bid = Bid.objects.select_related("provider").get(selection=sample.selection, provider__code="V1")
    given = {"sub_criterion": "QUAL-01", "value": 1.0, "evidence": "E2", "actor": sample.procurement}
    return services.give_score(bid=bid, **{**given, **more})


def test_a_new_score_supersedes_the_one_before_and_leaves_it(sample: Any) -> None:
    first, second = give(sample, value=2.0), give(sample, value=1.5, reason="Second sample")
    assert second.supersedes == first
    assert Score.objects.get(pk=first.pk).value == 2.0
    event = AuditEvent.objects.filter(verb="gave score").latest("pk")
    assert event.before == {"value": 2.0, "evidence": "E2"}
    assert event.after["value"] == 1.5
    assert "Error rate" in event.object_label


def test_a_score_counts_as_a_change_of_the_case(sample: Any) -> None:
    before = Selection.objects.get(pk=sample.selection.pk).version
    give(sample)
    assert Selection.objects.get(pk=sample.selection.pk).version == before + 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value": float("nan")}, "Give a number"),
        ({"value": float("inf")}, "Give a number"),
        ({"sub_criterion": "NONE-01"}, "no sub-criterion NONE-01"),
        ({"sub_criterion": "COST-01"}, "cannot be entered"),
        ({"evidence": "E9"}, "no evidence level E9"),
    ],
)
def test_wrong_scores_are_refused_in_words(sample: Any, wrong: dict[str, Any], words: str) -> None:
    count = Score.objects.count()
    with pytest.raises(services.Refused, match=words):
        give(sample, **wrong)
    assert Score.objects.count() == count


def test_the_evidence_of_the_computed_index_can_be_given(sample: Any) -> None:
    give(sample, sub_criterion="COST-01", value=None, evidence="E0")
    cell = services.preview_ranking(selection=sample.selection).inputs.cells["V1"]["COST-01"]
    assert (cell.value, cell.evidence, cell.origin) == (None, "E0", "computed")


def test_the_assumptions_of_the_sample_are_right(sample: Any) -> None:
    assert assumption_faults(sample.selection.assumptions) == {}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("oversight_rate", -1, "from 0"),
        ("oversight_rate", float("nan"), "enter a number"),
        ("oversight_rate", "175", "enter a number"),
        ("oversight_rate", True, "enter a number"),
        ("oversight_rate", None, "is missing"),
        ("term_years", 0, "from 1"),
        ("term_years", 2.5, "whole number"),
        ("discount_rate", -1, "from -0.99"),
        ("year1_ramp", 1.1, "from 0 to 1"),
        (RATIOS, {"1": 0.1}, "levels 1 to 5"),
        (RATIOS, dict.fromkeys("12345", -1), "share such as"),
        ("made_up", 1, "not an assumption"),
    ],
)
def test_wrong_assumptions_are_refused_whole(sample: Any, name: str, value: Any, words: str) -> None:
    given = {**sample.selection.assumptions, name: value}
    with pytest.raises(services.Refused) as refused:
        services.set_assumptions(selection=sample.selection, assumptions=given, actor=sample.procurement)
    assert set(refused.value.errors) == {name}
    assert words in refused.value.errors[name]
    assert Selection.objects.get(pk=sample.selection.pk).assumptions == sample.selection.assumptions


def test_every_assumption_of_the_sample_has_a_label(sample: Any) -> None:
    assert {one.name for one in ASSUMPTIONS} >= set(sample.selection.assumptions) - {RATIOS}


def test_counsel_switches_the_privilege_line_once(sample: Any) -> None:
    for _ in range(2):
        services.set_privilege_line(selection=sample.selection, is_on=True, actor=sample.counsel)
    assert Selection.objects.get(pk=sample.selection.pk).has_privilege_line
    assert AuditEvent.objects.filter(verb="switched privilege line").count() == 1

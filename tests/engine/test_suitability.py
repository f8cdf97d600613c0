"""Suitability: gates by trigger, the weighted score, unknown answers, refusals."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput, SuitabilityRules, suitability
from tests import reference

RULES = reference.load("suitability_factors")
READ = SuitabilityRules.from_dict(RULES)
CODES = [factor["code"] for factor in RULES["factors"]]
FLAGS = [flag["code"] for flag in RULES["flags"]]


def task(**changes: Any) -> dict[str, Any]:
    first = reference.task_input(reference.load("demo_company")["tasks"][0])
    return {**first, **changes}


def answered(**answers: Any) -> dict[str, Any]:
    return {"answers": {**task()["answers"], **answers}, "flags": [], "practice_of_law": "administrative"}


def gates(found: Any) -> list[str]:
    return [gate.code for gate in found.gates]


def test_points_of_each_factor_add_up_to_the_score() -> None:
    found = suitability(task(), READ)
    assert found.score == 76.25
    assert sum(points or 0 for points in found.contributions.values()) == pytest.approx(76.25)
    line = next(line for line in found.factors if line.code == "CPX")
    assert (line.weight, line.level, line.norm, line.points, line.maximum) == (12, 2, 0.75, 9, 12)
    assert (found.score_range, found.band_range, found.band_certain, found.unknown) == (
        (76.25, 76.25),
        ("OUTSOURCE", "OUTSOURCE"),
        True,
        (),
    )


def test_triggers_are_joined_by_or_and_say_why() -> None:
    assert suitability(task(), READ).gates[0].reason == "the flag privileged is set"
    found = suitability({**answered(PRV=4), "flags": ["privileged"]}, READ)
    assert found.gates[0].reason == "the flag privileged is set; PRV is 4 (4 or more)"
    assert gates(suitability(answered(PRV=5), READ)) == ["G04"]
    assert gates(suitability(answered(PRV=3), READ)) == []
    found = suitability(answered(RDY=1), READ)
    assert found.gates[0].reason == "RDY is 1 (1 or less)"
    assert found.outcome == "PREPARE_FIRST"
    assert gates(suitability({**answered(), "practice_of_law": "supervised"}, READ)) == ["G08"]
    assert suitability({**answered(), "practice_of_law": "supervised"}, READ).gates[0].reason == (
        "practice of law is supervised"
    )


def test_unknown_answers_trigger_no_factor_gate() -> None:
    assert gates(suitability(answered(PRV=None, RDY=None), READ)) == []
    assert gates(suitability({"flags": ["phi"]}, READ)) == ["G05"]


def test_gates_are_listed_in_order_of_their_codes() -> None:
    rules = copy.deepcopy(RULES)
    rules["gates"].reverse()
    assert gates(suitability({**answered(PRV=4), "flags": ["phi", "mnpi"]}, rules)) == ["G04", "G05", "G14"]


def test_levels_may_be_numpy_integers() -> None:
    levels = {code: np.int64(level) for code, level in answered()["answers"].items()}
    found = suitability({**answered(), "answers": levels}, READ)
    assert found == suitability(answered(), READ)
    assert {type(line.level) for line in found.factors} == {int}


def test_precedence_of_outcome_and_restriction() -> None:
    every = {**answered(RDY=1), "flags": FLAGS}
    found = suitability(every, READ)
    assert (found.outcome, found.restriction) == ("RETAIN", "ONSHORE_US_PERSONS")
    flags = ["patent_technical_data", "bulk_us_sensitive_data", "phi"]
    for start, effect in enumerate(["ONSHORE_OR_CLEARANCE", "LOCATION_LIMIT", "CONDITION"]):
        assert suitability({**answered(), "flags": flags[start:]}, READ).restriction == effect
    assert suitability(answered(), READ).restriction is None


def test_an_unknown_weighted_answer_leaves_no_score_but_a_range() -> None:
    found = suitability(answered(STD=None), READ)
    assert (found.score, found.score_range, found.unknown) == (None, (64.25, 76.25), ("STD",))
    assert (found.band, found.band_range, found.band_certain, found.outcome) == (
        None,
        ("PILOT", "OUTSOURCE"),
        False,
        None,
    )
    assert found.contributions["STD"] is None


def test_the_band_is_certain_when_both_ends_share_it() -> None:
    found = suitability(answered(TAT=None), READ)
    assert found.score is None
    assert (found.band, found.band_certain, found.outcome) == ("OUTSOURCE", True, "OUTSOURCE")


def test_gates_decide_without_a_score() -> None:
    found = suitability({"flags": ["court_appearance"]}, READ)
    assert (found.score, found.band, found.outcome) == (None, None, "RETAIN")
    assert found.score_range == (0, 100)


def test_weight_zero_drops_a_factor() -> None:
    rules = copy.deepcopy(RULES)
    rules["factors"][0]["default_weight"] = 0
    found = suitability(answered(STD=None), rules)
    assert found.score == pytest.approx(100 * 64.25 / 88)
    assert (found.contributions["STD"], found.factors[0].maximum) == (0, 0)
    assert suitability(answered(STD=3), rules).contributions["STD"] == 0
    for factor in rules["factors"]:
        factor["default_weight"] = 0
    found = suitability(answered(), rules)
    assert (found.score, found.score_range, found.band_range, found.outcome) == (None, None, None, None)


def test_a_band_starts_at_its_lower_end() -> None:
    rules = copy.deepcopy(RULES)
    rules["bands"][0]["min"] = 76.25
    assert suitability(task(), rules).band == "OUTSOURCE"
    rules["bands"][0]["min"] = 76.250001
    assert suitability(task(), rules).band == "PILOT"


@settings(deadline=None, max_examples=60)
@given(
    st.fixed_dictionaries({code: st.one_of(st.none(), st.integers(1, 5)) for code in CODES}),
    st.lists(st.sampled_from(FLAGS), unique=True),
)
def test_gates_do_not_depend_on_weights_and_the_range_holds(
    answers: dict[str, Any], flags: list[str]
) -> None:
    found = suitability({"answers": answers, "flags": flags}, READ)
    rules = copy.deepcopy(RULES)
    rules["factors"][0]["default_weight"] = 99
    assert gates(suitability({"answers": answers, "flags": flags}, rules)) == gates(found)
    assert found.score_range is not None
    for level in (1, 5):
        filled = {code: level if value is None else value for code, value in answers.items()}
        score = suitability({"answers": filled, "flags": flags}, READ).score
        assert score is not None
        assert found.score_range[0] - 1e-9 <= score <= found.score_range[1] + 1e-9


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"answers": {"STD": 0}}, "task.answers.STD: a whole number from 1 to 5 is needed, not 0"),
        ({"answers": {"STD": 9}}, "task.answers.STD: a whole number"),
        ({"answers": {"STD": True}}, "task.answers.STD: a whole number"),
        ({"answers": {"STD": 2.5}}, "task.answers.STD: a whole number"),
        ({"answers": {"STD": "3"}}, "task.answers.STD: a whole number"),
        ({"answers": {"XYZ": 3}}, "task.answers.XYZ: is not a factor"),
        ({"answers": []}, "task.answers: an object"),
        ({"flags": ["secret"]}, 'task.flags[0]: "secret" is not a known flag'),
        ({"flags": [["phi"]]}, "task.flags[0]: list is not a known flag"),
        ({"flags": "phi"}, "task.flags: a list"),
        ({"practice_of_law": "other"}, 'task.practice_of_law: "other" is not one of administrative'),
    ],
)
def test_bad_tasks_are_refused(changes: dict[str, Any], line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        suitability(task(**changes), READ)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (("factors", 0, "direction"), "up", "rules.factors[0].direction: STD: must be one of"),
        (("factors", 0, "default_weight"), -1, "rules.factors[0].default_weight: -1 is below 0"),
        (("factors", 0, "code"), "", "rules.factors[0].code: a text"),
        (("factors", 1, "code"), "STD", 'rules.factors: the code "STD" is used twice'),
        (("factors",), {}, "rules.factors: a list"),
        (("factors", 0), [], "rules.factors[0]: an object"),
        (("bands",), [], "rules.bands: bands need"),
        (("bands", 3, "min"), 10, "rules.bands: bands need"),
        (("bands", 1, "min"), 68, "rules.bands: bands need"),
        (("gates", 0, "effect"), "MAYBE", 'rules.gates[0].effect: "MAYBE" is not in the precedence'),
        (("gates", 0, "trigger", "flag_any"), ["phi"], "rules.gates[0].trigger.flag_any: unknown trigger"),
        (
            ("gates", 0, "trigger", "flags_any"),
            ["x"],
            'rules.gates[0].trigger.flags_any[0]: "x" is not known',
        ),
        (
            ("gates", 3, "trigger", "factor_min"),
            {"X": 1},
            "rules.gates[3].trigger.factor_min.X: is not a factor",
        ),
        (
            ("gates", 7, "trigger", "practice_of_law_any"),
            ["x"],
            "rules.gates[7].trigger.practice_of_law_any[0]",
        ),
        (("gates", 1, "code"), "G01", 'rules.gates: the code "G01" is used twice'),
    ],
)
def test_rules_that_could_not_work_are_refused(place: tuple[Any, ...], value: Any, line: str) -> None:
    rules = copy.deepcopy(RULES)
    inner = rules
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    with pytest.raises(InvalidInput) as caught:
        suitability(task(), rules)
    assert str(caught.value).startswith(line)


def kinded(**kinds: Any) -> dict[str, Any]:
    rules = copy.deepcopy(RULES)
    for gate in rules["gates"]:
        gate["kind"] = kinds.get(gate["code"], gate["kind"])
    return rules


def test_a_waived_gate_stays_listed_and_has_no_effect() -> None:
    found = suitability({**answered(RDY=1), "waived": ["G11"]}, READ)
    assert [(gate.code, gate.waived) for gate in found.gates] == [("G11", True)]
    assert found.outcome == found.band == suitability(answered(RDY=2), READ).band
    stopped = suitability({**answered(RDY=1), "flags": ["court_appearance"], "waived": ["G11"]}, READ)
    assert stopped.outcome == "RETAIN"
    limited = suitability({**answered(), "flags": ["phi"], "waived": ["G05"]}, kinded(G05="policy"))
    assert (limited.restriction, gates(limited)) == (None, ["G05"])


def test_a_waiver_of_a_gate_that_does_not_fire_says_nothing() -> None:
    assert suitability({**answered(), "waived": ["G11"]}, READ) == suitability(answered(), READ)


@pytest.mark.parametrize(
    ("waived", "line"),
    [
        (["G03"], "task.waived[0]: G03 is a gate of the kind law, which cannot be waived"),
        (["G11", "G08"], "task.waived[1]: G08 is a gate of the kind supervision, which cannot be waived"),
        (["G99"], 'task.waived[0]: "G99" is not a gate'),
        ([7], "task.waived[0]: 7 is not a gate"),
        ("G11", "task.waived: a list"),
    ],
)
def test_waivers_that_are_refused(waived: Any, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        suitability({**answered(RDY=1), "waived": waived}, READ)
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize("kind", [None, "", "Readiness", "friendly", 7, ["policy"]])
def test_a_kind_that_is_not_stated_counts_as_law(kind: Any) -> None:
    with pytest.raises(InvalidInput, match="of the kind law"):
        suitability({**answered(RDY=1), "waived": ["G11"]}, kinded(G11=kind))

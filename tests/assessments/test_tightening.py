"""A gate that may pass as tightened fires wherever the shipped one fires, and asks for no less."""

from __future__ import annotations

import copy
import itertools
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.reference import factor_rules
from assessments.tightening import STRICTER, effects_at_least, gates_loosened, loosened
from engine import SuitabilityRules, suitability

RULES = factor_rules()
SHIPPED = {gate["code"]: gate for gate in RULES["gates"]}
FLAGS = [flag["code"] for flag in RULES["flags"]]
FACTORS = [factor["code"] for factor in RULES["factors"]]
CLASSES = ("administrative", "supervised", "licensed")
EFFECTS = tuple(RULES["gate_precedence"])
LEVELS = (None, 1, 2, 3, 4, 5)


def fire_on(gate: dict[str, Any], tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    rules = SuitabilityRules.from_dict({**RULES, "gates": [gate]})
    return [task for task in tasks if suitability(task, rules).gates]


@cache
def stopped(code: str) -> list[dict[str, Any]]:
    """Every task on which the shipped gate fires, of all combinations that can make a difference."""
    return fire_on(SHIPPED[code], every_task(SHIPPED[code]))


def every_task(gate: dict[str, Any]) -> list[dict[str, Any]]:
    """Every combination of what the shipped trigger looks at, and of one flag and factor that it does not."""
    trigger = gate["trigger"]
    other_flag = next(flag for flag in FLAGS if flag not in trigger.get("flags_any", ()))
    flags = [*trigger.get("flags_any", ()), other_flag]
    factors = sorted({*trigger.get("factor_min", {}), *trigger.get("factor_max", {}), "STD"})
    return [
        {
            "flags": [flag for flag, is_set in zip(flags, chosen, strict=True) if is_set],
            "practice_of_law": practice,
            "answers": dict(zip(factors, levels, strict=True)),
        }
        for chosen in itertools.product((False, True), repeat=len(flags))
        for practice in CLASSES
        for levels in itertools.product(LEVELS, repeat=len(factors))
    ]


@st.composite
def changed_gates(draw: st.DrawFn, code: str) -> dict[str, Any]:
    """The shipped gate with anything about it changed: looser, stricter, or both at once."""
    gate = copy.deepcopy(SHIPPED[code])
    flags = draw(st.lists(st.sampled_from(FLAGS), unique=True, max_size=3))
    classes = draw(st.lists(st.sampled_from(CLASSES), unique=True, max_size=2))
    limits = st.dictionaries(st.sampled_from(("PRV", "RDY", "STD")), st.integers(1, 5), max_size=2)
    drawn = {
        "flags_any": flags,
        "practice_of_law_any": classes,
        "factor_min": draw(limits),
        "factor_max": draw(limits),
    }
    keep = draw(st.sampled_from(("join", "replace")))
    for key, value in drawn.items():
        before = gate["trigger"].get(key)
        if keep == "join" and isinstance(value, list):
            gate["trigger"][key] = list(dict.fromkeys([*(before or ()), *value]))
        elif keep == "join":
            gate["trigger"][key] = {**(before or {}), **value}
        else:
            gate["trigger"][key] = value
    gate["effect"] = draw(st.sampled_from(EFFECTS))
    gate["conditions"] = [*gate["conditions"][draw(st.integers(0, 1)) :], "One more"]
    return gate


@pytest.mark.parametrize("code", sorted(SHIPPED))
@settings(deadline=None, max_examples=60)  # a gate is tried on up to 432 tasks
@given(data=st.data())
def test_what_passes_fires_wherever_the_shipped_gate_fires(code: str, data: st.DataObject) -> None:
    shipped, gate = SHIPPED[code], data.draw(changed_gates(code))
    if loosened(shipped, gate):
        return
    assert fire_on(gate, stopped(code)) == stopped(code)
    assert set(shipped["conditions"]) <= set(gate["conditions"])
    assert EFFECTS.index(gate["effect"]) <= EFFECTS.index(shipped["effect"])


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_every_trigger_of_a_shipped_gate_is_guarded(code: str) -> None:
    """Take away any part of a gate, or move any threshold away, and it is named as loosened."""
    shipped = SHIPPED[code]
    assert loosened(shipped, copy.deepcopy(shipped)) == ()
    for key, value in shipped["trigger"].items():
        for one in value:
            gate = copy.deepcopy(shipped)
            if isinstance(value, list):
                gate["trigger"][key].remove(one)
            else:
                del gate["trigger"][key][one]
            assert "no longer fires" in loosened(shipped, gate)[0]
    for place in range(len(shipped["conditions"])):
        gate = copy.deepcopy(shipped)
        del gate["conditions"][place]
        assert "no longer asks" in loosened(shipped, gate)[0]
    for kind in ("readiness", "policy"):
        gate = {**copy.deepcopy(shipped), "kind": kind}
        assert bool(loosened(shipped, gate)) is (kind != shipped["kind"])


@pytest.mark.parametrize(
    ("code", "key", "factor", "stricter", "looser"),
    [("G04", "factor_min", "PRV", 3, 5), ("G11", "factor_max", "RDY", 2, 0)],
)
def test_a_threshold_moves_one_way(code: str, key: str, factor: str, stricter: int, looser: int) -> None:
    shipped = SHIPPED[code]
    for level, is_fine in ((stricter, True), (looser, False)):
        gate = copy.deepcopy(shipped)
        gate["trigger"][key][factor] = level
        assert (loosened(shipped, gate) == ()) is is_fine


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("other", [EFFECTS[:2], EFFECTS[2:]])
def test_a_stricter_effect_leaves_no_task_better_off(effect: str, other: tuple[str, ...]) -> None:
    """With any gate beside it: a task that was stopped stays stopped, a place limit is never lost."""
    task = {"answers": dict.fromkeys(FACTORS, 5), "flags": ["phi", "mnpi"], "practice_of_law": "supervised"}
    assert set(STRICTER) == set(EFFECTS)
    for stricter, beside in itertools.product(effects_at_least(effect), other):
        before, after = (
            suitability(task, {**RULES, "gates": [_gate("A", one, "phi"), _gate("B", beside, "mnpi")]})
            for one in (effect, stricter)
        )
        stops = ("RETAIN", "PREPARE_FIRST")
        assert before.outcome not in stops or after.outcome in stops
        assert after.outcome == "RETAIN" or before.outcome != "RETAIN"
        if after.outcome not in stops and before.restriction:
            assert after.restriction
            assert EFFECTS.index(after.restriction) <= EFFECTS.index(before.restriction)


def _gate(code: str, effect: str, flag: str) -> dict[str, Any]:
    return {"code": code, "effect": effect, "trigger": {"flags_any": [flag]}}


def test_a_limit_to_places_is_not_exchanged_for_preparing() -> None:
    assert "PREPARE_FIRST" not in effects_at_least("ONSHORE_US_PERSONS")
    assert "ONSHORE_OR_CLEARANCE" not in effects_at_least("LOCATION_LIMIT")


def test_a_set_keeps_every_shipped_gate_in_force_or_off_with_a_reason() -> None:
    shipped = RULES["gates"]
    gone, *rest = shipped
    assert gates_loosened(shipped, shipped, ()) == ()
    assert gates_loosened(shipped, rest, ()) == ("G01 is missing. A shipped gate is never deleted.",)
    assert gates_loosened(shipped, rest, [{**gone, "off": {"reason": "No courts here"}}]) == ()
    assert gates_loosened(shipped, rest, [{**gone, "off": {"reason": " "}}]) == (
        "G01 is turned off without a reason.",
    )
    assert "both" in gates_loosened(shipped, shipped, [{**gone, "off": {"reason": "x"}}])[0]
    assert "no shipped gate" in gates_loosened(shipped, shipped, [{"code": "P01"}])[0]
    weaker = {**gone, "effect": "CONDITION", "off": {"reason": "x"}}
    assert "less strict" in gates_loosened(shipped, rest, [weaker])[0]

"""The case behind a selection: from tasks and bids to suitability, knock-outs, business cases and a decision.

Pages, records, reports and `verify` all call these two functions, so that they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from engine import (
    Fault,
    InvalidInput,
    KnockOuts,
    Suitability,
    SuitabilityRules,
    basket_case,
    knock_outs,
    read_basket,
    suitability,
)
from engine.checks import require_list, require_mapping, require_number, require_text
from engine.decision_check import DECISION_SCHEMA
from engine.errors import at, quoted, refuse
from records.canonical import as_data

BASKET_OUTCOMES = ("OUTSOURCE", "PILOT")
COST_INDEX = "COST-01"
_NO_EVIDENCE = "E0"


def compute_case(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Suitability of every task, knock-outs and business case of every bid, as plain data, unrounded.

    `inputs`: "factor_rules" (shape of `suitability_factors.json`), "tasks", "role_rates", "assumptions"
    (`demo_company.json`, with "answers" for the profile; "waived": codes of waived gates), "knock_out_rules"
    (the `knock_outs` of `criteria.json`), "bids" (`demo_providers.json`, with "evidence" and "acceptances");
    other members are kept for the reader and not used. Raises `InvalidInput` with the place.
    """
    require_mapping(inputs, "$")
    tasks, bids = _coded(inputs, "tasks"), _coded(inputs, "bids")
    found = _assess(inputs, tasks)
    basket = [code for code, result in found.items() if result.outcome in BASKET_OUTCOMES]
    gates = {code: [gate.code for gate in found[code].gates] for code in basket}
    tests = _test_bids(inputs, bids, gates)
    return {
        "suitability": {code: _suitability_data(result, code in gates) for code, result in found.items()},
        "knock_outs": {code: _knock_outs_data(result) for code, result in tests.items()},
        "business_cases": _business_cases(inputs, [tasks[code] for code in basket], bids, tests),
    }


@dataclass(frozen=True, slots=True)
class _Entry:
    """A task or a bid of the inputs and its JSON path."""

    data: Mapping[str, Any]
    path: str


def _coded(inputs: Mapping[str, Any], member: str) -> dict[str, _Entry]:
    """The entries of a list by code; a code that comes twice is refused."""
    path = at("$", member)
    found: dict[str, _Entry] = {}
    for index, entry in enumerate(require_list(inputs.get(member), path)):
        place = at(path, index)
        code = require_text(require_mapping(entry, place).get("code"), at(place, "code"))
        if code in found:
            raise refuse(at(place, "code"), f"the code {quoted(code)} is used twice")
        found[code] = _Entry(entry, place)
    return found


@contextmanager
def _located(places: Mapping[str, str]) -> Iterator[None]:
    """Faults that the engine names below a key of `places` are named below its value instead."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidInput(*(Fault(_moved(f.path, places), f.message) for f in error.faults)) from error


def _moved(path: str, places: Mapping[str, str]) -> str:
    below = (old for old in places if path == old or path.startswith((f"{old}.", f"{old}[")))
    old = next(below, "")
    return places.get(old, "") + path.removeprefix(old)


def _assess(inputs: Mapping[str, Any], tasks: Mapping[str, _Entry]) -> dict[str, Suitability]:
    with _located({"rules": "$.factor_rules"}):
        rules = SuitabilityRules.from_dict(inputs.get("factor_rules", {}))
    found = {}
    for code, entry in tasks.items():
        with _located({"task": entry.path}):
            found[code] = suitability(entry.data, rules)
    return found


def _test_bids(
    inputs: Mapping[str, Any], bids: Mapping[str, _Entry], gates: Mapping[str, list[str]]
) -> dict[str, KnockOuts]:
    tests = {}
    for code, entry in bids.items():
        with _located({"bid": entry.path, "rules": "$.knock_out_rules"}):
            tests[code] = knock_outs(entry.data, inputs.get("knock_out_rules", []), gates)
    return tests


def _business_cases(
    inputs: Mapping[str, Any],
    basket: list[_Entry],
    bids: Mapping[str, _Entry],
    tests: Mapping[str, KnockOuts],
) -> dict[str, Any]:
    given = require_mapping(inputs.get("assumptions"), "$.assumptions")
    assumptions = {**given, "role_rates": inputs.get("role_rates")}
    places = {"assumptions.role_rates": "$.role_rates", "assumptions": "$.assumptions"}
    places |= {at("tasks", index): entry.path for index, entry in enumerate(basket)}
    if not bids:
        return {}
    with _located(places):
        read = read_basket([task.data for task in basket], assumptions)
    cases = {}
    for code, entry in bids.items():
        bid = {**entry.data, "task_exclusions": list(tests[code].excluded_tasks)}
        with _located({"bid": entry.path}):
            cases[code] = as_data(basket_case(read, bid))
    return cases


def _suitability_data(found: Suitability, in_basket: bool) -> dict[str, Any]:
    data: dict[str, Any] = as_data(found)
    # Records from before gates could be waived have no such member; they must still come out the same.
    gates = [
        {key: value for key, value in gate.items() if key != "waived" or value} for gate in data["gates"]
    ]
    return {**data, "gates": gates, "band_certain": found.band_certain, "in_basket": in_basket}


def _knock_outs_data(found: KnockOuts) -> dict[str, Any]:
    data: dict[str, Any] = as_data(found)
    return {
        **data,
        "status": found.status,
        "failed": list(found.failed),
        "conditional": list(found.conditional),
        "excluded_tasks": list(found.excluded_tasks),
    }


def decision_from_case(
    inputs: Mapping[str, Any],
    weights: Mapping[str, float],
    criteria_rules: Mapping[str, Any],
    *,
    results: Mapping[str, Any] | None = None,
    title: str = "",
    missing: str = "worst",
    tie_margin: float = 3,
) -> dict[str, Any]:
    """The decision (`lpo.decision/1`) that a case leads to.

    `weights`: by code of criterion or sub-criterion, the default of `criteria_rules` (the shape of
    `criteria.json`) where absent. The all-in cost index is computed and enters rounded to one decimal; every
    other score is the bid's metric. Confidence comes from the evidence level, E0 where none is recorded.
    `results`: those of `compute_case` for the same inputs, if the caller has them. Raises `InvalidInput`.
    """
    computed = compute_case(inputs) if results is None else results
    require_mapping(weights, "$.weights")
    confidence = _confidence_by_level(criteria_rules)
    criteria = [
        _criterion(entry, path, weights)
        for entry, path in _entries(criteria_rules, "criteria", "$.criteria_rules")
    ]
    leaves = [leaf["code"] for criterion in criteria for leaf in criterion["criteria"]]
    decision = {
        "schema": DECISION_SCHEMA,
        "title": title,
        "missing": missing,
        "tie_margin": tie_margin,
        "criteria": criteria,
        "alternatives": [
            _alternative(entry, leaves, computed, confidence) for entry in _coded(inputs, "bids").values()
        ],
    }
    return {**decision, "tie_break": COST_INDEX} if COST_INDEX in leaves else decision


def _entries(owner: Mapping[str, Any], member: str, path: str) -> list[tuple[Mapping[str, Any], str]]:
    """The objects of a list, each with its JSON path."""
    place = at(path, member)
    entries = require_list(require_mapping(owner, path).get(member), place)
    return [(require_mapping(entry, at(place, k)), at(place, k)) for k, entry in enumerate(entries)]


def _confidence_by_level(criteria_rules: Mapping[str, Any]) -> dict[str, float]:
    return {
        require_text(level.get("code"), at(path, "code")): require_number(
            level.get("confidence"), at(path, "confidence"), at_least=0, at_most=1
        )
        for level, path in _entries(criteria_rules, "evidence_levels", "$.criteria_rules")
    }


def _criterion(entry: Mapping[str, Any], path: str, weights: Mapping[str, float]) -> dict[str, Any]:
    code = require_text(entry.get("code"), at(path, "code"))
    return {
        "code": code,
        "name": entry.get("name"),
        "weight": weights.get(code, entry.get("default_weight")),
        "criteria": [_leaf(leaf, place, weights) for leaf, place in _entries(entry, "sub_criteria", path)],
    }


def _leaf(entry: Mapping[str, Any], path: str, weights: Mapping[str, float]) -> dict[str, Any]:
    code = require_text(entry.get("code"), at(path, "code"))
    function = require_mapping(entry.get("value_function"), at(path, "value_function"))
    return {
        "code": code,
        "name": entry.get("name"),
        "weight": weights.get(code, entry.get("weight_within")),
        "unit": entry.get("unit"),
        "points": function.get("points"),
    }


def _alternative(
    entry: _Entry, leaves: list[str], computed: Mapping[str, Any], confidence: Mapping[str, float]
) -> dict[str, Any]:
    bid, code = entry.data, entry.data["code"]
    scores = {leaf: bid.get("metrics", {}).get(leaf) for leaf in leaves}
    if COST_INDEX in scores:
        index = computed["business_cases"][code]["cost_index"]
        scores[COST_INDEX] = None if index is None else round(index, 1)
    return {
        "code": code,
        "name": bid.get("name", ""),
        "scores": scores,
        "confidence": {leaf: _confidence(entry, leaf, confidence) for leaf in leaves},
        "gates": _gates(computed["knock_outs"][code]),
    }


def _confidence(entry: _Entry, leaf: str, confidence: Mapping[str, float]) -> float:
    level = require_mapping(entry.data.get("evidence", {}), at(entry.path, "evidence")).get(
        leaf, _NO_EVIDENCE
    )
    if not isinstance(level, str) or level not in confidence:
        raise refuse(at(at(entry.path, "evidence"), leaf), f"{quoted(level)} is not an evidence level")
    return confidence[level]


def _gates(tests: Mapping[str, Any]) -> list[dict[str, str]]:
    """Knock-outs as gates. A test that only excludes tasks is no gate of the whole bid."""
    excluding = {exclusion["knock_out"] for exclusion in tests["task_exclusions"]}
    return [
        {"code": test["code"], "outcome": test["outcome"], "reason": f"{test['name']}: {test['reason']}"}
        for test in tests["tests"]
        if test["outcome"] != "not tested" and test["code"] not in excluding
    ]

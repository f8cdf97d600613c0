"""Checks a whole decision (`lpo.decision/1`): every fault with its JSON path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.checks import MAX_SAMPLES, is_one_of, number_problem
from engine.decision_tree import MAX_CODE, TreeCheck, texts, unknown_fields
from engine.errors import Fault, FaultList, at, member, quoted

DECISION_SCHEMA = "lpo.decision/1"
MISSING_POLICIES = ("worst", "midpoint")
GATE_OUTCOMES = ("failed", "conditional", "passed")
MAX_ALTERNATIVES = 2_000
MAX_CELLS = 200_000
_TOP_FIELDS = frozenset(
    {"schema", "title", "seed", "samples", "missing", "tie_margin", "tie_break", "elicitation"}
    | {"criteria", "alternatives"}
)
_ALTERNATIVE_FIELDS = frozenset({"code", "name", "gates", "scores", "confidence"})
_GATE_FIELDS = frozenset({"code", "outcome", "reason"})
_SCORE_SHAPES = (("low", "high"), ("low", "mode", "high"), ("mean", "sd"))


def decision_faults(document: object, *, need_schema: bool = False) -> list[Fault]:
    """All faults of a decision document, at most 50; an empty list means it can be calculated."""
    faults = FaultList()
    if not isinstance(document, Mapping):
        faults.add("$", "a decision is an object")
        return faults.faults
    unknown_fields(document, _TOP_FIELDS, "$", faults)
    if (need_schema or "schema" in document) and not is_one_of(document.get("schema"), (DECISION_SCHEMA,)):
        faults.add("$.schema", f"must be {quoted(DECISION_SCHEMA)}")
    texts(document, ("title",), "$", faults)
    _settings(document, faults)
    tree = TreeCheck(faults)
    tree.group(document, "$", 1)
    if "tie_break" in document and not is_one_of(document["tie_break"], tree.leaves):
        faults.add("$.tie_break", "must be the code of a criterion that is scored")
    _alternatives(document.get("alternatives"), tree, faults)
    return faults.faults


def _settings(document: Mapping[str, Any], faults: FaultList) -> None:
    for name, low, high in (("seed", 0, 2**63), ("samples", 1, MAX_SAMPLES)):
        if name in document and not _whole(document[name], low, high):
            faults.add(at("$", name), f"a whole number from {low} to {high} is needed")
    if "missing" in document and not is_one_of(document["missing"], MISSING_POLICIES):
        faults.add("$.missing", 'must be "worst" or "midpoint"')
    if "tie_margin" in document:
        problem = number_problem(document["tie_margin"], at_least=0, at_most=100)
        if problem is not None:
            faults.add("$.tie_margin", problem)


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _alternatives(alternatives: object, tree: TreeCheck, faults: FaultList) -> None:
    if not isinstance(alternatives, list | tuple) or not alternatives:
        faults.add("$.alternatives", "a list with at least one alternative is needed")
        return
    if len(alternatives) > MAX_ALTERNATIVES:
        faults.add("$.alternatives", f"there are more than {MAX_ALTERNATIVES} alternatives")
        return
    if len(alternatives) * len(tree.leaves) > MAX_CELLS:
        faults.add("$.alternatives", f"alternatives times criteria exceed {MAX_CELLS} scores")
        return
    seen: set[str] = set()
    for index, alternative in enumerate(alternatives):
        if faults.full:
            return
        path = at("$.alternatives", index)
        if not isinstance(alternative, Mapping):
            faults.add(path, "an alternative is an object")
            continue
        _alternative(alternative, path, tree.leaves, seen, faults)


def _alternative(
    alternative: Mapping[str, Any], path: str, leaves: set[str], seen: set[str], faults: FaultList
) -> None:
    unknown_fields(alternative, _ALTERNATIVE_FIELDS, path, faults)
    texts(alternative, ("name",), path, faults)
    code = alternative.get("code")
    if not isinstance(code, str) or not code:
        faults.add(at(path, "code"), "a code (text) is needed")
    elif len(code) > MAX_CODE:
        faults.add(at(path, "code"), f"a code has at most {MAX_CODE} characters")
    elif code in seen:
        faults.add(at(path, "code"), f"the code {quoted(code)} is used twice")
    else:
        seen.add(code)
    _gates(alternative.get("gates", ()), at(path, "gates"), faults)
    _by_leaf(alternative, "scores", path, leaves, faults)
    _by_leaf(alternative, "confidence", path, leaves, faults)


def _gates(gates: object, path: str, faults: FaultList) -> None:
    if not isinstance(gates, list | tuple):
        faults.add(path, "a list of gates is needed")
        return
    for index, gate in enumerate(gates):
        place = at(path, index)
        if not isinstance(gate, Mapping):
            faults.add(place, "a gate is an object")
            continue
        unknown_fields(gate, _GATE_FIELDS, place, faults)
        texts(gate, ("reason",), place, faults)
        if not isinstance(gate.get("code"), str) or not gate["code"]:
            faults.add(at(place, "code"), "a code (text) is needed")
        if not is_one_of(gate.get("outcome"), GATE_OUTCOMES):
            faults.add(at(place, "outcome"), "must be failed, conditional or passed")


def _by_leaf(
    alternative: Mapping[str, Any], table: str, path: str, leaves: set[str], faults: FaultList
) -> None:
    cells = alternative.get(table, {})
    place = at(path, table)
    if not isinstance(cells, Mapping):
        faults.add(place, "an object with one member for each criterion is needed")
        return
    for code, cell in cells.items():
        if code not in leaves:
            faults.add(member(place, code), "is not the code of a criterion that is scored")
            continue
        problem = score_problem(cell) if table == "scores" else number_problem(cell, at_least=0, at_most=1)
        if problem is not None:
            faults.add(member(place, code), f"alternative {quoted(alternative.get('code'))}: {problem}")


def score_problem(cell: object) -> str | None:
    """What is wrong with a score: a number, None (unknown), or an object of one of the three shapes."""
    if cell is None:
        return None
    if not isinstance(cell, Mapping):
        return number_problem(cell)
    shape = next((shape for shape in _SCORE_SHAPES if set(cell) == set(shape)), None)
    if shape is None:
        return "an uncertain score is {low, high}, {low, mode, high} or {mean, sd}"
    for name in shape:
        problem = number_problem(cell[name], at_least=0 if name == "sd" else None)
        if problem is not None:
            return f"{name}: {problem}"
    if shape == ("mean", "sd"):
        return None
    ordered = [float(cell[name]) for name in shape]
    return None if ordered == sorted(ordered) else f"{' ≤ '.join(shape)} does not hold"

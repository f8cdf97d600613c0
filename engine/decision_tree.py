"""Checks the criteria tree of a decision and reads the weights of each group of siblings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.checks import number_problem
from engine.elicitation import METHOD_FIELDS, elicitation_faults, elicited_weights
from engine.errors import FaultList, at, member, quoted
from engine.values import points_faults

MAX_DEPTH = 20
MAX_NODES = 1_000
# The result says each code once for every alternative, so that long ones would multiply into gigabytes.
MAX_CODE = 200
_NODE_FIELDS = frozenset({"code", "name", "weight", "unit", "points", "criteria", "elicitation"})


class TreeCheck:
    """Walks a criteria tree, collects faults, and learns the codes of its leaves."""

    def __init__(self, faults: FaultList) -> None:
        self.faults = faults
        self.codes: set[str] = set()
        self.leaves: set[str] = set()

    def group(self, owner: Mapping[str, Any], path: str, depth: int) -> None:
        """Check the children of `owner` (a node or the whole decision), whose own path is `path`."""
        children = owner.get("criteria")
        place = at(path, "criteria")
        if not isinstance(children, list | tuple) or not children:
            self.faults.add(place, "a list with at least one criterion is needed")
            return
        if depth > MAX_DEPTH:
            self.faults.add(place, f"the tree of criteria is deeper than {MAX_DEPTH} levels")
            return
        for index, child in enumerate(children):
            if self.faults.full:
                return
            self._node(child, at(place, index), depth)
        self._weights(owner, children, path)

    def _node(self, node: object, path: str, depth: int) -> None:
        if not isinstance(node, Mapping):
            self.faults.add(path, "a criterion is an object")
            return
        unknown_fields(node, _NODE_FIELDS, path, self.faults)
        texts(node, ("name", "unit"), path, self.faults)
        self._code(node.get("code"), at(path, "code"))
        if "criteria" in node and "points" in node:
            self.faults.add(path, "a criterion has either criteria below it or points, not both")
        elif "criteria" in node:
            self.group(node, path, depth + 1)
        else:
            self._leaf(node, path)

    def _leaf(self, node: Mapping[str, Any], path: str) -> None:
        if "elicitation" in node:
            self.faults.add(at(path, "elicitation"), "there are no criteria below to weigh")
        if "points" not in node:
            self.faults.add(path, "points of the value function, or criteria below, are needed")
        else:
            for fault in points_faults(node["points"], at(path, "points")):
                self.faults.add(fault.path, fault.message)
        if isinstance(node.get("code"), str):
            self.leaves.add(node["code"])

    def _code(self, code: object, path: str) -> None:
        if not isinstance(code, str) or not code:
            self.faults.add(path, "a code (text) is needed")
        elif len(code) > MAX_CODE:
            self.faults.add(path, f"a code has at most {MAX_CODE} characters")
        elif code in self.codes:
            self.faults.add(path, f"the code {quoted(code)} is used twice")
        else:
            self.codes.add(code)
            if len(self.codes) > MAX_NODES:
                self.faults.add(path, f"there are more than {MAX_NODES} criteria")

    def _weights(self, owner: Mapping[str, Any], children: Any, path: str) -> None:
        nodes = [(i, child) for i, child in enumerate(children) if isinstance(child, Mapping)]
        if "elicitation" in owner:
            self._elicited(owner["elicitation"], nodes, path)
            return
        for index, node in nodes:
            place = at(at(at(path, "criteria"), index), "weight")
            if "weight" not in node:
                self.faults.add(place, "a weight is needed (or an elicitation for the whole group)")
                continue
            problem = number_problem(node["weight"], at_least=0)
            if problem is not None:
                self.faults.add(place, problem)

    def _elicited(self, elicitation: object, nodes: list[tuple[int, Any]], path: str) -> None:
        place = at(path, "elicitation")
        for index, node in nodes:
            if "weight" in node:
                where = at(at(at(path, "criteria"), index), "weight")
                self.faults.add(where, "the group has an elicitation, so its criteria take no weight")
        if not isinstance(elicitation, Mapping):
            self.faults.add(place, "an elicitation is an object with a method")
            return
        codes = [node.get("code") for _, node in nodes]
        known = METHOD_FIELDS.get(str(elicitation.get("method")))
        if known is not None:
            unknown_fields(elicitation, known, place, self.faults)
        for fault in elicitation_faults(elicitation, codes, place):
            self.faults.add(fault.path, fault.message)


def group_weights(owner: Mapping[str, Any]) -> list[float]:
    """Relative weights of the children of a checked `owner`, in file order."""
    children = owner["criteria"]
    elicitation = owner.get("elicitation")
    if elicitation is None:
        return [float(child["weight"]) for child in children]
    return elicited_weights(elicitation, [child["code"] for child in children])


def unknown_fields(node: Mapping[Any, Any], known: frozenset[str], path: str, faults: FaultList) -> None:
    """Add a fault for every member of `node` that has no meaning."""
    for key in node:
        if key not in known:
            faults.add(member(path, key), "unknown field")


def texts(node: Mapping[str, Any], names: tuple[str, ...], path: str, faults: FaultList) -> None:
    """Add a fault for every named member that is present and is not text."""
    for name in names:
        if name in node and not isinstance(node[name], str):
            faults.add(at(path, name), "must be text")

"""The additive model once more, in plain Python and exact fractions: the judge of what the engine says.

It shares no code with the engine. Totals are 0–100; every function returns new trees and changes none.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Node:
    code: str
    weight: Fraction
    children: tuple[Node, ...] = ()
    points: tuple[tuple[Fraction, Fraction], ...] = ()


Tree = tuple[Node, ...]


def tree_of(document: Mapping[str, Any]) -> Tree:
    """The criteria with weights as fractions; groups without any weight below them are gone."""
    return _live(tuple(_node(entry) for entry in document["criteria"]))


def _node(entry: Mapping[str, Any]) -> Node:
    children = tuple(_node(child) for child in entry.get("criteria", ()))
    points = tuple((Fraction(x), Fraction(v)) for x, v in entry.get("points", ()))
    return Node(entry["code"], Fraction(entry["weight"]), children, points)


def _live(nodes: Tree) -> Tree:
    kept = []
    for node in nodes:
        below = _live(node.children)
        if node.points or any(child.weight > 0 for child in below):
            kept.append(replace(node, children=below))
    return tuple(kept)


def totals(tree: Tree, document: Mapping[str, Any]) -> dict[str, Fraction]:
    """The total of every alternative that failed no gate."""
    unknown = Fraction(1, 2) if document.get("missing") == "midpoint" else Fraction(0)
    return {
        entry["code"]: 100 * _mean(tree, entry["scores"], unknown)
        for entry in document["alternatives"]
        if not any(gate["outcome"] == "failed" for gate in entry.get("gates", ()))
    }


def _mean(nodes: Tree, scores: Mapping[str, Any], unknown: Fraction) -> Fraction:
    weighed = [node for node in nodes if node.weight > 0]
    total = sum((node.weight * _value(node, scores, unknown) for node in weighed), Fraction(0))
    return total / sum(node.weight for node in weighed)


def _value(node: Node, scores: Mapping[str, Any], unknown: Fraction) -> Fraction:
    if not node.points:
        return _mean(node.children, scores, unknown)
    score = scores.get(node.code)
    return unknown if score is None else value_at(node.points, _middle(score))


def _middle(score: Any) -> Fraction:
    if not isinstance(score, Mapping):
        return Fraction(score)
    if "mean" in score:
        return Fraction(score["mean"])
    return (
        Fraction(score["mode"]) if "mode" in score else (Fraction(score["low"]) + Fraction(score["high"])) / 2
    )


def value_at(points: tuple[tuple[Fraction, Fraction], ...], x: Fraction) -> Fraction:
    """The value function: straight lines, the end value outside."""
    ascending = points if points[0][0] < points[-1][0] else points[::-1]
    if x <= ascending[0][0]:
        return ascending[0][1]
    for (x0, v0), (x1, v1) in itertools.pairwise(ascending):
        if x <= x1:
            return v0 + (x - x0) / (x1 - x0) * (v1 - v0)
    return ascending[-1][1]


def leaders(found: Mapping[str, Fraction], tie: Fraction = Fraction(0)) -> set[str]:
    """Who is first, and who is behind the best by no more than `tie`."""
    return {code for code, total in found.items() if total >= max(found.values()) - tie}


def groups(tree: Tree) -> Iterator[Tree]:
    """Every group of siblings, the top level first."""
    yield tree
    for node in tree:
        if node.children:
            yield from groups(node.children)


def nodes(tree: Tree) -> Iterator[Node]:
    """Every node."""
    for group in groups(tree):
        yield from group


def shares(tree: Tree) -> dict[str, Fraction]:
    """The local share of every node."""
    found = {}
    for group in groups(tree):
        total = sum(node.weight for node in group)
        found |= {node.code: node.weight / total if total else Fraction(0) for node in group}
    return found


def overall(tree: Tree, whole: Fraction = Fraction(1)) -> dict[str, Fraction]:
    """The share in the total of every node."""
    found = {}
    for node in tree:
        share = whole * shares(tree)[node.code]
        found |= {node.code: share} | overall(node.children, share)
    return found


def with_share(tree: Tree, code: str, share: Fraction) -> Tree:
    """The share of a node set, its siblings rescaled in proportion."""

    def change(group: Tree) -> Tree:
        rest = sum(node.weight for node in group if node.code != code)
        return tuple(
            replace(node, weight=share if node.code == code else node.weight / rest * (1 - share))
            for node in group
        )

    return _changed(tree, code, change)


def with_transfer(tree: Tree, giver: str, taker: str, amount: Fraction) -> Tree:
    """A share moved from one node to its sibling, nothing else changed."""
    now = shares(tree)
    moved = {giver: -amount, taker: amount}

    def change(group: Tree) -> Tree:
        return tuple(replace(node, weight=now[node.code] + moved.get(node.code, 0)) for node in group)

    return _changed(tree, giver, change)


def with_overall(tree: Tree, moved: Mapping[str, Fraction]) -> Tree:
    """A flat tree of the leaves, their shares of the total changed by `moved`."""
    now = overall(tree)
    return with_leaf_weights(tree, {code: share + moved.get(code, 0) for code, share in now.items()})


def with_leaf_weights(tree: Tree, weights: Mapping[str, Fraction]) -> Tree:
    """A flat tree of the leaves with these weights, 0 for those not named."""
    leaves = (node for node in nodes(tree) if node.points)
    return tuple(replace(node, weight=weights.get(node.code, Fraction(0))) for node in leaves)


def without(tree: Tree, code: str) -> Tree:
    """The tree without a node; groups that are left without a weight below them go too."""

    def drop(group: Tree) -> Tree:
        return tuple(replace(node, children=drop(node.children)) for node in group if node.code != code)

    return _live(drop(tree))


def _changed(tree: Tree, code: str, change: Any) -> Tree:
    if any(node.code == code for node in tree):
        return tuple(change(tree))
    return tuple(replace(node, children=_changed(node.children, code, change)) for node in tree)

"""A decision and its result, looked up by code: what every sentence and table about a ranking reads.

Both are plain dictionaries in the shapes of docs/method.md (``lpo.decision/1``, ``lpo.result/1``), so a kept
record reads the same as a preview, years later and without the database.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from selections.words.names import short_names


@dataclass(frozen=True)
class Node:
    """One criterion; ``points`` is empty for a criterion that has others below it."""

    code: str
    name: str
    unit: str
    parent: str
    points: tuple[tuple[float, float], ...]
    children: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """One decision with its result."""

    decision: Mapping[str, Any]
    result: Mapping[str, Any]

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Every criterion by code, parents before children."""
        return {node.code: node for node in _walk(self.decision["criteria"], "")}

    @cached_property
    def top(self) -> list[Node]:
        """The criteria of the first level in file order."""
        return [node for node in self.nodes.values() if not node.parent]

    @cached_property
    def names(self) -> dict[str, str]:
        """Full provider names by code."""
        return {one["code"]: one.get("name") or one["code"] for one in self.decision["alternatives"]}

    @cached_property
    def short(self) -> dict[str, str]:
        """Short provider names by code, unique in this decision."""
        shorts = short_names(list(self.names.values()))
        return {code: shorts[name] for code, name in self.names.items()}

    @cached_property
    def scores(self) -> dict[str, Mapping[str, Any]]:
        """The scores that went in: code → leaf → number, null or a range."""
        return {one["code"]: one["scores"] for one in self.decision["alternatives"]}

    @property
    def ranking(self) -> Sequence[Mapping[str, Any]]:
        """The ranked rows, best first."""
        rows: Sequence[Mapping[str, Any]] = self.result["ranking"]
        return rows

    @property
    def excluded(self) -> Sequence[Mapping[str, Any]]:
        """The providers that a knock-out took out of the ranking."""
        rows: Sequence[Mapping[str, Any]] = self.result["excluded"]
        return rows

    @cached_property
    def rows(self) -> dict[str, Mapping[str, Any]]:
        """Ranked and excluded rows by provider code."""
        return {row["code"]: row for row in (*self.ranking, *self.excluded)}

    @property
    def local(self) -> Mapping[str, float]:
        """Share of each criterion among its siblings."""
        shares: Mapping[str, float] = self.result["weights"]["local"]
        return shares

    @property
    def overall(self) -> Mapping[str, float]:
        """Share of each criterion in the total."""
        shares: Mapping[str, float] = self.result["weights"]["global"]
        return shares

    @cached_property
    def flips(self) -> dict[str, Mapping[str, Any]]:
        """The interval of each weight in which the first stays first, by code."""
        return {flip["code"]: flip for flip in self.result["flips"]["weights"]} if self.ranking else {}

    @property
    def robustness(self) -> Mapping[str, Any]:
        """What random weights say; records of an earlier engine do not have it (``is_tested``)."""
        found: Mapping[str, Any] = self.result["robustness"]
        return found

    @property
    def is_tested(self) -> bool:
        """Whether the result says how robust it is, and there is an order to test."""
        return "robustness" in self.result and len(self.ranking) > 1

    @property
    def tie_margin(self) -> float:
        """Leads below this many points are a tie."""
        return float(self.decision["tie_margin"])

    @cached_property
    def firsts(self) -> list[str]:
        """Codes of all that share the first place."""
        return [row["code"] for row in self.ranking if row["rank"] == 1]


def _walk(criteria: Sequence[Mapping[str, Any]], parent: str) -> Iterator[Node]:
    for one in criteria:
        children = one.get("criteria", ())
        yield Node(
            code=one["code"],
            name=one.get("name") or one["code"],
            unit=one.get("unit", ""),
            parent=parent,
            points=tuple((float(x), float(v)) for x, v in one.get("points", ())),
            children=tuple(child["code"] for child in children),
        )
        yield from _walk(children, one["code"])

"""What was weighed otherwise than in the ranking kept before, and whether that changed the first place."""

from __future__ import annotations

from dataclasses import dataclass

from reports.content import Block, Cell, Column, Fact, Mark, Paragraph, Row, Table
from reports.source import Source
from selections.queries.records import BASIS
from selections.words import measures
from selections.words.names import listed
from selections.words.reading import Node, Reading

SECTION = 3
SHOWN_ON_PAGE_1 = 4
_SAME = 1e-9
_NOT_THERE = "not there"


@dataclass(frozen=True)
class Change:
    """One weight among its siblings, of 100, before and now; ``group``: what it is a part of, if anything."""

    node: Node
    group: str
    before: str
    now: str


@dataclass(frozen=True)
class Since:
    """What changed since the record before: never without a changed weight.

    ``is_alone``: nothing else that a ranking reads has changed, so the weights alone moved it.
    """

    number: int
    changes: tuple[Change, ...]
    before: tuple[str, ...]
    now: tuple[str, ...]
    is_alone: bool

    @property
    def is_same_first(self) -> bool:
        """Whether the first place stayed."""
        return set(self.before) == set(self.now)


def since(source: Source) -> Since | None:
    """Compare with the ranking kept before; None where there is none or it had the same weights."""
    earlier = source.options.earlier
    if earlier is None:
        return None
    before, now = Reading(earlier.record["decision"], earlier.record["result"]), source.reading
    changes = _changes(before, now)
    if not changes:
        return None
    return Since(
        number=earlier.number,
        changes=changes,
        before=_firsts(before),
        now=_firsts(now),
        is_alone=_others(earlier.record.get("case", {}).get("inputs", {})) == _others(source.inputs),
    )


def _firsts(reading: Reading) -> tuple[str, ...]:
    return tuple(reading.short[code] for code in reading.firsts)


def _others(inputs: object) -> dict[str, object]:
    """What a ranking reads besides its weights."""
    assert isinstance(inputs, dict)  # noqa: S101  (a record is an object of objects)
    return {name: value for name, value in inputs.items() if name not in {"weights", BASIS}}


def _changes(before: Reading, now: Reading) -> tuple[Change, ...]:
    nodes = {**before.nodes, **now.nodes}
    found = []
    for code, node in nodes.items():
        old, new = before.local.get(code), now.local.get(code)
        if old == new or (old is not None and new is not None and abs(old - new) < _SAME):
            continue
        group = nodes[node.parent].name if node.parent else ""
        found.append(Change(node, group, _weight(old, new), _weight(new, old)))
    return tuple(sorted(found, key=lambda one: bool(one.group)))  # main criteria first


def _weight(share: float | None, other: float | None) -> str:
    """Write a weight of 100 so that it does not read like the other one."""
    if share is None:
        return _NOT_THERE
    text = measures.weight(share)
    if other is None or text != measures.weight(other):
        return text
    return measures.apart(share * 100, (other * 100,))


def facts(source: Source) -> list[Fact]:
    """The line of page 1; what changed below a main criterion is counted."""
    found = since(source)
    if found is None:
        return []
    main = [f"{one.node.name} {one.before} → {one.now}" for one in found.changes if not one.group]
    shown = main[:SHOWN_ON_PAGE_1]
    more = len(found.changes) - len(shown)
    if more:
        shown.append(f"{more} {'more' if shown else 'of sub-criteria'}")
    text = f"Weights changed since record {found.number}: {', '.join(shown)} (section {SECTION})"
    return [Fact(text, "Same first" if found.is_same_first else "Other first", _mark(found))]


def _mark(found: Since) -> Mark:
    return "ok" if found.is_same_first else "conditional"


def weights_since(source: Source) -> list[Block]:
    """The part of the ranking section: every changed weight, why, and what became of the first place."""
    found = since(source)
    if found is None:
        return []
    columns = (
        Column("Criterion", share=1.6),
        Column("Within", share=1),
        Column("Before", f"record {found.number}", is_number=True),
        Column("Now", f"record {source.options.record_number}", is_number=True),
    )
    rows = tuple(
        Row((Cell(one.node.name, is_strong=not one.group), Cell(one.group), Cell(one.before), Cell(one.now)))
        for one in found.changes
    )
    return [
        Paragraph(f"Weights changed since record {found.number}", "heading"),
        Paragraph(f"{_first_words(found)} {_reason(source)}"),
        Table("Changed weights, of 100 in their group", columns, rows),
    ]


def _reason(source: Source) -> str:
    reason = source.options.reason.strip()
    if not reason:
        return "Whoever kept the ranking gave no reason."
    return f"Reason given: {reason}{'' if reason.endswith(('.', '!', '?')) else '.'}"


def _first_words(found: Since) -> str:
    before, now = listed(found.before) or "nobody", listed(found.now) or "nobody"
    said = f"The first place stayed with {now}." if found.is_same_first else _moved(before, now, found.number)
    if found.is_alone:
        return said
    return f"{said} Other values that a ranking reads changed too, so weights are not all that moved."


def _moved(before: str, now: str, number: int) -> str:
    return f"The first place changed: {before} in record {number}, {now} now."

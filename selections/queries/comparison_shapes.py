"""The shapes of the comparison table, shared by the page and the file."""

from __future__ import annotations

from dataclasses import dataclass

from selections.queries.inputs import BidFacts
from selections.words.standing import Standing

CLAIM = "E0"
# Nearly every knock-out is passed: the group opens on demand, and closed it shows what is not.
KNOCK_OUTS = "KO"


@dataclass(frozen=True)
class View:
    """Which part of the table shows.

    ``shut`` are the codes of groups that are closed; the knock-outs are unless ``shows_passed``.
    """

    only_first: bool = False
    only_differing: bool = False
    only_claims: bool = False
    shut: frozenset[str] = frozenset()
    shows_passed: bool = False

    def is_open(self, code: str) -> bool:
        """Whether a group shows all of its lines."""
        return self.shows_passed if code == KNOCK_OUTS else code not in self.shut


@dataclass(frozen=True)
class Column:
    """One provider. ``rank`` is empty for those that a knock-out took out."""

    facts: BidFacts
    short: str
    rank: str
    standing: Standing
    scope: str
    is_partial: bool
    knock_outs: str

    @property
    def is_out(self) -> bool:
        """Whether the provider is listed for the record only."""
        return not self.rank


@dataclass(frozen=True)
class Cell:
    """What stands in one cell: ``shown`` for readers, ``plain`` for the file, ``at``: place in the spread."""

    column: Column
    shown: str
    plain: str
    sort: float | None = None
    evidence: str = ""
    icon: str = ""
    style: str = ""
    title: str = ""
    at: str = ""
    is_best: bool = False
    is_missing: bool = False

    @property
    def bid_pk(self) -> int:
        """The bid that the cell speaks of."""
        return self.column.facts.pk

    @property
    def styles(self) -> str:
        """Names of the styles of the cell."""
        marks = (("best", self.is_best), ("out", self.column.is_out), ("unknown", self.is_missing))
        return " ".join([name for name, holds in marks if holds])


@dataclass(frozen=True)
class Row:
    """One line; ``node`` is what its arithmetic explains ("" when the page of the bid does)."""

    code: str
    name: str
    unit: str
    better: str
    cells: tuple[Cell, ...]
    node: str = ""
    anchor: str = ""
    colour: str = ""
    has_spread: bool = False
    is_exception: bool = False

    @property
    def is_differing(self) -> bool:
        """Whether the cells say different things."""
        return len({cell.plain for cell in self.cells}) > 1

    @property
    def has_claim(self) -> bool:
        """Whether any value in the line is a claim only."""
        return any(cell.evidence == CLAIM for cell in self.cells)


@dataclass(frozen=True)
class Group:
    """Lines that open and close together; ``count`` says how many the filters leave.

    A closed group keeps the lines that are exceptions.
    """

    code: str
    name: str
    colour: str
    is_open: bool
    rows: tuple[Row, ...]
    count: int

    @property
    def has_spread(self) -> bool:
        """Whether its lines draw a spread."""
        return bool(self.colour)


@dataclass(frozen=True)
class Comparison:
    """The table with what the page says about it."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    bids: int
    leader: str
    leader_best: int
    sub_criteria: int
    claims: int

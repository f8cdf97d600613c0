"""Where things stand in the workbook: sheets, columns and rows that formulas name, and looks of cells.

All formulas use functions that spreadsheets have had since 2007, and no text of the record is ever part of
one: words are compared with cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assessments.cells import COLUMNS, Roles
from assessments.words import OUTCOMES, RESTRICTIONS
from reports.suitability.source import SuitabilitySource
from tabular import Item, Look, letters, reference

TASKS, ANSWERS, FACTORS, RATES, BANDS = "Tasks", "Answers", "Factors", "Rates", "Bands"
GATES, BY_TASK, SCORES, COSTS, PORTFOLIO = "Gates", "Gates by task", "Scores", "Costs", "Portfolio"
CONDITIONS = "Conditions"
UNKNOWN, FIRES, WAIVED, YES = "don't know", "fires", "waived", "yes"
UP, DOWN = "favours outsourcing", "favours keeping"
CASH, SALARIED = "cash paid outside", "salaried"
# The two effects that decide, and those that restrict, as words of the cells.
EFFECTS = {"RETAIN": OUTCOMES["RETAIN"], "PREPARE_FIRST": OUTCOMES["PREPARE_FIRST"], **RESTRICTIONS}
# First rows of data.
FIRST, SCORED, COSTED = 2, 3, 4
# First columns of what there are many of.
SHARE, LEVEL, GATE, LEVEL_SHARE, COST_SHARE = len(COLUMNS) + 1, 3, 4, 11, 11
_LETTERS = {column.key: letters(place) for place, column in enumerate(COLUMNS, start=1)}

TEXT, WRAPPED, HEAD, BOLD = Look(), Look(is_wrapped=True), Look(is_head=True), Look(is_bold=True)
QUIET = Look(is_quiet=True, is_wrapped=True)
# A spreadsheet rounds a half up where pages and PDF round it to the even digit (76.25 is 76.2 there). What
# pages round to a digit is therefore shown with more digits here; money is whole units by task already.
POINTS, BOLD_POINTS = Look("0.00"), Look("0.00", is_bold=True)
MONEY, HOURS, RATE = Look("#,##0"), Look("#,##0.00"), Look("#,##0.00")
BOLD_HOURS, MIX_RATE = Look("#,##0.00", is_bold=True), Look("#,##0.0000")
BOLD_MONEY, LEVEL_SHARES = Look("#,##0", is_bold=True), Look("0.00")
INPUT, INPUT_TEXT = Look(is_input=True), Look(is_input=True, is_wrapped=True)
INPUT_RATE, INPUT_SHARE = Look("#,##0.00", is_input=True), Look("0.00%", is_input=True)


def heads(*titles: str) -> list[Item]:
    """A row of headings."""
    return [Item(title, HEAD) for title in titles]


@dataclass(frozen=True)
class Plan:
    """The record and how many there are of everything; gives references."""

    source: SuitabilitySource

    @cached_property
    def roles(self) -> Roles:
        """How roles are written in a mix, as files of the task grid write them."""
        return Roles.from_pairs((code, rate["name"]) for code, rate in self.source.rates)

    @cached_property
    def flags(self) -> tuple[Any, ...]:
        """The flags of the factor set."""
        return self.source.rulebook.flags

    @cached_property
    def gates(self) -> tuple[Any, ...]:
        """The gates of the factor set, in code order as the engine reads them."""
        return tuple(sorted(self.source.rulebook.gates.values(), key=lambda gate: gate.code))

    @property
    def factors(self) -> tuple[Any, ...]:
        """The factors."""
        return self.source.rulebook.factors

    @property
    def count(self) -> int:
        """How many tasks there are."""
        return len(self.source.tasks)

    def down(self, title: str, column: int, first: int, count: int) -> str:
        """A column of a sheet from a first row."""
        letter = letters(column)
        return reference(title, f"${letter}${first}:${letter}${first + max(count, 1) - 1}")

    def answer(self, column: int, row_in_answers: str) -> str:
        """A cell of the answers, of the task whose row there stands in a cell."""
        return f"INDEX({self.down(ANSWERS, column, FIRST, self.count)},{row_in_answers})"

    def across(self, first: int, count: int, row: int, *, fixed: bool = False) -> str:
        """Cells beside each other in one row of the same sheet."""
        mark = "$" if fixed else ""
        return f"${letters(first)}{mark}{row}:${letters(first + max(count, 1) - 1)}{mark}{row}"

    @property
    def flag_column(self) -> int:
        """The first column of the flags among the answers."""
        return LEVEL + len(self.factors)

    @property
    def waived_column(self) -> int:
        """The column of the waived gates among the answers."""
        return self.flag_column + len(self.flags)

    @property
    def points_column(self) -> int:
        """The first column of the points among the scores."""
        return LEVEL_SHARE + len(self.factors)

    @property
    def names(self) -> dict[str, str]:
        """Names for the ranges that a reader may want to use or change."""
        bands = len(self.source.rulebook.bands)
        return {
            "Weights": self.down(FACTORS, 3, FIRST, len(self.factors)),
            "BandStarts": self.down(BANDS, 1, FIRST, bands),
            "BandNames": self.down(BANDS, 2, FIRST, bands),
            "HourlyRates": self.down(RATES, 5, FIRST, len(self.source.rates)),
        }


def of_task(key: str, row: int, *, fixed: bool = False) -> str:
    """Refer to a cell of the Tasks sheet by the key of its column; ``fixed``: it stays when copied aside."""
    return reference(TASKS, f"{'$' if fixed else ''}{_LETTERS[key]}{row}")

"""A price sheet that was pasted or came as a file: which column is which, and each cell read.

A cell is read by the field of the form for one price, so that both take and refuse the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

import figures
from figures import is_number
from selections.forms.bids import LineForm
from selections.models import BidLine
from selections.services import REPLACE, STATED, TypedPrice
from selections.words.price_sheet import COLUMNS, KNOWN_MODELS, PLACES, TITLES, model_named
from tabular import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    Block,
    MappedRow,
    TableFault,
    as_text,
    guess_columns,
    map_as,
    read_block,
    read_file,
)

MAX_PRICES = 1_000
_FIELDS = {name: LineForm.base_fields[name] for name in STATED}
_SHOWN_EXTRA = 3


@dataclass(frozen=True)
class PriceSheet:
    """Rows with what their columns are taken for. ``guess`` says what they would be taken for unasked."""

    text: str
    block: Block
    keys: tuple[str, ...]
    has_heading: bool
    guess: str

    @property
    def width(self) -> int:
        """The cells of the longest row."""
        return max(len(row.cells) for row in self.block.rows)

    def samples(self, place: int) -> list[str]:
        """The first cells of one column."""
        return [row.cells[place] if place < len(row.cells) else "" for row in self.block.rows[:3]]

    def rows(self, every_model: str) -> list[TypedPrice]:
        """Read every row; ``every_model`` counts where a row names no pricing model.

        Raises ``TableFault`` when it is not clear which column is which, or there are too many rows.
        """
        table = map_as(self.block, COLUMNS, self.keys, has_heading=self.has_heading)
        if not {"code", "name"} & set(self.keys):
            raise TableFault(f"Choose which column holds “{TITLES['code']}”.")
        if "model" not in self.keys and not every_model:
            raise TableFault(
                f"Choose which column holds “{TITLES['model']}”, or one pricing model for all rows below."
            )
        if len(table.rows) > MAX_PRICES:
            raise TableFault(
                f"The sheet has {figures.count(len(table.rows))} rows; at most {figures.count(MAX_PRICES)} "
                "prices can be entered at once. Enter them in parts."
            )
        raw = self.block.rows[1:] if self.has_heading else self.block.rows
        pairs = zip(table.rows, raw, strict=True)
        return [_typed(row, every_model, self._beyond(given.cells)) for row, given in pairs]

    def _beyond(self, cells: Sequence[str]) -> list[str]:
        """Cells to the right of the last heading that nobody chose a column for."""
        if not self.has_heading:
            return []
        heads = len(self.block.rows[0].cells)
        return [cell for cell, key in zip(cells[heads:], self.keys[heads:], strict=False) if cell and not key]


def _typed(row: MappedRow, every_model: str, beyond: list[str]) -> TypedPrice:
    facts: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name in STATED:
        text = row.cells.get(name, "")
        try:
            facts[name] = _model(text, every_model) if name == "model" else _FIELDS[name].clean(text)
        except ValidationError as fault:
            faults[name] = fault.messages[0]
    return TypedPrice(row.number, row.cells, facts, faults, _beyond_fault(beyond))


def _model(text: str, every_model: str) -> str:
    if not text and not every_model:
        raise ValidationError(f"Say the pricing model: {KNOWN_MODELS}.")
    named = model_named(text) if text else every_model
    if not named:
        raise ValidationError(f"“{text[:40]}” is not a pricing model: write {KNOWN_MODELS}.")
    return str(_FIELDS["model"].clean(named))


def _beyond_fault(beyond: list[str]) -> str:
    if not beyond:
        return ""
    more = ", ".join(f"“{cell[:40]}”" for cell in beyond[:_SHOWN_EXTRA])
    return f"The row has more cells than there are headings: {more}. Quote numbers that contain commas."


class PriceSheetForm(forms.Form):
    """Rows to read, what their columns are, and what happens to prices that exist."""

    rows = forms.CharField(required=False, strip=False)
    file = forms.FileField(
        required=False,
        label="CSV or .xlsx file",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv", "class": "input"}),
        error_messages={"empty": "The file is empty.", "max_length": "The name of the file is too long."},
    )
    guess = forms.CharField(required=False, max_length=2_000)
    has_heading = forms.BooleanField(required=False, label="The first row holds headings")
    every_model = forms.ChoiceField(
        required=False,
        label="Rows that name no pricing model",
        choices=[("", "cannot be saved"), *BidLine.Model.choices],
    )
    is_replacing = forms.BooleanField(required=False, label=REPLACE)
    shown = forms.CharField(required=False, max_length=64)
    MAX_PRICES = MAX_PRICES
    COLUMN_CHOICES = [("", "leave out"), *((column.key, column.title) for column in COLUMNS)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in range(MAX_COLUMNS):
            self.fields[f"column-{place}"] = forms.ChoiceField(choices=self.COLUMN_CHOICES, required=False)

    @property
    def is_damaged(self) -> bool:
        """Whether something is wrong that nobody can have typed."""
        return bool(set(self.errors) - {"rows", "file"})

    def text(self) -> str:
        """Give the rows as text; a file counts instead of what was pasted. Raises ``TableFault``."""
        file = self.cleaned_data.get("file")
        return as_text(read_file(file.read(MAX_FILE_BYTES + 1))) if file else self.cleaned_data["rows"]

    def sheet(self, text: str) -> PriceSheet:
        """Read the rows with the columns as chosen; as guessed, where they were not chosen for such rows.

        Raises ``TableFault``.
        """
        block = read_block(text)
        guessed = _guessed(text, block)
        if self.cleaned_data["guess"] != guessed.guess:
            return guessed
        keys = tuple(self.cleaned_data.get(f"column-{place}", "") for place in range(guessed.width))
        return PriceSheet(text, block, keys, self.cleaned_data["has_heading"], guessed.guess)


def _guessed(text: str, block: Block) -> PriceSheet:
    """Take columns for what their headings say; without headings, for the usual ones in their order."""
    width = max(len(row.cells) for row in block.rows)
    keys = guess_columns(block, COLUMNS)
    has_heading = any(keys) or _has_unknown_headings(block)
    if not has_heading:
        keys = PLACES
    keys = (*keys, *[""] * width)[:width]
    return PriceSheet(text, block, keys, has_heading, f"{int(has_heading)}:{','.join(keys)}")


def _has_unknown_headings(block: Block) -> bool:
    """Whether the first row has words where the second has numbers."""
    if len(block.rows) < 2:
        return False
    pairs = zip(block.rows[0].cells, block.rows[1].cells, strict=False)
    return any(head and not is_number(head) and is_number(cell) for head, cell in pairs)

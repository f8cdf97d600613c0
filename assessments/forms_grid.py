"""What the grid sends and what an import asks for: parsed, or refused as damaged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import BadRequest

from assessments.cells import COLUMNS
from assessments.services import CellChange, Existing, RowChange
from tabular import MAX_COLUMNS, MAX_FILE_BYTES, Block, as_block, read_file

MAX_CHANGED_ROWS = 500
_MAX_CELL = 20_000
_MAX_REF = 40
_MAX_ID = 2**63 - 1


def read_changes(text: str) -> list[RowChange]:
    """Read changed cells as the grid's script writes them. Raises ``BadRequest`` for anything else."""
    rows = _json(text)
    if not isinstance(rows, list) or not 0 < len(rows) <= MAX_CHANGED_ROWS:
        raise BadRequest("Not a list of changed rows.")
    return [_row(row) for row in rows]


def _row(row: Any) -> RowChange:
    match row:
        case {"ref": str(ref), "id": (int() | None) as pk, "cells": dict(cells), **rest}:
            is_taken_back = rest.get("back") is True
            has_good_id = pk is None or (not isinstance(pk, bool) and 0 < pk <= _MAX_ID)
            if len(ref) <= _MAX_REF and has_good_id and len(cells) <= len(COLUMNS):
                changes = tuple(_cell(key, cell) for key, cell in cells.items())
                return RowChange(_storable(ref), pk, changes, is_taken_back)
    raise BadRequest("Not a changed row.")


def _cell(key: str, cell: Any) -> CellChange:
    match cell:
        case [str(text), str(seen)] if len(text) <= _MAX_CELL and len(seen) <= _MAX_CELL:
            return CellChange(_storable(key), _storable(text), _storable(seen))
    raise BadRequest("Not a changed cell.")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as damaged:
        raise BadRequest("Not JSON.") from damaged


def _storable(text: str) -> str:
    """Refuse what no database column takes; inside JSON it passes the look at the form's fields."""
    if "\x00" in text or (not text.isascii() and text.encode(errors="replace").decode() != text):
        raise BadRequest("A character was sent that cannot be stored.")
    return text


class UploadForm(forms.Form):
    """A file to import."""

    file = forms.FileField(
        label="CSV or .xlsx file",
        max_length=200,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv", "class": "input"}),
        error_messages={
            "required": "Choose a file first.",
            "empty": "The file is empty.",
            "invalid": "Choose a file first.",
        },
    )

    def block(self) -> Block:
        """Read the uploaded file. Raises ``TableFault``."""
        file = self.cleaned_data["file"]
        return read_file(file.read(MAX_FILE_BYTES + 1))


class ImportForm(forms.Form):
    """Which column is which, and what happens to tasks that are there already."""

    rows = forms.CharField(widget=forms.HiddenInput, strip=False)
    file_name = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    has_heading = forms.BooleanField(required=False, label="The first row holds headings")
    existing = forms.ChoiceField(
        choices=[(one.value, one.label) for one in Existing],
        label="Tasks that are in the assessment already",
        initial=Existing.UPDATE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "leave out"), *((column.key, column.title) for column in COLUMNS)]
        for place in range(MAX_COLUMNS):
            self.fields[f"column-{place}"] = forms.ChoiceField(choices=choices, required=False)

    def keys(self, width: int) -> tuple[str, ...]:
        """Give the column that each place was chosen for."""
        return tuple(self.cleaned_data.get(f"column-{place}", "") for place in range(width))

    def block(self) -> Block:
        """Read the rows that travelled with the form. Raises ``BadRequest`` or ``TableFault``."""
        rows = _json(self.cleaned_data["rows"])
        if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
            raise BadRequest("Not the rows of a file.")
        return as_block([_storable(cell) for cell in row] for row in rows)


def _is_row(row: Any) -> bool:
    return isinstance(row, list) and all(isinstance(cell, str) for cell in row)


def written_rows(block: Block) -> str:
    """Write the rows of a file for the form that carries them to the next step, blank ones too."""
    rows: list[Sequence[str]] = []
    for row in block.rows:
        rows.extend([()] * (row.number - 1 - len(rows)))
        rows.append(row.cells)
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))

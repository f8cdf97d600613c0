"""Tables as text: reading what somebody pasted, mapping its columns, writing CSV that no program executes.

This package is the only place that imports pandas and openpyxl.
"""

from tabular.files import MAX_FILE_BYTES, as_block, read_file
from tabular.formulas import (
    Choice,
    Formula,
    Item,
    Look,
    Sheet,
    Workbook,
    formula_workbook,
    letters,
    reference,
)
from tabular.mapping import (
    Column,
    MappedRow,
    MappedTable,
    guess_columns,
    map_as,
    map_columns,
    plain_heading,
)
from tabular.reading import (
    MAX_CHARACTERS,
    MAX_COLUMNS,
    MAX_ROWS,
    Block,
    Row,
    TableFault,
    as_text,
    plain_text,
    read_block,
)
from tabular.workbooks import READ_ME, workbook_bytes
from tabular.writing import csv_bytes, csv_pieces, safe_cell, unescaped, write_csv, write_rows

__all__ = [
    "MAX_CHARACTERS",
    "MAX_COLUMNS",
    "MAX_FILE_BYTES",
    "MAX_ROWS",
    "READ_ME",
    "Block",
    "Choice",
    "Column",
    "Formula",
    "Item",
    "Look",
    "MappedRow",
    "MappedTable",
    "Row",
    "Sheet",
    "TableFault",
    "Workbook",
    "as_block",
    "as_text",
    "csv_bytes",
    "csv_pieces",
    "formula_workbook",
    "guess_columns",
    "letters",
    "map_as",
    "map_columns",
    "plain_heading",
    "plain_text",
    "read_block",
    "read_file",
    "reference",
    "safe_cell",
    "unescaped",
    "workbook_bytes",
    "write_csv",
    "write_rows",
]

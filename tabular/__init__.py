"""Tables as text: reading what somebody pasted, mapping its columns, writing CSV that no program executes.

This package is the only place that imports pandas.
"""

from tabular.mapping import Column, MappedRow, MappedTable, map_columns
from tabular.reading import MAX_CHARACTERS, MAX_ROWS, Block, Row, TableFault, read_block
from tabular.writing import csv_bytes, csv_pieces, safe_cell, write_csv

__all__ = [
    "MAX_CHARACTERS",
    "MAX_ROWS",
    "Block",
    "Column",
    "MappedRow",
    "MappedTable",
    "Row",
    "TableFault",
    "csv_bytes",
    "csv_pieces",
    "map_columns",
    "read_block",
    "safe_cell",
    "write_csv",
]

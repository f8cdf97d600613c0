"""The one display rule: how a figure or a day is written, on pages, in PDF, in charts and in files.

Scripts and page templates of the PDF never round; they print what these functions return.
"""

from figures.dates import day, moment
from figures.parsing import UnreadableNumber, is_number, parse_dollars, parse_number
from figures.writing import (
    DASH,
    NOT_COMPUTABLE,
    count,
    exact,
    hours,
    index,
    money,
    months,
    percent,
    plain,
    price,
    score,
    share,
    signed,
)

__all__ = [
    "DASH",
    "NOT_COMPUTABLE",
    "UnreadableNumber",
    "count",
    "day",
    "exact",
    "hours",
    "index",
    "is_number",
    "moment",
    "money",
    "months",
    "parse_dollars",
    "parse_number",
    "percent",
    "plain",
    "price",
    "score",
    "share",
    "signed",
]

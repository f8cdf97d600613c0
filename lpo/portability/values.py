"""One value between the database and the file: the same text whatever database it comes from."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from lpo.portability.documents import read_document, storable
from lpo.portability.faults import PortabilityFault
from lpo.portability.shape import Column, Kind

_LARGEST_WHOLE = 2**63 - 1
# PostgreSQL's, on both: what is imported must be exported to it one day.
_LARGEST_OF = {"PositiveSmallIntegerField": 2**15 - 1, "PositiveIntegerField": 2**31 - 1}
_LARGEST_REAL = 1e18  # hours of the largest volume; sums and products of it stay numbers
_DECIMAL = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")
_YEARS = range(1900, 2200)
_POINTS = {f"assessments.taskassessment.{name}" for name in ("score", "score_low", "score_high")}
_ROUNDING = 1e-6


def written(kind: Kind, value: Any) -> Any:
    """Give the JSON value of a column that points to nothing."""
    return None if value is None else _WRITERS.get(kind, _as_it_is)(value)


def _as_it_is(value: Any) -> Any:
    return value


def _same_everywhere(value: Any) -> Any:
    """A document as both databases give it back: PostgreSQL keeps 1e16 as a whole number, and no −0.0."""
    if isinstance(value, float):
        if value.is_integer() and abs(value) >= 1e16:
            return int(Decimal(repr(value)))
        return value + 0.0
    if isinstance(value, dict):
        return {key: _same_everywhere(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_same_everywhere(part) for part in value]
    return value


_WRITERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.DECIMAL: lambda value: f"{value:f}",
    Kind.MOMENT: lambda value: value.astimezone(UTC).isoformat(timespec="microseconds"),
    Kind.DAY: lambda value: value.isoformat(),
    Kind.BYTES: lambda value: base64.b64encode(bytes(value)).decode("ascii"),
    Kind.DOCUMENT: _same_everywhere,
}


def read(column: Column, value: Any) -> Any:
    """Give the Python value of a column that points to nothing; a ``PortabilityFault`` says what is wrong."""
    if value is None:
        if not column.field.null:
            raise PortabilityFault(f"{column.name} must not be empty")
        return None
    if column.kind is Kind.DOCUMENT:
        return read_document(f"{column.field.model._meta.label_lower}.{column.name}", value)
    result = _READERS[column.kind](value)
    longest = getattr(column.field, "max_length", None)
    if column.kind is Kind.TEXT and longest and len(result) > longest:
        raise PortabilityFault(f"{column.name} is longer than {longest} characters")
    _refuse_what_no_form_takes(column, result)
    return result


def _refuse_what_no_form_takes(column: Column, value: Any) -> None:
    """The choices and the limits of the field: digits and decimals, smallest and largest."""
    field = column.field
    largest = _LARGEST_OF.get(field.get_internal_type())
    if largest is not None and value > largest:
        raise PortabilityFault(f"{column.name} is larger than {largest:,}")
    if field.choices and value not in (*dict(field.flatchoices), *([""] if field.blank else [])):
        raise PortabilityFault(f"{column.name} is {str(value)[:40]!r}, which is none of its choices")
    if f"{field.model._meta.label_lower}.{field.name}" in _POINTS and not abs(value - 50) <= 50 + _ROUNDING:
        raise PortabilityFault(f"{column.name} is not a score from 0 to 100")
    try:
        field.run_validators(value)
    except ValidationError as fault:
        raise PortabilityFault(f"{column.name}: {' '.join(fault.messages).removesuffix('.')}") from fault


def _typed(kind: type | tuple[type, ...], name: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise PortabilityFault(f"{str(value)[:40]!r} is not {name}")
        return value

    return check


_text = _typed(str, "a text")


def _whole(value: Any) -> int:
    number = int(_typed(int, "a whole number")(value))
    if abs(number) > _LARGEST_WHOLE:
        raise PortabilityFault("a whole number is too large")
    return number


def _real(value: Any) -> float:
    number = _typed((int, float), "a number")(value)
    if not abs(number) <= _LARGEST_REAL:
        raise PortabilityFault("a number is too large")
    return float(number)


def _decimal(value: Any) -> Decimal:
    if not _DECIMAL.fullmatch(_text(value)):
        raise PortabilityFault(f"{value[:40]!r} is not a decimal number")
    return Decimal(value)


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise PortabilityFault(f"{value[:40]!r} is not a time") from error
    if moment.tzinfo is None:
        raise PortabilityFault(f"{value[:40]!r} is a time without a zone")
    if moment.year not in _YEARS:
        raise PortabilityFault(f"{value[:40]!r} is not between the years {_YEARS[0]} and {_YEARS[-1] + 1}")
    return moment


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(_text(value))
    except ValueError as error:
        raise PortabilityFault(f"{value[:40]!r} is not a day") from error


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(_text(value), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PortabilityFault("bytes are not written as base64") from error


_READERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: storable,
    Kind.FLAG: _typed(bool, "yes or no"),
    Kind.WHOLE: _whole,
    Kind.REAL: _real,
    Kind.DECIMAL: _decimal,
    Kind.MOMENT: _moment,
    Kind.DAY: _day,
    Kind.BYTES: _bytes,
}

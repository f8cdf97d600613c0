"""One value between the database and the file: the same text whatever database it comes from."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from lpo.portability.faults import PortabilityFault
from lpo.portability.shape import Column, Kind

_LARGEST_WHOLE = 2**63 - 1


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
    result = _READERS[column.kind](value)
    longest = getattr(column.field, "max_length", None)
    if column.kind is Kind.TEXT and longest and len(result) > longest:
        raise PortabilityFault(f"{column.name} is longer than {longest} characters")
    return result


def _typed(kind: type | tuple[type, ...], name: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise PortabilityFault(f"{str(value)[:40]!r} is not {name}")
        return value

    return check


_text = _typed(str, "a text")


def storable(value: Any) -> str:
    """Give a text that every database stores, or say what is wrong."""
    text = str(_text(value))
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PortabilityFault("a text holds characters that no database stores")
    return text


def _whole(value: Any) -> int:
    number = int(_typed(int, "a whole number")(value))
    if abs(number) > _LARGEST_WHOLE:
        raise PortabilityFault("a whole number is too large")
    return number


def _real(value: Any) -> float:
    number = float(_typed((int, float), "a number")(value))
    if not math.isfinite(number):
        raise PortabilityFault("a number is not finite")
    return number


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(_text(value))
    except InvalidOperation as error:
        raise PortabilityFault(f"{value[:40]!r} is not a decimal number") from error
    if not number.is_finite():
        raise PortabilityFault("a decimal number is not finite")
    return number


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError as error:
        raise PortabilityFault(f"{value[:40]!r} is not a time") from error
    if moment.tzinfo is None:
        raise PortabilityFault(f"{value[:40]!r} is a time without a zone")
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
    Kind.DOCUMENT: lambda value: value,
    Kind.BYTES: _bytes,
}

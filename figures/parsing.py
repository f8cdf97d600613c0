"""From what a person typed to a number, or to a sentence that says what to type instead."""

from __future__ import annotations

import re
from decimal import Decimal

_LONGEST = 40
_SPACES = "[ \u00a0\u2009\u202f]"
_NUMBER = re.compile(
    rf"(?P<sign>[+\-\u2212]?){_SPACES}*\$?{_SPACES}*"
    rf"(?P<whole>[0-9]{{1,3}}(?:,[0-9]{{3}})+|[0-9]{{1,3}}(?:{_SPACES}[0-9]{{3}})+|[0-9]+|(?=\.[0-9]))"
    r"(?P<part>\.[0-9]+)?"
)
_DOLLARS = re.compile(rf"(?:USD|US\$){_SPACES}*(?P<after>.*)|(?P<before>.*?){_SPACES}*(?:USD|US\$|\$)", re.I)
_OTHER_CURRENCY = re.compile(
    rf"(?:EUR|GBP|INR|PHP|CAD|AUD|CHF|JPY|MXN|ZAR|[€£¥₹₱]){_SPACES}*[0-9].*"
    rf"|[0-9].*?{_SPACES}*(?:EUR|GBP|INR|PHP|CAD|AUD|CHF|JPY|MXN|ZAR|[€£¥₹₱])",
    re.I,
)
_CONTINENTAL = re.compile(r"[+\-\u2212]?\$?[0-9]+(?:[. ][0-9]{3})*,[0-9]+")


class UnreadableNumber(ValueError):  # noqa: N818 - it says what is the matter, as a person would
    """The text is not a number that can be read in one way only. The message is fit for a page."""


def parse_number(text: str, *, allow_percent: bool = False) -> Decimal:
    """Read "1,900", "1 900", "0.8" or "$1,200.50"; with `allow_percent` also "12%" (as 12).

    Decimal point, commas or spaces between thousands. Raises `UnreadableNumber` for anything else.
    """
    cleaned = text.strip()
    if not cleaned:
        message = "Enter a number."
        raise UnreadableNumber(message)
    if cleaned.endswith("%"):
        if not allow_percent:
            message = f"“{_short(cleaned)}” has a percent sign: enter the number without it."
            raise UnreadableNumber(message)
        cleaned = cleaned[:-1].rstrip()
    # The length first: matching takes a time that grows with the square of it.
    match = _NUMBER.fullmatch(cleaned) if len(cleaned) <= _LONGEST else None
    if match is None:
        raise UnreadableNumber(_advice(cleaned))
    sign = "-" if match["sign"] in {"-", "\u2212"} else ""
    whole = re.sub(r"[^0-9]", "", match["whole"]) or "0"
    return Decimal(f"{sign}{whole}{match['part'] or ''}")


def parse_dollars(text: str) -> Decimal:
    """Read an amount of money: what `parse_number` reads, also with "USD" or "US$" before or after it.

    Raises `UnreadableNumber` for anything else, and says so of another currency.
    """
    cleaned = text.strip()
    if len(cleaned) <= _LONGEST:
        if _OTHER_CURRENCY.fullmatch(cleaned):
            message = f"“{cleaned}” is not in US dollars: enter the amount in USD."
            raise UnreadableNumber(message)
        named = _DOLLARS.fullmatch(cleaned)
        if named and (amount := named["after"] or named["before"]):
            return parse_number(amount)
    return parse_number(cleaned)


def is_number(text: str) -> bool:
    """Whether `parse_number` reads the text."""
    try:
        parse_number(text)
    except UnreadableNumber:
        return False
    return True


def _advice(text: str) -> str:
    shown = _short(text)
    if len(text) <= _LONGEST and _CONTINENTAL.fullmatch(text):
        return (
            f"“{shown}” can be read in two ways: use a point for decimals and commas or spaces only "
            "between thousands, as in 1,234.5."
        )
    return f"“{shown}” is not a number: enter it like 1900, 1,900 or 0.8."


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

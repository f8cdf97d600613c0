"""Reading what people type."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import figures
from figures import UnreadableNumber, parse_dollars, parse_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,900", "1900"),
        ("1 900", "1900"),
        ("1\u202f900\u202f000.5", "1900000.5"),
        ("0.8", "0.8"),
        (".5", "0.5"),
        (" 12 ", "12"),
        ("$1,200.50", "1200.50"),
        ("$ 7", "7"),
        ("-3", "-3"),
        ("−$3", "-3"),
        ("+4.25", "4.25"),
        ("007", "7"),
    ],
)
def test_read(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


def test_percent_only_where_it_is_asked_for() -> None:
    assert parse_number("12.5 %", allow_percent=True) == Decimal("12.5")
    assert parse_number("12", allow_percent=True) == 12
    with pytest.raises(UnreadableNumber, match="without it"):
        parse_number("12%")


@pytest.mark.parametrize("text", ["1.234,5", "1,5", "1234,56", "-1,23", "1 234,5"])
def test_a_decimal_comma_is_not_guessed(text: str) -> None:
    with pytest.raises(UnreadableNumber, match="two ways"):
        parse_number(text)


@pytest.mark.parametrize(
    "text",
    ["nan", "inf", "-Infinity", "1e5", "twelve", "1,23,456", "1,900 000", "1 23", "1..2", "1.", "--1",
     "%", "$", "１２", "0x1f", "1_000", "=1+1", "3 hours", "1" * 41],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableNumber) as caught:
        parse_number(text)
    assert str(caught.value).endswith(("0.8.", "without it."))
    assert len(str(caught.value)) < 120


@pytest.mark.parametrize("text", ["", "   ", "\u00a0"])
def test_nothing_is_asked_for(text: str) -> None:
    with pytest.raises(UnreadableNumber, match=r"^Enter a number\.$"):
        parse_number(text)


@given(st.integers(-(10**12), 10**12))
def test_what_is_shown_can_be_typed_back(number: int) -> None:
    assert parse_number(figures.count(number)) == number
    assert parse_number(figures.money(number, symbol="$")) == number


@pytest.mark.parametrize("text", ["-" + " " * 200_000 + "x", "1" * 200_000 + ",", "$" * 200_000])
def test_a_text_that_is_no_number_is_refused_at_once_however_long_it_is(text: str) -> None:
    started = time.perf_counter()
    for read in (parse_number, parse_dollars):
        with pytest.raises(UnreadableNumber, match="not a number"):
            read(text)
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,250.00", "1250"),
        ("USD 1.35", "1.35"),
        ("usd1.35", "1.35"),
        ("US$ 1,250", "1250"),
        ("1 250.50 USD", "1250.50"),
        ("1.35$", "1.35"),
        ("$1.35", "1.35"),
        ("\u00a0USD\u00a01.35\u00a0", "1.35"),
        ("USD -3", "-3"),
    ],
)
def test_money_is_read_with_its_currency(text: str, number: str) -> None:
    assert parse_dollars(text) == Decimal(number)


@pytest.mark.parametrize("text", ["EUR 1.35", "€1.35", "1.35 €", "1,250 INR", "£ 7", "gbp 7"])
def test_another_currency_is_refused_by_name(text: str) -> None:
    with pytest.raises(UnreadableNumber, match="is not in US dollars: enter the amount in USD"):
        parse_dollars(text)


@pytest.mark.parametrize(
    "text", ["USD", "$", "USD USD 3", "USD 1,5", "3 per hour", "EUR", "", "USD" + "1" * 41]
)
def test_what_is_no_amount_is_refused_in_words(text: str) -> None:
    with pytest.raises(UnreadableNumber):
        parse_dollars(text)

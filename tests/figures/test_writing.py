"""The display rule: rounding of the double, separators, true minus, no −0."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import figures


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (figures.score(76.25), "76.2"),
        (figures.score(80.75), "80.8"),
        (figures.score(82.35), "82.3"),
        (figures.score(-0.04), "0.0"),
        (figures.score(None), "not computable"),
        (figures.score(None, none=figures.DASH), "—"),
        (figures.money(1244123.95), "1,244,124"),
        (figures.money(-261613.2), "−261,613"),
        (figures.money(-261613.2, symbol="$"), "−$261,613"),
        (figures.money(0.5), "0"),
        (figures.money(1.5), "2"),
        (figures.money(-0.4, symbol="$"), "$0"),
        (figures.money(Decimal("1900.50")), "1,900"),
        (figures.price(1.35), "1.35"),
        (figures.price(7710, symbol="$"), "$7,710.00"),
        (figures.price(None), "—"),
        (figures.percent(45.485), "45.5%"),
        (figures.percent(-3.21), "−3.2%"),
        (figures.percent(None), "not computable"),
        (figures.share(0.3), "30.0%"),
        (figures.share(None), "not computable"),
        (figures.index(57.79), "57.8"),
        (figures.months(12.04), "12.0"),
        (figures.hours(13418.2), "13,418"),
        (figures.count(120000), "120,000"),
        (figures.count(None), "—"),
        (figures.signed(1.04, figures.score), "+1.0"),
        (figures.signed(0.04, figures.score), "0.0"),
        (figures.signed(-1.04, figures.score), "−1.0"),
        (figures.signed(1e6, figures.money), "+1,000,000"),
        (figures.signed(None, figures.score), "not computable"),
        (figures.plain(-1234.56, 1), "-1234.6"),
        (figures.plain(-0.04, 1), "0.0"),
        (figures.plain(0.1), "0.1"),
        (figures.plain(-0.0), "0.0"),
        (figures.plain(1900), "1900"),
        (figures.plain(Decimal("1E+3")), "1000"),
        (figures.plain(None), ""),
        (figures.exact(Decimal("1900.50")), "1,900.5"),
        (figures.exact(0.0125), "0.0125"),
        (figures.exact(-1e-7), "−0.0000001"),
        (figures.exact(0.1 + 0.2), "0.30000000000000004"),
        (figures.exact(1000), "1,000"),
        (figures.exact(None), "—"),
    ],
)
def test_shown(text: str, shown: str) -> None:
    assert text == shown


@pytest.mark.parametrize("x", [math.nan, math.inf, -math.inf, Decimal("NaN")])
@pytest.mark.parametrize("how", [figures.money, figures.score, figures.plain, figures.exact])
def test_what_is_not_finite_is_never_shown(x: Any, how: Any) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        how(x)


@given(st.floats(-1e12, 1e12))
def test_the_text_is_the_rounded_double(x: float) -> None:
    for how, digits in ((figures.money, 0), (figures.score, 1), (figures.price, 2)):
        text = how(x)
        assert not (text.startswith("−") and not text.strip("−0.,"))
        assert float(text.replace(",", "").replace("−", "-")) == round(x, digits)

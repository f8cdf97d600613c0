"""Data for scripts in a page: nothing in it can end its element, and a script reads what was put in."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django.utils.html import json_script
from hypothesis import given
from hypothesis import strategies as st

from lpo.templatetags.show import data_script

VALUES = [
    {"rows": [{"name": "</script><script>alert(1)</script>", "note": "<!-- & --> ü \u2028"}]},
    [1, 2.5, None, True, Decimal("1.50"), date(2026, 11, 28)],
    "&amp; \\u003C",
]


@pytest.mark.parametrize("value", VALUES)
def test_it_is_what_django_writes_but_for_blanks(value: object) -> None:
    ours, theirs = data_script(value, "a"), json_script(value, "a")
    assert json.loads(_content(ours)) == json.loads(_content(theirs))
    assert len(ours) <= len(theirs)


@given(
    st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_nothing_ends_the_element(value: object) -> None:
    content = _content(data_script(value, "a"))
    assert not set("<>&") & set(content)
    assert json.loads(content) == value


def test_the_name_of_the_element_is_escaped() -> None:
    assert 'id="a&quot;b"' in data_script({}, 'a"b')


def _content(script: str) -> str:
    found = re.fullmatch(r'<script id="a" type="application/json">(.*)</script>', script, re.DOTALL)
    assert found is not None
    return found.group(1)

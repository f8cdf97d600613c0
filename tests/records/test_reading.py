"""Canonical bytes, and strict reading of what came from outside."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import InvalidInput
from records import canonical, read_json, sha256

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_canonical_bytes() -> None:
    document = {"b": [1, 0.1, 1e22, True, None], "a": {"é": "中", "A": "\n"}}
    assert canonical(document) == '{"a":{"A":"\\n","é":"中"},"b":[1,0.1,1e+22,true,null]}'.encode()
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@settings(deadline=None)
@given(JSON)
def test_canonical_reads_back(document: Any) -> None:
    data = canonical(document)
    assert read_json(data) == document
    assert canonical(read_json(data)) == data


def test_a_whole_number_that_a_double_holds_is_read() -> None:
    assert read_json(b"[1" + b"0" * 308 + b"]") == [10**308]


@pytest.mark.parametrize("document", [math.nan, [math.inf], {"a": object()}, {1: 2, "b": 3}, "\ud800"])
def test_canonical_refuses(document: Any) -> None:
    with pytest.raises(InvalidInput, match="cannot be written as canonical JSON"):
        canonical(document)


def test_endless_documents_are_refused() -> None:
    document: list[Any] = []
    document.append(document)
    with pytest.raises(InvalidInput):
        canonical(document)


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"", "$: not JSON: Expecting value (line 1, column 1)"),
        (b"{", "$: not JSON: Expecting property name enclosed in double quotes (line 1, column 2)"),
        (b"{} x", "$: not JSON: Extra data (line 1, column 4)"),
        (b"\xff\xfe", "$: not UTF-8 text (byte 0)"),
        (b'{"a": {"b": 1, "c": 2, "b": 3}}', "$.a.b: the key comes twice"),
        (b'{"a": [1, NaN]}', "$.a[1]: NaN, Infinity and numbers beyond"),
        (b'{"a": -Infinity}', "$.a: NaN, Infinity"),
        (b"[1e999]", "$[0]: NaN, Infinity"),
        (b"[" + b"9" * 309 + b"]", "$[0]: NaN, Infinity"),
        (b"[" + b"9" * 5_000 + b"]", "$[0]: NaN, Infinity"),
        (b'["\\ud800"]', '$[0]: "\\ud800" is not valid Unicode text'),
        (b'{"\\ud800": 1}', '$["\\ud800"]: "\\ud800" is not valid'),
        (b"[" * 65 + b"]" * 65, "$" + "[0]" * 64 + ": nested deeper than 64 levels"),
        (b"[" * 100_000, "$: nested deeper than 64 levels"),
        (b" " * 5_000_001, "$: the file is larger than 5 MB"),
        (b"[" * 2_000_001, "$: there are more than 2000000 opening brackets"),
    ],
)
def test_refused_with_the_place(data: bytes, line: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_json(data)
    assert str(caught.value).startswith(line)


def test_accepted() -> None:
    assert read_json(b"\xef\xbb\xbf[1]") == [1]
    assert read_json(b"[" * 64 + b"]" * 64)
    assert type(read_json(b'{"a": {}}')["a"]) is dict
    assert read_json(b" " * 10 + b"1", limit=11) == 1


def test_at_most_fifty_faults() -> None:
    with pytest.raises(InvalidInput) as caught:
        read_json(json.dumps([math.nan] * 80).encode())
    assert len(caught.value.faults) == 50

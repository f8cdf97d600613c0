"""The published JSON Schema of the decision file says what the reader says, as far as a schema can."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from records import decode_decision
from tests.engine.small import decisions
from tests.engine.test_bad_decisions import TABLE

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/decision.schema.json").read_text(encoding="utf-8"))
EXAMPLE = ROOT / "docs/examples/decision.json"
VALIDATOR = Draft202012Validator(SCHEMA)
# What needs more than one place of the file to be seen, or more than JSON can say.
BEYOND = (
    *("is used twice", "metrics must", "values must", "is not the code", "must be the code", "does not hold"),
    *("every criterion", "are missing", "is not a", "at least one weight", "deeper than"),
    *("a weight is needed", "the group has an elicitation", "point must have", "two metrics are too close"),
    *("more than", "exceed", "NaN", "infinite", "too large", "low: ", "alternative"),
)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_the_example_is_read_by_both() -> None:
    data = EXAMPLE.read_bytes()
    VALIDATOR.validate(json.loads(data))
    assert decode_decision(data)["title"].startswith("Contract review")


@settings(deadline=None, max_examples=60)
@given(decisions())
def test_what_the_reader_takes_the_schema_takes(document: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


VISIBLE = [
    (document, message) for document, message in TABLE if not any(words in message for words in BEYOND)
]


@pytest.mark.parametrize(("document", "message"), VISIBLE)
def test_what_the_schema_can_see_it_refuses(document: Any, message: str) -> None:
    assert not VALIDATOR.is_valid(_plain(document)), message


def _plain(value: Any) -> Any:
    """Without what no JSON file can hold."""
    if isinstance(value, dict):
        return {str(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member) for member in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

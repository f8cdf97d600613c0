"""How far something was checked, in words for the reader and not for whoever wrote the reference data."""

import pytest

from assessments.reference import ethics_duties, factor_rules
from assessments.words_gates import basis_words


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("", ""),
        ("verified", "verified"),
        ("partly verified", "partly verified"),
        ("unverified", "not checked against the source; confirm before you rely on it"),
        ("unverified (from memory)", "not checked against the source; confirm before you rely on it"),
        (
            "unverified (from memory) for classified-information rules",
            "not checked against the source for classified-information rules; confirm before you rely on it",
        ),
        (
            "content unverified (from memory); existence and date verified",
            "content not checked against the source; confirm before you rely on it; existence and date "
            "verified",
        ),
        (
            "rule basis seen in the named sources; wording and operational conditions are our judgement",
            "rule basis seen in the named sources; wording and operational conditions are the publisher's "
            "judgement",
        ),
    ],
)
def test_the_reader_is_told_what_to_do(stored: str, shown: str) -> None:
    assert basis_words(stored) == shown


def test_nothing_that_ships_speaks_of_memory_or_of_us() -> None:
    duties, rules = ethics_duties(), factor_rules()
    rows = (*rules["gates"], *rules["sources"], *duties["duties"], *duties["authorities"], *duties["sources"])
    shown = [basis_words(row["status"]) for row in rows]
    assert any("confirm before you rely on it" in text for text in shown)
    for text in shown:
        assert "memory" not in text
        assert "unverified" not in text
        assert "our " not in text

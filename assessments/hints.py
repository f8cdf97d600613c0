"""Answers and flags that do not fit together: a factor says that there is something, its flag is off.

A gate that fires on the flag alone then stays silent. A hint says so and never changes a score or an outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assessments import words
from assessments.rulebook import Rulebook


@dataclass(frozen=True)
class Pair:
    """From this level on the factor says what one of these flags should say, too.

    ``unless``: when it is right to leave the flags off.
    """

    factor: str
    level: int
    flags: tuple[str, ...]
    unless: str


# What the levels of a factor name (its anchors), beside the flags that stand for the same.
PAIRS = (
    Pair("PRV", 2, ("privileged",), "no privileged item reaches the provider"),
    Pair(
        "UPL",
        5,
        ("court_appearance", "legal_advice_final", "settlement_authority"),
        "our own lawyers appear, advise and decide",
    ),
    Pair(
        "XFR",
        3,
        (
            *("export_controlled", "classified", "phi", "eu_uk_personal_data"),
            *("bulk_us_sensitive_data", "third_party_confidentiality", "patent_technical_data"),
        ),
        "the restriction has another ground",
    ),
    Pair(
        "CNF",
        5,
        (
            *("mnpi", "phi", "eu_uk_personal_data", "bulk_us_sensitive_data"),
            *("third_party_confidentiality", "patent_technical_data", "export_controlled", "classified"),
        ),
        "no such data reaches the provider",
    ),
)


@dataclass(frozen=True)
class Hint:
    """One contradiction in a sentence. ``flag``: the one flag that it is about; empty for several."""

    factor: str
    flag: str
    sentence: str


def hints(rulebook: Rulebook, *, levels: Mapping[str, int | None], flags: Iterable[str]) -> tuple[Hint, ...]:
    """Say which answers contradict the flags; what the factor set does not ask is left aside."""
    names = {factor.code: factor.name for factor in rulebook.factors}
    known, are_set = {flag.code for flag in rulebook.flags}, frozenset(flags)
    found = []
    for pair in PAIRS:
        level, of_set = levels.get(pair.factor), tuple(code for code in pair.flags if code in known)
        if pair.factor not in names or level is None or level < pair.level:
            continue
        if of_set and not are_set.intersection(of_set):
            found.append(_hint(pair, names[pair.factor], level, of_set))
    return tuple(found)


def flags_with_hints() -> frozenset[str]:
    """Give the flags that a hint may be about alone; beside these there is room for it."""
    return frozenset(pair.flags[0] for pair in PAIRS if len(pair.flags) == 1)


def _hint(pair: Pair, name: str, level: int, flags: tuple[str, ...]) -> Hint:
    named = [words.flag_name(code) for code in flags]
    if len(named) == 1:
        said = f"but the flag {named[0]} is off. Set it, or leave it if {pair.unless}."
    else:
        listed = f"{', '.join(named[:-1])} and {named[-1]}"
        said = f"but none of the flags {listed} is on. Set what applies, or leave them if {pair.unless}."
    alone = flags[0] if len(pair.flags) == 1 else ""
    return Hint(pair.factor, alone, f"{name} is at level {level}, {said}")

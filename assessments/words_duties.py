"""The words for ethics duties: how far they are, what a place means, and whether the rule set is adopted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import dateformat

import figures
from assessments.models_duties import RuleAdoption
from assessments.places import place_name

NOT_ADOPTED = "Rule set not adopted"


@dataclass(frozen=True)
class Progress:
    """How many items there are, and how many of them are done, do not apply or are overdue."""

    total: int
    done: int
    left_out: int
    overdue: int

    @property
    def says(self) -> str:
        """Say it as the page head does."""
        parts = [f"{figures.count(self.done)} of {figures.count(self.total)} items done"]
        if self.left_out:
            parts.append(f"{figures.count(self.left_out)} {'does' if self.left_out == 1 else 'do'} not apply")
        if self.overdue:
            parts.append(f"{figures.count(self.overdue)} overdue")
        return ", ".join(parts)


@dataclass(frozen=True)
class RuleSetWords:
    """Whether the rules are adopted: ``says`` is for every report, ``why`` adds what a reader may ask."""

    is_adopted: bool = False
    says: str = NOT_ADOPTED
    why: str = "No named lawyer has adopted the gates and duties of this organisation."


UNADOPTED = RuleSetWords()


def rule_set_words(adoption: RuleAdoption | None, *, is_current: bool) -> RuleSetWords:
    """Say what the newest adoption means; ``is_current``: whether the rules are still those of it."""
    if adoption is None:
        return UNADOPTED
    day = dateformat.format(adoption.adopted_on, "j F Y")
    lawyer = adoption.lawyer
    if adoption.is_withdrawn:
        why = f"The adoption of version {adoption.version} by {lawyer.name} was withdrawn on {day}."
        return RuleSetWords(why=why)
    by = f"by {lawyer.name} (licensed in {place_name(lawyer.jurisdiction)}) on {day}"
    if not is_current:
        why = f"Version {adoption.version} was adopted {by}; the rules have changed since, or are others."
        return RuleSetWords(why=why)
    why = f"Gates version {adoption.factor_set.version}, duties version {adoption.duty_set.version}."
    return RuleSetWords(True, f"Rule set version {adoption.version} adopted {by}", why)


def place_says(authorities: Collection[object]) -> str:
    """Say what it means that a place has no authority in the set."""
    if authorities:
        return ""
    return "No authority of its own in this set: the national ones apply, and the current rule there."

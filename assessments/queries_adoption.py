"""Whether a named lawyer has adopted the rules: the gates of a factor set and the duties in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments import words_duties
from assessments.dutybook import duties_hash, gates_hash
from assessments.models import Assessment
from assessments.models_duties import DutySet, RuleAdoption
from assessments.reference import ethics_duties
from assessments.words_duties import RuleSetWords


@dataclass(frozen=True)
class RuleSet:
    """The rules as they are, and the last word of a lawyer.

    ``standing``: the adoption that stands for exactly these rules; ``word``: the newest row about them, or
    about other rules where there is none.
    """

    version: str
    gates_sha256: str
    duties_sha256: str
    words: RuleSetWords
    standing: RuleAdoption | None
    word: RuleAdoption | None

    @property
    def seen(self) -> str:
        """What tells one state of the rules from another."""
        return f"{self.gates_sha256}-{self.duties_sha256}"


def duties_in_force() -> tuple[int, Mapping[str, Any]]:
    """Give version and content of the organisation's copy; before there is one, what ships."""
    held = DutySet.objects.first()
    return (held.version, held.content) if held else (1, ethics_duties())


def rule_set(assessment: Assessment, duties: tuple[int, Mapping[str, Any]] | None = None) -> RuleSet:
    """Say what the rules of an assessment are and whether they are adopted; ``duties`` spares a query."""
    version, content = duties or duties_in_force()
    gates, of_duties = gates_hash(assessment.factor_set.content), duties_hash(content)
    word = _last_word(gates, of_duties)
    is_current = _stands(word, gates, of_duties)
    return RuleSet(
        version=f"{assessment.factor_set.version}.{version}",
        gates_sha256=gates,
        duties_sha256=of_duties,
        words=words_duties.rule_set_words(word, is_current=is_current),
        standing=word if is_current else None,
        word=word,
    )


def rules_seen(assessment: Assessment) -> str:
    """Give what a form about the rules shows of them (see ``RuleSet.seen``)."""
    return rule_set(assessment).seen


def words_of_report(factor_rules: Mapping[str, Any]) -> RuleSetWords:
    """Say whether the rules that a ranking record holds are adopted, with the duties in force today."""
    gates, duties = gates_hash(factor_rules), duties_hash(duties_in_force()[1])
    word = _last_word(gates, duties)
    return words_duties.rule_set_words(word, is_current=_stands(word, gates, duties))


def _last_word(gates: str, duties: str) -> RuleAdoption | None:
    """Give the newest row about exactly these rules, else the newest about any."""
    related = RuleAdoption.objects.select_related("lawyer", "factor_set", "duty_set", "recorded_by")
    rows = related.defer("factor_set__content", "duty_set__content")
    return rows.filter(gates_sha256=gates, duties_sha256=duties).first() or rows.first()


def _stands(word: RuleAdoption | None, gates: str, duties: str) -> bool:
    if word is None or word.is_withdrawn:
        return False
    return (word.gates_sha256, word.duties_sha256) == (gates, duties)

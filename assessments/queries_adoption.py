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
from assessments.words_duties import UNADOPTED, RuleSetWords


@dataclass(frozen=True)
class RuleSet:
    """The rules as they are, and the newest word of a lawyer on them.

    ``standing``: the adoption that stands for exactly these rules; ``newest``: the newest of any.
    """

    version: str
    gates_sha256: str
    duties_sha256: str
    words: RuleSetWords
    standing: RuleAdoption | None
    newest: RuleAdoption | None

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
    newest = _newest()
    is_current = _is_current(newest, gates, of_duties)
    return RuleSet(
        version=f"{assessment.factor_set.version}.{version}",
        gates_sha256=gates,
        duties_sha256=of_duties,
        words=words_duties.rule_set_words(newest, is_current=is_current),
        standing=newest if is_current else None,
        newest=newest,
    )


def rules_seen(assessment: Assessment) -> str:
    """Give what a form about the rules shows of them (see ``RuleSet.seen``)."""
    return rule_set(assessment).seen


def words_of_report(factor_rules: Mapping[str, Any]) -> RuleSetWords:
    """Say whether the rules that a ranking record holds are adopted, with the duties in force today."""
    newest = _newest()
    if newest is None:
        return UNADOPTED
    is_current = _is_current(newest, gates_hash(factor_rules), duties_hash(duties_in_force()[1]))
    return words_duties.rule_set_words(newest, is_current=is_current)


def _newest() -> RuleAdoption | None:
    rows = RuleAdoption.objects.select_related("lawyer", "factor_set", "duty_set", "recorded_by")
    return rows.defer("factor_set__content", "duty_set__content").first()


def _is_current(adoption: RuleAdoption | None, gates: str, duties: str) -> bool:
    if adoption is None or adoption.is_withdrawn:
        return False
    return (adoption.gates_sha256, adoption.duties_sha256) == (gates, duties)

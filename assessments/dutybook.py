"""The duties and authorities of one set, as pages print them; see reference/ethics_duties.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import records
from assessments.rulebook import Source, checked_on, sources_by_code

# Authority -> what it asks for. The reference data says it within its sentences; a test compares.
CONSENTS: Mapping[str, str] = {
    "ABA-08-451": "Consent where protected information is shared",
    "ABA-105C": "Ordinarily informed consent before contracting",
    "ABA-512": "Informed consent before self-learning tools",
    "NYC-2006-3": "Advance consent when necessary",
    "NC-2007-12": "Advance informed consent",
    "OH-2009-6": "Informed consent",
    "VA-1850": "Advance informed consent",
}
# Those that ask for it every time, before work goes out, and not only in some cases.
ALWAYS = frozenset({"NC-2007-12", "OH-2009-6", "VA-1850"})
_NATIONAL = "National"
_GATE_RULES = ("gates", "flags", "gate_precedence", "gate_trigger_semantics")


@dataclass(frozen=True)
class Authority:
    """An opinion or a rule behind a duty; ``consent`` says what it asks for, if it asks for consent."""

    code: str
    issuer: str
    year: str
    jurisdiction: str
    one_line: str
    title: str
    status: str
    checked_on: date | None
    duties: tuple[str, ...]

    @property
    def is_national(self) -> bool:
        """Whether it concerns lawyers everywhere in the United States."""
        return self.jurisdiction.startswith(_NATIONAL)

    @property
    def is_verified(self) -> bool:
        """Whether its source was seen as far as the sentence goes."""
        return self.status == "verified"

    @property
    def consent(self) -> str:
        """What it asks for in the way of consent, empty where it asks for none."""
        return CONSENTS.get(self.code, "")

    @property
    def always_asks(self) -> bool:
        """Whether it asks for informed consent each time work goes out."""
        return self.code in ALWAYS


@dataclass(frozen=True)
class Duty:
    """What a lawyer owes, and the items by which one sees that it is kept."""

    code: str
    name: str
    model_rules: str
    requirement: str
    items: tuple[str, ...]
    source: Source
    status: str
    checked_on: date | None

    @property
    def is_verified(self) -> bool:
        """Whether its main source was seen."""
        return self.status == "verified"


@dataclass(frozen=True)
class Dutybook:
    """One set of duties."""

    content: Mapping[str, Any]

    @property
    def edition(self) -> str:
        """What the set calls itself, as in 1.0."""
        return str(self.content.get("meta", {}).get("version", ""))

    @property
    def dated_on(self) -> date | None:
        """When the set was last gone through."""
        return checked_on({}, self.content)

    @cached_property
    def duties(self) -> tuple[Duty, ...]:
        """All duties in the published order."""
        return tuple(self._duty(row) for row in self.content["duties"])

    @cached_property
    def authorities(self) -> tuple[Authority, ...]:
        """All authorities in the published order."""
        return tuple(self._authority(row) for row in self.content["authorities"])

    @cached_property
    def _sources(self) -> Mapping[str, Source]:
        return sources_by_code(self.content)

    def duty(self, code: str) -> Duty | None:
        """Give one duty."""
        return next((duty for duty in self.duties if duty.code == code), None)

    def behind(self, duty: str) -> tuple[Authority, ...]:
        """Give the authorities behind one duty."""
        return tuple(authority for authority in self.authorities if duty in authority.duties)

    def _source(self, code: str) -> Source:
        return self._sources.get(code) or Source(code, code, "unverified")

    def _duty(self, row: Mapping[str, Any]) -> Duty:
        return Duty(
            code=row["code"],
            name=row["name"],
            model_rules=row.get("model_rules", ""),
            requirement=row.get("requirement", ""),
            items=tuple(row["checklist"]),
            source=self._source(row.get("main_source", "")),
            status=row.get("status", "unverified"),
            checked_on=checked_on(row, self.content),
        )

    def _authority(self, row: Mapping[str, Any]) -> Authority:
        return Authority(
            code=row["id"],
            issuer=row.get("issuer", ""),
            year=str(row.get("year", "")),
            jurisdiction=row["jurisdiction"],
            one_line=row.get("one_line", ""),
            title=self._source(row["id"]).title,
            status=row.get("status", "unverified"),
            checked_on=checked_on(row, self.content),
            duties=tuple(row["duties"]),
        )


def duties_hash(content: Mapping[str, Any]) -> str:
    """Give the hash of a set of duties."""
    return records.sha256(records.canonical(content))


def gates_hash(content: Mapping[str, Any]) -> str:
    """Give the hash of the gates of a factor set with all that they rest on; weights and anchors are out."""
    named = {code for gate in content["gates"] for code in gate.get("sources", ())}
    sources = [row for row in content.get("sources", ()) if row["id"] in named]
    rules = {name: content.get(name) for name in _GATE_RULES}
    return records.sha256(records.canonical({**rules, "sources": sources}))

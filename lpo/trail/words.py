"""Kinds of objects, fields and values of the audit trail in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils import timezone

import figures
from accounts.models import AuditEvent
from accounts.roles import ROLE_NAMES
from assessments.models import Outcome, PracticeClass
from assessments.models_duties import DutyMark
from assessments.models_needs import Limit
from assessments.reference import factor_rules
from assessments.words import FLAGS
from assessments.words_trail import DECIMALS, TASK_FIELDS
from providers.models import EvidenceLevel
from providers.reference import criterion_groups
from selections.assumptions import ASSUMPTIONS
from selections.models import BidLine
from selections.words.measures import before_after

SYSTEM = "The application"
NOTHING = figures.DASH

# Kinds of objects by their name in the trail; others are named after their model.
KINDS: dict[str, str] = {
    "assessments.taskassessment": "Legal task",
    "assessments.legaltask": "Legal task (new)",
    "assessments.assessment": "Assessment",
    "assessments.factorset": "Factor set",
    "assessments.factordraft": "Draft of a factor set",
    "assessments.lawyer": "Named lawyer",
    "assessments.objective": "Objective",
    "assessments.limit": "Limit",
    "assessments.muststay": "What must stay",
    "assessments.jurisdiction": "Jurisdiction",
    "assessments.dutyset": "Ethics duties",
    "assessments.dutymark": "Item of an ethics duty",
    "assessments.ruleadoption": "Adoption of the rule set",
    "providers.provider": "Provider",
    "selections.selection": "Case",
    "selections.bid": "Bid",
    "selections.score": "Value in a bid",
    "selections.rankingrecord": "Kept ranking",
    "reports.report": "Report",
    "accounts.organisation": "Organisation",
    "accounts.membership": "Member",
    "accounts.invitation": "Invitation",
    "accounts.user": "Account",
}
_FIELDS: dict[str, str] = {
    **TASK_FIELDS,
    "gates_sha256": "SHA-256 of the gates",
    "duties_sha256": "SHA-256 of the duties",
    "licensed_in": "Licensed in",
    "has_privilege_line": "Privilege line on board reports",
    "sha256": "SHA-256",
    "retention_years": "Kept for years",
    "retention_basis": "Basis of the period",
    "keep_until_on": "Kept at least until",
    "alone": "Submitted and approved by one person",
    "not_confirmed": "Tasks with answers that nobody confirmed",
    "left_closures": "Closed conditions not taken over",
    "left_waivers": "Waivers not taken over",
    "from_period": "From",
    "valid_from_on": "Valid from",
    "valid_until_on": "Valid until",
    "received_on": "Received on",
    "productivity_factor": "Provider hours for each in-house hour",
    "fte": "People (FTE)",
    "price_above_it": "Price above the included volume",
    "delivery_headcount": "Delivery staff",
    "oversight_ratio_by_UPL": "Supervision by level",
    "counsel_note": "Counsel note",
    "factor_set": "Factor set",
    "outcomes_changed": "Tasks with another outcome",
    "email": "E-mail",
    "today_value": "Value today",
    "today_on": "Day of the value today",
    "today_source": "Source of the value today",
    "target_value": "Target",
    "target_on": "To be reached by",
    "until_on": "Until",
    "said_by": "Who said so",
    "place": "Place in the list",
}
_CHOICES: dict[str, Mapping[str, str]] = {
    "practice_of_law": dict(PracticeClass.choices),
    "kind": dict(Limit.Kind.choices),
    "status": dict(DutyMark.Status.choices),
    "outcome": dict(Outcome.choices),
    "model": dict(BidLine.Model.choices),
    "evidence": {code: f"{code} {label}" for code, label in EvidenceLevel.choices},
    "role": {role.value: name for role, name in ROLE_NAMES.items()},
    "paper": {"letter": "US Letter", "a4": "A4"},
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}.*")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Decimals are stored as text, so that no digit is lost; these fields hold them.
_DECIMALS = DECIMALS | {"price", "price_above_it", "today_value", "target_value"}
# Numbers that are names: nobody writes the year 1,998.
_NAMES = frozenset({"founded", "number", "record", "version", "from_version"})


# The event whose numbers are weights of criteria.
_WEIGHTS = "adopted weights"


@dataclass(frozen=True)
class Change:
    """One field of an event: its name and the values before and after, in words."""

    field: str
    before: str
    after: str


def kind(object_type: str) -> str:
    """Name a kind of object."""
    return KINDS.get(object_type) or object_type.rpartition(".")[2].replace("_", " ").capitalize()


def changes(event: AuditEvent, *, for_a_file: bool = False) -> tuple[Change, ...]:
    """Give every field of an event that differs; for a file numbers are plain, as spreadsheets read them."""
    before, after = event.before or {}, event.after or {}
    if event.verb == _WEIGHTS and not for_a_file:
        return tuple(_weight(code, before.get(code), weight) for code, weight in after.items())
    number = figures.plain if for_a_file else figures.exact
    names = [name for name in {**before, **after} if name not in before or before[name] != after.get(name)]
    return tuple(
        Change(field(name), _value(name, before.get(name), number), _value(name, after.get(name), number))
        for name in names
    )


def _weight(code: str, before: Any, after: Any) -> Change:
    """Write a weight as the other pages do. A slider leaves fifteen decimals, and files keep them."""
    if not isinstance(after, int | float):
        return Change(field(code), _value(code, before, figures.exact), _value(code, after, figures.exact))
    if not isinstance(before, int | float):
        return Change(field(code), NOTHING, before_after(after, after)[1])
    return Change(field(code), *before_after(before, after))


def field(name: str) -> str:
    """Name a field: "hours_per_unit" or a code such as "STD" or "COST-01"."""
    if name in _FIELDS:
        return _FIELDS[name]
    if name in _names_of_codes():
        return f"{_names_of_codes()[name]} ({name})"
    words = name.removesuffix("_on").removesuffix("_at").removesuffix("_amount").replace("_", " ")
    return words if name.isupper() else words[:1].upper() + words[1:]


@cache
def _names_of_codes() -> Mapping[str, str]:
    """Factors, criteria and assumptions by code. An organisation's own version may say it in other words."""
    names = {factor["code"]: str(factor["name"]) for factor in factor_rules()["factors"]}
    for group in criterion_groups():
        names[group.code] = group.name
        names |= {sub.code: sub.name for sub in group.sub_criteria}
    return names | {one.name: one.label for one in ASSUMPTIONS}


_Number = Callable[[Any], str]


def _value(name: str, value: Any, number: _Number) -> str:
    """Write one value. A text is a number only where its field holds numbers."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return str(value) if name in _NAMES else number(value)
    if isinstance(value, list):
        return ", ".join(FLAGS.get(part, part) if isinstance(part, str) else str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{_key(key)} {_part(name, part, number)}" for key, part in value.items())
    return _text(name, str(value), number)


def _text(name: str, text: str, number: _Number) -> str:
    if name in _CHOICES:
        return _CHOICES[name].get(text, text)
    if name.endswith("_on") and _DAY.fullmatch(text):
        return figures.day(date.fromisoformat(text))
    if name.endswith("_at") and _MOMENT.fullmatch(text):
        moment = datetime.fromisoformat(text)
        return figures.moment(timezone.localtime(moment) if moment.tzinfo else moment)
    if (name in _DECIMALS or name.endswith("_amount")) and _NUMBER.fullmatch(text):
        return number(Decimal(text))
    return text


def _key(key: str) -> str:
    return key if key.isupper() or key.isdigit() else key.replace("_", " ")


def _part(name: str, part: Any, number: _Number) -> str:
    if name in {"staffing_mix", "oversight_ratio_by_UPL"} and isinstance(part, int | float):
        return figures.share(part)
    return _value("", part, number)

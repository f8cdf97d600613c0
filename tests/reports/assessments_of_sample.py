"""Stored assessments for tests: the sample as it is, and one with everything that is awkward."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from functools import cache
from typing import Any

import records
from assessments.reference import factor_rules
from reports.source import Options
from reports.suitability.inputs import _duties
from tests.reports.records_of_sample import reference

OPTIONS = Options(
    organisation="Calder Ridge",
    currency="USD",
    is_sample=True,
    has_privilege_line=False,
    selection="FY 2026",
    period="FY 2026",
    record_number=3,
    sha256="0" * 64,
    kept_by="Orla Owner",
    kept_at=datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
    reason="",
    made_at=datetime(2026, 11, 28, 9, 31, tzinfo=UTC),
)
_FACTS = (
    "code",
    "name",
    "practice_of_law",
    "annual_volume",
    "unit",
    "hours_per_unit",
    "staffing_mix",
    "flags",
)


def inputs() -> dict[str, Any]:
    """A fresh copy of the sample's inputs, as the application stores them."""
    company, rules = reference("assessments/reference/demo_company.json"), factor_rules()
    rates = company["role_rates"].items()
    return {
        "period": "FY 2026",
        "currency": "USD",
        "factor_set": {"name": "Shipped factors and gates", "version": 1},
        "factor_rules": rules,
        "duties": _duties(rules["gates"]),
        "role_rates": {
            code: {**rate, "name": code.replace("_", " ").capitalize(), "basis": "", "place": place}
            for place, (code, rate) in enumerate(rates, start=1)
        },
        "tasks": [
            task_of({name: task[name] for name in _FACTS}, answers=dict(task["profile"]))
            for task in company["tasks"]
        ],
    }


def task_of(facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A stored task."""
    blank = {"practice_area": "Legal", "note": "", "is_profile_assumed": False, "closures": []}
    return {**blank, **facts, **more}


def awkward(count: int = 60) -> dict[str, Any]:
    """Unknown answers, no volume or mix, waivers, odd weights, texts that look like formulas."""
    found, chance = inputs(), random.Random(20261128)
    rules = found["factor_rules"]
    for factor in rules["factors"]:
        factor["default_weight"] = chance.choice([0, 1, 7.25, 12, 1 / 3])
    roles, flags = list(found["role_rates"]), [flag["code"] for flag in rules["flags"]]
    found["role_rates"]["counsel"]["name"] = '=HYPERLINK("http://x")'
    found["tasks"] = []
    for number in range(1, count + 1):
        first, second = chance.sample(roles, 2)
        share = chance.choice([1.0, 0.5, 0.6, 1 / 3])
        answers = {
            factor["code"]: chance.choice([1, 2, 3, 4, 5, 5, None] if number % 3 else [1, 2, 3, 4, 5])
            for factor in rules["factors"]
        }
        found["tasks"].append(
            task_of(
                {
                    "code": f"T{number:03d}",
                    "name": chance.choice(["=1+1", "@SUM(A1)", '+"x"', "-2", "Leases <b> & more"])
                    + f" {number}",
                    "practice_of_law": chance.choice(["administrative", "supervised", "licensed"]),
                    "annual_volume": chance.choice([None, 0.0, 1.0, 12.5, 1900.0, 123456.78]),
                    "unit": "=unit",
                    "hours_per_unit": chance.choice([None, 0.5, 1.0, 2.75, 0.0333]),
                    "staffing_mix": chance.choice(
                        [{}, {first: share, **({second: 1 - share} if share < 1 else {})}]
                    ),
                    "flags": sorted(chance.sample(flags, chance.choice([0, 0, 1, 2]))),
                },
                answers=answers,
                waived=["G11"] if number % 4 == 0 else [],
                waivers=[WAIVER] if number % 4 == 0 else [],
            )
        )
    return found


WAIVER = {
    "gate": "G11",
    "asked_by": "Cora Counsel",
    "asked_at": "2026-11-20T09:00:00+00:00",
    "reason": "The playbook is being written",
    "granted_by": "Orla Owner",
    "granted_at": "2026-11-21T09:00:00+00:00",
    "granted_because": "Due in a week",
}


def record_of(given: dict[str, Any]) -> dict[str, Any]:
    """The parsed record of some inputs."""
    found: dict[str, Any] = records.read_json(records.make_suitability_record(given))
    return found


@cache
def sample_assessment() -> dict[str, Any]:
    """The record of the sample as it is shipped."""
    return record_of(inputs())


@cache
def awkward_assessment() -> dict[str, Any]:
    """The record of the awkward one."""
    return record_of(awkward())

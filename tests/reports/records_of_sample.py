"""A real record of the sample company, made from the reference files without a database."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

import records

BASE = Path(settings.BASE_DIR)


def reference(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BASE / name).read_text(encoding="utf-8"))
    return found


def sample_inputs() -> dict[str, Any]:
    """The case inputs as the application stores them."""
    company = reference("assessments/reference/demo_company.json")
    criteria = reference("selections/reference/criteria.json")
    providers = reference("providers/reference/demo_providers.json")["providers"]
    return {
        "factor_rules": reference("assessments/reference/suitability_factors.json"),
        "criteria_rules": criteria,
        "knock_out_rules": criteria["knock_outs"],
        "tasks": [_task(task) for task in company["tasks"]],
        "role_rates": company["role_rates"],
        "assumptions": company["assumptions"],
        "bids": [_bid(provider) for provider in providers],
        "missing": "worst",
        "tie_margin": 3.0,
        "weights": _weights(criteria),
    }


def _task(task: dict[str, Any]) -> dict[str, Any]:
    kept = (
        "code",
        "name",
        "practice_of_law",
        "annual_volume",
        "unit",
        "hours_per_unit",
        "staffing_mix",
        "flags",
    )
    return {name: task[name] for name in kept} | {"answers": dict(task["profile"])}


def _bid(provider: dict[str, Any]) -> dict[str, Any]:
    kept = ("code", "name", "offers", "productivity_factor", "metrics", "answers")
    metrics = {code: value for code, value in provider["metrics"].items() if code != "COST-01"}
    bid = {name: provider[name] for name in kept}
    return bid | {
        "metrics": metrics,
        "evidence": provider["evidence_level"],
        "acceptances": provider.get("acceptances", []),
    }


def _weights(criteria: dict[str, Any]) -> dict[str, float]:
    weights = {}
    for criterion in criteria["criteria"]:
        weights[criterion["code"]] = float(criterion["default_weight"])
        for leaf in criterion["sub_criteria"]:
            weights[leaf["code"]] = float(leaf["weight_within"])
    return weights


def record_of(inputs: dict[str, Any], title: str = "Routine legal work") -> dict[str, Any]:
    """The parsed record of any inputs."""
    results = records.compute_case(inputs)
    decision = records.decision_from_case(
        inputs,
        inputs["weights"],
        inputs["criteria_rules"],
        results=results,
        title=title,
        missing=inputs["missing"],
        tie_margin=inputs["tie_margin"],
    )
    stored = records.make_record(decision, {"inputs": inputs, "results": results})
    found: dict[str, Any] = records.read_json(stored)
    return found


@cache
def sample_record() -> dict[str, Any]:
    """The record of the sample company as it is shipped."""
    return record_of(sample_inputs())

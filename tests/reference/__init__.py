"""Copies of the reference data with their `expected` blocks, and what is built from them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from records import compute_case, decision_from_case

_HERE = Path(__file__).parent


@cache
def _text(name: str) -> str:
    return (_HERE / f"{name}.json").read_text(encoding="utf-8")


def load(name: str) -> Any:
    """A fresh copy of one reference file."""
    return json.loads(_text(name))


def task_input(task: dict[str, Any]) -> dict[str, Any]:
    """A task of the reference in the shape of the engine: the profile is the answers."""
    kept = {key: value for key, value in task.items() if key not in {"expected", "profile"}}
    return {**kept, "answers": task["profile"]}


def assumptions() -> dict[str, Any]:
    """The sample company's assumptions with its role rates."""
    company = load("demo_company")
    return {**company["assumptions"], "role_rates": company["role_rates"]}


def case_inputs() -> dict[str, Any]:
    """The inputs of the sample case, as the application hands them to `compute_case`."""
    company = load("demo_company")
    bids = []
    for provider in load("demo_providers")["providers"]:
        kept = {key: value for key, value in provider.items() if key not in {"expected", "evidence_level"}}
        bids.append({**kept, "evidence": provider["evidence_level"]})
    return {
        "factor_rules": load("suitability_factors"),
        "tasks": [task_input(task) for task in company["tasks"]],
        "role_rates": company["role_rates"],
        "assumptions": company["assumptions"],
        "knock_out_rules": load("criteria")["knock_outs"],
        "bids": bids,
    }


@cache
def _case_text() -> str:
    return json.dumps(compute_case(case_inputs()))


def case_results() -> dict[str, Any]:
    """The results of the sample case (calculated once)."""
    return json.loads(_case_text())


def basket() -> list[dict[str, Any]]:
    """The sample company's basket tasks."""
    found = case_results()["suitability"]
    return [task for task in case_inputs()["tasks"] if found[task["code"]]["in_basket"]]


def decision(**weights: float) -> dict[str, Any]:
    """The sample decision, with other weights where given (COST=40)."""
    return decision_from_case(case_inputs(), weights, load("criteria"), results=case_results())

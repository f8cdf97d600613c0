"""The record of a suitability assessment: what was answered, what follows from it, and how it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import InvalidInput, SuitabilityRules, in_house_cost, suitability
from engine.checks import require_list, require_mapping, require_text
from engine.errors import at, quoted, refuse
from records.canonical import as_data, canonical, sha256
from records.comparing import first_difference

SUITABILITY_SCHEMA = "lpo.suitability/1"
SUITABILITY_FIELDS = frozenset({"schema", "inputs", "inputs_sha256", "results", "versions"})


def compute_suitability(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Gates, score, outcome and in-house cost of every task, as plain data by code, unrounded.

    `inputs`: "factor_rules" (shape of `suitability_factors.json`), "tasks" (`demo_company.json`, with
    "answers" for the profile; "waived": codes of waived gates) and "role_rates"; other members are for the
    reader and not used. Raises `InvalidInput` with the place.
    """
    rules = SuitabilityRules.from_dict(inputs.get("factor_rules", {}))
    rates = require_mapping(inputs.get("role_rates"), "$.role_rates")
    found: dict[str, Any] = {}
    for place, entry in enumerate(require_list(inputs.get("tasks"), "$.tasks")):
        path = at("$.tasks", place)
        task = require_mapping(entry, path)
        code = require_text(task.get("code"), at(path, "code"))
        if code in found:
            raise refuse(at(path, "code"), f"the code {quoted(code)} is used twice")
        assessed = suitability(task, rules)
        found[code] = {
            "suitability": {**as_data(assessed), "band_certain": assessed.band_certain},
            "in_house": as_data(in_house_cost(task, rates)),
        }
    return found


def suitability_record(inputs: Mapping[str, Any], versions: Mapping[str, str]) -> bytes:
    """The canonical bytes of the record (`lpo.suitability/1`) of some inputs."""
    return canonical(
        {
            "schema": SUITABILITY_SCHEMA,
            "inputs": inputs,
            # What is there for the reader only moves no figure: its change would not show without this.
            "inputs_sha256": sha256(canonical(inputs)),
            "results": compute_suitability(inputs),
            "versions": versions,
        }
    )


def first_change(record: Mapping[str, Any]) -> str | None:
    """Calculate a parsed record again; the first place where it says otherwise, or None."""
    inputs = require_mapping(record.get("inputs"), "$.inputs")
    require_mapping(record.get("results"), "$.results")
    try:
        results = compute_suitability(inputs)
    except InvalidInput as error:
        raise refuse("$.inputs", f"cannot be calculated: {error}") from error
    change = first_difference(record["results"], results, "$.results")
    if change is None and record.get("inputs_sha256") != sha256(canonical(inputs)):
        return "$.inputs: other than when the record was made (its hash is not $.inputs_sha256)"
    return change

"""The criteria of a criteria set as codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def criteria_tree(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """Give for each criterion, in order, the codes of its sub-criteria."""
    return {
        criterion["code"]: [sub["code"] for sub in criterion["sub_criteria"]]
        for criterion in content["criteria"]
    }


def proposed_weights(content: Mapping[str, Any]) -> dict[str, float]:
    """Give the weights that a criteria set proposes, by code: criteria and, within each, sub-criteria."""
    weights: dict[str, float] = {}
    for criterion in content["criteria"]:
        weights[criterion["code"]] = float(criterion["default_weight"])
        for sub in criterion["sub_criteria"]:
            weights[sub["code"]] = float(sub["weight_within"])
    return weights

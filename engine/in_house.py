"""What a legal task costs in-house a year, without any bid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.business_inputs import read_roles, read_tasks
from engine.business_lines import baseline
from engine.business_steps import shown


@dataclass(frozen=True, slots=True)
class InHouseCost:
    """Hours a year (unrounded); cost and its cash part in whole USD, salaried hours. None: not computable."""

    hours: float | None
    cost: float | None
    cash_part: float | None
    salaried_hours: float | None


def in_house_cost(task: Mapping[str, Any], role_rates: Mapping[str, Any]) -> InHouseCost:
    """Volume × hours per unit × Σ(share × rate), and the same over the roles that are outside cash.

    `task`: one task in the shape of `demo_company.json`; `role_rates`: {role: {"usd_per_hour", "kind"}}.
    Raises `InvalidInput`. Source: docs/method.md, baseline.
    """
    roles = read_roles(role_rates)
    found = baseline(read_tasks([task], roles)[0], roles)
    return InHouseCost(*map(shown, (found.hours, found.cost, found.cash_part, found.salaried_hours)))

"""How sure a saving is: the business case drawn many times over, with its drivers away from plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.business_drivers import Drivers, per_case
from engine.business_money import Figures, Totals, figures, moved, payback_words
from engine.business_parts import CaseParts, missing_inputs, read_parts
from engine.business_steps import shown
from engine.checks import Array, require_number, require_samples, require_seed
from engine.spreads import Spread, read_spreads

_PERCENTS = (10, 50, 90)


@dataclass(frozen=True, slots=True)
class Percentiles:
    """The smallest sampled figures that 10, 50, 90 % of the samples do not exceed. None: not computable."""

    p10: float | None
    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class PaybackPercentiles:
    """Months until the transition is paid; a sample without payback counts as later than any other.

    A percentile without months is None, and its word says why: "no payback" or "not computable"; else
    "within the term" or "not within the term".
    """

    p10: float | None
    p50: float | None
    p90: float | None
    words: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class DriverSwing:
    """What one driver does alone, the others as planned.

    `low`, `high`: its factor at P10 and P90 of its spread; `saving`, `npv`: the annual saving and the net
    present value at the two, in this order; the swings are their distances. None: not computable.
    """

    driver: str
    low: float
    high: float
    saving: tuple[float | None, float | None]
    npv: tuple[float | None, float | None]
    saving_swing: float | None
    npv_swing: float | None


@dataclass(frozen=True, slots=True)
class SimulatedSavings:
    """The result of `simulate_savings`. Money in USD.

    `loss_npv`: share of the samples with a net present value below 0. `loss_saving`: share with an annual
    saving of 0 or less. `paid_back`: share with payback within the term. `half_width`: half of the 95 %
    interval of such a share, at its widest. `drivers`: those that vary, the largest swing of the net present
    value first (of the saving where there is no net present value). `missing`: what keeps figures open.
    """

    annual_saving: Percentiles
    npv: Percentiles
    payback_months: PaybackPercentiles
    loss_npv: float | None
    loss_saving: float | None
    paid_back: float | None
    drivers: tuple[DriverSwing, ...]
    half_width: float
    samples: int
    seed: int
    missing: tuple[str, ...]


def simulate_savings(
    tasks: Sequence[Mapping[str, Any]],
    bid: Mapping[str, Any],
    assumptions: Mapping[str, Any],
    *,
    spreads: Mapping[str, Any] | None = None,
    foreign_share: float = 1.0,
    samples: int = 10_000,
    seed: int = 0,
) -> SimulatedSavings:
    """Draw the case of one bid many times, each driver on its own.

    `tasks`, `bid`, `assumptions`: as `business_case`. `spreads`: by driver a distribution of the factor on
    its base value, ("triangular", low, mode, high), ("normal", mean, sd) or ("uniform", low, high), or None
    to hold it; a driver that is not named keeps its default (`engine.spreads.DEFAULT_SPREADS`: volume and
    price by the range of the business case, the others editable judgement; the exchange rate held, because a
    bid in USD leaves it to the provider). `foreign_share`: part of the fees in the provider's currency, where
    the exchange rate varies. With every driver held the figures are those of `business_case`. The draws of a
    driver depend on the seed and on no other driver, so bids drawn with one seed meet the same years.
    Raises `InvalidInput`. Source: docs/method.md, Savings drawn.
    """
    parts = read_parts(tasks, bid, assumptions)
    distributions = read_spreads(spreads)
    share = require_number(foreign_share, "foreign_share", at_least=0, at_most=1)
    count, start = require_samples(samples), require_seed(seed)
    drawn = {
        driver: spread.draw((start, place), count)
        for place, (driver, spread) in enumerate(distributions.items())
        if spread is not None
    }
    sums, result = _cases(parts, drawn, share, count)
    npv, saving, months = (per_case(part, count) for part in (result.npv, sums.saving, result.payback_months))
    within = np.where(np.isnan(months), math.nan, months <= 12 * parts.given.term_years)
    return SimulatedSavings(
        annual_saving=Percentiles(*map(shown, _percentiles(saving))),
        npv=Percentiles(*map(shown, _percentiles(npv))),
        payback_months=_payback(months, parts.given.term_years),
        loss_npv=_share(npv, npv < 0),
        loss_saving=_share(saving, saving <= 0),
        paid_back=_share(within, within == 1),
        drivers=_swings(parts, distributions, share),
        half_width=0.98 / math.sqrt(count),
        samples=count,
        seed=start,
        missing=missing_inputs(parts),
    )


def _cases(
    parts: CaseParts, factors: Mapping[str, Array], foreign_share: float, count: int
) -> tuple[Totals, Figures]:
    """The case under each set of factors; `count` of them also where nothing varies."""
    by = Drivers(**(factors or {"volume": np.ones(count)}), foreign_share=foreign_share)
    sums = moved(parts.sums, by)
    return sums, figures(sums, parts.bid, parts.given, by)


def _percentiles(sampled: Array) -> Array:
    """Order statistics, so that a sample without end (no payback) may be among them."""
    if np.isnan(sampled).any():
        return np.full(len(_PERCENTS), math.nan)
    places = [-(-percent * sampled.size // 100) - 1 for percent in _PERCENTS]
    found: Array = np.partition(sampled, places)[places]
    return found


def _share(figure: Array, holds: Any) -> float | None:
    return None if np.isnan(figure).any() else float(np.mean(holds))


def _payback(months: Array, term: int) -> PaybackPercentiles:
    found = _percentiles(months)
    p10, p50, p90 = map(shown, found)
    first, middle, last = (payback_words(end, term) for end in found)
    return PaybackPercentiles(p10, p50, p90, (first, middle, last))


def _swings(
    parts: CaseParts, spreads: Mapping[str, Spread | None], foreign_share: float
) -> tuple[DriverSwing, ...]:
    """Every driver at its two ends, in one go: row 2k and 2k + 1 move driver k alone."""
    ends = {driver: spread.ends for driver, spread in spreads.items() if spread is not None}
    count = 2 * len(ends)
    factors = {driver: np.ones(count) for driver in ends}
    for place, (driver, pair) in enumerate(ends.items()):
        factors[driver][2 * place : 2 * place + 2] = pair
    sums, result = _cases(parts, factors, foreign_share, count)
    saving, npv = per_case(sums.saving, count), per_case(result.npv, count)
    swings = [
        _swing(driver, pair, saving[2 * place : 2 * place + 2], npv[2 * place : 2 * place + 2])
        for place, (driver, pair) in enumerate(ends.items())
    ]
    return tuple(sorted(swings, key=lambda row: -_first_known(row.npv_swing, row.saving_swing)))


@np.errstate(all="ignore")
def _swing(driver: str, ends: tuple[float, float], saving: Array, npv: Array) -> DriverSwing:
    return DriverSwing(
        driver=driver,
        low=ends[0],
        high=ends[1],
        saving=(shown(saving[0]), shown(saving[1])),
        npv=(shown(npv[0]), shown(npv[1])),
        saving_swing=shown(abs(saving[1] - saving[0])),
        npv_swing=shown(abs(npv[1] - npv[0])),
    )


def _first_known(*swings: float | None) -> float:
    return next((swing for swing in swings if swing is not None), 0.0)

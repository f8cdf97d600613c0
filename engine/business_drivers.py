"""What a business case rests on, as factors on its base figures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.business_inputs import COMMITTED, WITH_HOURS
from engine.checks import Array

Amount = float | Array


@dataclass(frozen=True, slots=True, eq=False)
class Drivers:
    """Factors, 1 as planned: numbers, or arrays of one length with a case in each place.

    `volume`, `hours_per_unit`, `productivity` (provider hours per in-house hour), `error_rate`, `oversight`
    (hours of supervision), `governance` (hours and tooling), `price`, `exchange_rate` (USD for a unit of the
    provider's currency), `transition` (all of its cost), `ramp` (share of the saving in year 1).
    `foreign_share`: part of the fees that is priced in the provider's currency.
    """

    volume: Amount = 1.0
    price: Amount = 1.0
    exchange_rate: Amount = 1.0
    hours_per_unit: Amount = 1.0
    productivity: Amount = 1.0
    error_rate: Amount = 1.0
    oversight: Amount = 1.0
    governance: Amount = 1.0
    transition: Amount = 1.0
    ramp: Amount = 1.0
    foreign_share: float = 1.0

    @property
    def prices(self) -> Amount:
        """The factor on all fees."""
        return self.price * (1 + self.foreign_share * (self.exchange_rate - 1))

    @property
    def in_house_work(self) -> Amount:
        """The factor on hours as the work is done in-house."""
        return self.volume * self.hours_per_unit

    @property
    def provider_work(self) -> Amount:
        """The factor on the provider's hours."""
        return self.in_house_work * self.productivity

    def quantity(self, follows: str) -> Amount:
        """The factor on what a fee multiplies its price with."""
        if follows == COMMITTED:
            return 1.0
        return self.provider_work if follows == WITH_HOURS else self.volume


def per_case(amount: Amount, count: int) -> Array:
    """One figure for each of so many cases, also where it does not depend on what varies."""
    return np.broadcast_to(np.asarray(amount, dtype=np.float64), (count,))


LOW_VOLUME, HIGH_VOLUME = 0.8, 1.1
LOW_PRICE, HIGH_PRICE = 0.95, 1.1
BASE = Drivers()
LOW, HIGH = Drivers(volume=LOW_VOLUME, price=HIGH_PRICE), Drivers(volume=HIGH_VOLUME, price=LOW_PRICE)

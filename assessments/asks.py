"""What closing a condition takes beyond evidence: a named lawyer, budgeted hours, somebody's consent.

A named lawyer is asked for by the kind of the gate. Which conditions ask for hours or for a consent is this
table and nothing else: it names the shipped conditions by their exact words (a test compares them with the
reference data). Conditions that ask for an agreement with the provider (a business associate agreement,
processor terms), for a check or for a clearance of an authority are met by the document itself, which is
evidence and no consent. What own conditions of an organisation ask for stands in its factor set and comes on
top: it can add to what the kind of the gate asks for, and take nothing away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine import WAIVABLE_KINDS

# Condition -> who has to agree, as it reads after "Consent of".
CONSENTS: Mapping[tuple[str, str], str] = {
    (
        "G03",
        "Export-control officer signs off before any data moves",
    ): "the export-control officer of the company",
    (
        "G09",
        "Consent or undertaking signed by each reviewer",
    ): "each reviewer, or of the third party whose information it is",
    ("G14", "Trading undertaking"): "each person who undertakes not to trade",
}
HOURS = frozenset({("G08", "Named supervising lawyer with budgeted hours")})


@dataclass(frozen=True)
class Asks:
    """What a closure must carry; ``consent`` says of whom, and is empty where nobody has to agree."""

    lawyer: bool
    hours: bool
    consent: str

    def and_also(self, own: Mapping[str, Any]) -> Asks:
        """Add what the factor set asks for: {"lawyer": …, "hours": …, "consent": of whom}."""
        return Asks(
            lawyer=self.lawyer or bool(own.get("lawyer")),
            hours=self.hours or bool(own.get("hours")),
            consent=self.consent or str(own.get("consent", "")),
        )

    def are_met(self, *, lawyer: object, hours: object, consent: object) -> bool:
        """Whether a closure carries all of it; None is nothing."""
        met = (not self.lawyer or lawyer is not None, not self.hours or hours is not None)
        return all(met) and (not self.consent or consent is not None)


def asks(*, kind: str, gate: str, condition: str) -> Asks:
    """Say what closing a condition of a gate of this kind takes."""
    key = (gate, condition)
    return Asks(kind not in WAIVABLE_KINDS, key in HOURS, CONSENTS.get(key, ""))

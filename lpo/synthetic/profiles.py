"""Invented providers with sites, certificates, values and answers."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from accounts.models import User
from providers.models import Answer, Certificate, EvidenceLevel, Metric, Provider, Site
from providers.reference import demo_providers, knock_out_questions, provider_codes

CHUNK = 500
FIRST_WORDS = (
    *("Amber", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper"),
    *("Kestrel", "Linden", "Meridian", "Nimbus", "Orchard", "Pinnacle", "Quartz", "Ridge", "Summit", "Tidal"),
)
LAST_WORDS = ("Legal Services", "Legal Support", "Law Operations", "Review Partners", "Counsel Services")
SITES = (
    *(("Pune", "India"), ("Bengaluru", "India"), ("Manila", "Philippines"), ("Cebu", "Philippines")),
    *(("Columbus, Ohio", "United States"), ("Tampa, Florida", "United States"), ("Kraków", "Poland")),
    *(("Belfast", "United Kingdom"), ("Cape Town", "South Africa"), ("Bogotá", "Colombia")),
)
CERTIFICATES = ("ISO/IEC 27001", "SOC 2 Type II", "ISO 9001", "ISO/IEC 27701", "Cyber Essentials")
# Bidders carry the values of a sample provider in full, so that a ranking has something to rank.
COMPLETE = 8
_DAY = dt.date(2026, 11, 2)


@dataclass
class Made:
    """Invented providers with what belongs to them."""

    providers: list[Provider] = field(default_factory=list)
    below: dict[type[Site | Certificate | Metric | Answer], list[Any]] = field(default_factory=dict)

    def add(self, row: Site | Certificate | Metric | Answer) -> None:
        """Keep a row for later."""
        self.below.setdefault(type(row), []).append(row)


def fill(*, upto: int, seed: int, actor: User, progress: Callable[[str, int, int], None]) -> int:
    """Add providers until there are ``upto``; gives how many. Their counts are left to ``recount``."""
    there = Provider.objects.count()
    for start in range(there, upto, CHUNK):
        end = min(start + CHUNK, upto)
        made = Made()
        for number in range(start + 1, end + 1):
            _make(made, actor, seed, number)
        with transaction.atomic():
            Provider.objects.bulk_create(made.providers)
            for model, rows in made.below.items():
                model.objects.bulk_create(rows)
        progress("providers", end, upto)
    return max(0, upto - there)


def _make(made: Made, actor: User, seed: int, number: int) -> None:
    chance = random.Random(f"{seed} provider {number}")  # noqa: S311  (invented data, not a secret)
    sample = demo_providers()["providers"]
    model = sample[(number - 1) % len(sample)] if number <= COMPLETE else chance.choice(sample)
    sites = chance.sample(SITES, chance.randint(1, 3))
    provider = Provider(
        code=f"P{number:05d}",
        name=f"{chance.choice(FIRST_WORDS)} {chance.choice(LAST_WORDS)} {number:05d}",
        summary=f"Invented. Delivers from {sites[0][0]}; {model['summary'][0].lower()}{model['summary'][1:]}",
        founded=chance.randint(1985, 2024),
        delivery_headcount=chance.choice((None, chance.randint(12, 4_000))),
        languages=model["languages"],
    )
    made.providers.append(provider)
    for place, country in sites:
        made.add(Site(provider=provider, place=place, country=country))
    for name in chance.sample(CERTIFICATES, chance.randint(0, 3)):
        until = chance.choice((None, _DAY + dt.timedelta(days=chance.randint(-200, 900))))
        evidence = chance.choice(EvidenceLevel.values[:3])
        made.add(Certificate(provider=provider, name=name, valid_until_on=until, evidence=evidence))
    _give_evidence(made, provider, actor, chance, model if number <= COMPLETE else None)


def _give_evidence(
    made: Made, provider: Provider, actor: User, chance: random.Random, model: dict[str, Any] | None
) -> None:
    """Values and answers of a sample provider: of ``model`` in full, or of any with gaps and mere claims."""
    is_complete = model is not None
    model = model or chance.choice(demo_providers()["providers"])
    for code in provider_codes():
        if is_complete or chance.random() < 0.93:
            evidence = "E1" if is_complete else chance.choices(EvidenceLevel.values, (2, 6, 3, 1))[0]
            value = model["metrics"][code]
            made.add(
                Metric(
                    provider=provider,
                    sub_criterion=code,
                    value=value,
                    evidence=evidence,
                    source="Questionnaire (invented)",
                    entered_by=actor,
                )
            )
    for question in knock_out_questions():
        if is_complete or chance.random() < 0.9:
            value = model["answers"].get(question, "yes")
            made.add(
                Answer(provider=provider, question=question, value=value, evidence="E1", entered_by=actor)
            )

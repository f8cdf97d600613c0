"""A handful of invented bids, so that the case has a ranking that was kept."""

from __future__ import annotations

import datetime as dt
import json
import random
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from assessments.models import TaskAssessment
from lpo.sample import COMPANY, WITH_THE_BID
from providers.models import Provider
from providers.reference import demo_providers
from selections import services
from selections.models import Bid, BidLine, Score, Selection

BIDDERS = 5
PRICED = 24


def fill(*, selection: Selection, seed: int, actor: User) -> int:
    """Enter the bids of the first providers for the first tasks that go out, once; gives how many.

    The ranking they give is kept.
    """
    tasks = list(
        TaskAssessment.objects.with_task()
        .filter(assessment=selection.assessment, baseline_amount__gt=0)
        .candidates()
        .order_by("list_code")[:PRICED]
    )
    bidders = list(Provider.objects.order_by("code")[:BIDDERS])
    if not tasks or not bidders or Bid.objects.filter(selection=selection).exists():
        return 0
    assumptions = json.loads(COMPANY.read_text(encoding="utf-8"))["assumptions"]
    with transaction.atomic():
        services.set_assumptions(selection=selection, assumptions=assumptions, actor=actor)
        for place, provider in enumerate(bidders):
            chance = random.Random(f"{seed} bid {place}")  # noqa: S311  (invented data, not a secret)
            model = demo_providers()["providers"][place]
            bid = Bid.objects.create(
                selection=selection,
                provider=provider,
                productivity_factor=model["productivity_factor"],
                received_on=dt.date(2026, 11, 2),
            )
            BidLine.objects.bulk_create(_line(bid, task, chance) for task in tasks)
            _give_scores(bid, model, actor)
    services.keep_ranking(
        selection=selection, weights=None, reason="First ranking of the invented bids", actor=actor
    )
    return len(bidders)


def _give_scores(bid: Bid, model: dict[str, Any], actor: User) -> None:
    Score.objects.bulk_create(
        Score(
            bid=bid,
            sub_criterion=code,
            value=None if code == "COST-01" else model["metrics"][code],
            evidence=model["evidence_level"][code],
            source="Priced offer (invented)",
            given_by=actor,
        )
        for code in sorted(WITH_THE_BID)
    )


def _line(bid: Bid, task: TaskAssessment, chance: random.Random) -> BidLine:
    """A price per unit between a third and two thirds of what the unit costs in-house."""
    assert task.baseline_amount is not None and task.annual_volume is not None  # noqa: S101  (chosen so)
    share = Decimal(f"{chance.uniform(0.35, 0.65):.4f}")
    price = max(
        Decimal("0.01"), (share * task.baseline_amount / task.annual_volume).quantize(Decimal("0.01"))
    )
    return BidLine(
        bid=bid, legal_task=task.legal_task, model=BidLine.Model.PER_UNIT, price_amount=price, unit=task.unit
    )

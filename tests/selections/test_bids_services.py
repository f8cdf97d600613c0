"""Bids, prices, values and acceptances: what is refused, what is stored, what counts as a change."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import AuditEvent
from assessments.models import LegalTask
from providers import services as provider_services
from selections import services
from selections.models import Bid, BidLine, Score, Selection
from tests.conftest import Case


@pytest.fixture
def bid(sample: Case) -> Bid:
    provider = provider_services.add_provider(actor=sample.procurement, name="Juniper Row Legal")
    return services.add_bid(actor=sample.procurement, selection=sample.selection, provider=provider)


@pytest.fixture
def nda(sample: Case) -> LegalTask:
    return LegalTask.objects.get(code="D07")


@pytest.fixture
def offer(bid: Bid, nda: LegalTask) -> tuple[Bid, LegalTask]:
    return bid, nda


def version(case: Case) -> int:
    return Selection.objects.get(pk=case.selection.pk).version


def price(sample: Case, bid: Bid, task: LegalTask, model: str, amount: str, **more: Any) -> BidLine:
    return services.set_line(
        actor=sample.procurement, bid=bid, legal_task=task, model=model, price_amount=Decimal(amount), **more
    )


def test_a_bid_counts_as_a_change_and_has_an_event(sample: Case, bid: Bid) -> None:
    assert version(sample) > sample.selection.version
    event = AuditEvent.objects.get(object_type="selections.bid", object_id=str(bid.pk))
    assert (event.actor, event.verb, event.object_label) == (
        sample.procurement,
        "added bid",
        "of Juniper Row Legal",
    )
    with pytest.raises(ValidationError, match="already has a bid"):
        services.add_bid(actor=sample.procurement, selection=sample.selection, provider=bid.provider)


@pytest.mark.parametrize("factor", [0, -1, 11, math.nan, math.inf])
def test_an_impossible_productivity_is_refused(sample: Case, bid: Bid, factor: float) -> None:
    with pytest.raises(ValidationError, match="provider hours per in-house hour"):
        services.edit_bid(actor=sample.procurement, bid=bid, productivity_factor=factor)
    assert Bid.objects.get(pk=bid.pk).productivity_factor == 1.0


def test_a_bid_cannot_come_from_the_future(sample: Case, bid: Bid) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="future"):
        services.edit_bid(actor=sample.procurement, bid=bid, productivity_factor=1.1, received_on=tomorrow)


@pytest.mark.parametrize(
    ("model", "more", "unit"),
    [
        ("hourly", {"expected_hours": 890.0}, "hour"),
        ("hourly", {}, "hour"),
        ("blended", {"expected_hours": 1008.0}, "hour"),
        ("per_unit", {}, "agreement"),
        ("fte", {"fte": 2.5}, "FTE month"),
        ("fixed_fee", {"included_volume": 1900.0}, "year"),
        ("fixed_fee", {"included_volume": 100.0, "overage_amount": Decimal("22.29")}, "year"),
    ],
)
def test_each_pricing_model_stores_its_unit(
    sample: Case, offer: tuple[Bid, LegalTask], model: str, more: dict[str, Any], unit: str
) -> None:
    bid, nda = offer
    before = version(sample)
    line = price(sample, bid, nda, model, "46.74", **more)
    line.refresh_from_db()
    assert (line.model, line.price_amount, line.unit) == (model, Decimal("46.74"), unit)
    assert version(sample) == before + 1
    price(sample, bid, nda, model, "46.74", **more)
    assert BidLine.objects.filter(bid=bid).count() == 1


@pytest.mark.parametrize(
    ("priced", "field", "words"),
    [
        (("per_unit", "-0.01", {}), "price_amount", "cannot be below 0"),
        (("per_unit", "NaN", {}), "price_amount", "Enter a number"),
        (("per_unit", "1e12", {}), "price_amount", "larger than any real figure"),
        (("per_unit", "9" * 40, {}), "price_amount", "larger than any real figure"),
        (("per_unit", "1.23456", {}), "price_amount", "four decimals"),
        (("daily", "1", {}), "model", "one of the five pricing models"),
        (("fte", "7000", {}), "fte", "needs the number of people"),
        (("fte", "7000", {"fte": 0.0}), "fte", "needs the number of people"),
        (("fixed_fee", "80000", {}), "included_volume", "needs the volume"),
        (("fixed_fee", "80000", {"included_volume": 1000.0}), "overage_amount", "forecast of 1,900 is above"),
        (
            ("per_unit", "1", {"expected_hours": 10.0}),
            "expected_hours",
            "belong to an hourly or blended price",
        ),
        (("hourly", "60", {"fte": 2.0}), "fte", "belongs to a price per person-month"),
        (("hourly", "60", {"expected_hours": -1.0}), "expected_hours", "cannot be below 0"),
        (("blended", "60", {"included_volume": 5.0}), "included_volume", "belongs to a fixed fee"),
        (("hourly", "60", {"expected_hours": math.inf}), "expected_hours", "Enter a number"),
    ],
)
def test_a_price_that_cannot_stand_is_refused_by_field(
    sample: Case,
    offer: tuple[Bid, LegalTask],
    priced: tuple[str, str, dict[str, Any]],
    field: str,
    words: str,
) -> None:
    bid, nda = offer
    model, amount, more = priced
    before = version(sample), AuditEvent.objects.count()
    with pytest.raises(ValidationError) as refused:
        price(sample, bid, nda, model, amount, **more)
    assert words in " ".join(refused.value.message_dict[field])
    assert not BidLine.objects.filter(bid=bid).exists()
    assert (version(sample), AuditEvent.objects.count()) == before


def test_a_task_outside_the_assessment_has_no_price(sample: Case, bid: Bid) -> None:
    stray = LegalTask.objects.create(code="X1", name="Not assessed")
    with pytest.raises(ValidationError, match="is not assessed in this case"):
        price(sample, bid, stray, "per_unit", "1")


def test_a_price_is_changed_and_removed_with_events(sample: Case, bid: Bid, nda: LegalTask) -> None:
    price(sample, bid, nda, "per_unit", "46.74")
    line = price(sample, bid, nda, "per_unit", "44")
    services.remove_line(actor=sample.procurement, line=line)
    verbs = AuditEvent.objects.filter(object_type="selections.bid", object_id=str(bid.pk)).order_by("pk")
    assert [event.verb for event in verbs] == ["added bid", "added price", "changed price", "removed price"]
    changed = verbs.get(verb="changed price")
    assert (changed.before, changed.after) == ({"price": "46.7400"}, {"price": "44"})


def test_a_value_needs_a_reason_and_stays_possible(sample: Case, bid: Bid) -> None:
    give = {"actor": sample.procurement, "bid": bid, "sub_criterion": "COST-04"}
    with pytest.raises(ValidationError, match="Say in a few words why"):
        services.give_value(**give, value=5.0)
    with pytest.raises(ValidationError, match="cannot be above 100"):
        services.give_value(**give, value=500.0, reason="typo")
    with pytest.raises(services.Refused, match="no sub-criterion"):
        services.give_value(**{**give, "sub_criterion": "COST-99"}, value=5.0, reason="x")
    with pytest.raises(services.Refused, match="is computed"):
        services.give_value(**{**give, "sub_criterion": "COST-01"}, value=50.0, reason="x")
    assert not Score.objects.filter(bid=bid).exists()


def test_values_are_appended_never_replaced(sample: Case, bid: Bid) -> None:
    give = {"actor": sample.procurement, "bid": bid, "sub_criterion": "COST-04"}
    one = services.give_value(**give, value=5.0, evidence="E1", reason="Offer, page 3")
    two = services.give_value(**give, value=None, reason="Offer withdrawn")
    assert two.supersedes == one
    rows = Score.objects.filter(bid=bid).order_by("pk").values_list("value", "reason")
    assert list(rows) == [(5.0, "Offer, page 3"), (None, "Offer withdrawn")]


def test_a_bid_with_values_on_record_is_not_removed(sample: Case, bid: Bid) -> None:
    services.give_value(actor=sample.procurement, bid=bid, sub_criterion="COST-04", value=5.0, reason="Offer")
    with pytest.raises(ValidationError, match="can no longer be removed"):
        services.remove_bid(actor=sample.procurement, bid=bid)
    assert Bid.objects.filter(pk=bid.pk).exists()


def test_a_bid_without_values_is_removed_with_its_prices(sample: Case, bid: Bid, nda: LegalTask) -> None:
    price(sample, bid, nda, "per_unit", "46.74")
    services.remove_bid(actor=sample.procurement, bid=bid)
    assert not Bid.objects.filter(provider__name="Juniper Row Legal").exists()


def test_only_two_knock_outs_can_be_accepted_in_writing(sample: Case) -> None:
    bid = Bid.objects.select_related("selection", "provider").get(provider__code="V1")
    with pytest.raises(ValidationError, match="only K07 and K13 can"):
        services.accept(actor=sample.procurement, bid=bid, knock_out="K01", reason="We trust them")
    provider_services.set_metric(
        actor=sample.procurement, provider=bid.provider, sub_criterion="SECU-06", value=3, evidence="E1"
    )
    assert knocked(sample, "V1")["status"] == "excluded"
    services.accept(actor=sample.procurement, bid=bid, knock_out="K07", reason="Extra cover, 3 Nov 2026")
    assert knocked(sample, "V1")["status"] == "conditional"
    services.accept(actor=sample.procurement, bid=bid, knock_out="K07", reason="  ")
    assert knocked(sample, "V1")["failed"] == ["K07"]


def knocked(sample: Case, code: str) -> dict[str, Any]:
    case = services.preview_ranking(selection=sample.selection).case
    assert case is not None
    found: dict[str, Any] = case["knock_outs"][code]
    return found

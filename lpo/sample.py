"""The fictional sample company and its twin, loaded through the same services that pages use."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from accounts.tenancy import opened
from assessments import scoring
from assessments.models import Assessment, FactorAnswer, LegalTask, RoleRate, TaskAssessment
from lpo.sample_duties import write_duties
from lpo.sample_needs import write_needs
from lpo.setup import start_organisation
from providers.models import Answer, Certificate, Metric, Provider, Site
from providers.services import recount
from reports import services as report_services
from selections import services as selection_services
from selections.models import Bid, BidLine, Score, Selection

PASSWORD = "sample-only"  # noqa: S105  (published on purpose; see accounts/backends.py)
CALDER, NORTHLAKE = "calder-ridge", "northlake"
COMPANY = Path(settings.BASE_DIR) / "assessments/reference/demo_company.json"
BIDS = Path(settings.BASE_DIR) / "providers/reference/demo_providers.json"
CATALOGUE = Path(settings.BASE_DIR) / "assessments/reference/task_catalogue.json"

# Values that belong to one offer or to our own office, so they are given with the bid (selections.Score).
WITH_THE_BID = frozenset({"COST-01", "COST-02", "COST-03", "COST-04", "COST-05", "COST-06", "COMM-01"})
COUNTRIES = {"US": "United States"}


@dataclass(frozen=True)
class Team:
    """The people of one sample organisation by role."""

    owner: User
    counsel: User
    procurement: User
    manager: User


def load_sample() -> bool:
    """Load both sample organisations; False when they are already there."""
    if Organisation.objects.filter(slug=CALDER).exists():
        return False
    company = json.loads(COMPANY.read_text(encoding="utf-8"))
    bids = json.loads(BIDS.read_text(encoding="utf-8"))["providers"]
    _load_one(CALDER, company["company"]["name"], _calder_team(), company, bids)
    outsider = _user("outsider@northlake.example", "Odell Outsider")
    _load_one(
        NORTHLAKE, "Northlake Robotics (sample)", Team(outsider, outsider, outsider, outsider), company, bids
    )
    return True


def _calder_team() -> Team:
    return Team(
        owner=_user("owner@calderridge.example", "Orla Owner"),
        counsel=_user("counsel@calderridge.example", "Carmen Counsel"),
        procurement=_user("procurement@calderridge.example", "Priya Procurement"),
        manager=_user("manager@calderridge.example", "Marc Manager"),
    )


def _user(email: str, name: str) -> User:
    return User.objects.create_user(email, PASSWORD, name=name, is_sample=True)


def _load_one(slug: str, name: str, team: Team, company: dict[str, Any], bids: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        organisation = start_organisation(
            name=name, slug=slug, period=f"FY {company['company']['fiscal_year']}", owner=team.owner
        )
        organisation.is_sample = True
        organisation.time_zone = company["company"]["time_zone"]
        organisation.head_office = company["company"]["head_office"]
        organisation.save()
        for role in (Role.COUNSEL, Role.PROCUREMENT, Role.MANAGER):
            user = getattr(team, role.value)
            Membership.objects.get_or_create(
                user=user,
                organisation=organisation,
                defaults={"role": role, "joined_at": organisation.created_at},
            )
        with opened(organisation):
            selection = Selection.objects.select_related("assessment").get()
            _load_tasks(selection.assessment, company, team.counsel)
            write_duties(selection.assessment, team.counsel)
            _load_bids(selection, company["assumptions"], bids, team.procurement)
    with opened(organisation):
        kept = selection_services.keep_ranking(
            selection=selection,
            weights=None,
            reason="First ranking with the shipped weights (sample)",
            actor=team.procurement,
        )
        report = report_services.request_report(record=kept.record, paper="letter", actor=team.manager)
        report_services.make_report(report_id=report.pk)


def _load_tasks(assessment: Assessment, company: dict[str, Any], counsel: User) -> None:
    write_needs(assessment, company["company"])
    RoleRate.objects.bulk_create(
        RoleRate(
            assessment=assessment,
            code=code,
            name=code.replace("_", " ").capitalize(),
            hourly_amount=Decimal(str(rate["usd_per_hour"])),
            kind=rate["kind"],
        )
        for code, rate in company["role_rates"].items()
    )
    areas = _practice_areas()
    for row in company["tasks"]:
        _load_task(assessment, row, areas, counsel)
    scoring.rescore_all(assessment=assessment)


def _practice_areas() -> dict[str, str]:
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return {task["code"]: task["practice_area"] for task in catalogue["tasks"]}


def _load_task(assessment: Assessment, row: dict[str, Any], areas: dict[str, str], counsel: User) -> None:
    legal_task = LegalTask.objects.create(
        code=row["code"],
        name=row["name"],
        catalogue_code=row["catalogue_code"],
        practice_area=areas[row["catalogue_code"]],
    )
    task = TaskAssessment.objects.create(
        assessment=assessment,
        legal_task=legal_task,
        practice_of_law=row["practice_of_law"],
        annual_volume=Decimal(str(row["annual_volume"])),
        unit=row["unit"],
        hours_per_unit=Decimal(str(row["hours_per_unit"])),
        staffing_mix=row["staffing_mix"],
        flags=row["flags"],
        note=row["note"],
    )
    FactorAnswer.objects.bulk_create(
        FactorAnswer(task=task, factor=factor, level=level, assessor=counsel)
        for factor, level in row["profile"].items()
    )


def _load_bids(
    selection: Selection, assumptions: dict[str, Any], bids: list[dict[str, Any]], buyer: User
) -> None:
    selection_services.set_assumptions(selection=selection, assumptions=assumptions, actor=buyer)
    tasks = {task.code: task for task in LegalTask.objects.all()}
    for row in bids:
        provider = _load_provider(row, buyer)
        bid = Bid.objects.create(
            selection=selection,
            provider=provider,
            productivity_factor=row["productivity_factor"],
            received_on=dt.date(2026, 11, 2),
        )
        BidLine.objects.bulk_create(_bid_line(bid, tasks[offer["task"]], offer) for offer in row["offers"])
        Score.objects.bulk_create(
            Score(
                bid=bid,
                sub_criterion=code,
                value=None if code == "COST-01" else row["metrics"][code],
                evidence=row["evidence_level"][code],
                source="Priced offer" if code != "COMM-01" else "Shift plan in the offer",
                given_by=buyer,
            )
            for code in sorted(WITH_THE_BID)
        )


def _bid_line(bid: Bid, task: LegalTask, offer: dict[str, Any]) -> BidLine:
    overage = offer.get("overage_price")
    return BidLine(
        bid=bid,
        legal_task=task,
        model=offer["model"],
        price_amount=Decimal(str(offer["price"])),
        unit=offer["unit"],
        expected_hours=offer.get("expected_hours"),
        fte=offer.get("fte"),
        included_volume=offer.get("included_volume"),
        overage_amount=None if overage is None else Decimal(str(overage)),
    )


def _load_provider(row: dict[str, Any], buyer: User) -> Provider:
    provider = Provider.objects.create(
        code=row["code"],
        name=row["name"],
        summary=row["summary"],
        founded=row["founded"],
        delivery_headcount=row["delivery_headcount"],
        languages=row["languages"],
        is_sample=True,
    )
    Site.objects.bulk_create(_site(provider, text) for text in row["locations"])
    assurance = row["evidence_level"]["SECU-01"]
    Certificate.objects.bulk_create(
        Certificate(provider=provider, name=name, evidence=assurance) for name in row["certifications"]
    )
    Metric.objects.bulk_create(
        Metric(
            provider=provider,
            sub_criterion=code,
            value=value,
            evidence=row["evidence_level"][code],
            source="Due-diligence file (sample)",
            entered_by=buyer,
        )
        for code, value in row["metrics"].items()
        if code not in WITH_THE_BID
    )
    Answer.objects.bulk_create(
        Answer(provider=provider, question=question, value=value, evidence="E1", entered_by=buyer)
        for question, value in row["answers"].items()
    )
    recount(provider=provider)
    return provider


def _site(provider: Provider, text: str) -> Site:
    match = re.fullmatch(r"(?P<place>.+) \((?P<country>.+)\)", text)
    if match is None:
        raise ValueError(f"The sample site {text!r} is not written as 'Place (Country)'.")
    country = match["country"]
    return Site(provider=provider, place=match["place"], country=COUNTRIES.get(country, country))

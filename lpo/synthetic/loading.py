"""Fills one organisation up to so many tasks and providers; the same seed gives the same rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection, transaction

from accounts import audit
from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.roles import Role
from accounts.tenancy import opened
from assessments.models import Assessment, FactorAnswer, GateClosure, LegalTask, RoleRate, TaskAssessment
from lpo.sample import COMPANY, PASSWORD, Team
from lpo.sample_needs import write_needs
from lpo.setup import start_organisation
from lpo.synthetic import bids, profiles, work
from providers.models import Answer, Certificate, Metric, Provider, Site
from providers.services import recount
from selections.models import Selection

DEFAULT_SLUG = "synthetic"
MADE = "loaded synthetic data"
_TABLES = (
    *(LegalTask, TaskAssessment, FactorAnswer, GateClosure),
    *(Provider, Site, Certificate, Metric, Answer, AuditEvent),
)
Progress = Callable[[str, int, int], None]


class ForeignOrganisationError(ValueError):
    """The organisation exists and was not made here, so nothing may be added to it."""


@dataclass(frozen=True)
class Loaded:
    """What a run added."""

    organisation: Organisation
    tasks: int
    providers: int
    bids: int


def load_synthetic(
    *,
    tasks: int,
    providers: int,
    slug: str = DEFAULT_SLUG,
    seed: int = 1,
    progress: Progress = lambda what, done, total: None,
) -> Loaded:
    """Make the organisation if it is not there and fill it up to the wanted numbers; never removes anything.

    Row n depends on the seed and n alone, so 500 tasks are the first of 100,000. Raises
    ``ForeignOrganisationError`` for an organisation that this function did not start.
    """
    organisation, team = _organisation(slug, seed)
    with opened(organisation):
        selection = Selection.objects.select_related("assessment__factor_set").get()
        made_tasks = work.fill(
            assessment=selection.assessment, upto=tasks, seed=seed, actor=team.counsel, progress=progress
        )
        made_providers = profiles.fill(upto=providers, seed=seed, actor=team.procurement, progress=progress)
        if made_providers:
            _refresh_statistics()  # counting in one statement needs a planner that knows the numbers
            recount()
        made_bids = bids.fill(selection=selection, seed=seed, actor=team.procurement)
        if made_tasks or made_providers or made_bids:
            added = {"tasks": made_tasks, "providers": made_providers, "bids": made_bids, "seed": seed}
            audit.record(actor=None, verb=MADE, obj=organisation, label=organisation.name, after=added)
    _refresh_statistics()
    return Loaded(organisation, made_tasks, made_providers, made_bids)


def _organisation(slug: str, seed: int) -> tuple[Organisation, Team]:
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        return _started(slug, seed)
    with opened(organisation):
        if not AuditEvent.objects.filter(verb=MADE).exists():
            raise ForeignOrganisationError(
                f"“{organisation.name}” was not made by this command, so nothing is added to it. "
                "Choose another --organisation."
            )
    people = {
        m.role: m.user for m in Membership.objects.filter(organisation=organisation, user__is_sample=True)
    }
    return organisation, Team(*(people[role.value] for role in Role))


@transaction.atomic
def _started(slug: str, seed: int) -> tuple[Organisation, Team]:
    """Start the organisation with four people, who sign in like those of the sample: on loopback alone."""
    team = Team(*(_user(f"{role}@{slug}.example", role) for role in Role))
    name = f"{slug.replace('-', ' ').capitalize()} (invented data)"
    organisation = start_organisation(name=name, slug=slug, period="FY 2027", owner=team.owner)
    organisation.time_zone = "America/New_York"
    organisation.save()
    for role in (Role.COUNSEL, Role.PROCUREMENT, Role.MANAGER):
        Membership.objects.create(user=getattr(team, role.value), organisation=organisation, role=role)
    company = json.loads(COMPANY.read_text(encoding="utf-8"))
    with opened(organisation):
        assessment = Assessment.objects.get()
        write_needs(assessment, company["company"])
        for code, rate in company["role_rates"].items():
            RoleRate.objects.create(
                assessment=assessment,
                code=code,
                name=code.replace("_", " ").capitalize(),
                hourly_amount=Decimal(str(rate["usd_per_hour"])),
                kind=rate["kind"],
            )
        audit.record(actor=None, verb=MADE, obj=organisation, label=name, after={"seed": seed})
    return organisation, team


def _user(email: str, role: Role) -> User:
    return User.objects.create_user(email, PASSWORD, name=f"Sam {role.value.capitalize()}", is_sample=True)


def _refresh_statistics() -> None:
    """Tell the planner of the database how much there is now; on PostgreSQL also tidy the new pages."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            return
        verb = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
        for model in _TABLES:
            cursor.execute(f"{verb} {connection.ops.quote_name(model._meta.db_table)}")

"""Starting an organisation: what every organisation has before anyone types a word."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts import audit
from accounts.models import Membership, Organisation, User
from accounts.roles import Role
from accounts.tenancy import opened
from assessments import reference as factor_reference
from assessments.models import Assessment, FactorSet
from selections import reference as criteria_reference
from selections.models import CriteriaSet, Selection, Weight


@transaction.atomic
def start_organisation(
    *, name: str, slug: str = "", period: str, case_name: str = "Routine legal work", owner: User | None
) -> Organisation:
    """Create an organisation with its copy of the reference sets, one assessment and one selection.

    Nothing that looks like a fact about the company is filled in: no volumes, no rates, no assumptions.
    Raises ``django.db.IntegrityError`` when the slug is taken.
    """
    organisation = Organisation.objects.create(name=name, slug=slug or slugify(name)[:60])
    if owner is not None:
        Membership.objects.create(
            user=owner, organisation=organisation, role=Role.OWNER, joined_at=timezone.now()
        )
    with opened(organisation):
        factors = FactorSet.objects.create(
            version=1, name="Shipped factors and gates", content=factor_reference.factor_rules()
        )
        criteria = CriteriaSet.objects.create(
            version=1, name="Shipped criteria and knock-outs", content=criteria_reference.criteria_rules()
        )
        assessment = Assessment.objects.create(period=period, factor_set=factors)
        selection = Selection.objects.create(name=case_name, assessment=assessment, criteria_set=criteria)
        Weight.objects.bulk_create(
            Weight(selection=selection, code=code, value=value)
            for code, value in criteria_reference.default_weights(criteria.content).items()
        )
        audit.record(actor=owner, verb="started organisation", obj=organisation, label=name)
    return organisation

"""The weights of a what-if travel in the address: reading and writing that part of it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse

from accounts.http import OrgRequest
from selections import services
from selections.forms.weights import PREFIX, WeightsForm
from selections.models import Selection
from selections.queries.inputs import CaseInputs, adopted_weights
from selections.services import Preview
from selections.tree import criteria_tree
from selections.words.measures import exact

VERSION = "v"


def weights_form(request: OrgRequest, selection: Selection) -> WeightsForm:
    """Read the weights of a what-if from the address."""
    content = selection.criteria_set.content
    return WeightsForm(
        request.GET if request.method in {"GET", "HEAD"} else request.POST,
        tree=criteria_tree(content),
        adopted=adopted_weights(selection),
    )


def asked_preview(selection: Selection, form: WeightsForm) -> Preview:
    """Calculate with the weights of the address, or with the adopted ones while some of them are wrong."""
    weights = form.weights() if form.is_valid() else None
    return services.preview_ranking(selection=selection, weights=weights)


def what_if_query(inputs: CaseInputs) -> str:
    """Write the query of a what-if; empty for the adopted weights."""
    if not inputs.is_what_if:
        return ""
    pairs = {PREFIX + code: exact(weight) for code, weight in inputs.weights.items()}
    return "?" + urlencode({**pairs, VERSION: inputs.fingerprint})


def changed_query(inputs: CaseInputs) -> str:
    """Write the query that leads from this page to the arithmetic of its numbers: only what differs."""
    pairs = {
        PREFIX + code: exact(weight)
        for code, weight in inputs.weights.items()
        if weight != inputs.adopted[code]
    }
    return f"?{urlencode(pairs)}" if pairs else ""


def why_base(request: OrgRequest, selection: Selection) -> str:
    """Give the address below which every number opens its arithmetic: <bid>/<code>/ follows."""
    known = {"organisation": request.organisation.slug, "pk": selection.pk, "bid_pk": 0, "code": "x"}
    return reverse("selections:why", kwargs=known).removesuffix("0/x/")

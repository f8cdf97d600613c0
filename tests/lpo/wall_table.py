"""One row per address below /o/<organisation>/: its ids, what a permitted member gets, a body it accepts.

``ids`` and ``body`` are called with the organisation of the case open. A body must be accepted: what it
needs (a closed condition, say) it makes. Ids in it are numbers, what a person types is text: the wall test
puts a foreign id into every field, and where the good value is a number it must be refused. ``keys`` names
further fields that hold the id of an owned row.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import Invitation, Membership, User
from accounts.services import invite
from assessments.models import FactorAnswer, Lawyer, LegalTask, RoleRate, TaskAssessment
from assessments.models_needs import Limit, MustStay, Objective
from assessments.services import close_condition, plan_import
from providers.models import Certificate, Provider, Site
from reports.models import Report
from reports.services import request_suitability_report
from selections.forms.assumptions import ratio_field
from selections.forms.weights import PREFIX
from selections.models import Bid, BidLine, RankingRecord
from selections.services import preview_ranking
from tabular import as_block
from tests.conftest import Case
from tests.gates import TYPED, asked, closing, unprepared

Ids = Callable[[Case], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """What the wall test knows about one address."""

    ids: Ids = lambda case: {}
    get: int | None = 200
    body: Ids | None = None
    posted: tuple[int, ...] = (302,)
    keys: tuple[str, ...] = ()


def _selection(case: Case) -> dict[str, Any]:
    return {"pk": case.selection.pk}


def _task(case: Case) -> dict[str, Any]:
    return {"pk": TaskAssessment.objects.get(legal_task__code="D14").pk}


def _provider(case: Case) -> dict[str, Any]:
    return {"pk": Provider.objects.get(code="V1").pk}


def _site(case: Case) -> dict[str, Any]:
    return _provider(case) | {"site_pk": Site.objects.filter(provider__code="V1")[0].pk}


def _certificate(case: Case) -> dict[str, Any]:
    return _provider(case) | {"certificate_pk": Certificate.objects.get(provider__code="V1").pk}


def _bid(case: Case) -> dict[str, Any]:
    return _selection(case) | {"bid_pk": Bid.objects.get(provider__code="V1").pk}


def _line(case: Case) -> dict[str, Any]:
    line = BidLine.objects.get(bid__provider__code="V1", legal_task__code="D01")
    return _bid(case) | {"line_pk": line.pk}


def _line_body(case: Case) -> dict[str, Any]:
    task = BidLine.objects.get(bid__provider__code="V1", legal_task__code="D01").legal_task_id
    return {"legal_task": task, "model": "per_unit", "price_amount": "1.30"}


def _unpriced_body(case: Case) -> dict[str, Any]:
    """D04 is the task that V3 does not bid for."""
    task = BidLine.objects.get(bid__provider__code="V1", legal_task__code="D04").legal_task_id
    return {"legal_task": task, "model": "per_unit", "price_amount": "110"}


def _new_provider(case: Case) -> dict[str, Any]:
    provider, _ = Provider.objects.get_or_create(code="V9", name="Newcomer")
    return {"provider": provider.pk, "productivity_factor": "1"}


def _record(case: Case) -> dict[str, Any]:
    return _selection(case) | {"number": 1}


def _kept(case: Case) -> dict[str, Any]:
    preview = preview_ranking(selection=case.selection, weights=None)
    weights = {PREFIX + code: f"{weight:g}" for code, weight in preview.inputs.weights.items()}
    return weights | {"reason": "Try", "v": preview.inputs.fingerprint}


def _assumed(case: Case) -> dict[str, Any]:
    """Confirming needs answers that nobody confirmed yet."""
    FactorAnswer.objects.filter(task_id=_task(case)["pk"]).update(source=FactorAnswer.Source.CATALOGUE)
    TaskAssessment.objects.filter(pk=_task(case)["pk"]).update(is_profile_assumed=True)
    return {}


def _closed(case: Case) -> dict[str, Any]:
    """Opening a condition again needs one that is closed."""
    task = TaskAssessment.objects.get(pk=_task(case)["pk"])
    if not task.closures.exists():
        close_condition(actor=case.counsel, task=task, **CONDITION, closing=closing())
    return CONDITION | {"reason": "The memo was withdrawn"}


def _closing(case: Case) -> dict[str, Any]:
    """With a lawyer who was named before."""
    lawyer, _ = Lawyer.objects.get_or_create(
        name="Lena Lawyer", jurisdiction="Minnesota", defaults={"added_by": case.counsel}
    )
    consent = {key: text for key, text in TYPED.items() if key.startswith("consent_")}
    return CONDITION | consent | {"evidence": "Memo of 3 November 2026", "lawyer": lawyer.pk}


def _consent(case: Case) -> dict[str, Any]:
    return CONDITION | {key: text for key, text in TYPED.items() if key.startswith("consent_")}


def _unprepared(case: Case) -> dict[str, Any]:
    return {"pk": unprepared(case, "D14").pk}


def _waiver(case: Case) -> dict[str, Any]:
    """Asked for by counsel; the roles of the wall test are other people."""
    waiver = asked(case, "D14")
    return {"pk": waiver.task_id, "waiver_pk": waiver.pk}


def _rates(case: Case) -> dict[str, Any]:
    """All roles that tasks still name, the first a little dearer."""
    rates = list(RoleRate.objects.filter(assessment=case.assessment))
    body = {"form-TOTAL_FORMS": str(len(rates)), "form-INITIAL_FORMS": "0"}
    for place, rate in enumerate(rates):
        body |= {
            f"form-{place}-code": rate.code,
            f"form-{place}-name": rate.name,
            f"form-{place}-hourly_amount": str(rate.hourly_amount + (place == 0)),
            f"form-{place}-kind": rate.kind,
        }
    return body


def _cell_changed(case: Case) -> dict[str, Any]:
    """The note of one task, as the grid sends it."""
    changed = {"ref": "1", "id": _task(case)["pk"], "cells": {"note": ["Try", ""]}}
    return {"changes": json.dumps([changed])}


class SentFile:
    """A file to upload, as often as the test asks."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content

    def read(self) -> bytes:
        """Give all of it each time."""
        return self.content


def _import(case: Case) -> dict[str, Any]:
    """A file with one new task, as it was shown before."""
    block = as_block([["Task"], ["Further work"]])
    plan = plan_import(
        assessment=case.assessment, block=block, keys=["name"], has_heading=True, existing="update"
    )
    return {
        "rows": json.dumps([list(row.cells) for row in block.rows]),
        "file_name": "tasks.csv",
        "has_heading": "1",
        "existing": "update",
        "column-0": "name",
        "shown": plan.fingerprint,
        "step": "apply",
    }


def _objective(case: Case) -> dict[str, Any]:
    return {"pk": Objective.objects.all()[0].pk}


def _limit(case: Case) -> dict[str, Any]:
    return {"pk": Limit.objects.all()[0].pk}


def _stay(case: Case) -> dict[str, Any]:
    """The sample company says nothing of what must stay."""
    found = MustStay.objects.filter(what="Board minutes").first()
    return {"pk": (found or MustStay.objects.create(assessment=case.assessment, what="Board minutes")).pk}


def _stay_body(case: Case) -> dict[str, Any]:
    task = LegalTask.objects.get(code="D14")
    return {"what": "Patent drafting", "why": "Export control", "said_by": "GC", "legal_task": task.pk}


def _newcomer(case: Case) -> dict[str, Any]:
    return {"email": f"newcomer@{case.slug}.example", "role": "manager"}


def _colleague(case: Case) -> dict[str, Any]:
    """A member who is neither the only owner nor the one who asks."""
    email = f"colleague@{case.slug}.example"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email)
    member, _ = Membership.objects.get_or_create(
        user=user, organisation=case.organisation, defaults={"role": "manager"}
    )
    return {"pk": member.pk}


def _invited(case: Case) -> dict[str, Any]:
    email = f"invited@{case.slug}.example"
    open_one = Invitation.objects.open().filter(organisation=case.organisation, email=email).first()
    return {"pk": (open_one or invite(actor=None, email=email, role="manager").invitation).pk}


def _report(case: Case) -> dict[str, Any]:
    return {"pk": Report.objects.first().pk}  # type: ignore[union-attr]


def _suitability_report(case: Case) -> dict[str, Any]:
    kept = Report.objects.filter(kind="suitability").first()
    if kept is None:
        assessment = case.selection.assessment
        kept = request_suitability_report(assessment=assessment, paper="a4", actor=case.manager)
    return {"pk": kept.pk}


def _record_pk(case: Case) -> dict[str, Any]:
    return {"record": RankingRecord.objects.first().pk, "paper": "letter"}  # type: ignore[union-attr]


def _assumptions(case: Case) -> dict[str, Any]:
    kept = dict(case.selection.assumptions)
    ratios = kept.pop("oversight_ratio_by_UPL")
    typed = kept | {ratio_field(level): value for level, value in ratios.items()}
    return {name: str(value) for name, value in typed.items()}


LPO = {
    "case": Row(),
    "search": Row(),
}
PROVIDERS = {
    "providers:list": Row(),
    "providers:csv": Row(),
    "providers:add": Row(body=lambda case: {"name": "Newcomer", "code": "V9"}),
    "providers:profile": Row(_provider),
    "providers:history": Row(_provider),
    "providers:edit": Row(_provider, body=lambda case: {"name": "Ashgrove, renamed"}),
    "providers:add_site": Row(_provider, body=lambda case: {"place": "Leeds", "country": "United Kingdom"}),
    "providers:site": Row(_site, body=lambda case: {"place": "Leeds", "country": "United Kingdom"}),
    "providers:remove_site": Row(_site, get=None, body=lambda case: {}),
    "providers:add_certificate": Row(_provider, body=lambda case: {"name": "ISO 9001", "evidence": "E1"}),
    "providers:certificate": Row(_certificate, body=lambda case: {"name": "ISO 9001", "evidence": "E1"}),
    "providers:remove_certificate": Row(_certificate, get=None, body=lambda case: {}),
    "providers:value": Row(lambda case: _provider(case) | {"code": "QUAL-02"}),
    "providers:edit_value": Row(
        lambda case: _provider(case) | {"code": "QUAL-02"}, body=lambda case: {"value": "4", "evidence": "E1"}
    ),
    "providers:answer": Row(lambda case: _provider(case) | {"code": "ET-06"}),
    "providers:edit_answer": Row(
        lambda case: _provider(case) | {"code": "ET-06"}, body=lambda case: {"value": "no", "evidence": "E1"}
    ),
}
SELECTIONS = {
    "selections:ranking": Row(_selection),
    "selections:ranking_csv": Row(_selection),
    "selections:why": Row(lambda case: _bid(case) | {"code": "COST-01"}),
    "selections:keep": Row(_selection, body=_kept),
    "selections:privilege": Row(_selection, get=None, body=lambda case: {"is_on": "1"}),
    "selections:record": Row(_record),
    "selections:record_file": Row(_record),
    "selections:bid_of": Row(lambda case: {"provider_pk": _provider(case)["pk"]}, get=302),
    "selections:bids": Row(_selection),
    "selections:add_bid": Row(_selection, body=_new_provider, keys=("provider",)),
    "selections:bid": Row(_bid),
    "selections:edit_bid": Row(_bid, body=lambda case: {"productivity_factor": "1.1"}),
    "selections:remove_bid": Row(_bid, get=None, body=lambda case: {}),
    "selections:add_line": Row(
        lambda case: _selection(case) | {"bid_pk": Bid.objects.get(provider__code="V3").pk},
        body=_unpriced_body,
        keys=("legal_task",),
    ),
    "selections:line": Row(_line, body=_line_body, keys=("legal_task",)),
    "selections:remove_line": Row(_line, get=None, body=lambda case: {}),
    "selections:edit_value": Row(
        lambda case: _bid(case) | {"code": "COST-05"},
        body=lambda case: {"value": "3", "evidence": "E1", "reason": "Try"},
    ),
    "selections:acceptance": Row(
        lambda case: _bid(case) | {"code": "K07"}, body=lambda case: {"reason": "Extra cover"}
    ),
    "selections:comparison": Row(_selection),
    "selections:comparison_csv": Row(_selection),
    "selections:assumptions": Row(_selection),
    "selections:edit_assumptions": Row(_selection, body=_assumptions),
}
REPORTS = {
    "reports:list": Row(body=_record_pk, keys=("record",)),
    "reports:report": Row(_report),
    "reports:download": Row(_report),
    "reports:record": Row(_report),
    "reports:ask_suitability": Row(get=None, body=lambda case: {"paper": "letter"}),
    "reports:workbook": Row(_suitability_report),
}
PEOPLE = {
    "people:people": Row(body=_newcomer, posted=(200,)),  # the answer is the link, shown once
    "people:leave": Row(body=lambda case: {}),
    "people:organisation": Row(body=lambda case: {"name": "Renamed", "time_zone": "America/Denver"}),
    "people:role": Row(_colleague, body=lambda case: {"role": "counsel"}),
    "people:remove": Row(_colleague, body=lambda case: {}),
    "people:renew": Row(_invited, get=None, body=lambda case: {}, posted=(200,)),
    "people:revoke": Row(_invited, body=lambda case: {}),
}
CONDITION = {
    "gate": "G03",
    "condition": "Export-control officer signs off before any data moves",
}
_GOAL = {"sentence": "Answer contract requests within a day", "measure": "Turnaround", "unit": "days"}
ASSESSMENTS = {
    "assessments:needs": Row(),
    "assessments:needs_add_objective": Row(body=lambda case: _GOAL),
    "assessments:needs_objective": Row(_objective, body=lambda case: _GOAL),
    "assessments:needs_remove_objective": Row(_objective, get=None, body=lambda case: {}),
    "assessments:needs_add_limit": Row(body=lambda case: {"sentence": "No work abroad", "kind": "policy"}),
    "assessments:needs_limit": Row(_limit, body=lambda case: {"sentence": "No work abroad"}),
    "assessments:needs_remove_limit": Row(_limit, get=None, body=lambda case: {}),
    "assessments:needs_add_stay": Row(body=_stay_body, keys=("legal_task",)),
    "assessments:needs_stay": Row(_stay, body=_stay_body, keys=("legal_task",)),
    "assessments:needs_remove_stay": Row(_stay, get=None, body=lambda case: {}),
    "assessments:tasks": Row(),
    "assessments:csv": Row(),
    "assessments:gates": Row(),
    "assessments:portfolio": Row(),
    "assessments:sensitivity_csv": Row(),
    "assessments:add": Row(body=lambda case: {"name": "Further work", "practice_of_law": "supervised"}),
    "assessments:paste": Row(body=lambda case: {"rows": "Further work\t10\t2", "step": "save"}),
    "assessments:grid": Row(),
    "assessments:grid_save": Row(get=None, body=_cell_changed, posted=(200,)),
    "assessments:grid_csv": Row(),
    "assessments:grid_workbook": Row(),
    "assessments:import": Row(
        body=lambda case: {"file": SentFile("tasks.csv", b"Task\nFurther work\n")}, posted=(200,)
    ),
    "assessments:import_apply": Row(get=None, body=_import),
    "assessments:catalogue": Row(body=lambda case: {"codes": "T40"}),
    "assessments:rates": Row(),
    "assessments:save_rates": Row(get=None, body=_rates),
    "assessments:task": Row(_task),
    "assessments:editor": Row(_task, get=302),
    "assessments:score": Row(_task, get=302),
    "assessments:save": Row(_task, get=None, body=lambda case: {"level-CPX": "4"}),
    "assessments:confirm": Row(_task, get=None, body=_assumed),
    "assessments:close": Row(_task, get=None, body=_closing),
    "assessments:reopen": Row(_task, get=None, body=_closed),
    "assessments:consent": Row(_task, get=None, body=_consent),
    "assessments:waive": Row(
        _unprepared, get=None, body=lambda case: {"gate": "G11", "reason": "A pilot writes the playbook"}
    ),
    "assessments:decide_waiver": Row(
        _waiver, get=None, body=lambda case: {"answer": "grant", "reason": "Short and watched"}
    ),
    "assessments:withdraw_waiver": Row(
        _waiver, get=None, body=lambda case: {"reason": "The playbook is there"}
    ),
    "assessments:remove": Row(_task, get=None, body=lambda case: {"sure": "1"}),
}
AUDIT = {
    "audit:list": Row(),
    "audit:csv": Row(),
    "audit:jsonl": Row(),
}
ROWS = LPO | PEOPLE | ASSESSMENTS | PROVIDERS | SELECTIONS | REPORTS | AUDIT

"""One row per address below /o/<organisation>/: its ids, what a permitted member gets, a body it accepts.

``ids`` and ``body`` are called with the organisation of the case open. A body must be accepted: what it
needs (a closed condition, say) it makes. Ids in it are numbers, what a person types is text: the wall test
puts a foreign id into every field, and where the good value is a number it must be refused. ``keys`` names
further fields that hold the id of an owned row.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import Invitation, Membership, User
from accounts.services import invite
from assessments import queries_factor_sets
from assessments import services as life
from assessments.models import (
    Assessment,
    FactorAnswer,
    FactorDraft,
    Lawyer,
    LegalTask,
    RoleRate,
    State,
    TaskAssessment,
)
from assessments.models_duties import DutyMark, DutySet, Jurisdiction, RuleAdoption
from assessments.models_needs import Limit, MustStay, Objective
from assessments.models_split import TaskSplit
from assessments.queries_adoption import rules_seen
from assessments.reference import ethics_duties
from assessments.services import (
    FactorGiven,
    GateGiven,
    OpinionGiven,
    SplitGiven,
    adopt_rules,
    close_condition,
    plan_import,
    set_factor,
    set_gate,
    turn_off_gate,
)
from providers.models import Certificate, Provider, Site
from reports.models import Report
from reports.services import request_suitability_report
from selections.forms.assumptions import ratio_field
from selections.forms.pasting import PriceSheetForm
from selections.forms.weights import PREFIX
from selections.models import Bid, BidLine, RankingRecord
from selections.services import plan_prices, preview_ranking
from tabular import as_block
from tests.conftest import Case
from tests.factor_sets import ANCHORS, points, proposed, weighted
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


def _unpriced_bid(case: Case) -> dict[str, Any]:
    return _selection(case) | {"bid_pk": Bid.objects.get(provider__code="V3").pk}


def _price_sheet(case: Case) -> dict[str, Any]:
    """One price as it was shown before."""
    bid = Bid.objects.select_related("selection", "provider").get(provider__code="V3")
    form = PriceSheetForm({"rows": "D04\tPer unit\t110"})
    form.full_clean()
    rows = form.sheet(form.text()).rows("")
    plan = plan_prices(bid=bid, rows=rows, is_replacing=False)
    return {"rows": form.text(), "shown": plan.fingerprint, "step": "save"}


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


def _ticked(case: Case) -> dict[str, Any]:
    """Confirming several at once names each with the moment at which it was seen."""
    _assumed(case)
    task = TaskAssessment.objects.get(pk=_task(case)["pk"])
    return {"tasks": f"{task.pk}@{task.updated_at.isoformat()}"}


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


def _assessed(case: Case) -> dict[str, Any]:
    """Settling a factor needs somebody's own assessment of it."""
    task = TaskAssessment.objects.get(pk=_task(case)["pk"])
    life.give_opinions(actor=case.owner, task=task, opinions={"STD": OpinionGiven(2, "Own view")})
    return {"pk": task.pk}


def _unpriced_task(case: Case) -> dict[str, Any]:
    """What bids price is not split."""
    BidLine.objects.filter(legal_task__code="D14").delete()
    return _task(case)


def _splitting(case: Case) -> dict[str, Any]:
    return {
        "out_name": "Routine part",
        "stays_name": "Judgement part",
        "way": "hours",
        "share": "60 %",
        "reason": "Standard terms go out",
    }


def _split(case: Case) -> dict[str, Any]:
    found = TaskSplit.objects.first()
    if found is None:
        task = TaskAssessment.objects.get(pk=_unpriced_task(case)["pk"])
        given = SplitGiven("Routine part", "Judgement part", "hours", Decimal(60), None, "Agreed")
        found = life.split_task(actor=case.counsel, task=task, given=given)
    return {"pk": found.pk}


def _unprepared(case: Case) -> dict[str, Any]:
    return {"pk": unprepared(case, "D14").pk}


def _waiver(case: Case) -> dict[str, Any]:
    """Asked for by counsel; the roles of the wall test are other people."""
    waiver = asked(case, "D14")
    return {"pk": waiver.task_id, "waiver_pk": waiver.pk}


_GATE = {"effect": "RETAIN", "rule": "Ask counsel first."}


def _open_draft(case: Case) -> FactorDraft:
    return queries_factor_sets.open_draft() or weighted(case, STD=20)


def _draft(case: Case) -> dict[str, Any]:
    """Pages of the draft need one."""
    _open_draft(case)
    return {}


def _draft_of(**ids: str) -> Ids:
    return lambda case: _draft(case) | ids


def _points(case: Case) -> dict[str, Any]:
    given = points(_open_draft(case), VOL=30)
    named = {"weight": given["weights"], "band": given["bands"]}
    return {f"{part}-{code}": str(value) for part, all_ in named.items() for code, value in all_.items()}


def _factor(case: Case) -> dict[str, Any]:
    levels = {f"anchor-{level}": text for level, text in ANCHORS.items()}
    return {"name": "Contact", "question": "How much?", "direction": "keeping", **levels}


def _own_factor(case: Case) -> dict[str, Any]:
    draft = _open_draft(case)
    if "X01" not in {row["code"] for row in draft.content["factors"]}:
        given = FactorGiven("Contact", "How much?", ANCHORS)
        set_factor(actor=case.owner, draft=draft, seen=None, given=given)
    return {"code": "X01"}


def _own_gate(case: Case) -> dict[str, Any]:
    draft = _open_draft(case)
    if "P01" not in {row["code"] for row in draft.content["gates"]}:
        given = GateGiven("CONDITION", flags=["mnpi"], name="Board papers", rule="Ask first.")
        set_gate(actor=case.owner, draft=draft, seen=None, given=given)
    return {"code": "P01"}


def _off(case: Case) -> dict[str, Any]:
    draft = _open_draft(case)
    if not draft.content.get("gates_off"):
        turn_off_gate(actor=case.owner, draft=draft, seen=None, code="G04", reason="Not here")
    return {"code": "G04"}


def _proposed(case: Case) -> dict[str, Any]:
    """By the owner of the case; the roles of the wall test are other people."""
    draft = _open_draft(case)
    if not draft.is_proposed:
        proposed(case, draft)
    return {}


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


def _duty_item(case: Case) -> dict[str, Any]:
    return {"duty": "D-COMP", "place": 3}


def _duty_mark(case: Case) -> dict[str, Any]:
    """Each time another evidence: a mark that says the same is none."""
    newest = DutyMark.objects.filter(duty="D-COMP", item=DUTY_ITEM).first()
    return {"status": "done", "evidence": "Memo", "seen": newest.pk if newest else 0}


def _jurisdiction(case: Case) -> dict[str, Any]:
    return {
        "pk": Jurisdiction.objects.get_or_create(name="Ohio", defaults={"recorded_by": case.counsel})[0].pk
    }


def _older_duties(case: Case) -> dict[str, Any]:
    """Taking over newer duties needs a copy that is not what ships."""
    version = DutySet.objects.count() + 1
    older = ethics_duties() | {"meta": {"version": "0.9", "date": "2025-01-01"}}
    DutySet.objects.create(version=version, content=older, taken_by=case.counsel)
    return {}


def _lawyer(case: Case) -> Lawyer:
    who = {"name": "Lena Lawyer", "jurisdiction": "Minnesota"}
    return Lawyer.objects.get_or_create(**who, defaults={"added_by": case.counsel})[0]


def _adoption(case: Case) -> dict[str, Any]:
    seen = rules_seen(case.assessment)
    return {"lawyer": _lawyer(case).pk, "adopted_on": "2026-11-03", "comment": "Read", "seen": seen}


def adopted(case: Case) -> dict[str, Any]:
    """Withdrawing needs an adoption that stands."""
    newest = RuleAdoption.objects.first()
    if newest is None or newest.is_withdrawn:
        adopt_rules(
            actor=case.counsel,
            assessment=case.assessment,
            lawyer=_lawyer(case),
            adopted_on=dt.date(2026, 11, 3),
            comment="Read",
            seen=rules_seen(case.assessment),
        )
    return {}


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


def _assessment(case: Case) -> dict[str, Any]:
    return {"pk": case.assessment.pk}


def _submitted(case: Case) -> dict[str, Any]:
    """In review, handed over by somebody whom the wall test does not play."""
    row = Assessment.objects.get(pk=case.assessment.pk)
    if row.is_draft:
        life.submit(actor=case.counsel, assessment=row)
    return {"pk": row.pk}


def _approved(case: Case) -> dict[str, Any]:
    """In force; where one person is owner and counsel, approved alone."""
    row = Assessment.objects.get(pk=_submitted(case)["pk"])
    if row.status == State.REVIEW:
        life.approve(actor=case.owner, assessment=row, comment="Read")
    return {"pk": row.pk}


def _copied(case: Case) -> dict[str, Any]:
    old = Assessment.objects.get(pk=_approved(case)["pk"])
    new = old.superseded_by.first() or life.start_version(actor=case.counsel, assessment=old)
    return {"pk": new.pk}


def _compared(case: Case) -> dict[str, Any]:
    """Beside one that was given up; nothing is moved here, because browsers look at this page too."""
    Assessment.objects.get_or_create(
        period="FY 2002", factor_set=case.assessment.factor_set, status=State.SET_ASIDE
    )
    return _assessment(case)


def _hold(case: Case) -> dict[str, Any]:
    held = case.assessment.legal_holds.first() or life.set_hold(
        actor=case.owner, assessment=case.assessment, reason="Doe v. Calder"
    )
    return _assessment(case) | {"hold_pk": held.pk}


def _expired(case: Case) -> dict[str, Any]:
    """An assessment of long ago that nothing rests on."""
    row, _ = Assessment.objects.get_or_create(
        period="FY 2001",
        factor_set=case.assessment.factor_set,
        status=State.SUPERSEDED,
        kept_from_on=dt.date(2002, 1, 1),
    )
    return {"pk": row.pk}


def _in_force(case: Case) -> dict[str, Any]:
    """Another assessment than that of the case, in force."""
    row, _ = Assessment.objects.get_or_create(
        period="FY 2030", factor_set=case.assessment.factor_set, status=State.APPROVED
    )
    return {"assessment": row.pk}


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
    # Shares are stored as fractions and typed in percent.
    return {name: f"{100 * value:g}%" if value <= 1 else str(value) for name, value in typed.items()}


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
    "selections:rest_on": Row(_selection, get=None, body=_in_force, keys=("assessment",)),
    "selections:record": Row(_record),
    "selections:record_file": Row(_record),
    "selections:bid_of": Row(lambda case: {"provider_pk": _provider(case)["pk"]}, get=302),
    "selections:bids": Row(_selection),
    "selections:add_bid": Row(_selection, body=_new_provider, keys=("provider",)),
    "selections:bid": Row(_bid),
    "selections:edit_bid": Row(_bid, body=lambda case: {"productivity_factor": "1.1"}),
    "selections:remove_bid": Row(_bid, get=None, body=lambda case: {}),
    "selections:add_line": Row(
        _unpriced_bid,
        body=_unpriced_body,
        keys=("legal_task",),
    ),
    "selections:paste_prices": Row(_unpriced_bid, body=_price_sheet),
    "selections:prices_csv": Row(_unpriced_bid),
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
DUTY_ITEM = "Principal lawyers on the project interviewed"
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
    "assessments:duties": Row(),
    "assessments:duties_csv": Row(),
    "assessments:duty_item": Row(_duty_item),
    "assessments:duty_mark": Row(_duty_item, body=_duty_mark),
    "assessments:add_jurisdiction": Row(body=lambda case: {"other": f"Place {Jurisdiction.objects.count()}"}),
    "assessments:remove_jurisdiction": Row(_jurisdiction, get=None, body=lambda case: {}),
    "assessments:take_newer_duties": Row(get=None, body=_older_duties),
    "assessments:adopt_rules": Row(body=_adoption, keys=("lawyer",)),
    "assessments:withdraw_adoption": Row(adopted, body=lambda case: {"comment": "A rule was repealed"}),
    "assessments:assessments": Row(),
    "assessments:assessment": Row(_assessment),
    "assessments:content": Row(_assessment),
    "assessments:compare": Row(_compared),
    "assessments:compare_csv": Row(_compared),
    "assessments:submit": Row(_assessment, get=None, body=lambda case: {"submit-comment": "Ready"}),
    "assessments:send_back": Row(_submitted, get=None, body=lambda case: {"back-comment": "D08"}),
    "assessments:approve": Row(_submitted, get=None, body=lambda case: {"approve-comment": "Read"}),
    "assessments:set_aside": Row(_copied, get=None, body=lambda case: {"aside-comment": "Not needed"}),
    "assessments:start_version": Row(_approved, get=None, body=lambda case: {}),
    "assessments:copy": Row(_approved, get=None, body=lambda case: {"copy-period": "FY 2027"}),
    "assessments:hold": Row(_assessment, get=None, body=lambda case: {"hold-reason": "Doe v. Calder"}),
    "assessments:lift": Row(_hold, get=None, body=lambda case: {"lift-reason": "Settled"}),
    "assessments:retention": Row(
        _assessment,
        get=None,
        body=lambda case: {"retention-years": "10", "retention-basis": "Own schedule"},
    ),
    "assessments:delete": Row(
        _expired, get=None, body=lambda case: {"delete-reason": "End of the period", "delete-sure": "on"}
    ),
    "assessments:tasks": Row(),
    "assessments:csv": Row(),
    "assessments:gates": Row(),
    "assessments:factors": Row(),
    "assessments:factor_version": Row(lambda case: {"number": 1}),
    "assessments:factor_differences": Row(),
    "assessments:draft": Row(_draft),
    "assessments:draft_start": Row(get=None, body=lambda case: {}),
    "assessments:draft_discard": Row(_draft, get=None, body=lambda case: {}),
    "assessments:draft_points": Row(_draft, get=None, body=_points),
    "assessments:draft_factor_add": Row(_draft, body=_factor),
    "assessments:draft_factor": Row(_draft_of(code="STD"), body=_factor),
    "assessments:draft_factor_remove": Row(_own_factor, get=None, body=lambda case: {}),
    "assessments:draft_gate_add": Row(
        _draft, body=lambda case: _GATE | {"effect": "CONDITION", "flags": ["mnpi"], "name": "Board papers"}
    ),
    "assessments:draft_gate": Row(_draft_of(code="G04"), body=lambda case: _GATE | {"factor_min-PRV": "3"}),
    "assessments:draft_gate_remove": Row(_own_gate, get=None, body=lambda case: {}),
    "assessments:draft_gate_off": Row(_draft_of(code="G04"), body=lambda case: {"reason": "Not here"}),
    "assessments:draft_gate_on": Row(_off, get=None, body=lambda case: {}),
    "assessments:draft_effect": Row(_draft),
    "assessments:draft_propose": Row(_draft, get=None, body=lambda case: {"reason": "Agreed"}),
    "assessments:draft_send_back": Row(_proposed, get=None, body=lambda case: {"comment": "Not yet"}),
    "assessments:draft_adopt": Row(_proposed, get=None, body=lambda case: {"comment": "Agreed"}),
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
    "assessments:to_confirm": Row(body=_ticked),
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
    "assessments:opinions": Row(),
    "assessments:task_opinions": Row(_task, body=lambda case: {"level-CPX": "4", "reason-CPX": "Own view"}),
    "assessments:settle_factor": Row(
        _assessed, get=None, body=lambda case: {"factor": "STD", "level": "unknown", "reason": "Agreed"}
    ),
    "assessments:take_opinion_back": Row(_assessed, get=None, body=lambda case: {"factor": "STD"}),
    "assessments:split_task": Row(_unpriced_task, body=_splitting),
    "assessments:split": Row(_split),
    "assessments:join_parts": Row(_split, get=None, body=lambda case: {"sure": "1"}),
    "assessments:remove": Row(_task, get=None, body=lambda case: {"sure": "1"}),
}
AUDIT = {
    "audit:list": Row(),
    "audit:csv": Row(),
    "audit:jsonl": Row(),
}
ROWS = LPO | PEOPLE | ASSESSMENTS | PROVIDERS | SELECTIONS | REPORTS | AUDIT

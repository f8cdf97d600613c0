"""The next factor set: drafted, tried on every task, proposed, adopted by a second person, kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

import records
from accounts.models import AuditEvent, Membership, User
from accounts.tenancy import opened
from assessments import queries_factor_sets, services, trying, words_factors
from assessments.models import Assessment, FactorAnswer, FactorDraft, FactorSet, TaskAssessment
from assessments.rulebook import Rulebook
from selections.models import RankingRecord
from selections.queries.inputs import read_inputs
from selections.services import keep_ranking
from tests.conftest import Case
from tests.factor_sets import ANCHORS, WHY, adopted, content_of, points, proposed, started, weighted
from tests.gates import asked, unprepared

ClientFor = Callable[[User], Client]


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


def outcomes() -> dict[str, tuple[Any, ...]]:
    rows = TaskAssessment.objects.order_by("list_code")
    columns = ("score", "band", "outcome", "restriction", "gate_codes", "open_conditions")
    return {row[0]: row[1:] for row in rows.values_list("list_code", *columns)}


def turned_off(case: Case, code: str = "G04") -> FactorDraft:
    draft = started(case)
    return services.turn_off_gate(
        actor=case.owner, draft=draft, seen=None, code=code, reason="All work is done by counsel"
    )


def gate(case: Case, draft: FactorDraft, code: str = "", **changed: Any) -> FactorDraft:
    given = services.GateGiven(
        **{"effect": "CONDITION", "name": "Board papers", "rule": "Ask first."} | changed
    )
    return services.set_gate(actor=case.owner, draft=draft, seen=None, given=given, code=code)


def refusal(found: pytest.ExceptionInfo[ValidationError]) -> str:
    return " ".join(found.value.messages)


# The draft -------------------------------------------------------------------------------------------------


def test_there_is_one_draft_and_it_starts_from_the_set_in_force(sample: Case) -> None:
    draft = started(sample)
    assert (draft.base.version, draft.content) == (1, sample.assessment.factor_set.content)
    assert last_event().verb == "started draft"
    with pytest.raises(ValidationError, match="one at a time"):
        started(sample)


def test_points_and_bands_are_changed_with_a_trail(sample: Case) -> None:
    draft = weighted(sample, STD=20, OUTSOURCE=70)
    book = Rulebook(draft.content)
    assert next(factor.weight for factor in book.factors if factor.code == "STD") == 20
    assert book.band_of(69).code == "PILOT"
    assert last_event().before == {"STD: weight": "12 points", "Outsource: starts at": "68"}
    assert last_event().after == {"STD: weight": "20 points", "Outsource: starts at": "70"}
    events = AuditEvent.objects.count()
    weighted(sample, draft, STD=20)
    assert AuditEvent.objects.count() == events  # the same: nothing happened
    assert sample.assessment.factor_set.content == queries_factor_sets.shipped()  # and nothing is in force


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"STD": -1}, "weight-STD", "from 0 to 1,000"),
        ({"STD": 1001}, "weight-STD", "from 0 to 1,000"),
        ({"COSOURCE": 60}, "band-PILOT", "more than 60"),
        ({"OUTSOURCE": 101}, "band-OUTSOURCE", "from 0 to 100"),
        ({"RETAIN": 5}, "band-RETAIN", "starts at 0"),
    ],
)
def test_points_and_bands_that_make_no_set_are_refused(
    sample: Case, changed: dict[str, int], field: str, says: str
) -> None:
    draft = started(sample)
    with pytest.raises(ValidationError) as found:
        weighted(sample, draft, **changed)
    assert says in found.value.message_dict[field][0]
    assert FactorDraft.objects.get().content == draft.content


def test_weights_are_not_all_zero(sample: Case) -> None:
    draft = started(sample)
    nothing = dict.fromkeys(points(draft)["weights"], 0)
    with pytest.raises(ValidationError, match="At least one factor"):
        weighted(sample, draft, **nothing)


def test_own_factors_come_and_go_shipped_ones_stay(sample: Case) -> None:
    draft = started(sample)
    given = services.FactorGiven("Client contact", "How much?", ANCHORS, favours_outsourcing=False)
    draft = services.set_factor(actor=sample.owner, draft=draft, seen=None, given=given)
    own = Rulebook(draft.content).factors[-1]
    assert (own.code, own.weight, own.favours_outsourcing) == ("X01", 0, False)
    given = services.FactorGiven("Standard work", "Is it?", ANCHORS | {"3": "Half of it"})
    draft = services.set_factor(actor=sample.owner, draft=draft, seen=None, given=given, code="STD")
    assert last_event().after["STD: level 3"] == "Half of it"
    with pytest.raises(ValidationError) as found:
        services.set_factor(
            actor=sample.owner, draft=draft, seen=None, given=services.FactorGiven("", "x" * 300, {})
        )
    assert set(found.value.message_dict) == {
        "name",
        "question",
        *(f"anchor-{level}" for level in range(1, 6)),
    }
    with pytest.raises(ValidationError, match="weight 0 instead"):
        services.remove_factor(actor=sample.owner, draft=draft, seen=None, code="STD")
    draft = services.remove_factor(actor=sample.owner, draft=draft, seen=None, code="X01")
    assert "X01" not in {factor.code for factor in Rulebook(draft.content).factors}


def test_answers_of_a_removed_factor_stay_and_count_for_nothing(sample: Case) -> None:
    given = services.FactorGiven("Client contact", "How much?", ANCHORS, weight=Decimal(10))
    adopted(sample, services.set_factor(actor=sample.owner, draft=started(sample), seen=None, given=given))
    assert TaskAssessment.objects.filter(score__isnull=False).count() == 0
    task = TaskAssessment.objects.get(legal_task__code="D14")
    task = services.answer_factor(actor=sample.counsel, task=task, factor="X01", level=5)
    assert task.score is not None
    draft = services.remove_factor(actor=sample.owner, draft=started(sample), seen=None, code="X01")
    adopted(sample, draft)
    assert FactorAnswer.objects.filter(factor="X01").count() == 1
    assert TaskAssessment.objects.filter(score__isnull=True).count() == 0
    case = read_inputs(sample.selection).case
    assert all("X01" not in one["answers"] for one in case["tasks"])
    draft = services.set_factor(actor=sample.owner, draft=started(sample), seen=None, given=given)
    assert Rulebook(draft.content).factors[-1].code == "X02"  # the old answers never get another meaning


def test_a_form_of_an_older_draft_is_refused(sample: Case) -> None:
    draft = started(sample)
    seen = draft.updated_at
    weighted(sample, draft, STD=20)
    with pytest.raises(services.StaleDraftError, match="changed the draft"):
        services.set_points(actor=sample.owner, draft=draft, seen=seen, **points(draft, VOL=3))
    services.discard_draft(actor=sample.owner, draft=draft, seen=None)
    assert last_event().before == {"STD: weight": "20 points"}
    with pytest.raises(services.StaleDraftError, match="gone"):
        weighted(sample, draft, STD=21)


# Gates -----------------------------------------------------------------------------------------------------


def test_a_shipped_gate_is_tightened_and_keeps_all_it_has(sample: Case) -> None:
    own = services.OwnCondition("Security officer agrees", consent="the security officer")
    draft = gate(
        sample, started(sample), "G04", effect="RETAIN", flags=["mnpi"], factor_min={"PRV": 3, "CNF": 5},
        conditions=[own],
    )  # fmt: skip
    book, shipped = Rulebook(draft.content), Rulebook(queries_factor_sets.shipped())
    found = book.gates["G04"]
    assert found.name == shipped.gates["G04"].name
    assert found.trigger == {"flags_any": ["privileged", "mnpi"], "factor_min": {"CNF": 5, "PRV": 3}}
    assert found.conditions == (*shipped.gates["G04"].conditions, own.text)
    assert book.asks("G04", own.text) == book.asks("G04", found.conditions[0]).and_also(
        {"consent": "the security officer"}
    )
    assert words_factors.standing("G04", shipped, book) == "tightened"
    draft = gate(sample, draft, "G04", effect="CONDITION")  # taken back: the shipped gate again
    assert draft.content == draft.base.content


@pytest.mark.parametrize(
    ("code", "changed", "field"),
    [
        ("G03", {"effect": "CONDITION"}, "effect"),
        ("G03", {"effect": "PREPARE_FIRST"}, "effect"),
        ("G04", {"factor_min": {"PRV": 5}}, "factor_min-PRV"),
        ("G11", {"effect": "PREPARE_FIRST", "factor_max": {"RDY": 0}}, "factor_max-RDY"),
        ("G04", {"flags": ["no such flag"]}, "flags"),
        ("G04", {"conditions": [services.OwnCondition("x" * 301)]}, "condition-1"),
        ("", {"effect": "NONE", "flags": ["mnpi"]}, "effect"),
        ("", {}, "flags"),
        ("", {"flags": ["mnpi"], "name": ""}, "name"),
    ],
)
def test_a_gate_is_never_loosened(sample: Case, code: str, changed: dict[str, Any], field: str) -> None:
    draft = started(sample)
    with pytest.raises(ValidationError) as found:
        gate(sample, draft, code, **changed)
    assert list(found.value.message_dict) == [field]
    assert FactorDraft.objects.get().content == draft.content


def test_an_own_gate_is_policy_and_can_be_removed(sample: Case) -> None:
    condition = services.OwnCondition("Ask the board", lawyer=True, hours=True)
    draft = gate(sample, started(sample), flags=["mnpi"], factor_min={"STR": 4}, conditions=[condition])
    found = Rulebook(draft.content)
    assert (found.gates["P01"].kind, found.gates["P01"].may_be_waived) == ("policy", True)
    assert (found.asks("P01", "Ask the board").lawyer, found.asks("P01", "Ask the board").hours) == (
        True,
        True,
    )
    with pytest.raises(ValidationError, match="no gate in force"):
        services.remove_gate(actor=sample.owner, draft=draft, seen=None, code="P09")
    with pytest.raises(ValidationError, match="turn it off"):
        services.remove_gate(actor=sample.owner, draft=draft, seen=None, code="G04")
    draft = services.remove_gate(actor=sample.owner, draft=draft, seen=None, code="P01")
    assert draft.content == draft.base.content


def test_a_gate_is_turned_off_with_a_reason_and_on_again(sample: Case) -> None:
    draft = started(sample)
    with pytest.raises(ValidationError, match="page 1"):
        services.turn_off_gate(actor=sample.owner, draft=draft, seen=None, code="G04", reason=" ")
    draft = services.turn_off_gate(
        actor=sample.owner, draft=draft, seen=None, code="G04", reason="Never here"
    )
    book = Rulebook(draft.content)
    assert "G04" not in book.gates
    assert [(one.gate.code, one.reason) for one in book.off] == [("G04", "Never here")]
    assert last_event().after == {"G04: in force": "turned off: Never here"}
    draft = services.turn_on_gate(actor=sample.owner, draft=draft, seen=None, code="G04")
    assert draft.content == draft.base.content


# What would change -----------------------------------------------------------------------------------------


def tried(case: Case, draft: FactorDraft) -> trying.Effect:
    return trying.effect(assessment=case.assessment, content=draft.content, key=draft.updated_at.isoformat())


def test_what_would_change_is_what_changes(sample: Case) -> None:
    draft = weighted(sample, STD=40, GAP=0, PILOT=60)
    draft = gate(sample, draft, "G04", effect="RETAIN")
    before, found = outcomes(), tried(sample, draft)
    assert outcomes() == before  # nothing was written
    adopted(sample, draft)
    after = outcomes()
    differ = {place: sum(before[code][place] != after[code][place] for code in before) for place in range(6)}
    assert (found.bands, found.outcomes, found.gates) == (differ[1], differ[2], differ[4])
    assert found.conditions == differ[5]
    assert found.scores == sum(abs(before[code][0] - after[code][0]) > 1e-9 for code in before)
    assert {one.code: one.after.outcome for one in found.moved if one.changes_outcome} == {
        code: after[code][2] for code in before if after[code][2] != before[code][2]
    }
    goes = ("OUTSOURCE", "PILOT")
    lost = [code for code in before if before[code][2] in goes and after[code][2] not in goes]
    assert lost
    assert found.would_stay == len(lost)
    costs = TaskAssessment.objects.filter(list_code__in=lost).values_list("baseline_amount", flat=True)
    assert found.would_stay_cost == sum(cost for cost in costs if cost is not None)


def test_a_draft_that_changes_nothing_says_so(sample: Case) -> None:
    assert tried(sample, started(sample)).is_nothing


# Two people ------------------------------------------------------------------------------------------------


def test_one_proposes_and_another_adopts(sample: Case) -> None:
    draft = weighted(sample, STD=20)
    with pytest.raises(ValidationError, match="not proposed"):
        services.adopt_draft(actor=sample.counsel, draft=draft, seen=None, comment="Yes")
    draft = proposed(sample, draft)
    with pytest.raises(ValidationError, match="stands still"):
        weighted(sample, draft, STD=21)
    with pytest.raises(ValidationError, match="yourself"):
        services.adopt_draft(actor=sample.owner, draft=draft, seen=None, comment="Yes")
    with pytest.raises(ValidationError, match="why it is adopted"):
        services.adopt_draft(actor=sample.counsel, draft=draft, seen=None, comment="")
    made = services.adopt_draft(actor=sample.counsel, draft=draft, seen=draft.updated_at, comment="Agreed")
    assert (made.version, made.proposed_by, made.adopted_by) == (2, sample.owner, sample.counsel)
    assert made.content["adoption"] | {"proposed_at": "", "adopted_at": ""} == {
        "version": 2, "proposed_by": "Orla Owner", "proposed_at": "", "reason": WHY,
        "adopted_by": "Carmen Counsel", "adopted_at": "", "comment": "Agreed",
    }  # fmt: skip
    assert not FactorDraft.objects.exists()
    sample.assessment.refresh_from_db()
    assert sample.assessment.factor_set == made
    scored, named = AuditEvent.objects.order_by("-pk")[:2]
    assert (named.verb, named.after["STD: weight"]) == ("adopted factor set", "20 points")
    assert (scored.verb, scored.after["tasks"]) == ("scored anew under a factor set", 18)
    assert "adoption" not in started(sample).content


def test_a_proposal_is_sent_back_with_a_reason_or_taken_back(sample: Case) -> None:
    draft = proposed(sample, weighted(sample, STD=20))
    with pytest.raises(ValidationError, match="what has to change"):
        services.send_back_draft(actor=sample.counsel, draft=draft, seen=None, comment="")
    draft = services.send_back_draft(actor=sample.counsel, draft=draft, seen=None, comment="20 is too much")
    assert (draft.is_proposed, draft.sent_back_because) == (False, "20 is too much")
    assert last_event().verb == "sent back draft"
    services.send_back_draft(actor=sample.owner, draft=proposed(sample, draft), seen=None, comment="Not yet")
    assert last_event().verb == "took back draft"


def test_a_proposal_that_changed_is_not_adopted_unseen(sample: Case) -> None:
    draft = proposed(sample, weighted(sample, STD=20))
    seen = draft.updated_at
    draft = services.send_back_draft(actor=sample.owner, draft=draft, seen=None, comment="One more thing")
    proposed(sample, weighted(sample, draft, STD=90))
    with pytest.raises(services.StaleDraftError):
        services.adopt_draft(actor=sample.counsel, draft=draft, seen=seen, comment="Yes")
    assert FactorSet.objects.count() == 1


def test_nothing_is_proposed_that_changes_nothing(sample: Case) -> None:
    with pytest.raises(ValidationError, match="changes nothing"):
        proposed(sample, started(sample))


def test_one_person_alone_adopts_but_never_turns_a_gate_off(twin: Case) -> None:
    with opened(twin.organisation):
        draft = started(twin)
        with pytest.raises(ValidationError, match="takes two people"):
            services.turn_off_gate(actor=twin.owner, draft=draft, seen=None, code="G04", reason="Alone")
        draft = proposed(twin, weighted(twin, draft, STD=20))
        made = services.adopt_draft(actor=twin.owner, draft=draft, seen=None, comment="Alone here")
        assert made.proposed_by == made.adopted_by


def test_who_became_alone_cannot_adopt_what_turns_a_gate_off(sample: Case) -> None:
    draft = proposed(sample, turned_off(sample))
    Membership.objects.filter(organisation=sample.organisation).exclude(user=sample.owner).delete()
    with pytest.raises(ValidationError, match="takes two people"):
        services.adopt_draft(actor=sample.owner, draft=draft, seen=None, comment="Yes")
    services.send_back_draft(actor=sample.owner, draft=draft, seen=None, comment="Alone now")
    with pytest.raises(ValidationError, match="takes two people"):
        proposed(sample, draft)


def test_the_database_wants_two_people_where_a_gate_is_off(sample: Case) -> None:
    for people in ({}, {"proposed_by": sample.owner, "adopted_by": sample.owner}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorSet.objects.create(version=9, name="Alone", content={}, gates_off=1, **people)


# What adopting does ----------------------------------------------------------------------------------------


def test_a_gate_that_is_off_fires_on_nothing_and_says_since_when(sample: Case) -> None:
    assert TaskAssessment.objects.filter(gate_codes__contains=" G04 ").exists()
    made = adopted(sample, turned_off(sample))
    assert made.gates_off == 1
    assert not TaskAssessment.objects.filter(gate_codes__contains=" G04 ").exists()
    off = Rulebook(made.content).off[0]
    assert (off.version, off.proposed_by, off.adopted_by) == (2, "Orla Owner", "Carmen Counsel")
    later = adopted(sample, weighted(sample, STD=20))
    assert Rulebook(later.content).off == (off,)  # still those who turned it off


def test_a_waiver_ends_with_its_gate(sample: Case) -> None:
    task = unprepared(sample)
    waiver = asked(sample)
    services.decide_waiver(actor=sample.owner, waiver=waiver, is_granted=True, reason="Fine")
    adopted(sample, turned_off(sample, "G11"))
    waiver.refresh_from_db()
    assert (waiver.state, task.waivers.count()) == ("ended", 1)


def test_an_approved_assessment_keeps_the_set_it_used(sample: Case) -> None:
    Assessment.objects.filter(pk=sample.assessment.pk).update(status=Assessment.Status.APPROVED)
    before = outcomes()
    adopted(sample, weighted(sample, STD=90))
    assert sample.assessment.factor_set.version == 1
    assert outcomes() == before
    newest = queries_factor_sets.in_force()
    assert newest and newest.version == 2


def test_a_record_kept_before_still_verifies_and_says_what_it_used(sample: Case) -> None:
    kept = bytes(RankingRecord.objects.get().content)
    adopted(sample, weighted(sample, STD=40))
    assert bytes(RankingRecord.objects.get().content) == kept
    assert records.verify_record(kept).is_same
    now = keep_ranking(selection=sample.selection, weights=None, reason="Version 2", actor=sample.procurement)
    content = records.read_json(bytes(now.record.content), limit=records.RECORD_LIMIT)
    assert content["case"]["inputs"]["factor_rules"]["adoption"]["version"] == 2


def test_versions_are_never_changed_or_removed(sample: Case) -> None:
    made = adopted(sample, weighted(sample, STD=40))
    for change in (
        lambda: FactorSet.objects.filter(pk=made.pk).update(comment="Other"),
        lambda: FactorSet.objects.filter(pk=made.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    table = FactorSet._meta.db_table
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")


def test_a_set_that_somebody_wrote_around_the_forms_is_refused(sample: Case) -> None:
    draft = proposed(sample, weighted(sample, STD=20))
    content = content_of(sample)
    content["gates"] = content["gates"][1:]
    FactorDraft.objects.filter(pk=draft.pk).update(content=content)
    with pytest.raises(ValidationError) as found:
        services.adopt_draft(actor=sample.counsel, draft=draft, seen=None, comment="Yes")
    assert "never deleted" in refusal(found)

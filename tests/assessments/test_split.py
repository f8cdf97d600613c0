"""Splitting a task: the parts add up, nothing that was found is carried over, and joining takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

import figures
from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import queries_needs, services
from assessments.cells import COLUMNS, Roles, task_texts
from assessments.content import content_lines, content_sha256
from assessments.models import FactorAnswer, LegalTask, RoleRate, TaskAssessment, Waiver
from assessments.models_needs import MustStay
from assessments.models_split import SplitClosure, TaskSplit
from assessments.queries_differences import batches
from assessments.queries_split import split_obstacles
from assessments.rulebook import Rulebook
from assessments.services import SplitGiven, Way
from assessments.services.portions import divided
from selections.models import Bid, BidLine
from tabular import as_block
from tests.conftest import Case
from tests.gates import closing, granted

ClientFor = Callable[[User], Client]
GIVEN = SplitGiven(
    "Routine part", "Judgement part", Way.HOURS, Decimal(60), None, "Standard terms go out, deviations stay"
)


def get(code: str) -> TaskAssessment:
    return TaskAssessment.objects.select_related("legal_task", "assessment__factor_set").get(
        legal_task__code=code
    )


def unpriced(case: Case, code: str = "D14") -> TaskAssessment:
    """A task that no bid prices, with a cost."""
    BidLine.objects.filter(legal_task__code=code).delete()
    return get(code)


def split(case: Case, given: SplitGiven = GIVEN, code: str = "D14") -> TaskSplit:
    return services.split_task(actor=case.counsel, task=unpriced(case, code), given=given)


def totals(case: Case) -> tuple[object, ...]:
    found = queries_needs.picture(case.assessment.pk)
    summed = TaskAssessment.objects.filter(assessment=case.assessment).aggregate(
        cost=Sum("baseline_amount"), cash=Sum("cash_amount")
    )
    return round(found.hours or 0, 6), found.cost, summed["cost"], summed["cash"]


def close_all(case: Case, task: TaskAssessment) -> None:
    book = Rulebook(task.assessment.factor_set.content)
    for gate, condition in book.conditions_of(task.gates):
        services.close_condition(
            actor=case.counsel, task=task, gate=gate, condition=condition, closing=closing()
        )


@pytest.mark.parametrize("way", [Way.HOURS, Way.UNITS])
@pytest.mark.parametrize("share", ["33.3", "60", "7"])
def test_all_totals_are_what_they_were(sample: Case, way: str, share: str) -> None:
    task = unpriced(sample)
    before, volume, hours = totals(sample), task.annual_volume, task.hours_per_unit
    assert volume is not None
    assert hours is not None
    split(sample, replace(GIVEN, way=way, share=Decimal(share)))
    out, stays = get("D14A"), get("D14B")
    assert totals(sample) == before
    assert out.annual_volume and out.hours_per_unit and stays.annual_volume and stays.hours_per_unit
    effort = out.annual_volume * out.hours_per_unit + stays.annual_volume * stays.hours_per_unit
    assert effort == volume * hours
    assert not TaskAssessment.objects.filter(legal_task__code="D14").exists()


@settings(max_examples=300)
@given(
    volume=st.decimals("0.02", "99999", places=2),
    hours=st.decimals("0.0002", "999", places=4),
    share=st.decimals("0.1", "99.9", places=1),
    way=st.sampled_from(list(Way)),
)
def test_parts_add_up_whatever_is_divided(volume: Decimal, hours: Decimal, share: Decimal, way: str) -> None:
    task = TaskAssessment(annual_volume=volume, hours_per_unit=hours)
    try:
        cut = divided(task, way=way, share=share, number=None)
    except ValidationError:
        return
    assert min(cut.volume_out, cut.volume_stays, cut.hours_out, cut.hours_stays) > 0
    assert cut.volume_out * cut.hours_out + cut.volume_stays * cut.hours_stays == volume * hours


def test_the_cost_adds_up_after_every_later_scoring_until_a_figure_changes(sample: Case) -> None:
    """Costs are whole amounts, so that the parts alone would miss the whole by one."""
    RoleRate.objects.filter(assessment=sample.assessment).update(hourly_amount=Decimal("101.37"))
    services.rescore_all(assessment=sample.assessment)
    task, found = unpriced(sample), False
    whole = task.baseline_amount
    for step in range(1, 20):
        row = services.split_task(
            actor=sample.counsel, task=get("D14"), given=replace(GIVEN, share=Decimal(step) * 2)
        )
        found = bool(get("D14B").rounding)
        if found:
            break
        services.join_parts(actor=sample.counsel, split=row)
    assert found
    services.rescore_all(assessment=sample.assessment)
    out, stays = get("D14A"), get("D14B")
    assert out.baseline_amount is not None
    assert stays.baseline_amount is not None
    assert out.baseline_amount + stays.baseline_amount == whole
    # Another figure is another cost: what rounding took from the old one is nothing of it.
    cost = stays.baseline_amount - stays.rounding["plus"][0]
    services.edit_task(actor=sample.counsel, task=stays, annual_volume=(stays.annual_volume or 0) * 2)
    assert abs((get("D14B").baseline_amount or 0) - 2 * cost) <= 1


def test_answers_are_to_confirm_and_findings_are_not_carried_over(sample: Case) -> None:
    close_all(sample, get("D14"))
    closed = get("D14").closures.count()
    assert closed
    row = split(sample)
    for code in ("D14A", "D14B"):
        part = get(code)
        assert set(part.answers.values_list("source", flat=True)) == {FactorAnswer.Source.WHOLE}
        assert part.is_profile_assumed
        assert not part.closures.exists()
        assert part.open_conditions == part.result["conditions"] > 0
    assert SplitClosure.objects.filter(split=row).count() == closed
    event = AuditEvent.objects.get(verb="split legal task")
    assert event.after is not None
    assert len(event.after["conditions_open_again"]) == closed
    services.confirm_profile(actor=sample.counsel, task=get("D14A"))
    assert not get("D14A").is_profile_assumed
    assert AuditEvent.objects.filter(verb="confirmed answers of the task before it was split").exists()


def test_joining_brings_everything_back(sample: Case) -> None:
    task = unpriced(sample)
    close_all(sample, task)
    digest = content_sha256(sample.assessment)
    row = split(sample)
    assert content_sha256(sample.assessment) != digest
    assert b'"splits":' in next(iter(content_lines(sample.assessment)))
    joined = services.join_parts(actor=sample.counsel, split=TaskSplit.objects.get(pk=row.pk))
    assert joined.pk == task.pk
    assert content_sha256(sample.assessment) == digest
    assert not LegalTask.objects.filter(code__in=("D14A", "D14B")).exists()
    assert AuditEvent.objects.filter(verb="joined legal task again", object_id=str(task.pk)).exists()


def test_an_answer_changed_in_the_part_comes_back_to_confirm(sample: Case) -> None:
    task = unpriced(sample)
    level = task.answers.get(factor="CPX").level
    row = split(sample)
    stays = get("D14B")
    services.answer_factor(
        actor=sample.counsel, task=stays, factor="CPX", level=None, reason="Differs in this part"
    )
    services.join_parts(actor=sample.counsel, split=row)
    answer = get("D14").answers.get(factor="CPX")
    assert (answer.level, answer.source) == (level, FactorAnswer.Source.WHOLE)
    assert get("D14").is_profile_assumed


def test_a_waiver_of_the_whole_ends(sample: Case) -> None:
    waiver = granted(sample, "D14")
    split(sample)
    waiver.refresh_from_db()
    assert waiver.state == Waiver.State.ENDED
    assert "was split" in waiver.end_reason
    assert not TaskAssessment.objects.filter(gate_codes__contains="~").exists()


def test_what_bids_price_or_needs_keep_is_not_split(sample: Case) -> None:
    priced = get("D01")
    with pytest.raises(ValidationError, match="Bids price D01"):
        services.split_task(actor=sample.counsel, task=priced, given=GIVEN)
    task = unpriced(sample)
    MustStay.objects.create(assessment=sample.assessment, what="Patents", legal_task=task.legal_task)
    with pytest.raises(ValidationError, match="must stay"):
        services.split_task(actor=sample.counsel, task=task, given=GIVEN)
    services.edit_task(actor=sample.counsel, task=task, annual_volume=None)
    assert any("volume" in one for one in split_obstacles(get("D14")))


def test_parts_that_something_rests_on_are_not_joined(sample: Case) -> None:
    row = split(sample)
    bid = Bid.objects.first()
    assert bid is not None
    line = BidLine.objects.create(
        bid=bid, legal_task=row.out, model=BidLine.Model.PER_UNIT, price_amount=Decimal(10)
    )
    with pytest.raises(ValidationError, match="Bids price D14A"):
        services.join_parts(actor=sample.counsel, split=row)
    line.delete()
    again = services.split_task(
        actor=sample.counsel, task=get("D14B"), given=replace(GIVEN, out_name="One", stays_name="Two")
    )
    assert (again.out.code, again.stays.code) == ("D14B1", "D14B2")
    with pytest.raises(ValidationError, match="D14B was split again"):
        services.join_parts(actor=sample.counsel, split=row)
    services.join_parts(actor=sample.counsel, split=again)
    services.join_parts(actor=sample.counsel, split=row)
    assert get("D14").annual_volume is not None


def test_a_part_is_not_removed_and_the_whole_not_added_beside_it(sample: Case) -> None:
    name = get("D14").legal_task.name
    split(sample)
    with pytest.raises(ValidationError, match="Join the parts again first"):
        services.remove_task(actor=sample.counsel, task=get("D14A"))
    with pytest.raises(ValidationError, match="was split into D14A and D14B"):
        services.add_task(actor=sample.counsel, assessment=sample.assessment, name=name)
    plan = services.plan_import(
        assessment=sample.assessment,
        block=as_block([["D14", name]]),
        keys=("code", "name"),
        has_heading=False,
        existing="update",
    )
    assert "was split into D14A and D14B" in plan.rows[0].faults[0]
    assert not services.paste_preview(text=f"{name}\t10\t2", assessment=sample.assessment).is_good


def test_exported_parts_import_back_unchanged(sample: Case) -> None:
    split(sample)
    roles = Roles.of(sample.assessment.pk)
    rows = [list(task_texts(get(code), roles).values()) for code in ("D14A", "D14B")]
    plan = services.plan_import(
        assessment=sample.assessment,
        block=as_block(rows),
        keys=tuple(column.key for column in COLUMNS),
        has_heading=False,
        existing="update",
    )
    assert [str(row.kind) for row in plan.rows] == ["same", "same"]


def test_every_fault_is_said_beside_its_field_and_nothing_is_half_saved(sample: Case) -> None:
    task = unpriced(sample)
    wrong = SplitGiven("", "D" * 200, "half", Decimal(60), Decimal(3), "")
    with pytest.raises(ValidationError) as caught:
        services.split_task(actor=sample.counsel, task=task, given=wrong)
    assert set(caught.value.message_dict) == {"out_name", "stays_name", "way", "reason"}
    for share, number in ((Decimal(0), None), (Decimal(100), None), (None, Decimal(10**9)), (None, None)):
        with pytest.raises(ValidationError):
            services.split_task(
                actor=sample.counsel, task=task, given=replace(GIVEN, share=share, number=number)
            )
    assert get("D14").pk == task.pk
    assert not TaskSplit.objects.exists()


def test_a_copy_for_another_period_keeps_the_parts_and_says_what_they_were(sample: Case) -> None:
    split(sample)
    services.submit(actor=sample.counsel, assessment=sample.assessment, comment="")
    services.approve(actor=sample.owner, assessment=sample.assessment, comment="Read")
    new = services.copy_to_period(actor=sample.owner, assessment=sample.assessment, period="FY 2031")
    codes = set(TaskAssessment.objects.filter(assessment=new).values_list("legal_task__code", flat=True))
    assert {"D14A", "D14B"} <= codes
    with pytest.raises(ValidationError, match="cannot be changed"):
        services.join_parts(actor=sample.counsel, split=TaskSplit.objects.get())


def test_a_comparison_names_the_parts_of_a_whole_that_is_gone(sample: Case) -> None:
    unpriced(sample)
    services.submit(actor=sample.counsel, assessment=sample.assessment, comment="")
    services.approve(actor=sample.owner, assessment=sample.assessment, comment="Read")
    new = services.start_version(actor=sample.owner, assessment=sample.assessment)
    task = TaskAssessment.objects.get(assessment=new, legal_task__code="D14")
    services.split_task(actor=sample.counsel, task=task, given=GIVEN)
    changes = {one.code: one for batch in batches(sample.assessment, new) for one in batch}
    assert ("Split into", "D14A and D14B", "") in [
        (one.what, one.before, one.after) for one in changes["D14"].results
    ]
    assert changes["D14A"].results[0].what == "Part of"


def test_pages_of_the_parts_and_of_the_split_print_for_everybody(sample: Case, client_for: ClientFor) -> None:
    with opened(sample.organisation):
        row = split(sample)
        keys = [get(code).pk for code in ("D14A", "D14B")]
    for person in (sample.counsel, sample.manager):
        client = client_for(person)
        for key in keys:
            page = client.get(f"/o/{sample.slug}/tasks/{key}/").content.decode()
            assert f"/o/{sample.slug}/tasks/splits/{row.pk}/" in page
            assert "before the split" in page
        page = client.get(f"/o/{sample.slug}/tasks/splits/{row.pk}/").content.decode()
        assert "D14A Routine part" in page
        assert ("Join the parts" in page) == (person == sample.counsel)


def test_a_look_at_the_figures_saves_nothing(sample: Case, client_for: ClientFor) -> None:
    with opened(sample.organisation):
        task = unpriced(sample)
        whole = figures.money(task.baseline_amount)
    sent = {
        "out_name": "One",
        "stays_name": "Two",
        "way": "units",
        "share": "25%",
        "reason": "Why",
        "look": "1",
    }
    page = client_for(sample.counsel).post(f"/o/{sample.slug}/tasks/{task.pk}/split/", sent).content.decode()
    assert "Nothing is saved yet" in page
    assert "D14A One" in page
    assert whole in page
    with opened(sample.organisation):
        assert not TaskSplit.objects.exists()

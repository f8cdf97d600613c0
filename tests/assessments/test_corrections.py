"""No gate of law or supervision goes away without a reason, whichever way it is tried."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEvent
from assessments import queries_task, services
from assessments.models import TaskAssessment
from tests.conftest import Case
from tests.gates import unprepared

WHY = "The matter was settled in May"


def get(code: str) -> TaskAssessment:
    return TaskAssessment.objects.with_task().get(legal_task__code=code)


def corrected(task: TaskAssessment) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(object_id=str(task.pk), verb="corrected").order_by("pk"))


def test_a_flag_is_taken_away_with_a_reason(sample: Case) -> None:
    with pytest.raises(ValidationError) as refused:
        services.set_flags(actor=sample.counsel, task=get("D08"), flags=[], because="  ")
    assert "fires G09: say why it is wrong" in refused.value.message_dict["flags_reason"][0]
    assert get("D08").gates == ["G09"]
    task = services.set_flags(actor=sample.counsel, task=get("D08"), flags=[], because=WHY)
    assert task.gates == []
    event = corrected(task)[0]
    assert event.before["gates"] == ["G09"]
    assert event.after == {"flag": "", "because": WHY}
    said = [line.sentence for line in queries_task.trail(task, may_see_notes=False)]
    assert (
        "Flag “Covered by a protective order, customer contract, NDA or clean-team rule limiting disclosure” "
        f"taken away by Carmen Counsel because: {WHY}"
    ) in said


def test_each_flag_that_goes_is_named(sample: Case) -> None:
    task = get("D14")
    services.set_flags(actor=sample.counsel, task=task, flags=[], because=WHY)
    assert len(corrected(task)) == len(task.flags) >= 2


def test_adding_a_flag_needs_no_reason(sample: Case) -> None:
    task = services.set_flags(
        actor=sample.counsel, task=get("D08"), flags=["third_party_confidentiality", "phi"]
    )
    assert task.gates == ["G05", "G09"]
    assert corrected(task) == []


def test_a_flag_is_guarded_even_where_the_gate_fires_all_the_same(sample: Case) -> None:
    task = services.set_flags(
        actor=sample.counsel, task=get("D08"), flags=["third_party_confidentiality", "privileged"]
    )
    services.answer_factor(actor=sample.counsel, task=task, factor="PRV", level=5)
    with pytest.raises(ValidationError, match="fires G04"):
        services.set_flags(actor=sample.counsel, task=task, flags=["third_party_confidentiality"])


@pytest.mark.parametrize("practice", ["administrative", "licensed"])
def test_the_class_is_changed_with_a_reason_where_supervision_would_go(sample: Case, practice: str) -> None:
    task = get("D01")
    assert "G08" in task.gates
    with pytest.raises(ValidationError) as refused:
        services.set_practice_of_law(actor=sample.counsel, task=task, practice_of_law=practice)
    assert "fires G08" in refused.value.message_dict["practice_reason"][0]
    task = services.set_practice_of_law(
        actor=sample.counsel, task=task, practice_of_law=practice, because=WHY
    )
    assert "G08" not in task.gates
    sentence = queries_task.trail(task, may_see_notes=False)[0].sentence
    assert sentence.startswith("“Supervised by a US lawyer” changed to “")
    assert sentence.endswith(f"by Carmen Counsel because: {WHY}")


def test_towards_supervision_needs_no_reason(sample: Case) -> None:
    task = services.set_practice_of_law(actor=sample.counsel, task=get("D12"), practice_of_law="supervised")
    assert corrected(task) == []


@pytest.mark.parametrize("level", [3, 1, None])
def test_an_answer_that_takes_a_gate_away_needs_a_new_reason(sample: Case, level: int | None) -> None:
    task = services.answer_factor(
        actor=sample.counsel, task=get("D08"), factor="PRV", level=5, reason="Advice in the files"
    )
    assert "G04" in task.gates
    for reason in (None, "", "Advice in the files"):  # the reason of the old answer is none for the new one
        with pytest.raises(ValidationError) as refused:
            services.answer_factor(actor=sample.counsel, task=task, factor="PRV", level=level, reason=reason)
        assert "fires G04" in refused.value.message_dict["level-PRV"][0]
    task = services.answer_factor(actor=sample.counsel, task=task, factor="PRV", level=level, reason=WHY)
    assert "G04" not in task.gates
    assert corrected(task)[0].after["because"] == WHY


def test_an_answer_above_the_limit_still_needs_none(sample: Case) -> None:
    task = services.answer_factor(actor=sample.counsel, task=get("D08"), factor="PRV", level=5)
    services.answer_factor(actor=sample.counsel, task=task, factor="PRV", level=4)
    assert corrected(task) == []


def test_a_readiness_gate_goes_without_a_reason(sample: Case) -> None:
    task = services.answer_factor(actor=sample.counsel, task=unprepared(sample), factor="RDY", level=3)
    assert "G11" not in task.gates
    assert corrected(task) == []


def test_flag_and_class_at_once_need_both_reasons(sample: Case) -> None:
    task = services.set_practice_of_law(actor=sample.counsel, task=get("D08"), practice_of_law="supervised")
    facts = {"flags": [], "practice_of_law": "administrative"}
    with pytest.raises(ValidationError) as refused:
        services.change_task(actor=sample.counsel, task=task, facts=facts, why={"flags": WHY})
    assert set(refused.value.message_dict) == {"practice_reason"}
    assert get("D08").gates == ["G08", "G09"]
    services.change_task(
        actor=sample.counsel, task=task, facts=facts, why={"flags": WHY, "practice_of_law": WHY}
    )
    assert {event.before["gates"][0] for event in corrected(task)} == {"G08", "G09"}


def test_pasting_a_task_that_is_there_touches_none_of_its_flags(sample: Case) -> None:
    before = get("D14").flags
    with pytest.raises(services.PasteRefusedError):
        services.paste_confirm(
            actor=sample.counsel,
            assessment=sample.assessment,
            text=f"Task\tFlags\n{get('D14').legal_task.name}\t",
        )
    assert get("D14").flags == before


def test_confirming_typical_answers_touches_no_flag(sample: Case) -> None:
    task = services.add_from_catalogue(actor=sample.counsel, assessment=sample.assessment, codes=["T29"])[0]
    before = (task.flags, task.gates)
    task = services.confirm_profile(actor=sample.counsel, task=task)
    assert (task.flags, task.gates) == before

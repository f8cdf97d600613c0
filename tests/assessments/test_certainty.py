"""What "don't know" leaves open: a range, whether the band is certain, what to find out first; turnaround."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from assessments import queries_needs, services
from assessments.certainty import certainty
from assessments.content import content_lines
from assessments.models import TaskAssessment
from assessments.rulebook import Rulebook
from engine import SuitabilityRules, suitability
from tests.conftest import Case


def get(code: str = "D12") -> TaskAssessment:
    return TaskAssessment.objects.select_related("legal_task", "assessment__factor_set").get(
        legal_task__code=code
    )


def without(case: Case, *factors: str, code: str = "D12") -> TaskAssessment:
    return services.change_task(
        actor=case.counsel,
        task=get(code),
        levels=dict.fromkeys(factors),
        reasons=dict.fromkeys(factors, "Not known yet"),
    )


def test_who_knows_everything_reads_nothing_of_it(sample: Case) -> None:
    task = get()
    assert certainty(task, Rulebook(task.assessment.factor_set.content)) is None


def test_the_heaviest_unknown_factor_comes_first(sample: Case) -> None:
    task = without(sample, "TAT", "STD", "CPX")
    book = Rulebook(task.assessment.factor_set.content)
    found = certainty(task, book)
    assert found is not None
    weights = {factor.code: factor.weight for factor in book.factors}
    told = [weights[one.code] for one in found.unknown]
    assert told == sorted(told, reverse=True)
    assert {one.code for one in found.unknown} == {"TAT", "STD", "CPX"}


@pytest.mark.parametrize("factors", [("TAT",), ("STD",), ("STD", "TAT"), ("STD", "CPX", "VOL")])
def test_what_settles_the_band_is_what_the_engine_finds(sample: Case, factors: tuple[str, ...]) -> None:
    task = without(sample, *factors)
    book = Rulebook(task.assessment.factor_set.content)
    rules = SuitabilityRules.from_dict(task.assessment.factor_set.content)
    found = certainty(task, book)
    assert found is not None
    answers = dict(task.answers.values_list("factor", "level"))

    def bands(given: dict[str, int | None]) -> tuple[str, ...]:
        asked = {"answers": given, "flags": task.flags, "practice_of_law": task.practice_of_law, "waived": []}
        low, high = suitability(asked, rules).score_range or (0, 0)
        return book.band_of(low).code, book.band_of(high).code

    is_open = len(set(bands(answers))) > 1
    for one in found.unknown:
        tried = [len(set(bands(answers | {one.code: level}))) == 1 for level in range(1, 6)]
        assert one.settles == (is_open and all(tried))


def test_a_turnaround_is_a_fact_like_the_others(sample: Case) -> None:
    before = list(content_lines(sample.assessment))
    assert not any(b"turnaround_days" in line for line in before)  # what was approved earlier keeps its hash
    services.edit_task(actor=sample.counsel, task=get(), turnaround_days=Decimal("2.5"))
    assert get().turnaround_days == Decimal("2.5")
    assert queries_needs.picture(sample.assessment.pk).with_turnaround == 1
    assert any(b'"turnaround_days":"2.5"' in line for line in content_lines(sample.assessment))
    with pytest.raises(ValidationError, match="turnaround is 0 or more"):
        services.edit_task(actor=sample.counsel, task=get(), turnaround_days=Decimal(-1))

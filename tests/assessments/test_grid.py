"""Cells are saved one by one with what their author saw; nobody's work is overwritten unseen."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import queries_grid, services
from assessments.cells import EDITED, Roles, cell_text, fact, task_texts
from assessments.models import LegalTask, TaskAssessment
from assessments.services import CellChange, CellState, RowChange, grid
from assessments.services.typed import read_cell
from tests.conftest import Case

ClientFor = Callable[[User], Client]


def task_of(code: str) -> TaskAssessment:
    return TaskAssessment.objects.select_related("legal_task").get(legal_task__code=code)


def save(case: Case, which: str | None, actor: User | None = None, /, **cells: Any) -> services.RowAnswer:
    """Send cells as ``key=(text, seen)``; a text alone was seen as it is."""
    task = task_of(which) if which else None
    now = task_texts(task, Roles.of(case.assessment.pk)) if task else {}
    changes = [
        CellChange(key, *(cell if isinstance(cell, tuple) else (cell, now.get(key, ""))))
        for key, cell in cells.items()
    ]
    row = RowChange("r", task.pk if task else None, tuple(changes))
    return services.save_rows(actor=actor or case.counsel, assessment=case.assessment, rows=[row])[0]


def states(answer: services.RowAnswer) -> dict[str, str]:
    return {cell.key: cell.state for cell in answer.cells}


def test_every_cell_of_the_sample_reads_back_as_the_same_fact(sample: Case) -> None:
    roles = Roles.of(sample.assessment.pk)
    tasks = list(TaskAssessment.objects.with_task())
    assert len(tasks) == 18
    for task in tasks:
        for key, text in task_texts(task, roles).items():
            if key in EDITED:
                assert read_cell(key, text, roles) == fact(task, key), (task, key, text)


@pytest.mark.parametrize("share", [1 / 3, 0.125, 0.0001])
def test_shares_of_any_kind_keep_their_text(share: float) -> None:
    roles = Roles.from_pairs([("tier_2", "Tier 2"), ("in_and_out", "In and out")])
    text = cell_text("staffing_mix", {"tier_2": share, "in_and_out": 1 - share}, roles)
    again = read_cell("staffing_mix", text, roles)
    assert cell_text("staffing_mix", again, roles) == text
    assert again == pytest.approx({"tier_2": share, "in_and_out": 1 - share})


def test_a_mix_that_is_too_long_to_be_one_is_refused_at_once() -> None:
    roles = Roles.from_pairs([("counsel", "Counsel")])
    started = time.perf_counter()
    with pytest.raises(ValidationError, match="too long for a role"):
        read_cell("staffing_mix", "a" + ":" * 200_000 + "x", roles)
    assert time.perf_counter() - started < 0.5


def test_a_cell_is_saved_scored_and_on_the_trail(sample: Case) -> None:
    answer = save(sample, "D07", annual_volume="2,000", unit="contract")
    assert states(answer) == {"annual_volume": "saved", "unit": "saved"}
    task = task_of("D07")
    assert (task.annual_volume, task.unit) == (Decimal(2000), "contract")
    assert task.annual_hours == 1600  # what follows is worked out again
    event = AuditEvent.objects.first()
    assert event is not None
    assert (event.verb, event.actor) == ("changed legal task", sample.counsel)
    assert set(event.after or {}) == {"annual_volume", "unit"}


def test_a_class_that_takes_a_gate_away_is_not_changed_here(sample: Case) -> None:
    """It needs a reason, and the grid has no place for one."""
    answer = save(sample, "D07", annual_volume="2,000", practice_of_law="licensed")
    assert states(answer) == {"annual_volume": "saved", "practice_of_law": "wrong"}
    (wrong,) = [cell for cell in answer.cells if cell.state == "wrong"]
    assert "G08" in wrong.sentence
    assert wrong.sentence.endswith("Change it on the page of the task.")
    task = task_of("D07")
    assert (task.practice_of_law, "G08" in task.gates) == ("supervised", True)


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("annual_volume", "abc", "“abc” is not a number"),
        ("annual_volume", "-1", "0 or more"),
        ("hours_per_unit", "1,5", "two ways"),
        ("name", "  ", "Give the legal task a name"),
        ("name", "nda review AND turnaround", "D07 already has this name"),
        ("unit", "x" * 41, "at most 40"),
        ("note", "x" * 4_001, "at most 4,000"),
        ("practice_of_law", "", "is not one of"),
        ("practice_of_law", "nobody", "is not one of: Administrative;"),
        ("staffing_mix", "Clerk", "not one of your roles"),
        ("staffing_mix", "Counsel 60%", "60.0%"),
        ("flags", "privileged", "cannot be changed here"),
        ("code", "D99", "cannot be changed here"),
        ("counsel_note", "x", "cannot be changed here"),
        ("score", "100", "cannot be changed here"),
    ],
)
def test_a_wrong_cell_says_why_and_the_others_are_saved(
    sample: Case, key: str, text: str, sentence: str
) -> None:
    before = task_texts(task_of("D01"), Roles.of(sample.assessment.pk))
    other = "practice_area" if key != "practice_area" else "unit"
    answer = save(sample, "D01", **{key: (text, before.get(key, "")), other: "Elsewhere"})
    assert states(answer) == {key: "wrong", other: "saved"}
    assert sentence in answer.cells[0].sentence
    after = task_texts(task_of("D01"), Roles.of(sample.assessment.pk))
    assert after == before | {other: "Elsewhere"}


def test_what_somebody_else_wrote_is_shown_and_kept(sample: Case) -> None:
    save(sample, "D07", sample.owner, annual_volume="2,650")
    answer = save(sample, "D07", annual_volume=("2,700", "1,900"), unit=("form", "agreement"))
    assert states(answer) == {"annual_volume": "conflict", "unit": "saved"}
    conflict = answer.cells[0]
    assert (conflict.theirs, conflict.by) == ("2,650", sample.owner.name)
    assert conflict.at == AuditEvent.objects.order_by("pk").filter(actor=sample.owner).last().at
    assert task_of("D07").annual_volume == Decimal(2650)
    # Mine is kept once theirs was seen; and both writing the same is no conflict.
    assert states(save(sample, "D07", annual_volume=("2,700", "2,650"))) == {"annual_volume": "saved"}
    assert states(save(sample, "D07", annual_volume=("2700.0", "1"))) == {"annual_volume": "saved"}
    assert task_of("D07").annual_volume == Decimal(2700)


def test_a_change_by_hand_elsewhere_is_a_conflict_too(sample: Case) -> None:
    services.change_task(actor=sample.owner, task=task_of("D07"), facts={"name": "NDAs"})
    answer = save(sample, "D07", name=("NDA desk", "NDA review and turnaround"))
    assert states(answer) == {"name": "conflict"}
    assert LegalTask.objects.filter(name="NDAs").exists()


def test_the_same_value_again_writes_nothing(sample: Case) -> None:
    events = AuditEvent.objects.count()
    assert states(save(sample, "D07", annual_volume="1900.00", hours_per_unit="0.80")) == {
        "annual_volume": "saved",
        "hours_per_unit": "saved",
    }
    assert AuditEvent.objects.count() == events


def test_a_name_in_a_new_row_adds_a_task(sample: Case) -> None:
    answer = save(sample, None, name="Lease abstraction", annual_volume="12", hours_per_unit="x")
    assert states(answer) == {"name": "saved", "annual_volume": "saved", "hours_per_unit": "wrong"}
    task = task_of("D19")
    assert answer.task == task
    assert (task.legal_task.name, task.annual_volume, task.hours_per_unit) == (
        "Lease abstraction",
        Decimal(12),
        None,
    )


@pytest.mark.parametrize(
    ("name", "state"),
    [(None, "waits"), ("", "wrong"), ("NDA review and turnaround", "wrong")],
)
def test_without_a_good_name_the_new_row_waits(sample: Case, name: str | None, state: str) -> None:
    cells = {"unit": "page"} | ({} if name is None else {"name": name})
    answer = save(sample, None, **cells)
    assert answer.task is None
    assert states(answer)["unit"] == "waits"
    assert states(answer).get("name", "waits") == state
    assert TaskAssessment.objects.count() == 18


def test_a_new_row_whose_answer_was_lost_makes_one_task(
    sample: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page sends it again, perhaps with what was typed meanwhile."""
    first = save(sample, None, name="Lease abstraction", annual_volume="300")
    again = save(sample, None, name="Lease abstraction", annual_volume="300", unit="lease")
    assert first.task and again.task
    assert again.task.pk == first.task.pk
    assert states(again) == {"name": "saved", "annual_volume": "saved", "unit": "saved"}
    assert TaskAssessment.objects.get(pk=first.task.pk).unit == "lease"
    assert AuditEvent.objects.filter(verb="added legal task").count() == 1
    # Another number is no repetition, and neither is the same row by somebody else or long after.
    same = {"name": "Lease abstraction", "annual_volume": "300", "unit": "lease"}
    assert states(save(sample, None, **same | {"annual_volume": "7"}))["name"] == "wrong"
    assert states(save(sample, None, sample.owner, **same))["name"] == "wrong"
    monkeypatch.setattr(grid, "LOST_FOR", timedelta(seconds=-1))
    assert states(save(sample, None, **same))["name"] == "wrong"


def taken_back(case: Case, task: TaskAssessment) -> services.RowAnswer:
    now = task_texts(task, Roles.of(case.assessment.pk))
    cells = tuple(CellChange(key, "", now[key]) for key in EDITED)
    row = RowChange("r", task.pk, cells, is_taken_back=True)
    return services.save_rows(actor=case.counsel, assessment=case.assessment, rows=[row])[0]


def test_an_addition_is_taken_back_unless_somebody_worked_on_it(sample: Case) -> None:
    first = save(sample, None, name="Lease abstraction").task
    assert first is not None
    assert taken_back(sample, first).task is None
    assert not LegalTask.objects.filter(name="Lease abstraction").exists()
    second = save(sample, None, name="Lease abstraction").task
    assert second is not None
    services.answer_factor(actor=sample.counsel, task=second, factor="STD", level=3)
    assert "worked on since" in taken_back(sample, second).fault
    flagged = task_of("D01")
    assert "worked on since" in taken_back(sample, flagged).fault  # flags never go this way
    assert TaskAssessment.objects.filter(pk__in=[second.pk, flagged.pk]).count() == 2


def test_a_task_of_another_organisation_or_that_is_gone_is_refused(sample: Case, twin: Case) -> None:
    with opened(twin.organisation):
        foreign = TaskAssessment.objects.get(legal_task__code="D07").pk
    for pk in (foreign, 2**62):
        row = RowChange("r", pk, (CellChange("unit", "x", "agreement"),))
        answer = services.save_rows(actor=sample.counsel, assessment=sample.assessment, rows=[row])[0]
        assert "not in the assessment any more" in answer.fault
    with opened(twin.organisation):
        assert TaskAssessment.objects.get(pk=foreign).unit == "agreement"


# The address ------------------------------------------------------------------------------------------


def url(case: Case, name: str = "assessments:grid_save") -> str:
    return reverse(name, args=[case.slug])


def test_the_address_answers_each_cell_with_the_row_as_it_is(
    sample_closed: Case, client_for: ClientFor
) -> None:
    with opened(sample_closed.organisation):
        pk = task_of("D07").pk
    changes = [
        {
            "ref": "a",
            "id": pk,
            "cells": {"annual_volume": ["2,000", "1,900"], "unit": ["x" * 50, "agreement"]},
        },
        {"ref": "b", "id": None, "cells": {"name": ["Lease abstraction", ""]}},
    ]
    answer = client_for(sample_closed.counsel).post(url(sample_closed), {"changes": json.dumps(changes)})
    first, second = answer.json()["rows"]
    assert first["cells"]["annual_volume"]["state"] == CellState.SAVED
    assert "at most 40" in first["cells"]["unit"]["sentence"]
    assert (first["row"]["annual_volume"], first["row"]["unit"]) == ("2,000", "agreement")
    assert (second["ref"], second["row"]["code"]) == ("b", "D19")


BAD = [
    "",
    "{}",
    "[]",
    "[1]",
    "[" * 5_000,
    json.dumps([{"ref": "1", "id": True, "cells": {}}]),
    json.dumps([{"ref": "1", "id": 2**70, "cells": {}}]),
    json.dumps([{"ref": "1", "id": "7", "cells": {}}]),
    json.dumps([{"ref": "1", "id": None, "cells": {"name": "x"}}]),
    json.dumps([{"ref": "1", "id": None, "cells": {"name": ["a\x00b", ""]}}]),
    '[{"ref": "1", "id": null, "cells": {"name": ["\\ud800", ""]}}]',
    json.dumps([{"ref": "1", "id": None, "cells": {"name": ["x" * 20_001, ""]}}]),
    json.dumps([{"ref": str(n), "id": None, "cells": {}} for n in range(501)]),
]


@pytest.mark.parametrize("changes", BAD)
def test_damaged_changes_are_refused_whole(sample_closed: Case, client_for: ClientFor, changes: str) -> None:
    answer = client_for(sample_closed.counsel).post(url(sample_closed), {"changes": changes})
    assert answer.status_code == 400
    with opened(sample_closed.organisation):
        assert TaskAssessment.objects.count() == 18


def test_without_the_token_nothing_is_saved(sample_closed: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(sample_closed.counsel)
    changes = [{"ref": "b", "id": None, "cells": {"name": ["Lease abstraction", ""]}}]
    assert client.post(url(sample_closed), {"changes": json.dumps(changes)}).status_code == 403


@pytest.mark.parametrize("role", ["manager", "procurement"])
def test_who_may_not_edit_tasks_has_no_grid(sample_closed: Case, client_for: ClientFor, role: str) -> None:
    client = client_for(getattr(sample_closed, role))
    for name in ("grid", "grid_csv", "grid_workbook", "import"):
        assert client.get(url(sample_closed, f"assessments:{name}")).status_code == 403
    assert client.post(url(sample_closed), {"changes": "[]"}).status_code == 403


def test_the_page_holds_the_rows_and_a_way_without_scripts(
    sample_closed: Case, client_for: ClientFor
) -> None:
    answer = client_for(sample_closed.counsel).get(url(sample_closed, "assessments:grid"))
    page = answer.content.decode()
    assert answer.context["page"].total == 18
    assert answer.context["data"]["rows"][6]["annual_volume"] == "1,900"
    assert "counsel_note" not in answer.context["data"]["rows"][0]
    assert reverse("assessments:paste", args=[sample_closed.slug]) in page


def test_more_rows_than_the_grid_takes_are_cut_and_said(
    sample_closed: Case, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_grid, "GRID_ROWS", 5)
    client = client_for(sample_closed.counsel)
    answer = client.get(url(sample_closed, "assessments:grid"))
    assert len(answer.context["data"]["rows"]) == 5
    assert "The first 5 of 18 legal tasks" in answer.content.decode()
    few = client.get(url(sample_closed, "assessments:grid"), {"q": "NDA"})
    assert [row["code"] for row in few.context["data"]["rows"]] == ["D07"]


def test_the_page_asks_the_same_number_of_queries_for_more_rows(
    sample_closed: Case, client_for: ClientFor, django_assert_max_num_queries: Any
) -> None:
    client = client_for(sample_closed.counsel)
    caches["counts"].clear()
    with django_assert_max_num_queries(40) as few:
        client.get(url(sample_closed, "assessments:grid"), {"q": "NDA"})
    caches["counts"].clear()
    with django_assert_max_num_queries(len(few)):
        client.get(url(sample_closed, "assessments:grid"), {"q": "a"})

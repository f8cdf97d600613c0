"""A file is shown as it would change the assessment, and then imported whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import services
from assessments.cells import COLUMNS, Roles, task_texts
from assessments.models import TaskAssessment
from assessments.services import Existing, ImportPlan, ImportRefusedError, RowKind
from assessments.services.changing_many import change_many
from tabular import as_block, guess_columns, read_file
from tests.conftest import Case
from tests.tabular.test_files import HOSTILE
from tests.tabular.test_hostile_files import strings, styles, with_parts

ClientFor = Callable[[User], Client]
Rows = Sequence[Sequence[str]]


def plan(case: Case, rows: Rows, existing: str = "update", **how: Any) -> ImportPlan:
    block = as_block(rows)
    keys = how.get("keys", guess_columns(block, COLUMNS))
    return services.plan_import(
        assessment=case.assessment, block=block, keys=keys, has_heading=True, existing=existing
    )


def apply(case: Case, rows: Rows, existing: str = "update", shown: str = "") -> ImportPlan:
    block = as_block(rows)
    return services.apply_import(
        actor=case.counsel,
        assessment=case.assessment,
        block=block,
        keys=guess_columns(block, COLUMNS),
        has_heading=True,
        existing=existing,
        shown=shown or plan(case, rows, existing).fingerprint,
        file_name="tasks.csv",
    )


def kinds(found: ImportPlan) -> list[str]:
    return [row.kind for row in found.rows]


def whole(case: Case) -> list[Any]:
    return list(TaskAssessment.objects.order_by("pk").values())


ROWS = [
    ["Code", "Task", "Volume a year", "Hours per unit", "Note"],
    ["D07", "NDA review and turnaround", "2,000", "0.8", ""],
    ["", "privilege review and privilege log", "6000", "0.08", "A note"],
    ["", "Lease abstraction", "12", "2.5", ""],
]


def test_rows_find_their_task_by_code_else_by_name(sample: Case) -> None:
    found = plan(sample, ROWS)
    assert kinds(found) == [RowKind.CHANGED, RowKind.CHANGED, RowKind.NEW]
    assert [row.task.legal_task.code if row.task else None for row in found.rows] == ["D07", "D02", None]
    volume = next(cell for cell in found.rows[0].cells if cell.key == "annual_volume")
    assert (volume.before, volume.text) == ("1,900", "2,000")
    assert set(found.rows[0].facts) == {"annual_volume", "note"}  # an empty cell says that there is none
    assert TaskAssessment.objects.count() == 18


def test_an_import_is_one_event_for_each_task_and_one_for_the_file(sample: Case) -> None:
    before = AuditEvent.objects.count()
    apply(sample, ROWS)
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))[before:]
    assert sorted(verbs) == [
        "added legal task by import",
        "changed legal task",
        "changed legal task",
        "imported legal tasks",
    ]
    told = AuditEvent.objects.get(verb="imported legal tasks").after
    assert told == {"file": "tasks.csv", "rows new": 1, "rows changes": 2}
    lease = TaskAssessment.objects.get(legal_task__name="Lease abstraction")
    assert (lease.legal_task.code, lease.annual_hours) == ("D19", 30)
    assert TaskAssessment.objects.get(legal_task__code="D07").annual_volume == Decimal(2000)
    assert TaskAssessment.objects.get(legal_task__code="D02").legal_task.name == (
        "privilege review and privilege log"
    )


def test_existing_tasks_are_left_or_stop_the_import(sample: Case) -> None:
    assert kinds(plan(sample, ROWS, Existing.SKIP)) == [RowKind.SKIPPED, RowKind.SKIPPED, RowKind.NEW]
    stopped = plan(sample, ROWS, Existing.STOP)
    assert "D07 is in the assessment already." in stopped.rows[0].faults
    before = whole(sample)
    with pytest.raises(ImportRefusedError):
        apply(sample, ROWS, Existing.STOP)
    assert whole(sample) == before
    apply(sample, ROWS, Existing.SKIP)
    assert [row for row in whole(sample) if row["list_code"] != "D19"] == before


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["D07", "NDA review and turnaround", "abc"]], "not a number"),
        ([["D07", "", "1"]], "Give the legal task a name"),
        ([["D07", "Privilege review and privilege log", "1"]], "D02 already has this name"),
        ([["D07", "NDAs", "1"], ["d07", "NDAs", "1"]], "Row 3 is about the same task"),
        ([["", "New work", "1"], ["", "new  WORK", "1"]], "Row 3 is about the same task"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_saved(sample: Case, rows: Rows, sentence: str) -> None:
    file = [["Code", "Task", "Volume a year", ""], ["", "Good row", "1"], *rows]
    found = plan(sample, file)
    wrong = [row for row in found.rows if row.kind == RowKind.WRONG]
    said = " ".join([*wrong[0].faults, *(cell.fault for cell in wrong[0].cells)])
    assert len(wrong) == 1
    assert re.search(sentence, said)
    before, events = whole(sample), AuditEvent.objects.count()
    with pytest.raises(ImportRefusedError) as refused:
        apply(sample, file)
    assert not refused.value.plan.is_good
    assert (whole(sample), AuditEvent.objects.count()) == (before, events)


def test_a_class_that_takes_a_gate_away_cannot_come_by_a_file(sample: Case) -> None:
    file = [
        ["Code", "Task", "Who may do the work"],
        ["D07", "NDA review and turnaround", "Licensed lawyer only"],
    ]
    found = plan(sample, file)
    assert kinds(found) == [RowKind.WRONG]
    assert "fires G08" in found.rows[0].faults[0]
    assert found.rows[0].faults[0].endswith("Change it on the page of the task.")
    task = TaskAssessment.objects.get(legal_task__code="D07")
    with pytest.raises(ValidationError):
        change_many(
            actor=sample.counsel,
            assessment=sample.assessment,
            facts={task.pk: {"practice_of_law": "licensed"}},
        )
    task.refresh_from_db()
    assert task.practice_of_law == "supervised"


def test_names_that_change_places_are_refused_whole(sample: Case) -> None:
    """Each row alone is good, the second only after the first; the database would refuse, we say it."""
    file = [
        ["Code", "Task"],
        ["D01", "Privilege review and privilege log"],
        ["D02", "First-level document review (responsiveness)"],
    ]
    before = whole(sample)
    with pytest.raises(ImportRefusedError):
        apply(sample, file)
    assert whole(sample) == before


def test_what_changed_since_it_was_shown_is_shown_again(sample: Case) -> None:
    shown = plan(sample, ROWS).fingerprint
    services.change_task(
        actor=sample.owner,
        task=TaskAssessment.objects.get(legal_task__code="D07"),
        facts={"annual_volume": Decimal(1950)},
    )
    with pytest.raises(ImportRefusedError, match="changed after this was shown"):
        apply(sample, ROWS, shown=shown)
    assert TaskAssessment.objects.get(legal_task__code="D07").annual_volume == Decimal(1950)
    assert not AuditEvent.objects.filter(verb="imported legal tasks").exists()


def test_flags_answers_and_gates_cannot_come_by_a_file(sample: Case) -> None:
    flags = dict(TaskAssessment.objects.values_list("list_code", "flags"))
    file = [["Code", "Task", "Flags", "Gates", "Score"], ["D07", "NDA review and turnaround", "", "", "1"]]
    found = plan(sample, file)
    assert kinds(found) == [RowKind.SAME]
    for key in ("flags", "gates", "counsel_note"):
        assert plan(sample, file, keys=["code", "name", key]).fault
    apply(sample, [["Code", "Task", "Note"], ["D07", "NDA review and turnaround", "Changed"]])
    assert dict(TaskAssessment.objects.values_list("list_code", "flags")) == flags


def test_many_rows_cost_a_handful_of_queries_to_plan(
    sample: Case, django_assert_max_num_queries: Any
) -> None:
    file = [["Task", "Volume a year"], *([f"Work {n}", "1"] for n in range(300))]
    with django_assert_max_num_queries(6):
        assert plan(sample, file).count(RowKind.NEW) == 300


# Round trip ----------------------------------------------------------------------------------------------


def hostile_tasks(case: Case) -> None:
    """Tasks whose texts look like formulas, numbers, quotes and line ends."""
    for number, text in enumerate(HOSTILE):
        name = " ".join(text.split())
        services.add_task(
            actor=case.counsel,
            assessment=case.assessment,
            name=name if number != HOSTILE.index("two\nlines") else f"{name} x",
            practice_area=text[:40],
            unit=text[:20],
            note=f"{text}\r\n\r\n{text}",
            annual_volume=Decimal("0.01") * (number + 1),
            hours_per_unit=Decimal("0.0001") * (number + 1),
            staffing_mix={"counsel": 1 / 3, "paralegal": 2 / 3},
        )
    services.set_role_rates(
        actor=case.owner,
        assessment=case.assessment,
        rates=[
            services.RateEntry(f"{rate.name}, in and out", rate.hourly_amount, rate.kind, rate.code)
            if rate.code == "paralegal"
            else services.RateEntry(rate.name, rate.hourly_amount, rate.kind, rate.code)
            for rate in case.assessment.role_rates.all()
        ],
    )


@pytest.mark.parametrize("name", ["grid_csv", "grid_workbook"])
def test_an_export_imports_back_unchanged(sample_closed: Case, client_for: ClientFor, name: str) -> None:
    case = sample_closed
    with opened(case.organisation):
        hostile_tasks(case)
        before = whole(case)
    client = client_for(case.counsel)
    data = client.get(reverse(f"assessments:{name}", args=[case.slug])).content
    with opened(case.organisation):
        rows = [row.cells for row in read_file(data).rows]
        found = plan(case, rows)
        roles = Roles.of(case.assessment.pk)
        assert len(found.rows) == 18 + len(HOSTILE)
        assert [(row.number, row.kind) for row in found.rows if row.kind != RowKind.SAME] == []
        events = AuditEvent.objects.exclude(verb="imported legal tasks").count()
        apply(case, rows)
        assert whole(case) == before
        assert AuditEvent.objects.exclude(verb="imported legal tasks").count() == events
        assert AuditEvent.objects.get(verb="imported legal tasks").after == {
            "file": "tasks.csv",
            "rows no change": len(found.rows),
        }
        # The same into an assessment that lost them: every fact comes back.
        texts = {task.list_name: task_texts(task, roles) for task in TaskAssessment.objects.with_task()}
        for task in TaskAssessment.objects.filter(
            legal_task__name__in=[" ".join(t.split()) for t in HOSTILE]
        ):
            services.remove_task(actor=case.counsel, task=task)
        apply(case, rows)
        again = {task.list_name: task_texts(task, roles) for task in TaskAssessment.objects.with_task()}
        for key, facts in texts.items():
            assert again[key] | {"code": ""} == facts | {"code": ""}


# The pages ------------------------------------------------------------------------------------------------


def uploaded(client: Client, case: Case, data: bytes, name: str = "tasks.csv") -> Any:
    return client.post(
        reverse("assessments:import", args=[case.slug]), {"file": SimpleUploadedFile(name, data)}
    )


def fields(answer: Any, **changed: str) -> dict[str, str]:
    """What the form of the preview would send."""
    form = answer.context["form"]
    sent = {name: str(form[name].value() or "") for name in form.fields if form[name].value()}
    return sent | {"shown": answer.context["plan"].fingerprint} | changed


def test_a_file_goes_from_upload_to_the_assessment(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.counsel)
    data = b"Code,Task,Anzahl\nD07,NDA review and turnaround,2000\n,Lease abstraction,12\n"
    shown = uploaded(client, sample_closed, data)
    assert shown.status_code == 200
    assert shown.context["plan"].count(RowKind.SAME) == 1  # the third heading means nothing yet
    apply_url = reverse("assessments:import_apply", args=[sample_closed.slug])
    mapped = client.post(apply_url, fields(shown, **{"column-2": "annual_volume", "step": "check"}))
    page = mapped.content.decode()
    assert '<del class="was">1,900</del><ins>2,000</ins>' in page
    saved = client.post(apply_url, fields(mapped, step="apply"), follow=True)
    assert "1 legal task added, 1 changed" in saved.content.decode()
    with opened(sample_closed.organisation):
        assert TaskAssessment.objects.get(legal_task__code="D07").annual_volume == Decimal(2000)


def test_a_refused_file_says_why_beside_the_field(sample_closed: Case, client_for: ClientFor) -> None:
    client = client_for(sample_closed.counsel)
    for data, sentence in (
        (b"\xd0\xcf\x11\xe0", "Save it as .xlsx"),
        (b"", "The file is empty."),
        (b"\x00\x01", "neither a CSV file"),
        (with_parts(styles=styles(2_000_000)), "more cell formats, sheets or names than can be read"),
        (with_parts(strings=strings(f"<si><t>{'x' * 40_000}</t></si>")), "A cell has more than 32,767"),
        (with_parts(strings=strings(f"<si><t>{'x' * 19_000_000}</t></si>")), "too large when unpacked"),
    ):
        answer = uploaded(client, sample_closed, data)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    missing = client.post(reverse("assessments:import", args=[sample_closed.slug]), {})
    assert (missing.status_code, b"Choose a file first." in missing.content) == (422, True)


def test_a_stale_preview_is_shown_again_with_what_it_would_do_now(
    sample_closed: Case, client_for: ClientFor
) -> None:
    client = client_for(sample_closed.counsel)
    shown = uploaded(client, sample_closed, b"Code,Task,Unit\nD07,NDA review and turnaround,form\n")
    with opened(sample_closed.organisation):
        task = TaskAssessment.objects.get(legal_task__code="D07")
        services.change_task(actor=sample_closed.owner, task=task, facts={"unit": "NDA"})
    url = reverse("assessments:import_apply", args=[sample_closed.slug])
    answer = client.post(url, fields(shown, step="apply"))
    assert answer.status_code == 422
    assert "changed after this was shown" in answer.content.decode()
    assert client.post(url, fields(answer, step="apply")).status_code == 302


@pytest.mark.parametrize(
    "rows", ["", "7", "[[1]]", '["a"]', '[["a\\u0000"]]', '[["\\ud800"]]', "[[]]", "[" * 9_000]
)
def test_damaged_rows_are_refused(sample_closed: Case, client_for: ClientFor, rows: str) -> None:
    url = reverse("assessments:import_apply", args=[sample_closed.slug])
    body = {"rows": rows, "existing": "update", "step": "apply", "column-0": "name"}
    assert client_for(sample_closed.counsel).post(url, body).status_code == 400
    with opened(sample_closed.organisation):
        assert TaskAssessment.objects.count() == 18


def test_rows_travel_as_they_are(sample_closed: Case, client_for: ClientFor) -> None:
    shown = uploaded(
        client_for(sample_closed.counsel), sample_closed, b'Task,Note\n\n"</script><b>","a\nb"\n'
    )
    rows = json.loads(shown.context["form"]["rows"].value())
    assert rows == [["Task", "Note"], [], ["</script><b>", "a\nb"]]
    assert "</script><b>" not in shown.content.decode().replace("&lt;", "<b")


def test_one_character_does_not_break_the_files_of_all(sample_closed: Case, client_for: ClientFor) -> None:
    """No workbook holds it; the others get theirs, and what was typed stays as it is."""
    case = sample_closed
    with opened(case.organisation):
        services.add_task(
            actor=case.counsel,
            assessment=case.assessment,
            name="Zed \uffff end",
            note="n \ufffe",
            unit="u\x01",
        )
    client = client_for(case.counsel)
    answer = client.get(reverse("assessments:grid_workbook", args=[case.slug]))
    assert answer.status_code == 200
    assert [row.cells[1] for row in read_file(answer.content).rows][-1] == "Zed   end"
    assert client.get(reverse("assessments:grid_csv", args=[case.slug])).status_code == 200


def test_a_paste_of_very_many_cells_is_refused_beside_the_field(
    sample_closed: Case, client_for: ClientFor
) -> None:
    url = reverse("assessments:paste", args=[sample_closed.slug])
    answer = client_for(sample_closed.counsel).post(url, {"rows": ";" * 950_000, "step": "show"})
    page = answer.content.decode()
    assert "A row has more than 50 cells" in page
    assert ";" * 950_000 in page  # nothing typed is lost

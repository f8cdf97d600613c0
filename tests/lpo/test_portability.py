"""One organisation as a file: complete, equal on both sides, and refused in words when it is not right."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import models

from accounts import audit
from accounts.models import AuditEvent, Membership, Organisation, User
from accounts.tenancy import OwnedModel, opened
from assessments import services as task_services
from assessments.models import GateClosure, TaskAssessment
from lpo import portability
from lpo.portability import PortabilityFault, export_organisation, import_organisation, packing, shape
from lpo.portability.values import written
from providers import services as provider_services
from providers.models import Metric, Provider
from reports.models import Report
from selections.models import Bid, RankingRecord, Score
from selections.services import give_score
from tests.conftest import Case
from tests.factor_sets import adopted as adopted_factors
from tests.factor_sets import weighted
from tests.gates import asked, closing
from tests.lpo.installations import Installation, postgres, sqlite
from tests.lpo.wall_table import adopted

OURS = {"accounts", "assessments", "providers", "selections", "reports", "lpo"}


# What is covered -------------------------------------------------------------------------------------------


def test_every_model_of_ours_is_written_or_named_as_left_out() -> None:
    covered = {one.model for one in portability.shapes()} | {Organisation}
    left_out = {apps.get_model(label) for label in portability.NOT_EXPORTED}
    for model in apps.get_models():
        if issubclass(model, OwnedModel):
            assert model in covered, f"{model._meta.label} belongs to an organisation and is not exported"
        elif model._meta.app_label in OURS:
            assert model in covered | left_out, f"Say whether {model._meta.label} is exported"


def test_every_field_of_a_model_is_a_column() -> None:
    for one in portability.shapes():
        names = {field.name for field in one.model._meta.concrete_fields if field.serialize}
        assert names - {"id", "organisation"} == {column.name for column in one.columns}
    silent = {
        str(f) for one in portability.shapes() for f in one.model._meta.concrete_fields if not f.serialize
    }
    assert {name for name in silent if not name.endswith(".id")} == {"assessments.Assessment.stamp"}


def test_rows_stand_after_what_they_point_to() -> None:
    done: set[str] = set()
    for one in portability.shapes():
        assert one.targets <= done
        done.add(one.label)
    assert portability.shapes()[-1].model is AuditEvent


def test_a_field_that_nobody_said_how_to_write_is_a_fault_of_the_program() -> None:
    class Odd(models.Model):
        span = models.DurationField()

        class Meta:
            app_label = "lpo"
            abstract = True

    field = Odd._meta.get_field("span")
    with pytest.raises(shape.UnknownShapeError, match="no rule"):
        shape._column(Odd, field)


@pytest.mark.parametrize(("value", "same"), [(1e16, 10**16), (-0.0, 0.0), ({"a": [1e300]}, {"a": [10**300]})])
def test_documents_are_written_as_both_databases_keep_them(value: Any, same: Any) -> None:
    assert json.dumps(written(shape.Kind.DOCUMENT, value)) == json.dumps(same)


# There and back --------------------------------------------------------------------------------------------


def _enrich(case: Case) -> None:
    """Everything that can stand in a row: notes, gone objects, superseded values, people who left."""
    task = TaskAssessment.objects.get(legal_task__code="D14")
    task_services.change_task(
        actor=case.counsel,
        task=task,
        facts={
            "counsel_note": "Ünïcode “note” \u2028 日本語",
            "annual_volume": Decimal("1900.25"),
            "note": "=1+1",
        },
        levels={"STD": None},
    )
    conditioned = TaskAssessment.objects.filter(open_conditions__gt=0)[0]
    gate = conditioned.result["gates"][0]["code"]
    rules = {rule["code"]: rule for rule in conditioned.assessment.factor_set.content["gates"]}
    task_services.close_condition(
        actor=case.counsel, task=conditioned, gate=gate, condition=rules[gate]["conditions"][0],
        closing=closing("Memo", counsel_note="Privileged"),
    )  # fmt: skip
    officer = "Export-control officer signs off before any data moves"
    task_services.close_condition(
        actor=case.counsel, task=task, gate="G03", condition=officer, closing=closing("Signed off")
    )
    if case.owner != case.counsel:
        asked(case, "D07")
        adopted_factors(case, weighted(case, STD=13))
        weighted(case, VOL=10)
    adopted(case)
    provider = provider_services.add_provider(actor=case.procurement, name="Gone Ltd")
    gone = provider.pk
    provider.delete()
    audit.record(actor=None, verb="noted", obj=Provider(pk=gone, code="V9", name="Gone Ltd"))
    bid = Bid.objects.get(provider__code="V1")
    for value in (3.0, 0.1 + 0.2, None):
        give_score(
            bid=bid, sub_criterion="COST-05", value=value, evidence="E1", reason="Try", actor=case.counsel
        )
    left = User.objects.create_user(f"left@{case.slug}.example", None, name="Lea Left", is_active=False)
    Metric.objects.filter(provider__code="V2").update(entered_by=left)
    member = Membership.objects.get(organisation=case.organisation, user=case.owner)
    for obj in (left, member, case.organisation):
        audit.record(actor=left, verb="noted", obj=obj, before={"a": {"z": 1, "b": 1e-7}}, after={"a": 1e16})


@pytest.fixture
def rich(sample: Case) -> Case:
    _enrich(sample)
    return sample


def _parts(path: Path, *without: str) -> dict[str, Any]:
    with zipfile.ZipFile(path) as zipped:
        parts: dict[str, Any] = {name: zipped.read(name) for name in zipped.namelist()}
    manifest = json.loads(parts["manifest.json"])
    manifest.pop("made_at")
    return {name: part for name, part in (parts | {"manifest.json": manifest}).items() if name not in without}


def _export(case: Case, folder: Path, name: str = "one.zip") -> Path:
    export_organisation(case.organisation, folder / name)
    return folder / name


def test_import_beside_the_original_gives_an_equal_organisation(rich: Case, tmp_path: Path) -> None:
    first = _export(rich, tmp_path)
    done = import_organisation(first, slug="copy")
    assert done.checked.faults == ()
    assert done.checked.records == 1
    assert set(done.linked) >= {rich.owner.email, "left@calder-ridge.example"}
    assert done.created == ()
    export_organisation(done.organisation, tmp_path / "two.zip")
    own = ("organisation.json", "manifest.json")  # the address differs, and with it one hash
    assert _parts(first, *own) == _parts(tmp_path / "two.zip", *own)
    # No row is shared, and the wall holds.
    with opened(done.organisation):
        assert TaskAssessment.objects.count() == 20 or TaskAssessment.objects.exists()
        copies = set(Report.objects.values_list("pk", "file"))
    assert copies.isdisjoint(Report.objects.values_list("pk", "file"))


def test_a_count_of_open_conditions_is_never_believed(rich: Case, tmp_path: Path) -> None:
    """A file from before conditions asked for a lawyer, or one that was written by hand."""
    right = dict(TaskAssessment.objects.values_list("list_code", "open_conditions"))
    GateClosure.objects.filter(gate="G03").update(lawyer=None)
    TaskAssessment.objects.update(open_conditions=0)
    done = import_organisation(_export(rich, tmp_path), slug="copy")
    with opened(done.organisation):
        counted = dict(TaskAssessment.objects.values_list("list_code", "open_conditions"))
    assert counted == right | {"D14": right["D14"] + 1}


def test_events_lead_to_the_rows_here_and_to_nothing_that_is_gone(rich: Case, tmp_path: Path) -> None:
    done = import_organisation(_export(rich, tmp_path), slug="copy")
    original = AuditEvent.objects.order_by("pk").values_list("object_type", "object_id", "at", "actor_id")
    with opened(done.organisation):
        copied = list(
            AuditEvent.objects.order_by("pk").values_list("object_type", "object_id", "at", "actor_id")
        )
        task = TaskAssessment.objects.get(legal_task__code="D14")
        own_task = ("assessments.taskassessment", str(task.pk))
        assert own_task in {event[:2] for event in copied}
        assert ("accounts.organisation", str(done.organisation.pk)) in {event[:2] for event in copied}
    assert [(kind, at, actor) for kind, _, at, actor in copied] == [
        (kind, at, actor) for kind, _, at, actor in original
    ]
    gone = [key for kind, key, *_ in copied if kind == "providers.provider" and key.startswith("gone-")]
    assert len(gone) == 2
    assert len(set(gone)) == 1


def test_the_same_organisation_gives_the_same_bytes(rich: Case, tmp_path: Path) -> None:
    assert _parts(_export(rich, tmp_path)) == _parts(_export(rich, tmp_path, "again.zip"))


def _moved(sources: dict[str, Path], target: Installation) -> dict[str, Path]:
    """Import files into an installation and export the same organisations again there."""
    results = {slug: target.folder / f"{slug}.zip" for slug in sources}
    said = target.run_each(
        *(("import_organisation", str(path)) for path in sources.values()),
        *(("export_organisation", slug, "--to", str(path)) for slug, path in results.items()),
        ("verify_all",),
    )
    assert said.count("1 kept rankings and 1 report files checked.") == len(sources)
    assert f"{len(sources)} kept rankings and {len(sources)} report files" in said
    return results


def test_both_organisations_move_to_postgresql_and_back(rich: Case, twin: Case, tmp_path: Path) -> None:
    """From the database under test to an empty SQLite, from there to PostgreSQL, from there to SQLite."""
    with opened(twin.organisation):
        _enrich(twin)
    there, back = sqlite(tmp_path / "there"), sqlite(tmp_path / "back")
    first = {case.slug: _export(case, tmp_path, f"{case.slug}.zip") for case in (rich, twin)}
    with postgres(tmp_path / "other") as other:
        files = first
        for place in (there, other, back):
            files = _moved(files, place)
            for slug, path in files.items():
                assert _parts(path) == _parts(first[slug]), place.database
    again = back.run("import_organisation", str(first[rich.slug]), fails=True)
    assert "already. Give another one: --slug NEW." in again


def test_people_who_are_here_are_linked_and_keep_what_they_have(rich: Case, tmp_path: Path) -> None:
    path = _export(rich, tmp_path)
    with zipfile.ZipFile(path) as zipped:
        text = b"".join(zipped.read(name) for name in zipped.namelist() if not name.startswith("files/"))
    assert rich.owner.password.encode() not in text
    rows = [json.loads(row) for row in _parts(path)["people.jsonl"].splitlines()]
    assert set(rows[0]) == {"email", "name", "is_active"}
    changed = _changed(
        path, tmp_path, {"people.jsonl": lambda text: text.replace(b"Orla Owner", b"Somebody")}
    )
    done = import_organisation(changed, slug="copy")
    owner = User.objects.get(email=rich.owner.email)
    assert (owner.name, owner.password) == ("Orla Owner", rich.owner.password)
    assert Membership.objects.get(user=owner, organisation=done.organisation).role == "owner"


def test_people_who_are_not_here_come_without_a_password(rich: Case, tmp_path: Path) -> None:
    path = _changed(
        _export(rich, tmp_path),
        tmp_path,
        {
            name: lambda text: text.replace(b"@calder", b"@new-calder")
            for name in _rows_of_parts(rich, tmp_path)
        },
    )
    done = import_organisation(path, slug="copy")
    assert "owner@new-calderridge.example" in done.created
    user = User.objects.get(email="owner@new-calderridge.example")
    assert not user.has_usable_password()
    assert not user.is_sample
    assert not User.objects.get(email="left@new-calder-ridge.example").is_active


def _rows_of_parts(case: Case, folder: Path) -> list[str]:
    return [name for name in _parts(_export(case, folder, "names.zip")) if name.endswith(".jsonl")]


# What is refused -------------------------------------------------------------------------------------------

Edit = Callable[[bytes], bytes]


def _changed(
    source: Path,
    folder: Path,
    edits: dict[str, Edit],
    *,
    further: dict[str, bytes] | None = None,
    honest: bool = True,
) -> Path:
    """Write the file again with some parts changed; ``honest`` gives them the right hashes."""
    target = folder / "changed.zip"
    with zipfile.ZipFile(source) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(parts.pop("manifest.json"))
    for name, edit in edits.items():
        if name != "manifest.json":
            parts[name] = edit(parts[name])
    parts |= further or {}
    if honest:
        manifest["members"] = [
            {"name": name, "bytes": len(part), "sha256": hashlib.sha256(part).hexdigest()}
            for name, part in parts.items()
        ]
    text = json.dumps(manifest).encode()
    parts["manifest.json"] = edits["manifest.json"](text) if "manifest.json" in edits else text
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return target


def _swap(old: str, new: str, times: int = 1) -> Edit:
    def edit(text: bytes) -> bytes:
        assert old.encode() in text, f"{old} is not in it"
        return text.replace(old.encode(), new.encode(), times)

    return edit


def _row(label: str) -> str:
    return f"rows/{label}.jsonl"


def _in_the_record(text: bytes) -> bytes:
    """Another reason for a decision, in the stored bytes of the first record."""
    first, *others = text.splitlines(keepends=True)
    row = json.loads(first)
    content = base64.b64decode(row["content"])
    assert b"Ashgrove" in content
    row["content"] = base64.b64encode(content.replace(b"Ashgrove", b"Ashgruve")).decode()
    return json.dumps(row).encode() + b"\n" + b"".join(others)


SITES, METRICS, PROVIDERS = _row("providers.site"), _row("providers.metric"), _row("providers.provider")
MEMBERS, EVENTS, SCORES = _row("accounts.membership"), _row("accounts.auditevent"), _row("selections.score")
RECORDS, REPORTS = _row("selections.rankingrecord"), _row("reports.report")

REFUSED: dict[str, tuple[dict[str, Edit], str]] = {
    "another format": (
        {"manifest.json": _swap('"lpo.organisation/1"', '"lpo.organisation/2"')},
        "the format 'lpo.organisation/2'"
    ),
    "no counts": ({"manifest.json": _swap('"counts"', '"cnt"')}, "does not list its parts"),
    "fewer rows": ({SITES: lambda text: b"".join(text.splitlines(True)[:-1])}, "the manifest says"),
    "numbers with gaps": ({SITES: _swap('"id":2', '"id":3')}, "not numbered"),
    "an unknown field": ({SITES: _swap('"country"', '"planet"')}, "knows no field 'planet'"),
    "a missing field": ({SITES: _swap('"country":"United States",', "")}, "'country' is missing"),
    "no such row": ({SITES: _swap('"provider":1', '"provider":999')}, "does not stand before"),
    "a row by name": ({SITES: _swap('"provider":1', '"provider":"1"')}, "not the number of a row"),
    "a row before all": ({SITES: _swap('"provider":1', '"provider":0')}, "does not stand before"),
    "a number for a text": ({SITES: _swap('"United States"', "7")}, "is not a text"),
    "a NUL": ({SITES: _swap('"United States"', '"a\\u0000b"')}, "no database stores"),
    "half a letter": ({SITES: _swap('"United States"', '"\\ud800"')}, "no database stores"),
    "a long text": ({SITES: _swap('"United States"', f'"{"x" * 81}"')}, "longer than 80"),
    "not JSON": ({SITES: _swap("{", "{{")}, "is not JSON"),
    "not an object": ({SITES: lambda text: b"[1]\n" + text}, "is not an object"),
    "not a number": ({METRICS: _swap('"value":', '"value":NaN,"x":')}, "NaN is not allowed"),
    "too deep": ({PROVIDERS: _swap('"languages":', f'"languages":{"[" * 99999},"x":')}, "not JSON"),
    "a stranger": ({MEMBERS: _swap("owner@", "stranger@")}, "not among the people"),
    "no e-mail": ({"people.jsonl": _swap("owner@calderridge.example", "owner")}, "is not an e-mail address"),
    "a role we have not": ({MEMBERS: _swap('"role":"owner"', '"role":"king"')}, "none of its choices"),
    "a time without a zone": ({SCORES: _swap("+00:00", "")}, "without a zone"),
    "not a time": ({SCORES: _swap('"given_at":"2', '"given_at":"x')}, "is not a time"),
    "an event about nothing": ({EVENTS: _swap('"object_id":{', '"object_id":{"x":1,')},
                               "in no known way"),
    "no such zone": ({"organisation.json": _swap('"time_zone":"', '"time_zone":"Moon/')},
        "time zone cannot be used"),
    "a time zone outside": ({"organisation.json": _swap('"time_zone":"', '"time_zone":"../../')},
        "cannot be used"),
    "a changed record": ({RECORDS: _in_the_record}, "another hash than its row says"),
    "no bytes": ({RECORDS: _swap('"content":"', '"content":"!')}, "not written as base64"),
    "a file from elsewhere": ({REPORTS: _swap("files/reports.report.file/1.pdf", "organisation.json")},
                              "names no file of this kind"),
    "a file that is not there": ({REPORTS: _swap("file/1.pdf", "file/2.pdf")}, "but not there"),
    "another file": ({"files/reports.report.file/1.pdf": lambda content: content + b"x"}, "another hash"),
}  # fmt: skip


def _here() -> tuple[int, int, list[str]]:
    files = default_storage.listdir("reports")[1] if default_storage.exists("reports") else []
    return Organisation.objects.count(), User.objects.count(), sorted(files)


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_file_is_refused_in_words_and_leaves_nothing(rich: Case, tmp_path: Path, name: str) -> None:
    edits, sentence = REFUSED[name]
    path = _changed(_export(rich, tmp_path), tmp_path, edits)
    before = _here()
    with pytest.raises(PortabilityFault) as refused:
        import_organisation(path, slug="copy")
    assert sentence in str(refused.value)
    assert _here() == before


@pytest.mark.parametrize(
    ("further", "sentence"),
    [
        ({"../../etc/passwd": b"x"}, "is not a part"),
        ({"/etc/passwd": b"x"}, "is not a part"),
        ({"files/reports.report.file/../../x.pdf": b"x"}, "is not a part"),
        ({"rows/accounts.user.jsonl": b"{}"}, "is not a part"),
        ({"rows/accounts.invitation.jsonl": b"{}"}, "is not a part"),
        ({"files/reports.report.file/7.pdf": b"\0" * (9 << 20)}, "times its size"),
    ],
)
def test_strange_parts_are_refused(
    rich: Case, tmp_path: Path, further: dict[str, bytes], sentence: str
) -> None:
    path = _changed(_export(rich, tmp_path), tmp_path, {}, further=further)
    with pytest.raises(PortabilityFault, match=sentence):
        import_organisation(path, slug="copy")


def test_a_changed_byte_is_seen(rich: Case, tmp_path: Path) -> None:
    edits = {_row("providers.site"): _swap("United States", "United Stotes")}
    path = _changed(_export(rich, tmp_path), tmp_path, edits, honest=False)
    with pytest.raises(PortabilityFault, match="another SHA-256 than the manifest says"):
        import_organisation(path, slug="copy")


def test_what_is_too_large_is_refused(rich: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _export(rich, tmp_path)
    for limit, value in (("ROWS_LIMIT", 1 << 10), ("FILE_LIMIT", 1 << 10), ("TOTAL_LIMIT", 1 << 10),
                         ("LINE_LIMIT", 1 << 10), ("MANIFEST_LIMIT", 1 << 10)):  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(packing, limit, value)
            with pytest.raises(PortabilityFault, match="larger|more than|longer"):
                import_organisation(path, slug="copy")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"x" * 1000])
def test_no_zip_at_all(db: None, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(PortabilityFault, match="is not a readable zip file"):
        import_organisation(path)


def test_half_a_zip_and_an_empty_one(rich: Case, tmp_path: Path) -> None:
    whole = _export(rich, tmp_path).read_bytes()
    (tmp_path / "half.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PortabilityFault, match="is not a readable zip file"):
        import_organisation(tmp_path / "half.zip")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    with pytest.raises(PortabilityFault, match=r"has no manifest\.json"):
        import_organisation(tmp_path / "empty.zip")
    damaged = bytearray(whole)
    middle = whole.index(b"%PDF") if b"%PDF" in whole else len(whole) // 2
    damaged[middle : middle + 20] = b"x" * 20
    (tmp_path / "damaged.zip").write_bytes(bytes(damaged))
    with pytest.raises(PortabilityFault):
        import_organisation(tmp_path / "damaged.zip", slug="copy")


def test_a_lost_report_file_is_said(rich: Case, tmp_path: Path) -> None:
    report = Report.objects.get()
    Report.objects.filter(pk=report.pk).update(file="reports/lost.pdf")
    with pytest.raises(PortabilityFault, match=r"reports/lost\.pdf is missing"):
        _export(rich, tmp_path)
    assert list(tmp_path.iterdir()) == []
    done = export_organisation(rich.organisation, tmp_path / "one.zip", may_miss_files=True)
    assert done.missing == ("files/reports.report.file/1.pdf",)
    copy = import_organisation(tmp_path / "one.zip", slug="copy")
    with opened(copy.organisation):
        assert not Report.objects.get().file


def test_a_folder_that_is_not_there_is_said(rich: Case, tmp_path: Path) -> None:
    with pytest.raises(PortabilityFault, match="cannot be written: No such file or directory"):
        export_organisation(rich.organisation, tmp_path / "none" / "one.zip")


def test_records_verify_and_stay_append_only(rich: Case, tmp_path: Path) -> None:
    copy = import_organisation(_export(rich, tmp_path), slug="copy").organisation
    with opened(copy):
        record = RankingRecord.objects.get()
        assert hashlib.sha256(bytes(record.content)).hexdigest() == record.sha256
        newest = Score.objects.filter(sub_criterion="COST-05", bid__provider__code="V1").order_by("-pk")[0]
        assert newest.supersedes is not None
        assert newest.supersedes.value == 0.1 + 0.2

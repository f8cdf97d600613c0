"""Every text of both organisations made hostile, then every page looked at by each role.

Nothing of the other organisation may show, no counsel note may reach procurement or managers, no text may
become markup, and no cell of a file may become a formula.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, models, transaction
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import AuditEvent, User
from accounts.tenancy import OwnedModel, opened
from assessments.models import TaskAssessment
from assessments.queries_adoption import rules_seen
from assessments.services import Marking, NewLawyer, adopt_rules, mark_item
from providers.models import Provider
from selections.models import Bid, Selection
from selections.services import keep_ranking
from tests.conftest import Case
from tests.lpo.test_wall import _undone
from tests.lpo.wall_table import ROWS

ClientFor = Callable[[User], Client]

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NOTE = "COUNSELNOTE"
FORMULAS = ("=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")
# Texts that the program itself reads as codes, hashes or states; everything else is free text.
CODES = set(
    re.findall(
        r"\w+",
        "sha256 file_sha256 engine_version sub_criterion question code gate condition factor outcome "
        "restriction time_zone catalogue_code status stage",
    )
)
_AS_MARKUP = re.compile(r"<script>alert|<img src=x|OURS\d+<b>")
GETS = sorted(name for name, row in ROWS.items() if row.get == 200)
FILES = sorted(name for name in GETS if name.endswith("csv"))


def _free_texts(model: type[models.Model]) -> list[Any]:
    fields: list[Any] = list(model._meta.concrete_fields)
    return [
        field
        for field in fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in CODES
    ]


def _hostile(field: Any, start: str, number: int) -> str:
    """A text that says whose it is and no other row has; as much of the markup as the column takes."""
    note = NOTE if field.name == "counsel_note" else ""
    text = f"{start}{number}{note}{MARKUP}"
    return text if len(text) <= (field.max_length or 10_000) else f"{start}{number}<b>"[: field.max_length]


def _say_hostile_things_of_duties(case: Case, start: str) -> None:
    """What was marked or adopted is kept unchanged, so it has to be hostile from the beginning."""
    text = f"{start}DUTY{MARKUP}"
    mark_item(
        actor=case.counsel,
        assessment=case.assessment,
        duty="D-COMP",
        item="Principal lawyers on the project interviewed",
        marking=Marking("done", owner=text, evidence=f"{text}\n{text}", reason=text),
    )
    adopt_rules(
        actor=case.counsel,
        assessment=case.assessment,
        lawyer=NewLawyer(text, "Ohio"),
        adopted_on=date(2026, 11, 3),
        comment=text,
        seen=rules_seen(case.assessment),
    )


def _make_hostile(case: Case, start: str) -> None:
    """Rewrite the free texts of an organisation; what the database keeps unchanged stays as it is."""
    with opened(case.organisation):
        _say_hostile_things_of_duties(case, start)
        for model in apps.get_models():
            if not issubclass(model, OwnedModel) or model is AuditEvent:
                continue
            fields = _free_texts(model)
            for number, row in enumerate(model.objects.all() if fields else ()):
                texts = {field.attname: _hostile(field, start, number) for field in fields}
                try:
                    with transaction.atomic():
                        model.objects.filter(pk=row.pk).update(**texts)
                except DatabaseError as kept:
                    assert "append-only" in str(kept) or "permission denied" in str(kept)
        for model in (TaskAssessment, Provider, Bid, Selection):
            for row in model.objects.all():
                audit.record(
                    actor=None, verb="noted", obj=row, label=NOTE, after={"note": NOTE}, is_counsel_only=True
                )
                # What stays in the trail is hostile in every place that a text of somebody can reach.
                text = f"{start}EVENT{MARKUP}"
                changed = {text: text, "name": [text, {text: text}], "reason": f"x;{text}\n{text}"}
                audit.record(actor=None, verb="changed", obj=row, label=text, before=changed, after={})
                text = f"{start}{row.pk}{MARKUP}"
                audit.record(
                    actor=None, verb="noted", obj=row, label=text, before={"x": text}, after={text: text}
                )


@pytest.fixture
def hostile(sample_closed: Case, twin: Case) -> Case:
    """The sample company and its twin with hostile texts; those of the twin start with TWIN."""
    _make_hostile(twin, "TWIN")
    _make_hostile(sample_closed, "=OURS")
    return sample_closed


PLAIN: tuple[dict[str, str], ...] = ({},)
# A page as it is, as htmx and as the dialog get it. People of one pair may see the same, so that one of each
# pair is enough for the pieces.
EVERY_WAY = (*PLAIN, {"HX-Request": "true"}, {"X-Dialog": "1"})
SEES_NOTES = {"owner": EVERY_WAY, "counsel": PLAIN}
SEES_NONE = {"procurement": EVERY_WAY, "manager": PLAIN}


def _answers(
    case: Case, client: Client, names: list[str], ways: Sequence[dict[str, str]] = EVERY_WAY
) -> Iterator[tuple[str, str, str]]:
    """Name, kind and text of what the role may see."""
    for name in names:
        with _undone():  # what the ids of one row need is in the way of those of another
            found = list(_answers_of(name, case, client, ways))
        yield from found


def _answers_of(
    name: str, case: Case, client: Client, ways: Sequence[dict[str, str]]
) -> Iterator[tuple[str, str, str]]:
    with opened(case.organisation):
        url = reverse(name, kwargs={"organisation": case.slug, **ROWS[name].ids(case)})
    for headers in ways:
        answer = client.get(f"{url}?q={NOTE}" if name == "search" else url, headers=headers)
        body = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code == 200:
            yield name, answer["Content-Type"].split(";")[0], body.decode("utf-8", "replace")


def test_nothing_leaks_and_nothing_becomes_markup(
    hostile: Case, client_for: ClientFor, subtests: pytest.Subtests
) -> None:
    for role, ways in (SEES_NOTES | SEES_NONE).items():
        with subtests.test(role):
            seen = list(_answers(hostile, client_for(getattr(hostile, role)), GETS, ways))
            assert [name for name, _, text in seen if "TWIN" in text] == []
            pages = [(name, text) for name, kind, text in seen if kind == "text/html"]
            assert [name for name, text in pages if _AS_MARKUP.search(text)] == []
            with_notes = {name for name, _, text in seen if NOTE in text and name != "search"}
            if role in SEES_NONE:
                assert with_notes == set()
            else:
                assert "assessments:task" in with_notes  # the notes are there to be found
            assert sum("OURS" in text for _, _, text in seen) > 30


def test_no_cell_of_a_file_becomes_a_formula(
    hostile: Case, client_for: ClientFor, subtests: pytest.Subtests
) -> None:
    number = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
    for name in FILES:
        with subtests.test(name):
            ((_, _, text),) = _answers(hostile, client_for(hostile.owner), [name], PLAIN)
            cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]
            assert any("OURS" in cell for cell in cells)
            # Also where a spreadsheet takes another sign, or the end of a line, for the end of the cell.
            parts = [part for cell in cells for part in re.split(r"[;\t\r\n|]", cell)]
            assert [part for part in parts if part.startswith(FORMULAS) and not number.fullmatch(part)] == []


def test_a_new_record_holds_the_case_but_no_counsel_note(hostile: Case) -> None:
    """Reports print from the record alone, so this holds for them too."""
    with opened(hostile.organisation):
        kept = keep_ranking(selection=hostile.selection, actor=hostile.procurement, reason="Try")
        content = bytes(kept.record.content)
    assert b"OURS" in content
    assert NOTE.encode() not in content
    assert b"TWIN" not in content

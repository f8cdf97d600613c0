"""What a file holds and no page could show is refused in words, and nothing of it stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lpo import portability
from lpo.portability import PortabilityFault, documents, import_organisation, restoring, writing
from lpo.portability.shape import Kind
from tests.conftest import Case
from tests.lpo.test_portability import Edit, _changed, _enrich, _export, _here, _row, _swap

PEOPLE, ORGANISATION = "people.jsonl", "organisation.json"
METRICS, PROVIDERS = _row("providers.metric"), _row("providers.provider")
MEMBERS, EVENTS, RATES = (
    _row("accounts.membership"),
    _row("accounts.auditevent"),
    _row("assessments.rolerate"),
)
REPORTS, BIDS, CASES = _row("reports.report"), _row("selections.bid"), _row("selections.selection")
TASKS, ANSWERS = _row("assessments.taskassessment"), _row("assessments.factoranswer")
FACTORS, DUTIES = _row("assessments.factorset"), _row("assessments.dutyset")
CRITERIA = _row("selections.criteriaset")


def _person(email: str, name: str) -> Edit:
    """One more person."""
    row = {"email": email, "name": name, "is_active": True}
    return lambda text: text + json.dumps(row).encode() + b"\n"


def _value(name: str, value: Any) -> Edit:
    """Another value in the first row."""
    return _in("", lambda row: row.update({name: value}))


def _in(name: str, change: Callable[[dict[str, Any]], Any]) -> Edit:
    """Change a document in the first row, or the row."""

    def edit(text: bytes) -> bytes:
        first, *others = text.splitlines(keepends=True)
        row = json.loads(first)
        change(row[name] if name else row)
        return json.dumps(row).encode() + b"\n" + b"".join(others)

    return edit


def _endless(name: str, value: Any) -> Edit:
    """The same with a number that JSON can write and no float holds."""
    return lambda text: _value(name, value)(text).replace(b'"ENDLESS"', b"-1e999")


def _emptied(content: dict[str, Any]) -> None:
    for criterion in content["criteria"]:
        for sub in criterion["sub_criteria"]:
            for name in set(sub) - {"code", "weight_within"}:
                del sub[name]


def _count_endless(text: bytes) -> bytes:
    return re.sub(rb'("counts": {"[^"]+": )\d+', rb"\g<1>1e999", text)


REFUSED: dict[str, tuple[dict[str, Edit], str]] = {
    "half a letter in a name": (
        {PEOPLE: _person("new@x.example", "N\ud800")},
        "people.jsonl, line 6: a text holds characters that no database stores",
    ),
    "a long e-mail": ({PEOPLE: _person(f"{'a' * 300}@x.example", "N")}, "too long"),
    "a number without end": ({TASKS: _value("annual_volume", "1e999999")}, "is not a decimal number"),
    "too many digits": (
        {TASKS: _value("annual_volume", "99999999999")},
        "no more than 10 digits before the decimal point",
    ),
    "too many decimals": ({TASKS: _value("annual_volume", "1.001")}, "no more than 2 decimal places"),
    "less than nothing": ({TASKS: _value("annual_volume", "-1")}, "greater than or equal to 0"),
    "a large number": ({METRICS: _value("value", 1e300)}, "a number is too large"),
    "an endless number": ({METRICS: _endless("value", "ENDLESS")}, "a number is too large"),
    "a number that no float holds": ({METRICS: _value("value", 10**400)}, "a number is too large"),
    "a share below nothing": ({BIDS: _value("productivity_factor", -1)}, "greater than or equal to 0"),
    "a year beyond small numbers": ({PROVIDERS: _value("founded", 2**62)}, "founded is larger than 32,767"),
    "a level of none": ({ANSWERS: _value("level", 9)}, "less than or equal to 5"),
    "a choice of none": ({TASKS: _value("practice_of_law", "anybody")}, "none of its choices"),
    "a state of none": ({REPORTS: _value("status", "weird")}, "none of its choices"),
    "no identifier": ({RATES: _value("code", "a b")}, "valid “slug”"),
    "the first year": (
        {ORGANISATION: _value("created_at", "0001-01-01T00:00:00+14:00")},
        "not between the years 1900 and 2200",
    ),
    "the last year": (
        {MEMBERS: _value("joined_at", "9999-12-31T23:59:59-14:00")},
        "not between the years 1900 and 2200",
    ),
    "no zone but a folder": (
        {ORGANISATION: _value("time_zone", "America")},
        "cannot be used (Is a directory)",
    ),
    "half a letter in a document": ({FACTORS: _swap("Definition", "Def \\ud800")}, "no database stores"),
    "a NUL in a document": ({PROVIDERS: _value("languages", ["a\0b"])}, "no database stores"),
    "half a letter as a name in a document": ({EVENTS: _value("after", {"\ud800": 1})}, "no database stores"),
    "an endless number in a document": (
        {EVENTS: _endless("after", {"a": "ENDLESS"})},
        "number in a document is too large",
    ),
    "a deep document": (
        {PROVIDERS: _value("languages", json.loads("[" * 900 + "]" * 900))},
        "deeper than 40 levels",
    ),
    "a wide document": ({EVENTS: _value("after", {"a": [0] * 200_001})}, "more than 200,000 parts"),
    "languages of another kind": ({PROVIDERS: _value("languages", {"a": 1})}, "where a list stands"),
    "flags of another kind": ({TASKS: _value("flags", {"a": 1})}, "where a list stands"),
    "a mix of texts": ({TASKS: _value("staffing_mix", {"counsel": "x"})}, "where a number stands"),
    "a mix beyond all": ({TASKS: _value("staffing_mix", {"counsel": 1e300})}, "share from 0 to 1"),
    "a result of nothing": ({TASKS: _value("result", {"gates": [{}]})}, "lacks 'code'"),
    "an empty factor set": ({FACTORS: _value("content", {})}, "has not the shape that it needs"),
    "a factor set of texts": ({FACTORS: _value("content", "x")}, "in a document it is a text"),
    "a gate without a code": (
        {FACTORS: _in("content", lambda it: it["gates"][0].pop("code"))},
        "the shape that it needs",
    ),
    "sources that are none": (
        {FACTORS: _in("content", lambda it: it["gates"][0].update(sources=7))},
        "sources is a number",
    ),
    "what a gate asks": (
        {FACTORS: _in("content", lambda it: it["gates"][0].update(asks=[7]))},
        "an object stands",
    ),
    "a weight of text": (
        {FACTORS: _in("content", lambda it: it["factors"][0].update(default_weight="x"))},
        "default_weight is a text",
    ),
    "an empty set of duties": ({DUTIES: _value("content", {})}, "has not the shape that it needs"),
    "a duty without items": (
        {DUTIES: _in("content", lambda it: it["duties"][0].pop("checklist"))},
        "'checklist'",
    ),
    "empty criteria": ({CRITERIA: _value("content", {})}, "lacks 'criteria'"),
    "a gate of no factor set": ({TASKS: _value("gates", ["G99"])}, "the gate 'G99', which its factor "),
    "a score below nothing": ({TASKS: _value("score", -1)}, "not a score from 0 to 100"),
    "criteria without their functions": ({CRITERIA: _in("content", _emptied)}, "lacks 'name'"),
    "a discount of text": (
        {CASES: _in("assumptions", lambda it: it.update(discount_rate="x"))},
        "'discount_rate' cannot be used: Discount rate: enter a number",
    ),
    "an unknown assumption": (
        {CASES: _in("assumptions", lambda it: it.update(luck=1))},
        "'luck' cannot be used",
    ),
    "shares of no level": (
        {CASES: _in("assumptions", lambda it: it.update(oversight_ratio_by_UPL={}))},
        "levels 1 to 5",
    ),
    "a reason of no text": ({BIDS: _value("acceptances", {"K07": 7})}, "where a text stands"),
    "counts beyond counting": ({"manifest.json": _count_endless}, "manifest.json"),
}


def test_what_no_page_could_show_is_refused_in_words(sample: Case, tmp_path: Path, subtests: Any) -> None:
    _enrich(sample)
    whole, before = _export(sample, tmp_path), _here()
    for number, (name, (edits, sentence)) in enumerate(REFUSED.items()):
        with subtests.test(name):
            path = _changed(whole, tmp_path, edits)
            with pytest.raises(PortabilityFault) as refused:
                import_organisation(path, slug=f"copy-{number}")
            assert sentence in str(refused.value)
            assert len(str(refused.value)) < 500
            assert _here() == before


def test_whatever_else_goes_wrong_is_said_in_words(
    sample: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, before = _export(sample, tmp_path), _here()

    def fails(**_: Any) -> None:
        raise KeyError("gates")

    for name, sentence in (
        ("recount_conditions", "this version cannot use what the file holds .KeyError"),
        ("preview_ranking", "the case 'Routine legal work' cannot be calculated .KeyError"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(restoring, name, fails)
            with pytest.raises(PortabilityFault, match=sentence):
                import_organisation(whole, slug="copy")
        assert _here() == before


def test_what_ends_the_program_is_not_put_in_words(
    sample: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stops(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(restoring, "recount_conditions", stops)
    whole, before = _export(sample, tmp_path), _here()
    with pytest.raises(KeyboardInterrupt):
        import_organisation(whole, slug="copy")
    assert _here() == before


def test_every_document_has_a_shape() -> None:
    """A new JSON column is looked at too, or somebody says here that anything may stand in it."""
    columns = {
        f"{one.label}.{column.name}" for one in portability.shapes() for column in one.of_kind(Kind.DOCUMENT)
    }
    assert columns == documents.DOCUMENTS


@pytest.mark.parametrize("value", ["\ud800", float("nan"), {"a": float("inf")}])
def test_what_no_file_holds_is_said_when_it_is_written(value: Any) -> None:
    with pytest.raises(PortabilityFault, match="what no file can hold"):
        writing.line(value)


def test_depth_is_counted_without_calls() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(PortabilityFault, match="deeper than 40 levels"):
        documents.read_document("providers.provider.languages", value)


def test_what_a_new_organisation_holds_has_its_shape() -> None:
    for kind, read in (("factors", documents.factor_rules), ("duties", documents.ethics_duties)):
        owner = {"factors": "assessments.factorset.content", "duties": "assessments.dutyset.content"}[kind]
        assert documents.read_document(owner, read())


SPLIT = {
    "practice_of_law": "supervised",
    "annual_volume": "12.00",
    "hours_per_unit": None,
    "turnaround_days": None,
    "unit": "",
    "staffing_mix": {"counsel": 1},
    "flags": [],
    "is_profile_assumed": False,
    "carried_from": "",
    "rounding": {},
}


@pytest.mark.parametrize(
    ("owner", "value", "sentence"),
    [
        ("assessments.statechange.facts", [1], "where an object stands"),
        ("assessments.statechange.facts", {"tasks": "x"}, "has not the shape"),
        ("assessments.statechange.facts", {"kept": 7}, "has not the shape"),
        ("assessments.tasksplit.figures", {}, "lacks 'practice_of_law'"),
        ("assessments.tasksplit.figures", SPLIT | {"annual_volume": "x"}, "where a decimal number stands"),
        ("assessments.tasksplit.figures", SPLIT | {"practice_of_law": []}, "which is not known"),
        ("assessments.tasksplit.answers", {"STD": 3}, "where an object stands"),
        (
            "assessments.taskassessment.rounding",
            {"of": ["1", "1"], "plus": [0.5, 0]},
            "a whole number stands",
        ),
        ("assessments.taskassessment.rounding", [], "where an object stands"),
        ("accounts.auditevent.before", "x", "where an object stands"),
    ],
)
def test_documents_that_the_sample_has_not(owner: str, value: Any, sentence: str) -> None:
    assert documents.read_document("assessments.tasksplit.figures", SPLIT) == SPLIT
    with pytest.raises(PortabilityFault, match=sentence):
        documents.read_document(owner, value)

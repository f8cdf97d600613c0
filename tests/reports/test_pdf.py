"""The file: PDF/UA-1, tagged, fonts embedded, nothing lost, hostile strings literal."""

import datetime as dt
import io
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pikepdf
import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.words_duties import RuleSetWords
from charting import ChartSpec
from engine import InvalidInput
from reports import pdf as pdf_module
from reports.build import Options, build
from reports.content import PRIVILEGE_LINE, RANGE_LABEL, Bullets, ReportContent
from reports.pdf import PaperName, Pdf, TypesettingError, render
from selections.queries.records import BASIS
from tests.reports.records_of_sample import record_of, sample_inputs, sample_record

MADE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OPTIONS = Options(
    organisation="Calder Ridge Instruments, Inc. (sample)",
    currency="USD",
    is_sample=True,
    has_privilege_line=True,
    selection="Routine legal work",
    period="FY 2026",
    record_number=3,
    sha256=HASH,
    kept_by="Priya Procurement",
    kept_at=MADE,
    reason="First ranking",
    made_at=MADE,
)
HOSTILE = '<script>alert(1)</script> #panic("x") *b* $x$ {{7*7}} \\u{41} [a] @b `c` 契約 🙂 \x07\x00 \u202e'
PRINTED = (
    '<script>alert(1)</script> #panic("x") *b* $x$ {{7*7}} \\u{41} [a] @b `c` [U+5951][U+7D04] [U+1F642] '
    "[U+0007][U+0000] [U+202E]"
)


def words(text: str) -> str:
    """Text as extracted, without line breaks and the optional break points inside long words."""
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def text_of(pdf: Pdf) -> str:
    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    return words(" ".join(page.extract_text() for page in reader.pages))


def squeezed(text: str) -> str:
    """For strings that may break over lines anywhere."""
    return re.sub(r"\s+", "", text.replace("\u200b", ""))


@pytest.fixture(scope="module")
def content() -> ReportContent:
    return build(sample_record(), OPTIONS)


@pytest.fixture(scope="module", params=["letter", "a4"])
def pdf(content: ReportContent, request: pytest.FixtureRequest) -> Pdf:
    return render(content, request.param, made_at=MADE)


def test_it_declares_pdf_ua_and_is_tagged(pdf: Pdf) -> None:
    assert pdf.is_ua
    with pikepdf.open(io.BytesIO(pdf.content)) as file:
        with file.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == "Board report: Routine legal work"
        root = file.Root
        assert root.MarkInfo.Marked
        assert str(root.Lang).lower() == "en-us"
        assert root.ViewerPreferences.DisplayDocTitle
        kinds = tag_kinds(root.StructTreeRoot)
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/TOC"} <= kinds
        assert len(file.pages) == pdf.pages
        assert str(root.Outlines.First.Title).startswith("1. What goes out")


def tag_kinds(node: Any) -> set[str]:
    """Names of all structure elements below a node."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, pikepdf.Array):
            waiting += list(current)
        elif isinstance(current, pikepdf.Dictionary):
            if "/S" in current:
                found.add(str(current.S))
            if "/K" in current:
                waiting.append(current.K)
    return found


def test_every_figure_has_words(pdf: Pdf) -> None:
    with pikepdf.open(io.BytesIO(pdf.content)) as file:
        figures = [entry for entry in file.objects if is_figure(entry)]
        assert len(figures) >= 5
        assert all(len(str(figure.Alt)) > 10 for figure in figures)


def is_figure(entry: Any) -> bool:
    return isinstance(entry, pikepdf.Dictionary) and entry.get("/S") == "/Figure"


def test_all_fonts_are_embedded(pdf: Pdf) -> None:
    with pikepdf.open(io.BytesIO(pdf.content)) as file:
        descriptors = [
            entry
            for entry in file.objects
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/FontDescriptor"
        ]
        assert descriptors
        assert all(any(f"/FontFile{kind}" in entry for kind in ("", "2", "3")) for entry in descriptors)


def test_the_paper_is_what_was_asked_for(content: ReportContent) -> None:
    sizes: dict[PaperName, tuple[float, float]] = {"letter": (612, 792), "a4": (595.28, 841.89)}
    for paper, (width, height) in sizes.items():
        box = pypdf.PdfReader(io.BytesIO(render(content, paper).content)).pages[0].mediabox
        assert (float(box.width), float(box.height)) == pytest.approx((width, height), abs=0.1)


def test_every_string_of_the_content_can_be_extracted(pdf: Pdf, content: ReportContent) -> None:
    text = squeezed(text_of(pdf))
    missing = [string for string in strings_of(replace(content, title="")) if squeezed(string) not in text]
    assert missing == []


def strings_of(value: Any) -> list[str]:
    """Every display string of tables, paragraphs and the first page."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [string for entry in value for string in strings_of(entry)]
    if isinstance(value, ChartSpec):
        return [value.title, *value.categories]
    if is_dataclass(value):
        skipped = {"mark", "style", "tone", "range_text", "kept", "axis"}
        return [
            string
            for field in fields(value)
            if field.name not in skipped
            for string in strings_of(getattr(value, field.name))
        ]
    return []


def test_page_one_is_one_page_and_says_what_a_board_needs(pdf: Pdf) -> None:
    first = words(pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text())
    for needed in (
        "Approve a paid pilot with Ashgrove and Banyan Quay",
        "1,244,124",
        "805,207",
        "1,475,973",
        "−261,613",
        RANGE_LABEL,
        "less than 7.7 (now 15)",
        "Excluded",
        "K01",
        "Keep all in-house",
        "General Counsel",
        "For the board",
        HASH,
        "Page 1 of",
        "Sample data",
        PRIVILEGE_LINE,
        "not legal advice",
    ):
        assert squeezed(needed) in squeezed(first), needed


def test_marks_stand_on_every_page_or_on_none(
    content: ReportContent,
) -> None:
    with_lines = pypdf.PdfReader(io.BytesIO(render(content, "letter").content))
    assert all(PRIVILEGE_LINE in words(page.extract_text()) for page in with_lines.pages)
    assert all("Sample data" in words(page.extract_text()) for page in with_lines.pages)
    bare = replace(content, has_privilege_line=False, is_sample=False)
    without = text_of(render(bare, "letter"))
    assert PRIVILEGE_LINE not in without
    assert "Sample data" not in without


def test_the_wording_claims_no_more_than_a_hash_can(pdf: Pdf) -> None:
    text = text_of(pdf)
    assert "detects change" in text
    assert "no change was detected" in text
    assert "manage.py verify record-3.json" in text
    assert "proves" not in text


def test_the_same_content_gives_the_same_bytes(content: ReportContent) -> None:
    assert render(content, "a4", made_at=MADE).content == render(content, "a4", made_at=MADE).content


def test_a_table_of_ninety_tasks_loses_no_row() -> None:
    inputs = sample_inputs()
    for place in range(72):
        source = inputs["tasks"][place % 18]
        inputs["tasks"].append({**source, "code": f"X{place:03}", "name": f"Further task number {place:03}"})
    pdf = render(build(record_of(inputs), OPTIONS), "letter")
    text = text_of(pdf)
    assert sorted(set(re.findall(r"Further task number (\d{3})", text))) == [
        f"{place:03}" for place in range(72)
    ]
    assert text.count("Outcome and restriction") >= 3
    assert pdf.is_ua


def test_hostile_names_are_printed_literally_and_the_file_stays_pdf_ua() -> None:
    inputs = sample_inputs()
    inputs["tasks"][0]["name"] = HOSTILE
    inputs["bids"][0]["name"] = f"{HOSTILE} One"
    inputs["bids"][1]["name"] = "x" * 160
    options = replace(
        OPTIONS, organisation=f"Org {HOSTILE}", selection=HOSTILE, reason=HOSTILE, kept_by=HOSTILE
    )
    pdf = render(build(record_of(inputs, HOSTILE.replace("\x00", "")), options), "letter")
    text = squeezed(text_of(pdf))
    assert text.count(squeezed(PRINTED)) >= 6
    assert squeezed("x" * 160) in text
    assert pdf.is_ua
    assert pdf.notes
    assert squeezed(pdf.notes[0]) in text


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=120))
def test_any_text_compiles_as_pdf_ua(content: ReportContent, text: str) -> None:
    pdf = render(replace(content, organisation=text, title=text, sections=content.sections[:1]), "a4")
    assert pdf.is_ua


def test_nobody_ranked_no_basket_and_no_tasks_still_make_a_report() -> None:
    nobody = sample_inputs()
    for bid in nobody["bids"]:
        bid["metrics"]["SECU-01"] = 1
    text = text_of(render(build(record_of(nobody), OPTIONS), "letter"))
    assert "no provider can be ranked" in text
    empty = sample_inputs()
    for task in empty["tasks"]:
        task["answers"] = {}
    content = build(record_of(empty), replace(OPTIONS, has_privilege_line=False))
    assert "not computable" in text_of(render(content, "a4"))


def test_one_provider_and_missing_values() -> None:
    inputs = sample_inputs()
    inputs["bids"] = inputs["bids"][:1]
    inputs["bids"][0]["metrics"]["QUAL-02"] = None
    text = text_of(render(build(record_of(inputs), OPTIONS), "letter"))
    assert "only provider left to rank" in text
    assert "not known: 1" in text


def test_a_partial_bid_is_shown_on_both_bases() -> None:
    inputs = sample_inputs()
    first = inputs["bids"][0]
    first["offers"] = [offer for offer in first["offers"] if offer["task"] not in {"D07", "D12"}]
    record = record_of(inputs)
    text = text_of(render(build(record, OPTIONS), "letter"))
    whole = record["case"]["results"]["business_cases"]["V1"]["whole_basket"]
    assert whole["tasks"] == ["D07", "D12"]
    assert "D07 and D12" in text
    assert f"{round(whole['added']):,}" in text
    assert f"{round(whole['run_cost']):,}" in text
    assert "ten of twelve tasks" in text


def test_closed_conditions_are_told_from_open_ones() -> None:
    source = build(sample_record(), OPTIONS)
    assert squeezed("56 of 56") in squeezed(text_of(render(source, "letter")))
    inputs = sample_inputs()
    task = next(task for task in inputs["tasks"] if task["code"] == "D08")
    task["closed"] = [["G09", "Clause check logged"]]
    text = text_of(render(build(record_of(inputs), OPTIONS), "letter"))
    assert "55 of 56" in text
    assert "Closed: Clause check logged" in text


def test_a_record_without_its_case_is_refused_in_words() -> None:
    record = {key: value for key, value in sample_record().items() if key != "case"}
    with pytest.raises(InvalidInput, match="without its case"):
        build(record, OPTIONS)


def test_what_typst_refuses_becomes_a_typed_error(
    content: ReportContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(pdf_module._PAPERS, "a4", ("no-such-paper", 500.0))
    with pytest.raises(TypesettingError, match="paper"):
        render(content, "a4")


def test_a_saving_that_cannot_be_computed_is_said_and_not_drawn() -> None:
    inputs = sample_inputs()
    inputs["bids"] = inputs["bids"][:2]
    for bid in inputs["bids"]:
        bid["metrics"]["QUAL-01"] = None
    content = build(record_of(inputs), OPTIONS)
    rows = {row.name: row for row in content.first_page.money.rows}
    unknown = next(row for name, row in rows.items() if name.startswith("Banyan Quay"))
    assert unknown.base_label == "not computable"
    text = text_of(render(content, "letter"))
    assert "not computable" in text
    assert "nan" not in text.lower().split()


def test_many_exclusions_are_counted_on_page_one() -> None:
    inputs = sample_inputs()
    for bid in inputs["bids"][1:]:
        bid["metrics"]["SECU-01"] = 1
    facts = build(record_of(inputs), OPTIONS).first_page.compliance
    assert sum(fact.mark == "excluded" for fact in facts) == 3
    more = next(fact for fact in facts if fact.text == "More exclusions and conditions")
    assert more.answer == "5, section 2"


def test_one_retained_task_is_named_and_a_clear_lead_asks_for_an_award() -> None:
    inputs = sample_inputs()
    inputs["tasks"] = [task for task in inputs["tasks"] if task["code"] not in {"D14", "D18"}]
    inputs["tie_margin"] = 0.5
    first = build(record_of(inputs), OPTIONS).first_page
    assert first.asked == "Approve the award of the twelve-task basket to Ashgrove."
    assert any(fact.text.startswith("Court appearances and oral argument stays") for fact in first.compliance)


def test_a_conditional_leader_is_asked_for_with_its_condition() -> None:
    inputs = sample_inputs()
    inputs["bids"] = [bid for bid in inputs["bids"] if bid["code"] == "V8"]
    asked = build(record_of(inputs), OPTIONS).first_page.asked
    assert asked.endswith("to Hexa once its open knock-outs are cleared.")


def test_notes_of_the_engine_carry_names() -> None:
    ranking = build(sample_record(), OPTIONS).sections[2]
    notes = [block for block in ranking.blocks if isinstance(block, Bullets)][-1].items
    assert "Cobalt Harbor, Blended hourly rate: the score lies outside the scale" in notes[1]


def test_page_1_says_on_which_assessment_the_ranking_rests() -> None:
    """Older records say nothing of it: nothing could be approved then."""
    inputs = sample_inputs()
    assert _marks(inputs)["Suitability assessment FY 2026: draft, not approved"] == "conditional"
    assert _assessment_line(inputs) == ""  # the mark says it
    basis = {"period": "FY 2026", "version": 1, "state": "review"}
    assert "Suitability assessment FY 2026: in review, not approved" in _marks({**inputs, BASIS: basis})
    basis |= {"state": "approved", "approved_by": "Orla Owner", "approved_at": "2026-11-28T10:00:00+00:00"}
    said = "Suitability assessment FY 2026: approved by Orla Owner on 28 November 2026."
    assert _assessment_line({**inputs, BASIS: basis}) == said
    assert _marks({**inputs, BASIS: basis})["Suitability assessment FY 2026: approved"] == "ok"
    assert "nobody else could approve" in _assessment_line({**inputs, BASIS: {**basis, "alone": True}})
    superseded = {**inputs, BASIS: {**basis, "state": "superseded"}}
    assert _assessment_line(superseded).endswith(" Superseded since.")
    assert _marks(superseded)["Suitability assessment FY 2026: approved, superseded since"] == "conditional"


def test_rules_that_nobody_adopted_are_a_mark_beside_the_decision() -> None:
    assert _marks(sample_inputs())["Rule set not adopted: confirm first"] == "conditional"
    adopted = replace(OPTIONS, rule_set=RuleSetWords(True, "Rule set version 2 adopted by Lena Lawyer", ""))
    marks = build(sample_record(), adopted).first_page.marks
    assert [mark.text for mark in marks] == ["Suitability assessment FY 2026: draft, not approved"]


def _marks(inputs: dict[str, Any]) -> dict[str, str]:
    return {mark.text: mark.mark for mark in build(record_of(inputs), OPTIONS).first_page.marks}


def _assessment_line(inputs: dict[str, Any]) -> str:
    return build(record_of(inputs), OPTIONS).first_page.assessment

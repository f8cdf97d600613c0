"""Prices of a bid pasted at once: shown row by row, saved all or not at all, each as its form saves it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments.models import LegalTask, TaskAssessment
from providers.models import Provider
from selections import services
from selections.forms.pasting import MAX_PRICES, PriceSheetForm
from selections.models import Bid, BidLine, Selection
from selections.services import PriceKind, PricePlan, PricesRefusedError
from tabular import MAX_CHARACTERS, MAX_FILE_BYTES, TableFault, workbook_bytes
from tests.conftest import Case

ClientFor = Callable[[User], Client]
HEAD = "Task code\tPricing model\tPrice\tExpected hours\tFTE\tIncluded volume\tOverage price\n"
EVERY_MODEL = (
    HEAD + "D01\tPer unit\tUSD 1.35\n"
    "D07\tFixed fee\t82,600.00\t\t\t1,000\t22.29\n"
    "D08\tHourly\t64\t1,250\n"
    "D04\tblended rate\t$42\n"
    "D03\tPerson-month\t7,710\t\t2.5\n"
)
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def bid(sample: Case) -> Bid:
    """A bid without prices."""
    return new_bid(sample)


def new_bid(case: Case) -> Bid:
    provider = Provider.objects.create(code="P000", name="Juniper Row Legal")
    return Bid.objects.create(selection=case.selection, provider=provider)


def typed(text: str, every_model: str = "") -> list[services.TypedPrice]:
    form = PriceSheetForm({"rows": text})
    assert form.is_valid()
    return form.sheet(form.text()).rows(every_model)


def plan(bid: Bid, text: str, *, is_replacing: bool = False, every_model: str = "") -> PricePlan:
    return services.plan_prices(bid=bid, rows=typed(text, every_model), is_replacing=is_replacing)


def save(case: Case, bid: Bid, text: str, *, is_replacing: bool = False, shown: str = "") -> PricePlan:
    return services.save_prices(
        actor=case.procurement,
        bid=bid,
        rows=typed(text),
        is_replacing=is_replacing,
        shown=shown or plan(bid, text, is_replacing=is_replacing).fingerprint,
    )


def faults(found: PricePlan) -> dict[tuple[int, str], str]:
    """Every sentence by row and column; "task" is that beside the task, "" that of the row."""
    said = {(row.number, cell.key): cell.fault for row in found.rows for cell in row.cells if cell.fault}
    said |= {(row.number, "task"): row.task_fault for row in found.rows if row.task_fault}
    return said | {(row.number, ""): row.fault for row in found.rows if row.fault}


def stored(bid: Bid) -> dict[str, tuple[Any, ...]]:
    rows = BidLine.objects.filter(bid=bid).values_list("legal_task__code", *services.STATED, "unit")
    return {code: tuple(facts) for code, *facts in rows}


def state(bid: Bid) -> tuple[Any, ...]:
    version = Selection.objects.get(pk=bid.selection_id).version
    return stored(bid), AuditEvent.objects.count(), version


def test_each_pricing_model_is_read_shown_and_saved(sample: Case, bid: Bid) -> None:
    before = state(bid)
    found = plan(bid, EVERY_MODEL)
    assert (found.is_good, len(found.changes), state(bid)) == (True, 5, before)  # a plan writes nothing
    save(sample, bid, EVERY_MODEL)
    assert stored(bid) == {
        "D01": ("per_unit", Decimal("1.35"), None, None, None, None, "document"),
        "D03": ("fte", Decimal(7710), None, 2.5, None, None, "FTE month"),
        "D04": ("blended", Decimal(42), None, None, None, None, "hour"),
        "D07": ("fixed_fee", Decimal(82600), None, None, 1000.0, Decimal("22.29"), "year"),
        "D08": ("hourly", Decimal(64), 1250.0, None, None, None, "hour"),
    }


def test_each_price_has_the_event_of_the_form_and_the_ranking_changed_once(sample: Case, bid: Bid) -> None:
    """The same prices by the form of one price, in another bid, leave the same trail."""
    version = state(bid)[2]
    save(sample, bid, EVERY_MODEL)
    assert state(bid)[2] == version + 1
    by_hand = Bid.objects.create(
        selection=sample.selection, provider=Provider.objects.create(code="P001", name="Kestrel Legal")
    )
    for row in typed(EVERY_MODEL):
        task = LegalTask.objects.get(code=row.texts["code"])
        services.set_line(actor=sample.procurement, bid=by_hand, legal_task=task, **row.facts)
    label = "of D03 in the bid of "
    assert (trail(bid)[4][2], trail(by_hand)[4][2]) == (f"{label}Juniper Row Legal", f"{label}Kestrel Legal")
    assert [(*event[:2], *event[3:]) for event in trail(bid)] == [
        (*event[:2], *event[3:]) for event in trail(by_hand)
    ]
    assert stored(bid) == stored(by_hand)
    assert len(trail(bid)) == 5


def trail(bid: Bid) -> list[tuple[Any, ...]]:
    events = AuditEvent.objects.filter(object_type="selections.bid", object_id=str(bid.pk)).order_by("pk")
    return list(events.values_list("actor", "verb", "object_label", "before", "after"))


def test_a_kept_ranking_is_old_after_a_paste(sample: Case, bid: Bid) -> None:
    before = services.preview_ranking(selection=sample.selection).inputs.fingerprint
    save(sample, bid, EVERY_MODEL)
    assert services.preview_ranking(selection=sample.selection).inputs.fingerprint != before


@pytest.mark.parametrize(
    "text",
    [
        "D01\tPer unit\t1.35\nD08\tHourly\t64\t1,250",
        "D01,per unit,1.35\nD08,hourly,64,1250",
        "D01;Per unit;1.35\nD08;Hourly;64;1,250",
        "Price;Model;Hours;Task\n1.35;per_unit;;first-level document review (responsiveness)\n"
        "64;T&M;1250;d08",
        "Task,Rate (USD),Fee type,Hours / year\nd01,USD 1.35,Each,\nD08,64,Hourly rate,1250",
        "ID\tTask\tPricing basis\tUnit price (USD)\tEst. hours\n"
        "d01\tOther words\tunit\t1.35\nd08\t\thour\t64\t1 250",
    ],
)
def test_columns_are_known_by_heading_or_by_place(sample: Case, bid: Bid, text: str) -> None:
    save(sample, bid, text)
    assert {code: facts[:3] for code, facts in stored(bid).items()} == {
        "D01": ("per_unit", Decimal("1.35"), None),
        "D08": ("hourly", Decimal(64), 1250.0),
    }


def test_what_a_cell_was_read_as_is_shown(sample: Case, bid: Bid) -> None:
    found = plan(bid, "d07\tlump sum\tUSD 82600\t\t\t1000\t22.29")
    (row,) = found.rows
    assert row.task == "D07 NDA review and turnaround"
    assert [cell.text for cell in row.cells] == ["Fixed fee", "82,600.00", "", "", "1,000", "22.29"]
    assert (row.unit, found.columns) == (
        "year",
        ("model", "price_amount", "included_volume", "overage_amount"),
    )


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        # The sentences of the form for one price, word for word.
        ("D07\tPer unit\t-1", "price_amount", "This cannot be below 0."),
        ("D07\tPer unit\tNaN", "price_amount", "“NaN” is not a number"),
        ("D07\tPer unit\t1.234,5", "price_amount", "can be read in two ways"),
        ("D07\tPer unit\t12,5", "price_amount", "can be read in two ways"),
        ("D07\tPer unit\tEUR 12", "price_amount", "“EUR 12” is not in US dollars"),
        ("D07\tPer unit\t0.12345", "price_amount", "Enter at most four decimals."),
        ("D07\tPer unit\t" + "9" * 40, "price_amount", "larger than any real figure"),
        ("D07\tPer unit\t" + "9" * 41, "price_amount", "at most 40 characters"),
        ("D07\tPer unit\t" + HOSTILE, "price_amount", "is not a number"),
        ("D07\tPer unit\t", "price_amount", "Enter the price."),
        ("D07\tPerson-month\t7000", "fte", "needs the number of people"),
        ("D07\tPerson-month\t7000\t\t0", "fte", "needs the number of people"),
        ("D07\tFixed fee\t7000", "included_volume", "needs the volume that it includes"),
        ("D07\tFixed fee\t7000\t\t\t1000", "overage_amount", "The forecast of 1,900 is above"),
        ("D07\tPer unit\t7\t\t2", "fte", "belongs to a price per person-month"),
        ("D07\tPer unit\t7\t10", "expected_hours", "belong to an hourly or blended price"),
        ("D07\tHourly\t7\tten", "expected_hours", "“ten” is not a number"),
        ("D07\tHourly\t7\t-1", "expected_hours", "This cannot be below 0."),
        # Those of a price sheet.
        (
            "D07\tbarter\t7",
            "model",
            "“barter” is not a pricing model: write Hourly, Blended hourly, Per unit",
        ),
        (
            "D07\t\t7",
            "model",
            "Say the pricing model: Hourly, Blended hourly, Per unit, Person-month or Fixed",
        ),
        ("X99\tPer unit\t7", "task", "“X99” is no task of this case: use a code or name of the basket."),
        (HOSTILE + "\tPer unit\t7", "task", "is no task of this case"),
        ("\tPer unit\t7", "task", "Say which task the row prices: its code or its name."),
        ("D02\tPer unit\t7", "task", "D02 is not in the basket: it is neither to be outsourced nor piloted."),
        ("D01\tPer unit\t7", "task", "Row 2 prices the same task."),
        ("D07\tPer unit\t1\t250\t\t\t\t00", "", "more cells than there are headings: “00”. Quote numbers"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_is_saved(
    sample: Case, bid: Bid, row: str, place: str, sentence: str
) -> None:
    text = f"{HEAD}D01\tPer unit\t1.35\n{row}\nD08\tHourly\t64"
    found = plan(bid, text)
    assert sentence in faults(found)[3, place]
    assert {number for number, _ in faults(found)} == {3}
    before = state(bid)
    with pytest.raises(PricesRefusedError) as refused:
        save(sample, bid, text)
    assert refused.value.plan.count(PriceKind.WRONG) == 1
    assert state(bid) == before


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("D07\tbarter\t1,250\t10", ["barter", "1,250.00", "10"]),
        ("D07\tHourly\t12,5\t1250", ["Hourly", "12,5", "1,250"]),
        ("X99\thour\t12.5\tten", ["hour", "12.5", "ten"]),
    ],
)
def test_beside_a_wrong_cell_the_others_show_what_they_say(bid: Bid, row: str, cells: list[str]) -> None:
    assert [cell.text for cell in plan(bid, row).rows[0].cells[:3]] == cells


def test_code_and_name_of_two_tasks_are_refused(sample: Case, bid: Bid) -> None:
    said = faults(plan(bid, "Code\tTask\tModel\tPrice\nD01\tNDA review and turnaround\tunit\t7"))
    assert said[2, "task"].startswith("The code is that of D01 First-level")
    assert said[2, "task"].endswith("the name that of D07 NDA review and turnaround. Correct one of them.")


def test_a_number_of_the_bidder_beside_the_name_of_the_task_is_no_hindrance(sample: Case, bid: Bid) -> None:
    found = plan(bid, "No.\tTask\tModel\tPrice\n1\tnda  REVIEW and turnaround\tunit\t7")
    assert [row.task for row in found.changes] == ["D07 NDA review and turnaround"]


def test_the_task_of_another_assessment_is_unknown(sample: Case, bid: Bid) -> None:
    LegalTask.objects.create(code="X1", name="Not assessed")
    assert "is no task of this case" in faults(plan(bid, "X1\tPer unit\t7"))[1, "task"]


def test_rows_without_a_price_are_left_out(sample: Case, bid: Bid) -> None:
    text = HEAD + "D01\tPer unit\t1.35\nLitigation\nD07\n"
    found = plan(bid, text)
    assert [row.kind for row in found.rows] == [PriceKind.NEW, PriceKind.LEFT_OUT, PriceKind.LEFT_OUT]
    assert [row.task for row in found.rows][1:] == ["Litigation", "D07 NDA review and turnaround"]
    save(sample, bid, text)
    assert set(stored(bid)) == {"D01"}


def test_a_sheet_without_any_price_says_so(sample: Case, bid: Bid) -> None:
    found = plan(bid, HEAD + "D01\nD07")
    assert (found.is_good, found.fault) == (False, "No row holds a price: there is nothing to save.")


def test_one_pricing_model_can_stand_for_all_rows(sample: Case, bid: Bid) -> None:
    found = plan(bid, "Task\tPrice\nD01\t1.35\nD07\t26", every_model="per_unit")
    assert (found.is_good, [row.cells[0].text for row in found.rows]) == (True, ["Per unit", "Per unit"])
    mixed = plan(bid, HEAD + "D01\t\t1.35\nD08\tHourly\t64", every_model="per_unit")
    assert [row.cells[0].text for row in mixed.rows] == ["Per unit", "Hourly"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to read: paste at least one row"),
        ("Task\tModel\nD01\tPer unit", "Choose which column holds “Price”."),
        ("Model\tPrice\nPer unit\t1", "Choose which column holds “Task code or name”."),
        (
            "Task\tPrice\nD01\t1",
            "Choose which column holds “Pricing model”, or one pricing model for all rows",
        ),
        ("Aufgabe\tPreis\nD01\t1", "Choose which column holds “Price”."),
        ("Task\tModel\tPrice", "holds headings and no row follows"),
        (HEAD + "D01\tPer unit\t1\n" * (MAX_PRICES + 1), "1,001 rows; at most 1,000 prices"),
        ("D01\tPer unit\t1\n" * 5_001, "5,001 rows; at most 5,000"),
        ("x" * (MAX_CHARACTERS + 1), "at most 1,000,000 can be read"),
        ("\t".join(["1"] * 60), "more than 50 cells"),
    ],
)
def test_a_sheet_that_is_not_understood_is_told_in_one_sentence(db: None, text: str, sentence: str) -> None:
    with pytest.raises(TableFault, match=re.escape(sentence)):
        typed(text)


def test_prices_that_exist_are_refused_with_both_prices_until_it_is_ticked(sample: Case, bid: Bid) -> None:
    save(sample, bid, "D01\tPer unit\t1.35\nD07\tFixed fee\t82600\t\t\t1000\t22.29\nD08\tHourly\t64")
    text = "D01\tPer unit\t1.30\nD07\tPer unit\t26\nD08\tHourly\t64.00\nD04\tPer unit\t110"
    refused = plan(bid, text)
    assert faults(refused) == {
        (number, "task"): f"{code} has a price already. Tick “Replace the prices that exist”, or take this "
        "row out."
        for number, code in enumerate(("D01", "D07"), start=1)
    }
    assert refused.rows[2].kind == "same"  # a price that stands already needs nobody's word
    assert [(cell.before, cell.text) for cell in refused.rows[0].cells[:2]] == [
        (None, "Per unit"),
        ("1.35", "1.30"),
    ]
    before = state(bid)
    with pytest.raises(PricesRefusedError):
        save(sample, bid, text)
    assert state(bid) == before
    ticked = plan(bid, text, is_replacing=True)
    assert [row.kind for row in ticked.rows] == ["changed", "changed", "same", "new"]
    gone = {cell.key: (cell.before, cell.text) for cell in ticked.rows[1].cells if cell.before is not None}
    assert gone == {
        "model": ("Fixed fee", "Per unit"),
        "price_amount": ("82,600.00", "26.00"),
        "included_volume": ("1,000", ""),  # what the new price does not say is gone, and shown as such
        "overage_amount": ("22.29", ""),
    }
    assert len(save(sample, bid, text, is_replacing=True).changes) == 3
    assert stored(bid)["D07"] == ("per_unit", Decimal(26), None, None, None, None, "agreement")
    assert state(bid)[2] == before[2] + 1
    told = {label: (verb, was, now) for _, verb, label, was, now in trail(bid)[3:]}
    assert told["of D01 in the bid of Juniper Row Legal"] == (
        "changed price",
        {"price": "1.3500"},
        {"price": "1.30"},
    )
    assert set(told) == {f"of {code} in the bid of Juniper Row Legal" for code in ("D01", "D07", "D04")}


def test_a_row_without_a_price_does_not_take_one_away(sample: Case, bid: Bid) -> None:
    save(sample, bid, "D01\tPer unit\t1.35")
    save(sample, bid, HEAD + "D01\nD07\tPer unit\t26", is_replacing=True)
    assert set(stored(bid)) == {"D01", "D07"}


def test_prices_changed_after_they_were_shown_are_shown_again(sample: Case, bid: Bid) -> None:
    save(sample, bid, "D01\tPer unit\t1.35")
    text = "D01\tPer unit\t1.20\nD07\tPer unit\t26"
    shown = plan(bid, text, is_replacing=True).fingerprint
    task = LegalTask.objects.get(code="D01")
    services.set_line(
        actor=sample.owner, bid=bid, legal_task=task, model="per_unit", price_amount=Decimal("1.1")
    )
    before = state(bid)
    with pytest.raises(PricesRefusedError, match="Something was changed after this was shown") as refused:
        save(sample, bid, text, is_replacing=True, shown=shown)
    assert refused.value.plan.rows[0].cells[1].before == "1.10"
    assert state(bid) == before
    save(sample, bid, text, is_replacing=True, shown=refused.value.plan.fingerprint)
    assert stored(bid)["D01"][1] == Decimal("1.20")


def test_a_task_that_left_the_basket_meanwhile_stops_all(sample: Case, bid: Bid) -> None:
    shown = plan(bid, EVERY_MODEL).fingerprint
    TaskAssessment.objects.filter(legal_task__code="D01").update(outcome="RETAIN")
    before = state(bid)
    with pytest.raises(PricesRefusedError) as refused:
        save(sample, bid, EVERY_MODEL, shown=shown)
    assert "D01 is not in the basket" in faults(refused.value.plan)[2, "task"]
    assert state(bid) == before


def test_a_fault_of_the_database_in_the_middle_saves_nothing(
    sample: Case, bid: Bid, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []

    def break_down(**given: Any) -> None:
        told.append(given)
        if len(told) == 3:
            raise RuntimeError

    monkeypatch.setattr("selections.services.pasting.tell_price", break_down)
    before = state(bid)
    with pytest.raises(RuntimeError):
        save(sample, bid, EVERY_MODEL)
    assert state(bid) == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=60))
def test_any_text_in_a_cell_is_answered(bid: Bid, text: str) -> None:
    cell = " ".join(text.replace('"', "'").split())
    for row in (f"{cell}\tPer unit\t7", f"D07\t{cell}\t7", f"D07\tHourly\t{cell}\t{cell}"):
        found = plan(bid, f"{HEAD}{row}\nD08\tHourly\t64")
        assert found.rows[0].number == 2


# The page.


@pytest.fixture
def client(sample_closed: Case, client_for: ClientFor) -> Client:
    return client_for(sample_closed.procurement)


@pytest.fixture
def url(sample_closed: Case) -> str:
    with opened(sample_closed.organisation):
        return _url(sample_closed, new_bid(sample_closed))


def _url(case: Case, bid: Bid, name: str = "paste_prices") -> str:
    return reverse(f"selections:{name}", args=[case.slug, case.selection.pk, bid.pk])


def _text(response: Any) -> str:
    content: str = response.content.decode()
    return content


_VALUE = re.compile(r'name="(guess|shown)" value="([^"]*)"')
_CHOSEN = re.compile(r'<select[^>]* name="([^"]+)".*?</select>', re.DOTALL)
_OPTION = re.compile(r'value="([^"]*)" selected')


def drawn(page: str) -> dict[str, str]:
    """What the form of the preview would send, but for the rows and the ticks."""
    found = dict(_VALUE.findall(page))
    for match in _CHOSEN.finditer(page):
        chosen = _OPTION.search(match[0])
        found[match[1]] = chosen[1] if chosen else ""
    if 'name="has_heading" value="1" checked' in page:
        found["has_heading"] = "1"
    return found


def test_from_the_first_page_to_saved_prices(sample_closed: Case, client: Client, url: str) -> None:
    first = _text(client.get(url))
    assert "12 of the basket" in first
    checked = client.post(url, {"rows": EVERY_MODEL, "step": "check"})
    assert checked.status_code == 200
    page = _text(checked)
    assert "Save 5 prices" in page
    assert "5 of 5 rows would change the bid of Juniper Row Legal" in page
    saved = client.post(url, {"rows": EVERY_MODEL, "step": "save", **drawn(page)}, follow=True)
    assert saved.redirect_chain[0][0].endswith("#prices")
    assert "5 prices saved." in _text(saved)
    again = _text(client.get(url))
    assert "7 of the basket" in again
    assert "Medical-record summaries" not in again


def test_choices_made_in_the_preview_count_until_the_headings_change(client: Client, url: str) -> None:
    text = "Aufgabe\tModell\tPreis\nD01\tPer unit\t1.35"
    page = _text(client.post(url, {"rows": text}))
    assert "Choose which column holds “Price”." in page
    chosen = drawn(page) | {"column-0": "code", "column-1": "model", "column-2": "price_amount"}
    good = client.post(url, {"rows": text + "0", **chosen})  # a row may be corrected meanwhile
    assert good.status_code == 200
    assert "Save 1 price<" in _text(good)
    other = _text(client.post(url, {"rows": "Price\tModel\tTask\n1.35\tPer unit\tD01", **chosen}))
    assert drawn(other)["column-0"] == "price_amount"
    assert "Save 1 price<" in other


def test_rows_changed_after_the_look_are_shown_again(sample_closed: Case, client: Client, url: str) -> None:
    page = _text(client.post(url, {"rows": "D01\tPer unit\t1.35"}))
    answer = client.post(url, {"rows": "D01\tPer unit\t9.35", "step": "save", **drawn(page)})
    assert answer.status_code == 422
    assert "Something was changed after this was shown" in _text(answer)
    with opened(sample_closed.organisation):
        assert not BidLine.objects.filter(bid__provider__code="P000").exists()


def test_saving_what_stands_already_says_so(client: Client, url: str) -> None:
    rows = {"rows": "D01\tPer unit\t1.35"}
    page = _text(client.post(url, rows))
    assert "1 price saved." in _text(client.post(url, rows | {"step": "save"} | drawn(page), follow=True))
    page = _text(client.post(url, rows | {"is_replacing": "1"}))
    assert "Nothing differs: these prices stand in the bid already." in page
    assert "<button" in page
    assert 'value="save"' not in page
    sent = rows | {"is_replacing": "1", "step": "save"} | drawn(page)
    assert "Nothing differed" in _text(client.post(url, sent, follow=True))


def test_nothing_typed_is_lost_and_nothing_becomes_markup(client: Client, url: str) -> None:
    text = f"{HEAD}{HOSTILE}\t{HOSTILE}\t{HOSTILE}\nD01\tPer unit\t1.35"
    answer = client.post(url, {"rows": text})
    page = _text(answer)
    assert answer.status_code == 422
    assert "<script>alert" not in page
    kept = page.partition("<textarea")[2].partition("</textarea>")[0]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\t&lt;script&gt;" in kept
    refused = client.post(url, {"rows": "\t".join([HOSTILE] * 60)})
    assert refused.status_code == 422
    assert "more than 50 cells" in _text(refused)
    assert _text(refused).count("&lt;script&gt;") == 60


FILE_ROWS = [
    ["Task code", "Pricing model", "Price (USD)", "Remark"],
    ["D01", "Per unit", Decimal("1.35"), "=1+1"],
    ["D07", "Per unit", Decimal(26), 'a "quoted", thing\nin two lines'],
]


def _as_csv(delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(FILE_ROWS)
    return out.getvalue().encode()


@pytest.mark.parametrize(
    "data",
    [
        _as_csv(),
        _as_csv(delimiter=";"),
        workbook_bytes("Prices", [str(head) for head in FILE_ROWS[0]], FILE_ROWS[1:]),
    ],
    ids=["csv", "semicolons", "xlsx"],
)
def test_a_file_becomes_the_rows_that_can_be_corrected(
    sample_closed: Case, client: Client, url: str, data: bytes
) -> None:
    page = _text(client.post(url, {"rows": "ignored", "file": SimpleUploadedFile("prices.csv", data)}))
    assert "Save 2 prices" in page
    form = {**drawn(page), "step": "save"}
    kept = page.partition('name="rows"')[2].partition("</textarea>")[0].partition(">\n")[2]
    rows = kept.replace("&quot;", '"').replace("&#x27;", "'")
    assert client.post(url, {"rows": rows, **form}).status_code == 302
    with opened(sample_closed.organisation):
        prices = BidLine.objects.filter(bid__provider__code="P000").values_list("price_amount", flat=True)
        assert sorted(prices) == [Decimal("1.35"), Decimal(26)]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xd0\xcf\x11\xe0 an old workbook", "workbook of the old kind"),
        (b"PK\x03\x04 but nothing more", "may be damaged"),
        (b"x" * (MAX_FILE_BYTES + 1), "at most 4,096 kB"),
        (b"a\x00b", "neither a CSV file nor an .xlsx workbook"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_it(
    client: Client, url: str, data: bytes, sentence: str
) -> None:
    answer = client.post(url, {"rows": "D01\tPer unit\t1", "file": SimpleUploadedFile("p.csv", data)})
    assert answer.status_code == 422
    page = _text(answer)
    assert sentence in page.partition('id="file-fault"')[2].partition("</span>")[0]
    assert "D01\tPer unit\t1" in page


@pytest.mark.parametrize("field", ["column-0", "every_model", "shown"])
def test_a_damaged_form_is_refused(client: Client, url: str, field: str) -> None:
    assert client.post(url, {"rows": "D01\tPer unit\t1", field: "x" * 65}).status_code == 400


@pytest.mark.parametrize("role", ["counsel", "manager"])
@pytest.mark.parametrize("name", ["paste_prices", "prices_csv"])
def test_counsel_and_manager_may_not(
    sample_closed: Case, client_for: ClientFor, role: str, name: str
) -> None:
    client = client_for(getattr(sample_closed, role))
    with opened(sample_closed.organisation):
        bid = Bid.objects.get(provider__code="V3")
    assert client.get(_url(sample_closed, bid, name)).status_code == 403
    if name == "paste_prices":
        sent = {"rows": "D04\tPer unit\t1", "step": "save"}
        assert client.post(_url(sample_closed, bid, name), sent).status_code == 403


def test_the_bid_leads_to_it(sample_closed: Case, client: Client, url: str) -> None:
    bid_page = url.removesuffix("prices/paste/")
    assert f'href="{url}">Paste prices' in _text(client.get(bid_page))
    assert f'href="{bid_page}"' in _text(client.get(url))


def test_the_file_to_fill_in_holds_the_tasks_without_a_price_and_no_formula(
    sample_closed: Case, client: Client, url: str
) -> None:
    with opened(sample_closed.organisation):
        for code, name in (("D01", "=HYPERLINK(1)"), ("D07", '@sum, "x"\n+1')):
            task = TaskAssessment.objects.get(legal_task__code=code)
            LegalTask.objects.filter(code=code).update(name=name)
            TaskAssessment.objects.filter(pk=task.pk).update(list_name=name.casefold(), unit="-unit")
    answer = client.get(url.replace("paste/", "sheet.csv"))
    assert answer["Content-Disposition"] == 'attachment; filename="prices-p000.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == [
        *("Task code", "Task name", "Unit", "Volume a year", "Pricing model", "Price (USD)"),
        *("Expected hours a year", "People (FTE)", "Included volume a year"),
        "Price above the included volume (USD)",
    ]
    by_code = {row[0]: row for row in rows[1:]}
    assert len(by_code) == 12
    assert by_code["D01"][:4] == ["D01", "'=HYPERLINK(1)", "'-unit", "120000"]
    assert by_code["D07"][1].startswith("'@sum")
    assert by_code["D07"][1].endswith("\n'+1")
    assert all(row[4:] == [""] * 6 for row in by_code.values())


def test_the_file_comes_back_filled_in(sample_closed: Case, client: Client, url: str) -> None:
    rows = list(csv.reader(io.StringIO(client.get(url.replace("paste/", "sheet.csv")).content.decode())))
    for row in rows[1:11]:  # two of the tasks are not offered
        row[4:6] = ["Per unit", "1,250.00"]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    page = _text(client.post(url, {"file": SimpleUploadedFile("sheet.csv", out.getvalue().encode())}))
    assert "Save 10 prices" in page
    assert "2 left out: no price" in page


def test_a_bid_with_all_prices_offers_no_file(sample_closed: Case, client: Client) -> None:
    with opened(sample_closed.organisation):
        bid = Bid.objects.get(provider__code="V1")
    page = _text(client.get(_url(sample_closed, bid)))
    assert "every task of the basket has a price in this bid" in page
    assert "sheet.csv" not in page


def _more_tasks(case: Case, count: int) -> str:
    """Tasks of the basket; gives rows that price them."""
    with opened(case.organisation):
        for number in range(count):
            task = LegalTask.objects.create(code=f"N{number:03}", name=f"Further work {number}")
            TaskAssessment.objects.create(
                assessment=case.assessment, legal_task=task, outcome="OUTSOURCE", unit="item"
            )
    return "".join(f"N{number:03}\tPer unit\t{number + 1}\n" for number in range(count))


def test_the_page_names_the_first_tasks_and_counts_all(sample_closed: Case, client: Client, url: str) -> None:
    few = _asked(lambda: client.get(url))
    _more_tasks(sample_closed, 60)
    page = _text(client.get(url))
    assert "72 of the basket" in page
    assert "The first 50 are shown; the file has all." in page
    assert _asked(lambda: client.get(url)) == few + 1  # to count them
    assert client.get(url.replace("paste/", "sheet.csv")).content.count(b"\r\n") == 73


def _asked(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as seen:
        call()
    return len(seen)


def test_a_preview_costs_the_same_queries_for_one_row_and_for_six_hundred(
    sample_closed: Case, client: Client, url: str
) -> None:
    rows = _more_tasks(sample_closed, 600)
    one, all_ = rows.partition("\n")[0], rows
    client.get(url)
    assert _asked(lambda: client.post(url, {"rows": one})) == _asked(lambda: client.post(url, {"rows": all_}))
    page = _text(client.post(url, {"rows": all_ + "X99\tPer unit\t1\n"}))
    assert "The first 500 rows are shown" in page
    shown = page.partition("What would happen")[2]
    assert shown.index("“X99” is no task") < shown.index("N000")  # what needs somebody comes first


def test_saving_writes_one_event_a_price_and_reads_no_more_for_many(
    sample_closed: Case, client: Client, url: str
) -> None:
    rows = _more_tasks(sample_closed, 40).splitlines(keepends=True)

    def save(text: str) -> int:
        sent = {"rows": text, "is_replacing": "1"}
        sent |= {"step": "save", **drawn(_text(client.post(url, sent)))}
        return _asked(lambda: client.post(url, sent))

    assert save("".join(rows[:30])) - save("".join(rows[30:35])) == 25
    dearer = [row.replace("\n", ".5\n") for row in rows]
    assert save("".join(dearer[:30])) - save("".join(dearer[30:35])) == 25

"""The comparison: order, best marks, filters, folding, and a file that holds exactly what shows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tenancy import opened
from providers.models import Provider
from selections import services
from selections.models import Bid, Score
from selections.queries.comparison import comparison
from selections.queries.comparison_shapes import Comparison, Row, View
from tests.conftest import Case

FORMULA = "=1+1"


@pytest.fixture
def client(sample_closed: Case, client_for: Callable[[User], Client]) -> Client:
    return client_for(sample_closed.manager)


def arranged(case: Case, view: View | None = None) -> Comparison:
    preview = services.preview_ranking(selection=case.selection)
    assert preview.case is not None
    assert preview.reading is not None
    return comparison(preview.case, preview.reading, preview.inputs, view or View())


def row(table: Comparison, code: str) -> Row:
    return next(one for group in table.groups for one in group.rows if one.code == code)


def address(case: Case, query: str = "", name: str = "") -> str:
    return f"/o/{case.slug}/selection/{case.selection.pk}/comparison/{name}{query}"


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def file_rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_columns_are_in_rank_order_with_the_excluded_last(sample: Case) -> None:
    table = arranged(sample)
    assert [column.facts.code for column in table.columns[:3]] == ["V1", "V2", "V4"]
    last = table.columns[-1]
    assert (last.facts.code, last.rank, last.is_out, last.standing.words) == ("V3", "", True, "Excluded: K01")
    assert [column.rank for column in table.columns[:3]] == ["Rank 1, tie", "Rank 2, tie", "Rank 3"]


def test_cells_hold_the_worked_example(sample: Case) -> None:
    table = arranged(sample)
    totals = {cell.column.facts.code: cell.shown for cell in row(table, "total").cells}
    assert {code: totals[code] for code in ("V1", "V2", "V3", "V4")} == {
        "V1": "83.6", "V2": "82.5", "V3": "84.3", "V4": "79.3",
    }  # fmt: skip
    savings = {cell.column.facts.code: cell.plain for cell in row(table, "annual_saving").cells}
    assert (savings["V1"], savings["V2"], savings["V4"]) == ("1244124", "1514310", "589812")
    index = {cell.column.facts.code: cell.shown for cell in row(table, "COST-01").cells}
    assert (index["V1"], index["V2"], index["V3"], index["V4"]) == ("57.8", "47.6", "39.0", "82.4")


def test_the_best_mark_never_goes_to_an_excluded_provider(sample: Case) -> None:
    for group in arranged(sample).groups:
        for one in group.rows:
            assert not any(cell.is_best and cell.column.is_out for cell in one.cells), one.code


def test_the_best_mark_follows_the_direction(sample: Case) -> None:
    table = arranged(sample)
    best = {code: [cell.column.facts.code for cell in row(table, code).cells if cell.is_best] for code in
            ("total", "QUAL-01", "COMM-01", "SECU-06", "transition")}  # fmt: skip
    assert best == {
        "total": ["V1"],
        "QUAL-01": ["V4"],
        "COMM-01": ["V4", "V8"],
        "SECU-06": ["V7"],
        "transition": ["V2"],
    }


def test_figures_of_unlike_scopes_carry_no_best_mark(sample: Case) -> None:
    from selections.models import BidLine

    BidLine.objects.get(bid__provider__code="V2", legal_task__code="D01").delete()
    table = arranged(sample)
    for code in ("fees", "transition", "saving_pct"):
        assert not any(cell.is_best for cell in row(table, code).cells)
    assert any(cell.is_best for cell in row(table, "whole_basket.saving_pct").cells)
    assert next(column for column in table.columns if column.facts.code == "V2").scope == "11 of 12 tasks"


def test_an_unknown_value_is_said_and_draws_no_dot(sample: Case) -> None:
    Provider.objects.get(code="V1").metrics.filter(sub_criterion="QUAL-05").update(value=None)
    cell = next(c for c in row(arranged(sample), "QUAL-05").cells if c.column.facts.code == "V1")
    assert (cell.shown, cell.evidence, cell.at, cell.is_missing, cell.is_best) == (
        "unknown",
        "",
        "",
        True,
        False,
    )


def test_filters_leave_what_they_name(sample: Case) -> None:
    everything = arranged(sample)
    differing = arranged(sample, View(only_differing=True))
    codes = {one.code for group in differing.groups for one in group.rows}
    assert "K02" not in codes
    assert {"K01", "K03", "total"} <= codes
    passed = arranged(sample, View(only_differing=True, shows_passed=True))
    assert {one.code for group in passed.groups for one in group.rows} == codes
    claims = arranged(sample, View(only_claims=True))
    assert all(one.has_claim for group in claims.groups for one in group.rows)
    assert {one.code for group in claims.groups for one in group.rows} == {f"SECU-0{n}" for n in range(1, 7)}
    first = arranged(sample, View(only_first=True))
    assert [column.facts.code for column in first.columns] == ["V1", "V2", "V4"]
    assert all(len(one.cells) == 3 for group in first.groups for one in group.rows)
    assert everything.claims == 6


def test_a_closed_group_keeps_its_count_and_hides_its_rows(sample: Case) -> None:
    table = arranged(sample, View(shut=frozenset({"QUAL", "no-such-group"})))
    quality = next(group for group in table.groups if group.code == "QUAL")
    assert (quality.is_open, quality.rows, quality.count) == (False, (), 6)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?show=first",
        "?differ=1",
        "?claims=1&shut=MONEY&passed=1",
        "?passed=1",
        "?show=first&differ=1&shut=COST",
        "?shut=nothing,%E2%82%AC&show=x",
    ],
)
def test_the_file_holds_exactly_what_shows(sample_closed: Case, client: Client, query: str) -> None:
    page = text(client.get(address(sample_closed, query)))
    rows = file_rows(client.get(address(sample_closed, query, "comparison.csv")))
    shown = re.findall(r'data-plain="([^"]*)"', page)
    in_file = [cell for line in rows[3:] for cell in line[3::2]]
    assert in_file == shown
    names = re.findall(r'<th scope="col"[^>]*><b><a [^>]*title="([^"]*)"', page)
    assert rows[0][3::2] == names
    assert f'comparison.csv{query.removesuffix("&show=x")}"' in page.replace("&amp;", "&")


def test_numbers_in_the_file_are_plain_and_evidence_stands_beside(
    sample_closed: Case, client: Client
) -> None:
    rows = {line[1]: line for line in file_rows(client.get(address(sample_closed, "", "comparison.csv")))}
    header = rows["Row"]
    ashgrove = header.index("Ashgrove Legal Services (sample)")
    assert header[ashgrove + 1] == "Ashgrove Legal Services (sample): evidence"
    assert rows["Annual saving"][ashgrove] == "1244124"
    assert rows["Direct cash effect"][ashgrove] == "-261613"
    assert (rows["Blended hourly rate"][ashgrove], rows["Blended hourly rate"][ashgrove + 1]) == (
        "54.6",
        "E1",
    )
    assert rows["Rank"][ashgrove] == "Rank 1, tie"


def test_hostile_names_are_text_on_the_page_and_defused_in_the_file(
    sample_closed: Case, client: Client
) -> None:
    with opened(sample_closed.organisation):
        Provider.objects.filter(code="V1").update(name=FORMULA)
        Provider.objects.filter(code="V2").update(name="<script>alert(1)</script>")
    page = text(client.get(address(sample_closed)))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    header = file_rows(client.get(address(sample_closed, "", "comparison.csv")))[0]
    assert f"'{FORMULA}" in header
    assert FORMULA not in header


def test_result_and_money_come_first_and_closed_knock_outs_show_their_exceptions(
    sample_closed: Case, client: Client
) -> None:
    with opened(sample_closed.organisation):
        table = arranged(sample_closed)
        assert [group.code for group in table.groups[:3]] == ["RESULT", "MONEY", "KO"]
        closed = table.groups[2]
        assert [one.code for one in closed.rows] == ["K01", "K03", "K12", "TASKS"]
        whole = arranged(sample_closed, View(shows_passed=True)).groups[2]
        assert (closed.count, whole.count, len(whole.rows)) == (len(whole.rows),) * 3
        assert "Only failed and open ones are shown" in text(client.get(address(sample_closed)))
        assert "Only failed and open ones are shown" not in text(
            client.get(address(sample_closed, "?passed=1"))
        )


def test_decimals_are_the_same_along_a_row(sample: Case) -> None:
    Score.objects.create(bid=Bid.objects.get(provider__code="V4"), sub_criterion="COST-05", low=2.25, high=4)
    table = arranged(sample)
    price = {cell.column.facts.code: cell.shown for cell in row(table, "COST-03").cells}
    assert {code: price[code] for code in ("V1", "V2", "V4", "V5")} == {
        "V1": "1.35", "V2": "0.95", "V4": "2.40", "V5": "1.00",
    }  # fmt: skip
    scale = {cell.column.facts.code: cell.shown for cell in row(table, "COST-05").cells}
    assert (scale["V4"], scale["V1"]) == ("2.25–4.00", "4.00")
    assert {cell.shown for cell in row(table, "SECU-05").cells} == {"0", "1"}


def test_folding_is_a_link_that_turns_one_group(sample_closed: Case, client: Client) -> None:
    page = text(client.get(address(sample_closed, "?shut=KO&differ=1")))
    folds = dict(re.findall(r'id="fold-(\w+)"[^>]*aria-expanded="(\w+)"', page))
    assert folds["KO"] == "false"
    assert folds["COST"] == "true"
    links = dict(re.findall(r'id="fold-(\w+)"[^>]*href="([^"]*)"', page))
    assert links["KO"].replace("&amp;", "&").endswith("comparison/?differ=1&passed=1")
    assert links["COST"].replace("&amp;", "&").endswith("comparison/?differ=1&shut=COST")
    opened = text(client.get(address(sample_closed, "?passed=1")))
    links = dict(re.findall(r'id="fold-(\w+)"[^>]*href="([^"]*)"', opened))
    assert links["KO"].endswith("comparison/")
    assert links["COST"].replace("&amp;", "&").endswith("comparison/?shut=COST&passed=1")


def test_htmx_gets_only_the_table(sample_closed: Case, client: Client) -> None:
    piece = text(client.get(address(sample_closed), headers={"HX-Request": "true"}))
    assert "<html" not in piece
    assert piece.lstrip().startswith('<div id="comparison"')


def test_the_page_has_no_inline_style_or_script(sample_closed: Case, client: Client) -> None:
    page = text(client.get(address(sample_closed)))
    assert " style=" not in page
    assert not re.search(r"<script(?![^>]*src=)", page)
    assert not re.search(r"\son\w+=", page)


def test_every_number_that_promises_its_arithmetic_opens_it(sample_closed: Case, client: Client) -> None:
    page = text(client.get(address(sample_closed, "?show=first")))
    links = sorted(set(re.findall(r'href="([^"]*/why/[^"]*)"', page)))
    assert len(links) == 3 * (1 + 4 + 24)
    for link in links[::7]:
        assert client.get(link, headers={"X-Dialog": "1"}).status_code == 200, link


def test_a_what_if_orders_the_columns_and_stays_in_every_address(sample_closed: Case, client: Client) -> None:
    adopted, what_if = client.get(address(sample_closed)), client.get(address(sample_closed, "?w-COST=80"))
    assert "Ranked with the adopted weights." in text(adopted)
    assert "Ranked with what-if weights; nothing is stored." in text(what_if)
    back = re.search(r'href="([^"]*)">Compare with the adopted weights', text(what_if))
    assert back is not None
    assert back[1] == address(sample_closed)
    assert "Compare with the adopted weights" not in text(adopted)
    order = [re.findall(r'title="[^"]*">([^<]+)</a></b>', text(page)) for page in (adopted, what_if)]
    assert order[0][:2] == ["Ashgrove", "Banyan Quay"]
    assert order[1][:2] == ["Banyan Quay", "Ashgrove"]
    links = re.findall(
        r'<a[^>]*href="([^"]*/(?:why|comparison)/[^"]*)"', text(what_if).split('id="comparison"')[1]
    )
    assert len(links) > 200
    assert all("w-COST=80" in link for link in links)
    rows = file_rows(client.get(address(sample_closed, "?w-COST=80", "comparison.csv")))
    assert rows[0][3].startswith("Banyan Quay")
    assert f'{address(sample_closed, name="comparison.csv")}?w-COST=80"' in text(what_if)


def test_a_weight_that_cannot_be_read_is_said_and_does_not_count(sample_closed: Case, client: Client) -> None:
    page = text(client.get(address(sample_closed, "?w-COST=much")))
    assert "cannot be read" in page
    assert "Ranked with the adopted weights." in page
    assert "w-COST" not in page.split('id="comparison"')[1]


def test_the_ranking_leads_to_the_comparison_with_its_weights(sample_closed: Case, client: Client) -> None:
    ranking = f"/o/{sample_closed.slug}/selection/{sample_closed.selection.pk}/ranking/"
    assert f'href="{address(sample_closed)}?w-COST=80"' in text(client.get(ranking + "?w-COST=80"))
    assert f'href="{address(sample_closed)}"' in text(client.get(ranking))

"""The ranking page as a reader without scripts, a slider, and other roles meet it."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tenancy import opened
from assessments.models import Assessment
from lpo.setup import start_organisation
from providers.models import Metric, Provider
from selections.models import Bid, RankingRecord, Selection, Weight

LIVE = {"HX-Request": "true", "HX-Current-URL": "http://testserver/x"}


def url(case: Any, name: str = "ranking", **more: Any) -> str:
    return reverse(f"selections:{name}", kwargs={"organisation": case.slug, "pk": case.selection.pk, **more})


@pytest.fixture
def buyer(sample: Any, client_for: Any) -> Client:
    return client_for(sample.procurement)


@pytest.fixture
def manager(sample: Any, client_for: Any) -> Client:
    return client_for(sample.manager)


def text(response: Any) -> str:
    """The words of a page, without markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def test_the_page_states_lead_flip_and_order(sample: Any, manager: Client) -> None:
    page = manager.get(url(sample))
    words = text(page)
    assert "Ashgrove leads Banyan Quay by 1.1 points: a tie." in words
    assert "weighed less than 7.7 (now 15), or Cost more than 38.4 (now 30)." in words
    assert "7 of 8 providers ranked on 24 sub-criteria." in words
    assert "Holds 19.6–38.4; below 19.6 Dunmore, above 38.4 Banyan Quay" in words
    assert "Not ranked: a knock-out is never offset by a score" in words
    assert "K12 failed: cannot be given D04." in words
    assert "Excluded: K01" in words
    assert "Conditional: K03" in words
    assert "6 of 8 hold" in words


def test_every_number_of_the_page_opens_its_arithmetic(sample: Any, manager: Client) -> None:
    page = manager.get(url(sample)).content.decode()
    links = sorted(set(re.findall(r'href="([^"]*/why/[^"]*)"', page)))
    assert len(links) == 8 * (24 + 4 + 1)
    for link in links[:: len(links) // 12]:
        answer = manager.get(link, headers={"X-Dialog": "1"})
        assert answer.status_code == 200
        assert b"<html" not in answer.content
        assert b'class="arithmetic"' in answer.content


def test_the_arithmetic_of_a_value_shows_points_weights_evidence_and_source(
    sample: Any, manager: Client
) -> None:
    bid = Bid.objects.get(provider__code="V1")
    words = text(manager.get(url(sample, "why", bid_pk=bid.pk, code="QUAL-01")))
    assert "1.2 lies between 1.5 (value 0.85) and 0.5 (value 1)" in words
    assert "(1.5 − 1.2) ÷ (1.5 − 0.5) × (1 − 0.85) = 0.895" in words
    assert "0.895 × 30 of 100 within Quality = 26.9" in words
    assert "0.895 × 9 of 100 in the total = 8.1 points" in words
    assert "E2" in words
    assert "Due-diligence file (sample)" in words
    assert str(sample.procurement) in words


def test_the_arithmetic_of_the_cost_index_shows_the_business_case(sample: Any, manager: Client) -> None:
    bid = Bid.objects.get(provider__code="V1")
    words = text(manager.get(url(sample, "why", bid_pk=bid.pk, code="COST-01")))
    for figure in ("57.8", "1,184,093", "208,899", "15,121", "83,000", "1,491,113", "269,406", "2,735,237"):
        assert figure in words, figure


def test_the_arithmetic_of_a_total_adds_up_and_names_the_knock_out(sample: Any, manager: Client) -> None:
    bid = Bid.objects.get(provider__code="V3")
    words = text(manager.get(url(sample, "why", bid_pk=bid.pk, code="total")))
    assert "Cobalt Harbor: total 84.3" in words
    assert "K01 failed, so the bid is not ranked" in words


@pytest.mark.parametrize("code", ["NONE", "NONE-01", "<b>"])
def test_an_unknown_number_is_not_found(sample: Any, manager: Client, code: str) -> None:
    bid = Bid.objects.get(provider__code="V1")
    assert manager.get(url(sample, "why", bid_pk=bid.pk, code=code)).status_code == 404
    assert manager.get(url(sample, "why", bid_pk=10**9, code="COST")).status_code == 404


def test_apply_without_scripts_is_a_plain_address(sample: Any, manager: Client) -> None:
    page = manager.get(url(sample), {"w-COST": "60"})
    assert "Banyan Quay leads Ashgrove" in text(page)
    assert 'name="w-COST"' in page.content.decode()
    assert Weight.objects.get(selection=sample.selection, code="COST").value == 30


def test_a_slide_answers_the_pieces_and_an_address_for_a_colleague(sample: Any, manager: Client) -> None:
    answer = manager.get(url(sample), {"w-COST": "40", "slide": "COST"}, headers=LIVE)
    assert b"<html" not in answer.content
    address = answer.headers["HX-Push-Url"]
    sent = parse_qs(urlsplit(address).query)
    assert len([name for name in sent if name.startswith("w-")]) == 28
    assert sum(float(sent[f"w-{code}"][0]) for code in ("COST", "QUAL", "SECU", "COMM")) == pytest.approx(100)
    again = manager.get(address)
    assert "Banyan Quay leads Ashgrove by 0.2 points: a tie." in text(again)
    assert "Scores changed since this link was made" not in text(again)


def test_a_what_if_says_what_the_adopted_weights_give(sample: Any, manager: Client) -> None:
    plain = manager.get(url(sample)).content.decode()
    assert 'class="sub was"' not in plain
    page = manager.get(url(sample), {"w-COST": "40", "slide": "COST"}, headers=LIVE)
    rows = {row.code: row for row in page.context["table"].columns}
    assert (rows["V2"].total, rows["V2"].was_total) == ("83.2", "82.5")
    assert (rows["V2"].place, rows["V2"].was_place) == ("1", "2")
    assert (rows["V1"].total, rows["V1"].was_total) == ("83.0", "83.6")
    assert (rows["V1"].place, rows["V1"].was_place) == ("2", "1")
    assert (rows["V3"].was_total, rows["V3"].was_place) == ("84.3", "")
    words = text(page)
    assert "1was 2 with the adopted weights" in words
    assert "was 83.6 with the adopted weights" in words
    within = manager.get(url(sample), {"w-COST": "30.001"})
    assert 'class="sub was"' not in within.content.decode()  # nothing that shows is another figure


def test_every_slider_marks_the_adopted_weight(sample: Any, manager: Client) -> None:
    page = manager.get(url(sample), {"w-COST": "40", "slide": "COST"}, headers=LIVE)
    assert {row.code: (row.adopted, row.adopted_at) for row in page.context["panel"].rows} == {
        "COST": ("30", "30.00%"),
        "QUAL": ("30", "30.00%"),
        "SECU": ("25", "25.00%"),
        "COMM": ("15", "15.00%"),
    }
    assert text(page).count("Adopted 30.") == 2
    ticks = re.findall(
        r'<svg class="adopted-tick[^>]*aria-hidden="true"><line x1="([^"]*)"',
        manager.get(url(sample)).content.decode(),
    )
    assert ticks == ["30.00%", "30.00%", "25.00%", "15.00%"]


def test_adopted_weights_of_which_none_counts_are_not_compared_with(sample: Any, manager: Client) -> None:
    Weight.objects.filter(code__in=("COST", "QUAL", "SECU", "COMM")).update(value=0)
    page = manager.get(url(sample), {"w-COST": "50", "w-QUAL": "50"})
    assert "leads" in text(page)
    assert 'class="sub was"' not in page.content.decode()
    assert 'class="adopted-tick' not in page.content.decode()


def test_a_later_slide_replaces_the_address_instead_of_filling_the_history(
    sample: Any, manager: Client
) -> None:
    headers = {**LIVE, "HX-Current-URL": "http://testserver/x?w-COST=31"}
    answer = manager.get(url(sample), {"w-COST": "40", "slide": "COST"}, headers=headers)
    assert "HX-Push-Url" not in answer.headers
    assert "w-COST=40" in answer.headers["HX-Replace-Url"]


def test_an_old_link_says_that_scores_changed(sample: Any, manager: Client) -> None:
    address = manager.get(url(sample), {"w-COST": "40"}, headers=LIVE).headers["HX-Push-Url"]
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-02").update(value=1)
    assert "Scores changed since this link was made" in text(manager.get(address))


@pytest.mark.parametrize("typed", ["-1", "abc", "NaN", "1e400", "", "<script>alert(1)</script>"])
def test_a_wrong_weight_keeps_the_ranking_and_what_was_typed(
    sample: Any, manager: Client, typed: str
) -> None:
    live = manager.get(url(sample), {"w-COST": typed}, headers=LIVE)
    assert (live.status_code, live.headers["HX-Reswap"], live.headers["HX-Push-Url"]) == (
        200,
        "none",
        "false",
    )
    assert 'id="e-COST" hx-swap-oob="true">' in live.content.decode()
    assert b"<script" not in live.content
    page = manager.get(url(sample), {"w-COST": typed})
    assert page.status_code == 200
    assert "Until then the ranking uses the adopted weights." in text(page)
    assert "Ashgrove leads Banyan Quay by 1.1 points" in text(page)
    assert page.context["panel"].rows[0].shown == typed
    assert page.context["panel"].rows[0].error
    assert b"<script>alert" not in page.content


def test_all_weights_zero_is_answered_in_words(sample: Any, manager: Client) -> None:
    zero = {f"w-{code}": "0" for code in ("COST", "QUAL", "SECU", "COMM")}
    page = manager.get(url(sample), zero)
    assert "All weights are 0; at least one must be above 0." in text(page)


def test_keep_asks_why_stores_and_adopts(sample: Any, buyer: Client) -> None:
    ask = buyer.get(url(sample, "keep"), {"w-COST": "45"})
    assert "Keeping it adopts these weights:" in text(ask)
    assert "Cost: 30 → 45" in text(ask)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', ask.content.decode()))
    hidden.pop("csrfmiddlewaretoken", None)
    done = buyer.post(url(sample, "keep"), {**hidden, "reason": "Price matters more"}, follow=True)
    assert "Kept as record 2." in text(done)
    assert "Price matters more" in text(done)
    assert Weight.objects.get(selection=sample.selection, code="COST").value == 45


def test_keep_says_before_what_it_changes(sample: Any, buyer: Client) -> None:
    words = text(buyer.get(url(sample, "keep"), {"w-COST": "45"}))
    assert "This changes the first place from Ashgrove Legal Services to Banyan Quay LPO." in words
    words = text(buyer.get(url(sample, "keep"), {"w-COST": "31"}))
    assert "The first place stays as in record 1: Ashgrove Legal Services." in words
    assert "Cost: 30 → 31" in words
    Metric.objects.filter(provider__code="V1", sub_criterion__startswith="QUAL").update(value=1)
    words = text(buyer.get(url(sample, "keep")))
    assert (
        "The first place has changed from Ashgrove Legal Services to Banyan Quay LPO since record 1, "
        "with the adopted weights too."
    ) in words
    assert "The weights are the adopted ones" in words


def test_keep_asks_for_the_reason_beside_its_field_and_loses_nothing(sample: Any, buyer: Client) -> None:
    slid = buyer.get(url(sample), {"w-COST": "40", "slide": "COST"}, headers=LIVE).headers["HX-Push-Url"]
    ask = buyer.get(url(sample, "keep") + "?" + urlsplit(slid).query)
    assert "Quality: 30 → 25.7" in text(ask)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', ask.content.decode()))
    hidden.pop("csrfmiddlewaretoken", None)
    assert hidden["w-QUAL"].startswith("25.7142857")  # what is stored stays exact
    refused = buyer.post(url(sample, "keep"), {**hidden, "reason": " "})
    assert refused.status_code == 422
    form = refused.context["form"]
    assert form.errors == {"reason": ["Say why: keeping this ranking changes the adopted weights."]}
    again = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', refused.content.decode())
    )
    assert hidden.items() <= again.items()
    assert RankingRecord.objects.count() == 1
    assert buyer.post(url(sample, "keep"), {**hidden, "reason": "Cost"}).status_code == 302
    assert Weight.objects.get(selection=sample.selection, code="QUAL").value == float(hidden["w-QUAL"])


def test_keep_asks_for_the_reason_of_another_first_place(sample: Any, buyer: Client) -> None:
    Metric.objects.filter(provider__code="V1", sub_criterion__startswith="QUAL").update(value=1)
    refused = buyer.post(url(sample, "keep"), {"reason": ""})
    assert refused.status_code == 422
    assert "Say why: the first place is another one than in the last kept ranking." in text(refused)


def test_keep_says_that_a_record_is_equal_to_another(sample: Any, buyer: Client) -> None:
    done = buyer.post(url(sample, "keep"), {"reason": ""}, follow=True)
    assert "It is equal to record 1, byte for byte." in text(done)


def test_keep_refuses_when_scores_changed_or_a_weight_is_wrong(sample: Any, buyer: Client) -> None:
    old = buyer.post(url(sample, "keep"), {"v": "000000000000", "reason": "x"})
    assert old.status_code == 422
    assert "Scores changed since this page was opened." in text(old)
    wrong = buyer.post(url(sample, "keep"), {"w-COST": "-1"})
    assert wrong.status_code == 422
    assert "A weight cannot be below 0" in text(wrong)
    assert RankingRecord.objects.count() == 1


def test_only_buyers_keep_and_only_counsel_sets_the_privilege_line(sample: Any, client_for: Any) -> None:
    for user, keeps, privileged in (
        (sample.owner, 200, 302),
        (sample.procurement, 200, 403),
        (sample.counsel, 403, 302),
        (sample.manager, 403, 403),
    ):
        client = client_for(user)
        assert client.get(url(sample, "keep")).status_code == keeps
        assert client.post(url(sample, "privilege"), {"is_on": "1"}).status_code == privileged
        page = client.get(url(sample)).content.decode()
        assert ("Keep this ranking" in page) == (keeps == 200)
        assert ("privilege line" in page) == (privileged == 302)


def test_an_outsider_finds_nothing(sample: Any, twin: Any, client_for: Any) -> None:
    outsider = client_for(twin.owner)
    bid = Bid.objects.get(provider__code="V1")
    for name, more in (
        ("ranking", {}),
        ("ranking_csv", {}),
        ("keep", {}),
        ("record", {"number": 1}),
        ("record_file", {"number": 1}),
        ("why", {"bid_pk": bid.pk, "code": "COST"}),
    ):
        assert outsider.get(url(sample, name, **more)).status_code == 404
        own = {"organisation": twin.slug, "pk": sample.selection.pk, **more}
        assert outsider.get(reverse(f"selections:{name}", kwargs=own)).status_code == 404


def test_the_record_page_and_its_file(sample: Any, manager: Client) -> None:
    stored = RankingRecord.objects.get(number=1)
    words = text(manager.get(url(sample, "record", number=1)))
    assert stored.sha256 in words
    assert "As the case is now" in words
    assert "K12 failed: cannot be given D04" in words
    file = manager.get(url(sample, "record_file", number=1))
    assert file.content == bytes(stored.content)
    name = f"calder-ridge-record-1-{stored.sha256[:8]}.json"
    assert file.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_table_as_csv_is_what_shows_and_no_formula(sample: Any, manager: Client) -> None:
    Provider.objects.filter(code="V2").update(name="=cmd|' /C calc'!A0")
    Provider.objects.filter(code="V4").update(name='Dunmore, "Onshore"\nCounsel')
    file = manager.get(url(sample, "ranking_csv"))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(rows) == 9
    assert rows[1][:6] == ["1", "V1", "Ashgrove Legal Services (sample)", "eligible", "83.6", "72.9"]
    assert rows[2][2].startswith("'=cmd")
    assert rows[3][2] == 'Dunmore, "Onshore"\nCounsel'
    assert rows[8][:5] == ["", "V3", "Cobalt Harbor Review (sample)", "excluded", "84.3"]
    moved = manager.get(url(sample, "ranking_csv"), {"w-COST": "60"}).content.decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(moved)))["Code"] == "V2"


def test_hostile_names_are_shown_and_never_run(sample: Any, manager: Client) -> None:
    name = '<script>alert(1)</script> & "quotes" 中文 \U0001f600'
    Provider.objects.filter(code="V1").update(name=name)
    for page in (
        manager.get(url(sample)),
        manager.get(url(sample), {"w-COST": "31"}, headers=LIVE),
        manager.get(url(sample, "why", bid_pk=Bid.objects.get(provider__code="V1").pk, code="total")),
    ):
        body = page.content.decode()
        assert "<script>alert(1)" not in body
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


def test_an_empty_organisation_is_told_what_to_do(client_for: Any, sample: Any) -> None:
    organisation = start_organisation(name="New Legal", period="FY 2027", owner=sample.owner)
    with opened(organisation):
        selection = Selection.objects.get()
        assert Assessment.objects.count() == 1
    address = reverse("selections:ranking", kwargs={"organisation": organisation.slug, "pk": selection.pk})
    page = client_for(sample.owner).get(address)
    assert page.status_code == 200
    assert "No bids yet" in text(page)
    assert "Keep this ranking" not in text(page)


def test_a_case_that_cannot_be_calculated_says_what_is_missing(sample: Any, manager: Client) -> None:
    Selection.objects.update(assumptions={})
    words = text(manager.get(url(sample)))
    assert "The ranking cannot be calculated yet" in words
    assert "Term of the agreement is missing." in words


def test_a_missing_value_is_marked_incomplete(sample: Any, manager: Client) -> None:
    Metric.objects.filter(provider__code="V1", sub_criterion="QUAL-02").update(value=None)
    words = text(manager.get(url(sample)))
    assert "Incomplete: 1 value missing" in words
    assert "Ashgrove (1); counted as the worst value" in words


def test_the_page_costs_the_same_queries_however_many_bids(sample: Any, manager: Client) -> None:
    whole = _queries(manager, url(sample))
    others = Bid.objects.filter(selection=sample.selection).exclude(provider__code="V1")
    moved = Selection.objects.create(
        name="Elsewhere",
        assessment=sample.assessment,
        criteria_set=Selection.objects.get(pk=sample.selection.pk).criteria_set,
    )
    others.update(selection=moved)
    assert _queries(manager, url(sample)) == whole


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)

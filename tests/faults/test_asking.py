"""Many clicks at once, in several processes: one report, and never more than a person may ask for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import requests

from reports.services.asking import MOST_PER_HOUR
from tests.faults.conftest import Figure
from tests.faults.house import SLUG, House, Person, ask, company

CLICKS = 12
PATH = f"/o/{SLUG}/reports/"


def _click(person: Person, house: House, papers: list[str]) -> list[requests.Response]:
    """Send the form once for each paper, all at the same time."""
    page = person.get(PATH).text
    record = house.value(
        "select min(id) from selections_rankingrecord where organisation_id = ?", company(house)
    )
    with ThreadPoolExecutor(len(papers)) as pool:
        sent = [pool.submit(person.post, PATH, {"record": record, "paper": paper}, page) for paper in papers]
        return [answer.result() for answer in sent]


def test_many_clicks_at_once(on_services: House, figure: Figure) -> None:
    house = on_services
    house.web(WEB_CONCURRENCY="2")
    person = house.person()
    before = house.value("select count(*) from reports_report")
    answers = _click(person, house, ["a4"] * CLICKS)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert house.value("select count(*) from reports_report") == before + 1
    figure(f"{CLICKS} clicks at once in two web processes", "one report")
    by_person = "select count(*) from reports_report r join accounts_user u on u.id = r.requested_by_id"
    by_person += " where u.email = ? and r.status <> 'failed' and r.requested_at > now() - interval '1 hour'"
    made = house.value(by_person, "manager@calderridge.example")
    house.finish_all()
    while made < MOST_PER_HOUR - 1:
        ask(person, house)
        house.finish_all()
        made += 1
    answers = _click(person, house, ["a4", "letter"] * (CLICKS // 2))
    codes = sorted({answer.status_code for answer in answers})
    assert codes == [302, 429]
    assert house.value(by_person, "manager@calderridge.example") == MOST_PER_HOUR
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert f"You asked for {MOST_PER_HOUR} reports within an hour." in refused.text
    figure(
        f"{CLICKS} clicks at once with one report left of {MOST_PER_HOUR} an hour",
        "one more report, then 429",
    )

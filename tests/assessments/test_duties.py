"""Ethics duties: places, authorities that apply, a checklist whose history nobody rewrites."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, User
from accounts.tenancy import opened
from assessments import queries_duties, services
from assessments.dutybook import ALWAYS, CONSENTS, Dutybook
from assessments.models import Assessment, Lawyer
from assessments.models_duties import DutyMark, DutySet, Jurisdiction
from assessments.places import DISTRICT, FEDERAL, PLACES, place_name
from assessments.reference import ethics_duties, factor_rules
from assessments.rulebook import Rulebook
from assessments.services import Marking
from lpo.setup import start_organisation
from tests.conftest import Case

ClientFor = Callable[[User], Client]
SHIPPED = Dutybook(ethics_duties())
ITEM = "Principal lawyers on the project interviewed"


def mark(
    case: Case, status: str = "done", *, item: str = ITEM, seen: int | None = None, **facts: Any
) -> DutyMark:
    if status == "done":
        facts = {"evidence": "Notes of 3 November 2026", **facts}
    return services.mark_item(
        actor=case.counsel, assessment=case.assessment, duty="D-COMP", item=item,
        marking=Marking(status, **facts), seen=seen,
    )  # fmt: skip


def duty(case: Case, code: str = "D-COMP") -> queries_duties.DutyLine:
    return next(line for line in queries_duties.page(case.assessment).lines if line.duty.code == code)


def last_event() -> AuditEvent:
    return AuditEvent.objects.order_by("-pk")[0]


def no_places() -> None:
    Jurisdiction.objects.all().delete()
    Lawyer.objects.all().delete()


# What ships ------------------------------------------------------------------------------------------------


def test_what_asks_for_consent_is_what_the_reference_data_says() -> None:
    said = {one.code for one in SHIPPED.authorities if "consent" in one.one_line}
    assert said == set(CONSENTS)
    every_time = re.compile(r"advance informed consent|consult and obtain informed consent")
    assert {one.code for one in SHIPPED.authorities if every_time.search(one.one_line)} == ALWAYS


def test_every_place_of_an_authority_can_be_recorded() -> None:
    assert {one.jurisdiction for one in SHIPPED.authorities if not one.is_national} <= set(PLACES)
    assert len(PLACES) == len(set(PLACES)) == 52


def test_each_authority_stands_behind_a_duty_that_exists() -> None:
    codes = {duty.code for duty in SHIPPED.duties}
    assert all(set(one.duties) <= codes and one.duties for one in SHIPPED.authorities)
    assert sum(len(duty.items) for duty in SHIPPED.duties) == 31


def test_every_rule_says_when_it_was_last_checked() -> None:
    gates = Rulebook(factor_rules()).gates.values()
    rules = [*SHIPPED.duties, *SHIPPED.authorities, *gates, *(one for gate in gates for one in gate.sources)]
    assert all(rule.checked_on == date(2026, 11, 23) for rule in rules)
    own = factor_rules() | {"meta": {}}
    assert {gate.checked_on for gate in Rulebook(own).gates.values()} == {None}
    own["gates"][0]["checked_on"] = "2026-06-20"
    assert Rulebook(own).gates["G01"].checked_on == date(2026, 6, 20)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ny", "New York"),
        ("  new   york state", "New York"),
        ("D.C.", DISTRICT),
        ("Washington", "Washington"),
        ("Washington, D.C.", DISTRICT),
        ("USPTO", FEDERAL),
        ("Ontario", "Ontario"),
        ("", ""),
    ],
)
def test_places_are_known_by_more_than_one_name(typed: str, name: str) -> None:
    assert place_name(typed) == name


# Jurisdictions ---------------------------------------------------------------------------------------------


def test_a_recorded_place_brings_its_authorities(sample: Case) -> None:
    no_places()
    assert {one.code for one in duty(sample).here} == {"ABA-08-451", "ABA-105C"}
    services.record_jurisdiction(actor=sample.counsel, place="NC")
    line = duty(sample)
    assert {one.code for one in line.here} == {"ABA-08-451", "ABA-105C", "NC-2007-12"}
    assert not {one.code for one in line.elsewhere} & {one.code for one in line.here}
    assert len(line.here) + len(line.elsewhere) == len(SHIPPED.behind("D-COMP"))
    assert (last_event().verb, last_event().after) == ("recorded jurisdiction", {"name": "North Carolina"})


def test_where_a_named_lawyer_is_licensed_counts_without_a_row(sample: Case) -> None:
    no_places()
    Lawyer.objects.create(name="Lena Lawyer", jurisdiction="va", added_by=sample.counsel)
    places = queries_duties.place_lines(SHIPPED)
    assert [(place.name, place.pk, [str(one.name) for one in place.lawyers]) for place in places] == [
        ("Virginia", None, ["Lena Lawyer"])
    ]
    assert "VA-1850" in {one.code for one in duty(sample, "D-DISC").here}


def test_a_place_is_recorded_once_and_may_name_its_lawyer(sample: Case) -> None:
    no_places()
    who = {"actor": sample.counsel}
    row = services.record_jurisdiction(**who, place="Ohio", lawyer_name="Olga Ohio", bar_number="OH 1")
    assert Lawyer.objects.get().jurisdiction == "Ohio"
    with pytest.raises(ValidationError, match="recorded already"):
        services.record_jurisdiction(**who, place="oh")
    assert services.record_jurisdiction(**who, place="oh", lawyer_name="Otto Ohio") == row
    assert (Jurisdiction.objects.count(), Lawyer.objects.count()) == (1, 2)
    services.remove_jurisdiction(actor=sample.counsel, row=row)
    assert last_event().verb == "removed jurisdiction"
    assert [place.pk for place in queries_duties.place_lines(SHIPPED)] == [
        None
    ]  # two lawyers are licensed there


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"place": " "}, "place"),
        ({"place": "x" * 61}, "place"),
        ({"place": "Guam", "bar_number": "1"}, "lawyer_name"),
        ({"place": "Guam", "lawyer_name": "x" * 121}, "lawyer_name"),
    ],
)
def test_what_is_no_place_is_refused_and_nothing_is_half_saved(
    sample: Case, given: dict[str, str], field: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        services.record_jurisdiction(actor=sample.counsel, **given)
    assert field in refused.value.message_dict
    assert not Jurisdiction.objects.filter(name__startswith="Guam").exists()


# Marks -----------------------------------------------------------------------------------------------------


def test_the_newest_mark_counts_and_the_others_stay(sample: Case) -> None:
    before = queries_duties.page(sample.assessment).progress
    mark(sample, "in_hand", owner="Vendor management", due_on=date(2026, 11, 1))
    during = queries_duties.page(sample.assessment).progress
    assert (during.overdue, during.done) == (before.overdue + 1, before.done)
    done = mark(sample, owner="Vendor management", due_on=date(2026, 11, 1))
    after = queries_duties.page(sample.assessment).progress
    assert (after.overdue, after.done) == (before.overdue, before.done + 1)
    assert (last_event().before, last_event().after) == (
        {"status": "in_hand", "evidence": ""},
        {"status": "done", "evidence": "Notes of 3 November 2026"},
    )
    page = queries_duties.item_page(sample.assessment, "D-COMP", 3)
    assert page is not None
    assert [one.status for one in page.history] == ["done", "in_hand"]
    assert page.line.mark == done


def test_the_same_again_is_no_new_mark(sample: Case) -> None:
    first = mark(sample)
    events = AuditEvent.objects.count()
    assert mark(sample) == first
    assert AuditEvent.objects.count() == events
    with pytest.raises(ValidationError, match="open already"):
        mark(sample, "open", item="Legal training in the delivery country understood")


@pytest.mark.parametrize(
    ("status", "facts", "field"),
    [
        ("done", {"evidence": " "}, "evidence"),
        ("not_applicable", {}, "reason"),
        ("in_hand", {}, "owner"),
        ("finished", {}, "status"),
        ("open", {"owner": "x" * 121}, "owner"),
        ("open", {"reason": "x" * 4001}, "reason"),
    ],
)
def test_each_status_asks_for_what_shows_it(
    sample: Case, status: str, facts: dict[str, str], field: str
) -> None:
    before = DutyMark.objects.count()
    with pytest.raises(ValidationError) as refused:
        mark(sample, status, **facts)
    assert list(refused.value.message_dict) == [field]
    assert DutyMark.objects.count() == before


def test_due_today_is_not_overdue(sample: Case) -> None:
    today = timezone.localdate()
    for due, is_overdue in ((today, False), (today - timedelta(days=1), True)):
        mark(sample, "open", due_on=due)
        assert duty(sample).items[2].is_overdue == is_overdue
    mark(sample, "not_applicable", due_on=today - timedelta(days=1), reason="No such project")
    assert not duty(sample).items[2].is_overdue


def test_a_form_older_than_the_newest_mark_is_refused(sample: Case) -> None:
    first = mark(sample, seen=0)
    with pytest.raises(services.StaleMarkError, match="Somebody marked"):
        mark(sample, "open", owner="Late", seen=0)
    assert mark(sample, "open", owner="In time", seen=first.pk).owner == "In time"


def test_the_database_refuses_to_change_what_was_marked(sample: Case) -> None:
    row = mark(sample)
    held = DutySet.objects.get()
    for change in (
        lambda: DutyMark.objects.filter(pk=row.pk).update(evidence="Other"),
        row.delete,
        lambda: DutySet.objects.filter(pk=held.pk).update(content={}),
    ):
        with pytest.raises(DatabaseError, match="append-only|permission denied"), transaction.atomic():
            change()


def test_marks_belong_to_their_assessment(sample: Case) -> None:
    other = Assessment.objects.create(period="FY 2027", factor_set=sample.assessment.factor_set)
    mark(sample)
    assert queries_duties.page(other).progress.done == 0


# The set ---------------------------------------------------------------------------------------------------


def test_the_first_decision_takes_the_shipped_duties_as_the_organisations_own(db: None) -> None:
    owner = User.objects.create_user("owner@new.example", None)
    new = start_organisation(name="New", slug="new", period="FY 2027", owner=owner)
    with opened(new):
        assessment = Assessment.objects.get()
        assert queries_duties.page(assessment).progress.total == 31
        assert not DutySet.objects.exists()  # reading writes nothing
        services.mark_item(
            actor=owner, assessment=assessment, duty="D-AI", item="No training on our data",
            marking=Marking("done", evidence="Terms, clause 14"),
        )  # fmt: skip
        held = DutySet.objects.get()
        assert (held.version, held.content) == (1, ethics_duties())
        assert DutyMark.objects.get().duty_set == held


def test_a_newer_set_keeps_the_marks_of_items_with_the_same_words(sample: Case) -> None:
    mark(sample)
    older = ethics_duties() | {"meta": {"version": "0.9", "date": "2025-01-01"}}
    older["duties"] = [
        row | {"checklist": [*row["checklist"], "An item that went"]} for row in older["duties"]
    ]
    DutySet.objects.create(version=2, content=older, taken_by=sample.counsel)
    page = queries_duties.page(sample.assessment)
    assert (page.newer, page.progress.total) == ("1.0", 41)
    assert page.lines[0].items[2].is_done
    services.take_newer_duties(actor=sample.counsel)
    page = queries_duties.page(sample.assessment)
    assert (page.newer, page.progress.total, page.rules.version) == ("", 31, "1.3")
    assert page.lines[0].items[2].is_done
    with pytest.raises(ValidationError, match="ship with this version already"):
        services.take_newer_duties(actor=sample.counsel)
    with pytest.raises(ValidationError, match="no such item"):
        mark(sample, item="An item that went")


# Pages -----------------------------------------------------------------------------------------------------


def get(client: Client, case: Case, path: str = "") -> str:
    answer = client.get(f"/o/{case.slug}/duties/{path}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_how_far_it_is_and_folds_other_states_away(sample: Case, client_for: ClientFor) -> None:
    page = get(client_for(sample.manager), sample)
    assert queries_duties.page(sample.assessment).progress.says in page
    assert "This is a checklist, not legal advice" in page
    assert page.count("not legal advice") == 1
    shown, folded = page.split("Other states", 1)[0], page.split("Other states", 1)[1].split("</details>")[0]
    assert "OH-2009-6" in shown
    assert "NC-2007-12" not in shown
    assert "NC-2007-12" in folded
    assert "/mark/" not in page  # a manager reads


def test_without_a_place_the_page_says_what_that_means(sample: Case, client_for: ClientFor) -> None:
    no_places()
    page = get(client_for(sample.manager), sample)
    assert "No jurisdiction is recorded." in page
    assert "only the national authorities count" in page


def test_unverified_rules_ask_to_be_confirmed_on_all_pages(sample: Case, client_for: ClientFor) -> None:
    services.record_jurisdiction(actor=sample.counsel, place="Colorado")
    client = client_for(sample.manager)
    page = get(client, sample)
    opinion = page[page.index("Colorado Bar Association, 2009") :].split("</li>")[0]
    assert "Confirm before reliance" in opinion
    gates = client.get(f"/o/{sample.slug}/tasks/gates/").content.decode()
    article = gates[gates.index('id="G06"') :].split("</article>")[0]
    assert "Confirm before reliance" in article
    assert "as of 23 Nov 2026" in article
    assert "last checked 23 Nov 2026" in gates[gates.index('id="G04"') :].split("</article>")[0]


def test_a_refused_mark_says_why_beside_its_field_and_keeps_what_was_typed(
    sample: Case, client_for: ClientFor
) -> None:
    client, path = client_for(sample.counsel), f"/o/{sample.slug}/duties/items/D-COMP/3/mark/"
    answer = client.post(path, {"status": "done", "owner": "Vendor <b>management</b>", "seen": "0"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say what shows that it is done" in page
    assert "Vendor &lt;b&gt;management&lt;/b&gt;" in page
    answer = client.post(path, {"status": "done", "evidence": "Notes", "due_on": "soon", "seen": "0"})
    assert "Enter a date as" in answer.content.decode()
    assert not DutyMark.objects.filter(item=ITEM).exists()
    answer = client.post(path, {"status": "done", "evidence": "Notes", "seen": "0"})
    assert answer["Location"].endswith("/duties/#D-COMP")
    assert "Notes" in get(client, sample, "items/D-COMP/3/")


@pytest.mark.parametrize("path", ["items/D-NONE/1/", "items/D-COMP/0/", "items/D-COMP/5/"])
def test_an_item_that_is_not_there_is_not_found(sample: Case, client_for: ClientFor, path: str) -> None:
    assert client_for(sample.counsel).get(f"/o/{sample.slug}/duties/{path}").status_code == 404


def test_two_places_at_once_are_refused(sample: Case, client_for: ClientFor) -> None:
    client, path = client_for(sample.counsel), f"/o/{sample.slug}/duties/jurisdictions/add/"
    answer = client.post(path, {"place": "Texas", "other": "Guam"})
    assert "not both" in answer.content.decode()
    assert client.post(path, {"other": "Guam"}).status_code == 302
    assert Jurisdiction.objects.filter(name="Guam").exists()


def test_the_file_holds_every_item_and_no_formula(sample: Case, client_for: ClientFor) -> None:
    mark(sample, evidence="=HYPERLINK(1)")
    answer = client_for(sample.manager).get(f"/o/{sample.slug}/duties/ethics-duties.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 31
    row = next(row for row in rows if row["Item"] == ITEM)
    assert (row["Status"], row["Evidence"]) == ("Done", "'=HYPERLINK(1)")
    assert row["Last checked"] == "2026-11-23"


def test_the_page_asks_as_often_for_one_mark_as_for_thirty(sample: Case, client_for: ClientFor) -> None:
    client, counts = client_for(sample.manager), []
    get(client, sample)
    for book in (SHIPPED.duties[:1], SHIPPED.duties):
        for one in book:
            for item in one.items:
                services.mark_item(
                    actor=sample.counsel, assessment=sample.assessment, duty=one.code, item=item,
                    marking=Marking("done", evidence=f"Shown {len(counts)}"),
                )  # fmt: skip
        services.record_jurisdiction(actor=sample.counsel, place=f"Place {len(counts)}", lawyer_name="Lena")
        with CaptureQueriesContext(connection) as seen:
            get(client, sample)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 22

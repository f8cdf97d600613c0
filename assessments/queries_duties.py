"""What the pages of ethics duties print: places, duties with authorities, where each item stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Max
from django.utils import timezone

from assessments import words_duties
from assessments.dutybook import Authority, Duty, Dutybook, duties_hash
from assessments.models import Assessment, Lawyer
from assessments.models_duties import DutyMark, Jurisdiction
from assessments.places import place_name
from assessments.queries_adoption import RuleSet, duties_in_force, rule_set
from assessments.reference import ethics_duties
from assessments.rulebook import Rulebook
from assessments.words_duties import Progress

HISTORY_AT_MOST = 50


@dataclass(frozen=True)
class ItemLine:
    """One item of a duty with the newest mark; without one it is open. ``place`` counts from 1."""

    duty: Duty
    place: int
    text: str
    mark: DutyMark | None
    is_overdue: bool

    @property
    def status(self) -> str:
        """Where it stands, as a code."""
        return self.mark.status if self.mark else DutyMark.Status.OPEN.value

    @property
    def status_name(self) -> str:
        """Where it stands, in words."""
        return str(DutyMark.Status(self.status).label)

    @property
    def is_done(self) -> bool:
        """Whether evidence shows it."""
        return self.status == DutyMark.Status.DONE

    @property
    def is_left_out(self) -> bool:
        """Whether it does not apply here."""
        return self.status == DutyMark.Status.NOT_APPLICABLE


@dataclass(frozen=True)
class DutyLine:
    """One duty: its items, the authorities that apply here and those of other places."""

    duty: Duty
    items: tuple[ItemLine, ...]
    here: tuple[Authority, ...]
    elsewhere: tuple[Authority, ...]

    @property
    def done(self) -> int:
        """How many items are done."""
        return sum(item.is_done for item in self.items)


@dataclass(frozen=True)
class PlaceLine:
    """A place where lawyers are licensed; ``pk`` is None where only a named lawyer stands for it."""

    name: str
    pk: int | None
    lawyers: tuple[Lawyer, ...]
    authorities: tuple[Authority, ...]
    says: str


@dataclass(frozen=True)
class DutiesPage:
    """Everything the page prints; ``newer`` is the edition that ships where the copy here is older."""

    rules: RuleSet
    book: Dutybook
    places: tuple[PlaceLine, ...]
    national: tuple[Authority, ...]
    lines: tuple[DutyLine, ...]
    progress: Progress
    unverified: tuple[str, ...]
    newer: str


@dataclass(frozen=True)
class ItemPage:
    """One item with what was marked so far, newest first."""

    line: ItemLine
    history: tuple[DutyMark, ...]
    more: int


def page(assessment: Assessment) -> DutiesPage:
    """Give the page of all duties, in a fixed number of queries."""
    in_force = duties_in_force()
    book = Dutybook(in_force[1])
    places = place_lines(book)
    lines = duty_lines(assessment, book, {place.name for place in places})
    return DutiesPage(
        rules=rule_set(assessment, in_force),
        book=book,
        places=places,
        national=tuple(authority for authority in book.authorities if authority.is_national),
        lines=lines,
        progress=progress(lines),
        unverified=unverified(Rulebook(assessment.factor_set.content), book),
        newer=_newer(book),
    )


def place_lines(book: Dutybook) -> tuple[PlaceLine, ...]:
    """Give the recorded places and those in which a named lawyer is licensed, by name."""
    recorded = {row.name: row.pk for row in Jurisdiction.objects.all()}
    lawyers: dict[str, list[Lawyer]] = defaultdict(list)
    for lawyer in Lawyer.objects.all():
        lawyers[place_name(lawyer.jurisdiction)].append(lawyer)
    by_place: dict[str, list[Authority]] = defaultdict(list)
    for authority in book.authorities:
        by_place[authority.jurisdiction].append(authority)
    return tuple(
        PlaceLine(
            name=name,
            pk=recorded.get(name),
            lawyers=tuple(lawyers.get(name, ())),
            authorities=tuple(by_place.get(name, ())),
            says=words_duties.place_says(by_place.get(name, ())),
        )
        for name in sorted({*recorded, *lawyers}, key=str.casefold)
    )


def duty_lines(assessment: Assessment, book: Dutybook, places: Iterable[str]) -> tuple[DutyLine, ...]:
    """Give every duty with its items; ``places`` says whose authorities apply."""
    marks, today, known = newest_marks(assessment), timezone.localdate(), set(places)
    return tuple(
        DutyLine(
            duty=duty,
            items=tuple(
                _item(duty, place, text, marks.get((duty.code, text)), today)
                for place, text in enumerate(duty.items, start=1)
            ),
            here=tuple(one for one in book.behind(duty.code) if _applies(one, known)),
            elsewhere=tuple(one for one in book.behind(duty.code) if not _applies(one, known)),
        )
        for duty in book.duties
    )


def _applies(authority: Authority, places: set[str]) -> bool:
    return authority.is_national or authority.jurisdiction in places


def newest_marks(assessment: Assessment) -> Mapping[tuple[str, str], DutyMark]:
    """Give the newest mark of each item."""
    rows = DutyMark.objects.filter(assessment=assessment)
    newest = rows.order_by().values("duty", "item").annotate(newest=Max("pk")).values("newest")
    marks = rows.filter(pk__in=newest).select_related("marked_by")
    return {(mark.duty, mark.item): mark for mark in marks}


def _item(duty: Duty, place: int, text: str, mark: DutyMark | None, today: date) -> ItemLine:
    is_overdue = bool(mark and mark.due_on and mark.due_on < today and mark.status in DutyMark.UNSETTLED)
    return ItemLine(duty, place, text, mark, is_overdue)


def progress(lines: Iterable[DutyLine]) -> Progress:
    """Count the items."""
    items = [item for line in lines for item in line.items]
    return Progress(
        total=len(items),
        done=sum(item.is_done for item in items),
        left_out=sum(item.is_left_out for item in items),
        overdue=sum(item.is_overdue for item in items),
    )


def item_page(assessment: Assessment, duty: str, place: int) -> ItemPage | None:
    """Give one item with its history, or None where the set has no such item."""
    known = Dutybook(duties_in_force()[1]).duty(duty)
    if known is None or not 1 <= place <= len(known.items):
        return None
    text = known.items[place - 1]
    rows = DutyMark.objects.filter(assessment=assessment, duty=duty, item=text).select_related("marked_by")
    history = tuple(rows[:HISTORY_AT_MOST])
    more = rows.count() - len(history) if len(history) == HISTORY_AT_MOST else 0
    newest = history[0] if history else None
    return ItemPage(_item(known, place, text, newest, timezone.localdate()), history, more)


def unverified(rulebook: Rulebook, book: Dutybook) -> tuple[str, ...]:
    """Name every gate, duty and authority that is to be confirmed before anybody relies on it."""
    gates = (f"{gate.code} {gate.name}" for gate in rulebook.gates.values() if not gate.is_verified)
    duties = (duty.name for duty in book.duties if not duty.is_verified)
    opinions = (f"{one.code} ({one.issuer})" for one in book.authorities if not one.is_verified)
    return (*gates, *duties, *opinions)


def _newer(book: Dutybook) -> str:
    shipped = ethics_duties()
    if duties_hash(shipped) == duties_hash(book.content):
        return ""
    return Dutybook(shipped).edition

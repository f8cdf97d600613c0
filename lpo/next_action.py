"""The one thing to do now, and who does it."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

import figures
from lpo import rail
from lpo.rail import many
from lpo.since import Changed
from lpo.standing import LastRecord
from selections.models import Selection


@dataclass(frozen=True)
class NextAction:
    """The one thing to do now."""

    who: str
    say: str
    because: str
    label: str
    url: str


def next_action(slug: str, case: Selection | None, counts: rail.Counts, moved: Changed) -> NextAction:
    """Give the first step that is not done."""
    tasks = reverse("assessments:tasks", args=[slug])
    if case is None or not counts.tasks:
        say, because = "Add the legal tasks you think of sending out", "Paste them from a spreadsheet."
        return NextAction("counsel", say, because, "Add legal tasks", tasks)
    if counts.scored < counts.tasks:
        say = f"Answer the factors of {many(counts.tasks - counts.scored, 'legal task')}"
        return NextAction("counsel", say, "A task without answers has no outcome.", "Open the tasks", tasks)
    bids = reverse("selections:bids", args=[slug, case.pk])
    if not counts.bids:
        say = "Enter the bids of the providers on your shortlist"
        because = f"Of {many(counts.tasks, 'legal task')} {counts.go_out}."
        return NextAction("procurement", say, because, "Open the bids", bids)
    if moved.unpriced:
        say = f"Ask the bidders what {moved.unpriced_words} would cost"
        return NextAction("procurement", say, moved.words, "Open the bids", bids)
    return _about_the_ranking(slug, case, counts, moved)


def _about_the_ranking(slug: str, case: Selection, counts: rail.Counts, moved: Changed) -> NextAction:
    ranking = reverse("selections:ranking", args=[slug, case.pk])
    if counts.record is None:
        say, because = "Check the ranking and keep it", "A kept ranking is what the board report is made of."
        return NextAction("procurement", say, because, "Open the ranking", ranking)
    if moved.is_old:
        say = "Check the ranking and keep it again"
        return NextAction("procurement", say, moved.words, "Open the ranking", ranking)
    if counts.is_tie:
        return _break_the_tie(ranking, counts.record)
    because = "The ranking is kept; the report prints it with its hash."
    url = reverse("reports:list", args=[slug])
    return NextAction("manager", "Take the decision to the board", because, "Board report", url)


def _break_the_tie(ranking: str, record: LastRecord) -> NextAction:
    reading = record.kept.reading
    first, second = (reading.short[row["code"]] for row in reading.ranking[:2])
    because = (
        f"Their totals differ by {figures.score(reading.result['lead']['points'])} points: "
        "inside the tie margin, where a pilot decides and not a decimal."
    )
    return NextAction(
        "procurement", f"Plan a paid pilot with {first} and {second}", because, "See the ranking", ranking
    )

"""What the invented company has done about its ethics duties so far; nobody has adopted its rule set."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from assessments.models import Assessment
from assessments.services import Marking, mark_item, record_jurisdiction

_PLACES = ("Minnesota", "Ohio", "New York")
_SHOWN = "Due-diligence file, section {}, October 2026 (sample)"
_MARKS = {
    ("D-COMP", "Qualifications of proposed staff checked"): Marking(
        "done", "Vendor management", evidence=_SHOWN.format(2)
    ),
    ("D-COMP", "Background and reference checks done"): Marking(
        "in_hand", "Vendor management", dt.date(2026, 12, 11)
    ),
    ("D-SUPER", "Named supervising lawyer per task"): Marking(
        "in_hand", "General counsel", dt.date(2026, 11, 20)
    ),
    ("D-CONF", "Security due diligence complete"): Marking(
        "done", "Information security", evidence=_SHOWN.format(5)
    ),
    ("D-CONF", "Return and deletion agreed"): Marking("in_hand", "Contracts counsel", dt.date(2027, 1, 15)),
    ("D-BILL", "Outside-counsel guidelines say how outsourced work is billed"): Marking(
        "not_applicable", reason="No outside counsel passes this work on (sample)"
    ),
    ("D-AI", "No training on our data"): Marking(
        "done", "Contracts counsel", evidence="Draft terms, clause 14 (sample)"
    ),
}


def write_duties(assessment: Assessment, counsel: User) -> None:
    """Record where its lawyers are licensed and mark some of the items."""
    for place in _PLACES:
        record_jurisdiction(actor=counsel, place=place)
    for (duty, item), marking in _MARKS.items():
        mark_item(actor=counsel, assessment=assessment, duty=duty, item=item, marking=marking)

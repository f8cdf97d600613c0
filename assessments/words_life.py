"""What is said of the life of an assessment: its states, why it is closed, how long it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import figures
from assessments.models import Assessment, State

# State: icon and css of its badge.
LOOKS: Mapping[str, tuple[str, str]] = {
    State.DRAFT: ("half", ""),
    State.REVIEW: ("open", "warn"),
    State.APPROVED: ("check", "ok"),
    State.SUPERSEDED: ("keep", "plain"),
    State.SET_ASIDE: ("keep", "plain"),
    State.DELETED: ("stop", "plain"),
}
# What one step is called in the history, by the state that it leads to; from a review back it is its own.
STEPS: Mapping[str, str] = {
    State.DRAFT: "Begun",
    State.REVIEW: "Submitted for review",
    State.APPROVED: "Approved",
    State.SUPERSEDED: "Superseded",
    State.SET_ASIDE: "Set aside",
    State.DELETED: "Content deleted",
}
SENT_BACK = "Sent back"
# The same as the audit trail says it, before the name of the assessment.
VERBS: Mapping[str, str] = {
    State.DRAFT: "sent back assessment",
    State.REVIEW: "submitted assessment for review",
    State.APPROVED: "approved assessment",
    State.SUPERSEDED: "superseded assessment",
    State.SET_ASIDE: "set aside assessment",
    State.DELETED: "deleted content of assessment",
}
ALONE = "Submitted and approved by the same person: nobody else here could approve."
BASIS = (
    "Proposed by this installation. Seven years cover the six in which a claim on a written contract can be "
    "brought in New York (CPLR 213(2)), and one more; some states allow longer, Illinois ten "
    "(735 ILCS 5/13-206). Your own records schedule comes first."
)
IN_BASKET = "open_in_basket"  # in the facts of a step: open conditions of the tasks that go out
NO_MORE = "cannot be changed"
_CLOSED: Mapping[str, str] = {
    State.REVIEW: f"is in review and {NO_MORE}. Send it back to go on working in it.",
    State.APPROVED: f"is approved and {NO_MORE}. Start a new version, or copy it to a new period.",
    State.SUPERSEDED: f"was superseded and {NO_MORE}. Work in the current assessment.",
    State.SET_ASIDE: f"was set aside and {NO_MORE}. Work in the current assessment.",
    State.DELETED: f"was deleted and {NO_MORE}. Work in the current assessment.",
}
# What was counted at a step: name in the facts -> words for one and for many.
_COUNTED: Mapping[str, tuple[str, str]] = {
    "tasks": ("legal task", "legal tasks"),
    "not_scored": ("task not scored", "tasks not scored"),
    "not_confirmed": (
        "task with answers that nobody confirmed",
        "tasks with answers that nobody confirmed",
    ),
    "open_conditions": ("condition open", "conditions open"),
    "waivers": ("waiver in force", "waivers in force"),
    "answers": ("answer", "answers"),
    "closures": ("closed condition", "closed conditions"),
    "needs": ("entry of the needs", "entries of the needs"),
    "rates": ("role rate", "role rates"),
    "consents": ("consent", "consents"),
    "duty_marks": ("mark of an ethics duty", "marks of ethics duties"),
    "events": ("event of the audit trail", "events of the audit trail"),
    "left_closures": ("closed condition not taken over", "closed conditions not taken over"),
    "left_waivers": ("waiver not taken over", "waivers not taken over"),
}


def why_closed(assessment: Assessment) -> str:
    """Say why nothing in an assessment can be changed, and what to do instead."""
    return f"The assessment {assessment} {_CLOSED[assessment.status]}"


def step_name(before: str, after: str) -> str:
    """Name a step of the history."""
    if after == State.DRAFT and before == State.REVIEW:
        return SENT_BACK
    return STEPS[after]


def counted(facts: Mapping[str, Any]) -> str:
    """Say what was counted: "18 legal tasks, 2 conditions open"; what is none is left out."""
    said = [
        f"{figures.count(facts[key])} {one if facts[key] == 1 else many}{_of_all(key, facts)}"
        for key, (one, many) in _COUNTED.items()
        if facts.get(key)
    ]
    return ", ".join(said)


def _of_all(key: str, facts: Mapping[str, Any]) -> str:
    """Say how many of the open conditions count for an award; steps of earlier days did not count that."""
    in_basket = facts.get(IN_BASKET)
    if key != "open_conditions" or in_basket is None or in_basket == facts[key]:
        return ""
    return f" ({figures.count(in_basket)} of them in the basket)"

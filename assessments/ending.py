"""A waiver ends by itself when its gate no longer applies to the task, or cannot be waived any more."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from accounts import audit
from assessments.models import TaskAssessment, Waiver
from assessments.rulebook import Rulebook


def end_idle(task: TaskAssessment, waivers: Iterable[Waiver], rulebook: Rulebook) -> None:
    """End those of the open ``waivers`` of a task that have nothing to waive; ask after it was scored.

    The gate may fire again later: that takes a new waiver.
    """
    for waiver in waivers:
        if waiver.gate in task.gates and rulebook.may_be_waived(waiver.gate):
            continue
        why = (
            f"{waiver.gate} cannot be waived any more."
            if waiver.gate in task.gates
            else f"{waiver.gate} no longer applies to the task."
        )
        before = {"gate": waiver.gate, "waiver": waiver.get_state_display(), "reason": waiver.reason}
        waiver.state, waiver.end_reason, waiver.ended_at = Waiver.State.ENDED, why, timezone.now()
        waiver.save(update_fields=["state", "end_reason", "ended_at"])
        after = {"gate": waiver.gate, "waiver": waiver.get_state_display(), "reason": why}
        audit.record(actor=None, verb="ended waiver", obj=task, before=before, after=after)

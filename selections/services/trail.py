"""What every change of a case has in common: held rows, counted changes, what is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F

from accounts import audit
from accounts.models import User
from selections.models import Bid, Selection


class Refused(ValueError):  # noqa: N818 - it says what is the matter, as a person would
    """Something was not done; the message is fit for a page. ``errors`` has sentences by field name."""

    def __init__(self, message: str, errors: Mapping[str, str] | None = None) -> None:
        self.errors = dict(errors or {})
        super().__init__(message)


def locked(selection: Selection) -> Selection:
    """Read the row again and hold it until the transaction ends."""
    return (
        Selection.objects.select_for_update(of=("self",))
        .select_related("assessment__factor_set", "criteria_set")
        .get(pk=selection.pk)
    )


def touch(*, selection: Selection) -> None:
    """Count one change of what the ranking reads; call it inside the transaction of the change."""
    Selection.objects.filter(pk=selection.pk).update(version=F("version") + 1)


def record_change(
    actor: User,
    bid: Bid,
    event: tuple[str, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write the event of a change of a bid and count it as a change of what is ranked."""
    tell_change(actor, bid, event, before, after)
    touch(selection=bid.selection)


def tell_change(
    actor: User,
    bid: Bid,
    event: tuple[str, str],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    """Write the event alone; who makes several changes at once counts them once, with ``touch``."""
    verb, what = event
    label = f"{what} in the bid of {bid.provider.name}"
    audit.record(actor=actor, verb=verb, obj=bid, label=label, before=before, after=after)

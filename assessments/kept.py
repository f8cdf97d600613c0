"""Counts over all tasks of an assessment, kept in this process until one of its tasks changes.

``Assessment.stamp`` is new after every change of its tasks: the database writes it (triggers of migration
0003), in the transaction of the change, so no way of writing can forget it. What was counted under a stamp
therefore holds as long as that stamp is read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches

from assessments.models import Assessment

_Counted = TypeVar("_Counted")
_HOUR = 3600


def kept(
    assessment_id: int, what: str, count: Callable[[], _Counted], *, stamp: str | None = None
) -> _Counted:
    """Give what was counted since the last change, else count. ``what`` names it and all it depends on.

    The stamp is read before counting: a change in between is counted under the older stamp, which nobody
    reads again. ``stamp``: what was read after the last change of this request, to spare reading it again.
    Raises ``Assessment.DoesNotExist``.
    """
    if stamp is None:
        stamp = Assessment.objects.values_list("stamp", flat=True).get(pk=assessment_id)
    key = f"{what}:{assessment_id}:{stamp}"
    here = caches["counts"]
    found: _Counted | None = here.get(key)
    if found is None:
        found = count()
        here.set(key, found, _HOUR)
    return found


def hold(assessment_id: int) -> None:
    """Let one transaction at a time change tasks of an assessment; ask before holding any task.

    The stamp is one row for all tasks, so two that change tasks in different order could wait for each other.
    """
    Assessment.objects.select_for_update(no_key=True).only("pk").get(pk=assessment_id)

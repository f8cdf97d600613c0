"""The clock of periodic jobs; it goes on when the clock of the machine is set."""

from __future__ import annotations

import time
from typing import Any

from celery.beat import Scheduler

# More than an adjustment by the time service, less than anything a person would set.
JUMP_SECONDS = 2


class SteadyScheduler(Scheduler):
    """Starts counting afresh after a jump of the clock.

    Celery plans by the time of day: set the clock back by two hours and nothing would run for two hours.
    It keeps nothing on disk: what is due is decided by the rows of the database, not by when it ran last.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._offset = _offset()
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Run what is due; give the seconds until the next look."""
        offset = _offset()
        if abs(offset - self._offset) > JUMP_SECONDS:
            self._offset = offset
            for entry in self.schedule.values():
                entry.last_run_at = entry.default_now()
            self._heap = None
        seconds: float = super().tick(*args, **kwargs)
        return seconds


def _offset() -> float:
    """How far the time of day is from the time since the start of the machine, which nobody sets."""
    return time.time() - time.monotonic()

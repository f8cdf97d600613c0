"""The Celery application; every app's ``jobs`` module is found by name."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

from celery import Celery, Task
from celery.result import AsyncResult
from celery.signals import setup_logging

from lpo import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lpo.settings")
logger = logging.getLogger("lpo.jobs")
HEADER = "lpo_request_id"


class Job(Task):  # type: ignore[type-arg]  # no subscript at run time
    """A task that remembers which request asked for it, and writes one line when it is over."""

    abstract = True

    def apply_async(self, *args: Any, **options: Any) -> AsyncResult[Any]:
        """Queue the job with the id of the request that runs now."""
        headers = dict(options.pop("headers", None) or {})
        headers.setdefault(HEADER, logs.request_id())
        return super().apply_async(*args, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the job; every line written meanwhile carries the id of its request, or its own."""
        if self.request.called_directly:
            return self.run(*args, **kwargs)
        asked_by = (self.request.headers or {}).get(HEADER)
        identity = asked_by or self.request.id or logs.new_id()
        facts = {"job": self.name, "job_id": self.request.id, "retries": self.request.retries}
        with logs.told(identity, lambda: facts):
            started, outcome, level = time.perf_counter(), "failed", logging.ERROR
            try:
                answer = self.run(*args, **kwargs)
                # What the clock asks for every few seconds is worth a line only when it fails.
                outcome, level = "done", logging.INFO if asked_by else logging.DEBUG
            finally:
                spent = round((time.perf_counter() - started) * 1000, 1)
                logger.log(level, "job", extra={"outcome": outcome, "duration_ms": spent})
        return answer


app: Celery[Any] = Celery("lpo", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@setup_logging.connect
def _keep_our_logging(**_: Any) -> None:
    """Celery sets no logging up when somebody listens here: the project's settings did already."""

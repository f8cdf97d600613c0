"""Start-up checks of the settings: a wrong combination stops the server with a sentence."""

import os
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution


@register()
def one_process_for_the_memory_queue(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse an in-process queue with several web processes: jobs of one are invisible to the others."""
    processes = int(os.environ.get("WEB_CONCURRENCY", "1") or 1)
    if settings.CELERY_BROKER_URL.startswith("memory://") and processes > 1:
        return [
            Error(
                f"WEB_CONCURRENCY is {processes} but the queue lives inside one process.",
                hint="Set REDIS_URL and start a Celery worker, or use one web process.",
                id="lpo.E001",
            )
        ]
    return []


@register(deploy=True)
def a_secret_of_its_own(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A deployment must bring its own key."""
    if not os.environ.get("SECRET_KEY"):
        return [Error("SECRET_KEY is not set.", hint="Set it in the environment.", id="lpo.E002")]
    return []


@register(Tags.database, deploy=True)
def the_trail_is_out_of_reach(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """On PostgreSQL the application's role may only add to what is append-only (``--database default``)."""
    from lpo.database_roles import may_rewrite_the_trail

    tables = may_rewrite_the_trail() if databases else []
    if not tables:
        return []
    return [
        Caution(
            f"The role of DATABASE_URL may change {', '.join(tables)}.",
            hint="Let another role own the tables: see OWNER_DATABASE_URL in docs/deploy.md.",
            id="lpo.W003",
        )
    ]

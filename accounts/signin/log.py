"""Security events of accounts, for the log of the server.

An account belongs to no single organisation, so these are not audit events. Nothing secret is written: no
password, code, token or typed text; people appear by their number.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

logger = logging.getLogger("accounts.security")


def note(
    event: str,
    *,
    request: HttpRequest | None,
    user_pk: int | None = None,
    is_failure: bool = False,
    detail: str = "",
) -> None:
    """Write one event ("signed in"); failures are warnings. ``request`` None: from the command line."""
    address = (get_client_ip(request) or "unknown") if request is not None else "command line"
    logger.log(
        logging.WARNING if is_failure else logging.INFO,
        "%s: user=%s address=%s%s",
        event,
        user_pk if user_pk is not None else "none",
        address,
        f" {detail}" if detail else "",
        extra={"event": event, "user_id": user_pk, "address": address, "detail": detail},
    )


def pk_of(user: Any) -> int | None:
    """Give the number of a user that may be anonymous or missing."""
    return getattr(user, "pk", None)

"""What is logged and what never is.

A request or a job is *told* to the lines that are written during it: each carries the request id, method,
path without query, user id and organisation. Tokens in addresses, e-mail addresses, passwords of service
addresses and values that a database quotes are masked in every line, tracebacks included. Bodies are never
logged.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

Facts = dict[str, Any]

WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
MASK = "***"
# Each pattern keeps its first group, so that a reader sees what was masked. Strangers can put long texts into
# a line, so no pattern may look at a letter again for each letter before it: they begin where a word begins,
# and give nothing back (++).
SECRETS = (
    re.compile(r"(/join/)[^/\s\"?#]+"),  # an invitation: whoever holds the address may accept it
    re.compile(r"(/password/reset/key/)[^/\s\"?#]+"),  # the link of `manage.py reset_password`
    re.compile(r"(/confirm-email/)[^/\s\"?#]+"),
    re.compile(r"(?<!\w)(\w++://[^/\s:@\"]*+:)[^@\s\"/]++(?=@)"),  # the password in the address of a service
    re.compile(r"(Key \([^)]{0,200}\)=\()(?:[^)]*)"),  # PostgreSQL quotes the value that was there already
    re.compile(r"(Failing row contains \().*"),  # and all of a row that breaks a rule
    re.compile(r"()(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)+"),  # an e-mail address
    re.compile(r"([?&](?:\w*token|code|state|client_secret|key)=)[^&\s\"]+"),  # sign-in of a company
    # Random text: a key, a token, a session. Names of our own have lower-case words and hyphens.
    re.compile(r"()(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{32,}(?![\w-])"),
)
LOGGED_FORMAT = "%(levelname)s %(name)s %(message)s"

_told: ContextVar[Callable[[], Facts] | None] = ContextVar("told", default=None)
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def new_id() -> str:
    """Make a request id."""
    return uuid.uuid4().hex


def fitting_id(sent: str) -> str:
    """Take the id that a trusted proxy sent when it is well-formed, else make one."""
    return sent if WELL_FORMED.fullmatch(sent) else new_id()


def request_id() -> str:
    """Give the id of the request or job that is running, or an empty text."""
    return _request_id.get()


@contextmanager
def told(identity: str, facts: Callable[[], Facts]) -> Iterator[None]:
    """Let every line written during the block carry an id and facts; they are asked for per line."""
    outer_id, outer = _request_id.set(identity), _told.set(facts)
    try:
        yield
    finally:
        _told.reset(outer)
        _request_id.reset(outer_id)


def masked(text: str) -> str:
    """Give the text without what opens a door or says who somebody is."""
    for pattern in SECRETS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text


class AddFacts(logging.Filter):
    """Puts what the running request or job is about on each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with facts."""
        facts = _told.get()
        if identity := _request_id.get():
            record.request_id = identity
        for name, value in (facts() if facts is not None else {}).items():
            if name not in record.__dict__:  # what the line says itself counts more
                setattr(record, name, value)
        return True


class JsonLines(JsonFormatter):
    """One JSON object a line: time, level, logger, message, then the facts."""

    def __init__(self) -> None:
        super().__init__(
            LOGGED_FORMAT, rename_fields={"levelname": "level", "name": "logger"}, timestamp="time"
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Mask every text before it is written as JSON, and put the time first."""
        # Django hangs the request itself on its records: its text would repeat the address with the query.
        log_data.pop("request", None)
        clean = {name: masked(value) if isinstance(value, str) else value for name, value in log_data.items()}
        return {"time": clean.pop("time"), **clean}


class PlainLines(logging.Formatter):
    """For eyes: time, level, logger, message; masked all the same."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%Y-%m-%d %H:%M:%SZ")

    def format(self, record: logging.LogRecord) -> str:
        """Write the line, masked as a whole."""
        return masked(super().format(record))


def wanted_format() -> str:
    """``LOG_FORMAT``, or JSON unless a person looks at a terminal."""
    return os.environ.get("LOG_FORMAT") or ("plain" if sys.stderr.isatty() else "json")


def configuration() -> dict[str, Any]:
    """Give the logging configuration of every process: web, worker, beat, commands.

    ``LOG_LEVEL`` (WARNING) is for libraries and our own complaints. The one line per request and per job is
    always written in JSON; on a terminal only at ``LOG_LEVEL=INFO``.
    """
    level = os.environ.get("LOG_LEVEL", "WARNING").upper()
    form = wanted_format()
    ours = "INFO" if form == "json" else level
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"facts": {"()": "lpo.logs.AddFacts"}},
        "formatters": {"json": {"()": "lpo.logs.JsonLines"}, "plain": {"()": "lpo.logs.PlainLines"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form, "filters": ["facts"]}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "lpo.access": {"level": ours},
            "lpo.jobs": {"level": ours},
            "accounts.security": {"level": ours},  # who signed in; failures are warnings
            # Django's own line for each refusal repeats the access line; its errors bring the traceback.
            "django.request": {"level": "ERROR"},
        },
    }


def gunicorn_configuration() -> dict[str, Any]:
    """The same for gunicorn's master; its own access log stays off, ours replaces it."""
    found = configuration()
    level = found["root"]["level"]
    found["loggers"]["gunicorn.error"] = {"level": level, "handlers": [], "propagate": True}
    found["loggers"]["gunicorn.access"] = {"level": "CRITICAL", "handlers": [], "propagate": False}
    return found

"""A full disk is said in words, wherever it was noticed."""

import errno

import psycopg2.errors
import pytest
from django.db import OperationalError
from django.test import RequestFactory

from lpo.errors import broken


def _from_postgres() -> OperationalError:
    class DiskFull(psycopg2.errors.DiskFull):
        pgcode = "53100"

    fault = OperationalError("could not extend file: No space left on device")
    fault.__cause__ = DiskFull()
    return fault


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (OperationalError("database or disk is full"), 507),
        (_from_postgres(), 507),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (OperationalError("server closed the connection unexpectedly"), 503),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (ValueError("database or disk is full"), 500),
    ],
)
def test_the_page_says_what_to_do(fault: Exception, status: int) -> None:
    try:
        raise fault
    except Exception:
        answer = broken(RequestFactory().get("/"))
    assert answer.status_code == status
    page = answer.content.decode()
    assert ("There is no room left to save this. Nothing was changed." in page) is (status == 507)
    assert "No space left on device" not in page

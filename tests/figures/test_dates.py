"""Days and moments have one form, and a time names its zone."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

import figures

ROOT = Path(__file__).resolve().parents[2]


def test_a_day_and_a_moment() -> None:
    at = dt.datetime(2026, 7, 4, 14, 1, tzinfo=ZoneInfo("America/New_York"))
    assert figures.day(at.date()) == "4 Jul 2026"
    assert figures.day(at) == "4 Jul 2026"
    assert figures.moment(at) == "4 Jul 2026, 14:01 EDT"
    assert figures.moment(at.replace(month=12)) == "4 Dec 2026, 14:01 EST"
    assert figures.moment(at.replace(tzinfo=None)) == "4 Jul 2026, 14:01"
    assert figures.day(None) == figures.moment(None) == ""


@pytest.mark.parametrize(
    ("zone", "written"),
    [("UTC", "1 Jan 2027, 03:30 UTC"), ("America/New_York", "31 Dec 2026, 22:30 EST")],
)
def test_pages_write_them_in_the_zone_in_force(zone: str, written: str) -> None:
    at = dt.datetime(2027, 1, 1, 3, 30, tzinfo=dt.UTC)
    with timezone.override(zone):
        page = Template("{{ at|moment }}/{{ at|day }}").render(Context({"at": at}))
    assert page == f"{written}/{written.split(',', maxsplit=1)[0]}"


def test_no_template_writes_a_day_in_another_form() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {form}"
        for path in (ROOT / "templates").rglob("*.html")
        for form in re.findall(r"""\|(?:date|time)\b(?::(?:"[^"]*"|'[^']*'))?""", path.read_text("utf-8"))
        if not re.search(r"""^\|date:["'](?:c|l|H:i|H:i:s|H:i T)["']$""", form)
    }
    assert found == set()

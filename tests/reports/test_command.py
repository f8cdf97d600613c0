"""`manage.py report`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.tenancy import opened
from reports.models import Report
from tests.conftest import Case


def run(**options: object) -> str:
    out = StringIO()
    call_command("report", stdout=out, **options)
    return out.getvalue()


def test_it_writes_the_pdf_and_keeps_the_report(sample_closed: Case, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    said = run(organisation=sample_closed.slug, paper="a4", out=target)
    assert target.read_bytes().startswith(b"%PDF")
    assert "pages, record 1" in said
    with opened(sample_closed.organisation):
        assert Report.objects.latest("pk").paper == "a4"


def test_it_says_in_a_sentence_what_is_wrong(sample_closed: Case, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    with pytest.raises(CommandError, match="no organisation 'nobody'"):
        run(organisation="nobody", out=target)
    with pytest.raises(CommandError, match="has no record 99"):
        run(organisation=sample_closed.slug, record=99, out=target)
    with pytest.raises(CommandError, match="No such file or directory"):
        run(organisation=sample_closed.slug, out=tmp_path / "missing" / "report.pdf")
    assert not target.exists()

"""The section "Faults" of docs/benchmarks.md: a run renews the figures it measured, others stay."""

from __future__ import annotations

import re

from tests.bench_file import TARGET, machine, write_section

TITLE = "Faults"
_ROW = re.compile(r"^\| (?P<what>[^|]+?) \| (?P<value>[^|]+?) \|$", re.MULTILINE)
_HEADING = ("What was done, and what is measured", "Measured")


def known() -> dict[str, str]:
    """The figures in the file by what they measure."""
    sections = TARGET.read_text(encoding="utf-8").split("\n## ") if TARGET.exists() else []
    mine = [section for section in sections if section.startswith(f"{TITLE}\n")]
    rows = dict(match.groups() for match in _ROW.finditer(mine[0])) if mine else {}
    return {what: value for what, value in rows.items() if (what, value) != _HEADING}


def write(measured: dict[str, str]) -> None:
    """Write the section with the new figures among the old ones."""
    figures = dict(sorted({**known(), **measured}.items()))
    lines = [
        "Made by `make test-faults`: gunicorn, Celery workers and beat as real processes, private PostgreSQL",
        "and Redis servers. Figures depend on the machine and its load; the tests hold the limits.",
        "",
        machine(),
        "",
        f"| {_HEADING[0]} | {_HEADING[1]} |",
        "|---|---|",
        *(f"| {what} | {value} |" for what, value in figures.items()),
    ]
    write_section(TITLE, "\n".join(lines))

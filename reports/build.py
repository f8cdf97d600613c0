"""From a stored ranking record to what is printed; nothing is decided or ranked again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import InvalidInput
from engine.errors import refuse
from reports.content import RecordLine, ReportContent
from reports.first_page import first_page
from reports.section_method import method_section, record_section
from reports.section_money import money_section
from reports.section_options import options_section
from reports.section_ranking import ranking_section
from reports.section_risks import risks_section
from reports.section_sure import sure_section
from reports.section_tasks import tasks_section
from reports.source import Options, Source

__all__ = ["InvalidInput", "Options", "build"]


def build(record: Mapping[str, Any], options: Options) -> ReportContent:
    """Arrange a parsed record (``lpo.record/1``). Raises ``InvalidInput`` when it holds no case."""
    if "case" not in record:
        raise refuse("$.case", "the record holds a decision without its case; a board report needs both")
    source = Source(record, options)
    return ReportContent(
        title=f"Board report: {options.selection}",
        organisation=options.organisation,
        subject=f"{options.selection}, {options.period}",
        date=f"{options.made_at:%-d %B %Y}",
        is_sample=options.is_sample,
        has_privilege_line=options.has_privilege_line,
        rule_set=options.rule_set.says,
        first_page=first_page(source),
        sections=(
            tasks_section(source),
            options_section(source),
            ranking_section(source),
            sure_section(source),
            money_section(source),
            risks_section(source),
            method_section(source),
            record_section(source),
        ),
        record=RecordLine(
            number=f"Ranking record {options.record_number}",
            sha256=options.sha256,
            versions=f"{record['decision']['schema']} · engine {record['versions']['engine']}",
            kept=f"{options.kept_at:%-d %B %Y}",
        ),
    )

"""From a stored suitability record to what is printed; nothing is decided or scored again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import refuse
from reports.content import RecordLine, ReportContent
from reports.source import Options
from reports.suitability.first_page import first_page
from reports.suitability.section_gates import blocks_section, rules_section
from reports.suitability.section_method import method_section, record_section
from reports.suitability.section_tasks import portfolio_section, tasks_section
from reports.suitability.source import SuitabilitySource


def build_suitability(record: Mapping[str, Any], options: Options) -> ReportContent:
    """Arrange a parsed record (``lpo.suitability/1``). Raises ``InvalidInput`` when it is of another kind."""
    if "inputs" not in record:
        raise refuse("$.inputs", "the record holds no assessment")
    source = SuitabilitySource(record, options)
    return ReportContent(
        title=f"Suitability report: {options.period}",
        organisation=options.organisation,
        subject=options.period,
        date=f"{options.made_at:%-d %B %Y}",
        is_sample=options.is_sample,
        has_privilege_line=options.has_privilege_line,
        rule_set=options.rule_set.says,
        first_page=first_page(source),
        sections=(
            portfolio_section(source),
            tasks_section(source),
            blocks_section(source),
            rules_section(source),
            method_section(source),
            record_section(source),
        ),
        record=RecordLine(
            number=f"Suitability record {options.record_number}",
            sha256=options.sha256,
            versions=f"{record['schema']} · engine {record['versions']['engine']}",
            kept=f"{options.kept_at:%-d %B %Y}",
        ),
        kind="suitability",
    )

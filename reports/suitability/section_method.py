"""How scores and costs come about, with weights, bands and rates; and how the record is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import figures
from assessments.words import OUTCOMES
from reports.content import Block, Cell, Column, Paragraph, Row, Section, Table
from reports.suitability.source import SuitabilitySource
from selections.words import measures

FORMULAS = (
    (
        "Gates",
        "Read first. One that stops a task decides the outcome; the strictest of the others restricts it.",
    ),
    ("Level share", "(level − 1) / 4; (5 − level) / 4 where a higher level speaks for keeping the work."),
    ("Score", "100 × Σ(weight × level share) / Σ weight, over all factors."),
    (
        "Range",
        "An answer that is not known counts once as the worst and once as the best: least and most score.",
    ),
    ("Band", "The band in which the score lies; with a range only when both ends lie in the same band."),
    (
        "In-house cost",
        "Volume × hours per unit × Σ(share of the role × its rate), rounded to whole units by task.",
    ),
    ("Cash part", "The same over the roles that are paid outside. Salaried hours are not cash."),
)


def method_section(source: SuitabilitySource) -> Section:
    """The appendix."""
    name, version = source.inputs["factor_set"]["name"], source.inputs["factor_set"]["version"]
    blocks: list[Block] = [
        Paragraph(f"Factors, weights, bands and gates are those of “{name}”, version {version}."),
        Table(
            "How the figures are made",
            (Column("Figure", share=0.6), Column("How it is made", share=3)),
            tuple(Row((Cell(name, is_strong=True), Cell(how))) for name, how in FORMULAS),
        ),
        _weights(source),
        _bands(source),
        _rates(source),
    ]
    return Section("Method and weights", tuple(blocks))


def _weights(source: SuitabilitySource) -> Table:
    factors = source.rulebook.factors
    total = sum(factor.weight for factor in factors)
    columns = (
        Column("Code"),
        Column("Factor and its question", share=2),
        Column("A higher level", share=0.9),
        Column("Weight", is_number=True),
        Column("Share", "of 100", is_number=True),
    )
    rows = tuple(
        Row(
            (
                Cell(factor.code),
                Cell(factor.name, below=factor.question),
                Cell("favours outsourcing" if factor.favours_outsourcing else "favours keeping"),
                Cell(measures.trimmed(factor.weight, 2)),
                Cell(figures.score(100 * factor.weight / total if total else None, none=figures.DASH)),
            )
        )
        for factor in factors
    )
    return Table("Factors and weights", columns, rows)


def _bands(source: SuitabilitySource) -> Table:
    rows = tuple(
        Row(
            (
                Cell(OUTCOMES.get(band.code, band.code)),
                Cell(measures.trimmed(band.start, 2)),
                Cell(band.label),
            )
        )
        for band in reversed(source.rulebook.bands)
    )
    columns = (Column("Outcome", share=1), Column("Score from", is_number=True), Column("Meaning", share=2))
    return Table("Bands of the score", columns, rows)


def _below(rate: Mapping[str, Any]) -> str:
    """What the rate holds, and whether it is another period's."""
    carried = rate.get("carried_from")
    said = f"rate of {carried}, not confirmed for this period" if carried else ""
    return " · ".join(part for part in (said, rate["basis"]) if part)


def _rates(source: SuitabilitySource) -> Table:
    rows = tuple(
        Row(
            (
                Cell(rate["name"], below=_below(rate)),
                Cell("outside spend (cash)" if rate["kind"] == "external_cash" else "salaried"),
                Cell(figures.price(rate["usd_per_hour"])),
            )
        )
        for _, rate in source.rates
    )
    columns = (
        Column("Role", share=1.6),
        Column("Kind", share=0.8),
        Column("Loaded rate", f"{source.unit} an hour", is_number=True),
    )
    return Table("Rates of the roles", columns, rows)


def record_section(source: SuitabilitySource) -> Section:
    """The hash, and what it is good for."""
    options = source.options
    versions = ", ".join(f"{name} {version}" for name, version in source.record["versions"].items())
    by = options.kept_by or "the system"
    rows = (
        ("Record", f"{options.record_number}, stored {options.kept_at:%-d %B %Y, %H:%M}, asked for by {by}"),
        ("SHA-256 of the record", options.sha256),
        ("SHA-256 of the inputs in it", source.record["inputs_sha256"]),
        ("Versions", versions),
    )
    return Section(
        "Record",
        (
            Paragraph(
                "The assessment was stored as it was when this report was asked for, and every figure is "
                "read from that record. Notes for counsel are not part of it. The workbook beside this "
                "report holds the same inputs with a formula for every score, outcome and cost."
            ),
            Table(
                "The record behind this report",
                (Column("Item"), Column("Value", share=1)),
                tuple(Row((Cell(name), Cell(value))) for name, value in rows),
            ),
            Paragraph("To check the record, download it beside this report and run:"),
            Paragraph(
                f"python manage.py verify suitability-record-{options.record_number}.json "
                f"--hash {options.sha256}",
                "formula",
            ),
            Paragraph(
                "It says separately whether the bytes match this hash, whether gates, scores and costs come "
                "out the same within 1e-9, and whether the versions are the same. A match means that no "
                "change was detected; it says nothing about who made the record or when."
            ),
        ),
    )

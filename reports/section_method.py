"""How the figures are made, with the weights and scales in force, and how the record is checked."""

from __future__ import annotations

import figures
from assessments.words import OUTCOMES
from reports.content import Block, Bullets, Cell, Column, Paragraph, Row, Section, Signatures, Table
from reports.first_page import SIGNERS
from reports.source import Source, sentence
from selections.assumptions import ASSUMPTIONS, RATIOS
from selections.words import measures

FORMULAS = (
    (
        "Suitability",
        "score = 100 × Σ(weight × level share) / Σ weight; level share = (level − 1) / 4, or (5 "
        "− level) / 4 where a higher level speaks for keeping the work. Gates are read first and "
        "are never offset.",
    ),
    (
        "Value of an answer",
        "each sub-criterion has a fixed scale from worst (0) to best (1), straight between its "
        "points; beyond an end, the end counts.",
    ),
    (
        "Total",
        "total = 100 × Σ(weight of the sub-criterion in the whole × value). Fixed scales: adding "
        "or removing a provider never changes the order of the others.",
    ),
    (
        "Run cost",
        "run cost = fees + oversight + rework + governance; saving = in-house cost − run cost, "
        "both over the tasks the provider bids for.",
    ),
    (
        "Oversight",
        "volume × hours per unit × productivity × share by closeness to the practice of law × "
        "supervising rate.",
    ),
    ("Rework", "volume × error rate × hours per unit × share corrected × rate."),
    (
        "Transition",
        "provider charge + internal hours × rate + parallel run; payback from year 1 at its ramp.",
    ),
    (
        "Range",
        "low: volume −20%, prices +10%; high: volume +10%, prices −5%; committed fees do not "
        "follow the volume.",
    ),
    ("Direct cash", "outside spend avoided − fees − tooling. Salaried hours are not cash."),
    (
        "What would change the first place",
        "solved exactly for each weight and each score alone, not searched.",
    ),
)
MISSING = {
    "worst": "A value that is not known counts as the worst of its scale in the ranking.",
    "midpoint": "A value that is not known counts as the middle of its scale in the ranking.",
}
NO_ADVICE = (
    "This report supports a decision; it is not legal advice and gives no opinion on the law. "
    "The rules behind the gates "
    "are summaries: a lawyer licensed in the jurisdictions concerned confirms them before "
    "anybody relies on them."
)


def method_section(source: Source) -> Section:
    """The appendix."""
    decision = source.record["decision"]
    rules = (
        MISSING[decision["missing"]],
        f"A lead below {measures.trimmed(source.reading.tie_margin, 2)} points is reported as a "
        "tie, to be broken by a pilot.",
        "Each shown figure is rounded once from its unrounded value; nothing is calculated with "
        "rounded figures but where the method says so.",
    )
    blocks: list[Block] = [
        _formulas(),
        Bullets(rules),
        _factor_set(source),
        _weights(source),
        _assumptions(source),
        _rates(source),
    ]
    return Section("Method, weights and assumptions", tuple(blocks))


def _formulas() -> Table:
    columns = (Column("Figure", share=0.8), Column("How it is made", share=3))
    rows = tuple(Row((Cell(name, is_strong=True), Cell(sentence(words)))) for name, words in FORMULAS)
    return Table("How the figures are made", columns, rows)


def _factor_set(source: Source) -> Table:
    """Which factors and gates were in force, who adopted them, and how the factors weigh."""
    found, rules = source.adoption, source.inputs["factor_rules"]
    weights = {factor["code"]: float(factor["default_weight"]) for factor in rules["factors"]}
    total = sum(weights.values())
    shares = (f"{code} {figures.index(100 * weight / total)}" for code, weight in weights.items() if weight)
    starts = sorted(((float(band["min"]), band["code"]) for band in rules["bands"]), reverse=True)
    bands = (f"{OUTCOMES.get(code, code)} from {measures.trimmed(start, 2)}" for start, code in starts)
    off = (f"{gate.gate} {gate.name}: {gate.reason}" for gate in source.gates_off)
    rows = {
        "Version": found.version if found.adopted_by else f"As shipped, {found.version}".rstrip(", "),
        "Proposed by": f"{found.proposed_by}: {found.reason}" if found.proposed_by else "",
        "Adopted by": f"{found.adopted_by}, {found.adopted_on}: {found.comment}"
        if found.adopted_by
        else "Nobody: it is the set that came with the application",
        "Shipped gates turned off": "; ".join(off) or "None",
        "Weights of the factors": f"{', '.join(shares)} of 100",
        "Bands": ", ".join(bands),
    }
    return Table(
        "Factors and gates in force",
        (Column("Item"), Column("Value", share=1)),
        tuple(Row((Cell(name), Cell(text))) for name, text in rows.items() if text),
    )


def _weights(source: Source) -> Table:
    reading = source.reading
    columns = (
        Column("Code"),
        Column("Criterion", share=1.2),
        Column("Weight", "in group", True),
        Column("Weight", "in all", True),
        Column("Scale, worst to best", share=1.6),
    )
    rows = []
    for node in reading.nodes.values():
        shares = (
            Cell(figures.score(100 * reading.local.get(node.code, 0))),
            Cell(figures.score(100 * reading.overall.get(node.code, 0))),
        )
        if node.points:
            scale = Cell(_scale(node.points), below=node.unit)
            rows.append(Row((Cell(node.code), Cell(node.name), *shares, scale)))
        else:
            rows.append(Row((Cell(node.code), Cell(node.name), *shares, Cell("")), "total"))
    note = "Weights of 100. In the scale each figure is followed by its value between 0 (worst) and 1 (best)."
    return Table("Weights and value points", columns, tuple(rows), note)


def _scale(points: tuple[tuple[float, float], ...]) -> str:
    return ", ".join(f"{measures.trimmed(x, 2)} → {measures.trimmed(value, 2)}" for x, value in points)


def _assumptions(source: Source) -> Table:
    given = source.inputs["assumptions"]
    rows = [
        Row((Cell(one.label), Cell(_value(given[one.name])), Cell(one.unit.replace("USD", source.unit))))
        for one in ASSUMPTIONS
        if one.name in given
    ]
    for level, ratio in given.get(RATIOS, {}).items():
        words = f"Supervision, closeness to the practice of law at level {level}"
        rows.append(Row((Cell(words), Cell(_value(ratio)), Cell("share of provider hours"))))
    columns = (Column("Assumption", share=1.6), Column("Value", is_number=True), Column("Unit", share=1))
    return Table("Assumptions of the business case", columns, tuple(rows))


def _rates(source: Source) -> Table:
    kinds = {"internal": "salaried", "external_cash": "outside spend (cash)"}
    rows = tuple(
        Row(
            (
                Cell(_words(code)),
                Cell(kinds.get(rate["kind"], rate["kind"])),
                Cell(figures.price(rate["usd_per_hour"])),
            )
        )
        for code, rate in source.inputs["role_rates"].items()
    )
    columns = (
        Column("Role", share=1),
        Column("Kind", share=1),
        Column("Loaded rate", f"{source.unit} an hour", True),
    )
    return Table("Rates of the roles", columns, rows)


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def _value(value: float) -> str:
    return figures.count(value) if abs(value) >= 1000 else measures.trimmed(float(value), 4)


def record_section(source: Source) -> Section:
    """The hash, what it is good for, and the approval block."""
    options = source.options
    versions = ", ".join(f"{name} {version}" for name, version in source.record["versions"].items())
    rows = (
        (
            "Record",
            f"{options.record_number}, kept {options.kept_at:%-d %B %Y, %H:%M} by "
            f"{options.kept_by or 'the system'}",
        ),
        ("Reason given", options.reason or "none"),
        ("SHA-256 of the record", options.sha256),
        ("SHA-256 of the decision in it", source.record["result"]["input_sha256"]),
        ("Versions", versions),
        ("Rules (beside the record)", f"{options.rule_set.says}. {options.rule_set.why}"),
    )
    table = Table(
        "The record behind this report",
        (Column("Item"), Column("Value", share=1)),
        tuple(Row((Cell(name), Cell(value))) for name, value in rows),
    )
    how = (
        "It says separately whether the bytes match this hash, whether ranks, gates and figures "
        "come out the same "
        "within 1e-9, and whether the versions are the same. A match means that no change was "
        "detected; it says "
        "nothing about who made the record or when."
    )
    return Section(
        "Record and approval",
        (
            Paragraph(
                "Every figure of the decision in this report is read from one stored record of "
                "its inputs, rules and results. "
                "The hash detects change."
            ),
            table,
            Paragraph("To check the record, download it beside this report and run:"),
            Paragraph(
                f"python manage.py verify record-{options.record_number}.json --hash {options.sha256}",
                "formula",
            ),
            Paragraph(how),
            Paragraph(NO_ADVICE),
            Signatures("Approval", SIGNERS),
        ),
    )

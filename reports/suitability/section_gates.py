"""The gates: task by task with conditions and evidence, then every rule with its articles and sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assessments.rulebook import Gate
from assessments.words import EFFECTS
from assessments.words_gates import basis_words, kind_name, trigger_words
from reports.content import Cell, Column, Paragraph, Row, Section, Table
from reports.section_tasks import MARKS
from reports.source import counted, number_word, sentence
from reports.suitability.section_tasks import score_words
from reports.suitability.source import ConditionFacts, GateFacts, SuitabilitySource, TaskFacts

_TAKEN = Cell("", rows=0)
COLUMNS = (
    Column("Gate and why", share=1.1),
    Column("Rule behind it", share=1.1),
    Column("Condition", share=1.3),
    Column("State and evidence", share=1.2),
)


def blocks_section(source: SuitabilitySource) -> Section:
    """One block for each task that has a gate."""
    gated = [task for task in source.tasks if task.gates]
    if not gated:
        return Section("Gates, task by task", (Paragraph("No gate fires on any task."),))
    words = (
        f"{sentence(counted(len(gated), 'task'))} of {number_word(len(source.tasks))} "
        f"{'has' if len(gated) == 1 else 'have'} a gate. No score offsets a gate: one that stops a task "
        "decides its outcome, one that limits or asks for conditions stands beside it. A task is awarded "
        "only when every condition is closed with evidence, or its gate is waived. Section 4 has each rule "
        "in short, with its sources."
    )
    return Section("Gates, task by task", (Paragraph(words), *(_block(source, task) for task in gated)))


def _block(source: SuitabilitySource, task: TaskFacts) -> Table:
    score = score_words(task)
    verdict = Row((Cell(f"{task.verdict.text} · score {score}", MARKS.get(task.outcome, "open")),), "heading")
    rows = [verdict]
    for one in task.gates:
        rows += _gate_rows(source, one)
    return Table(f"{task.code} {task.name}", COLUMNS, tuple(rows))


def _gate_rows(source: SuitabilitySource, one: GateFacts) -> Iterator[Row]:
    """A row for each condition; gate and rule stand in the first."""
    effect = "waived: no effect" if one.waiver else EFFECTS[one.gate.effect]
    name = Cell(
        f"{one.gate.code} {one.gate.name}",
        below=f"{sentence(effect)}. {sentence(one.reason)}.",
        is_strong=True,
    )
    rule = Cell("; ".join(source.articles(one.gate)) or "No article named")
    cells = [_condition(one, condition) for condition in one.conditions] or [(Cell("No condition"), Cell(""))]
    yield Row((replace(name, rows=len(cells)), replace(rule, rows=len(cells)), *cells[0]))
    for pair in cells[1:]:
        yield Row((_TAKEN, _TAKEN, *pair))


def _condition(one: GateFacts, condition: ConditionFacts) -> tuple[Cell, Cell]:
    if one.waiver:
        return Cell(condition.text), Cell("Not asked for: waived", "conditional")
    if not condition.is_closed:
        return Cell(condition.text), Cell("Open", "open")
    return Cell(condition.text), Cell(f"Closed: {condition.evidence}", "ok", condition.by)


def rules_section(source: SuitabilitySource) -> Section:
    """Every gate that fires: rule, kind, triggers, articles, sources and whether they were seen."""
    gates = [source.rulebook.gates[code] for code in sorted(source.fired)]
    if not gates:
        return Section(
            "The rules behind the gates", (Paragraph("No gate fires, so no rule stands behind one."),)
        )
    columns = (
        Column("Gate", share=0.8),
        Column("Rule in short, and what fires it", share=1.7),
        Column("Articles and sources", share=1.7),
        Column("Tasks", is_number=True),
    )
    rows = []
    for gate in gates:
        articles = "; ".join(source.articles(gate)) or "No article of the model rules named"
        rows.append(
            Row(
                (
                    Cell(f"{gate.code} {gate.name}", below=kind_name(gate), is_strong=True),
                    Cell(gate.rule, below=f"Fires on: {'; '.join(trigger_words(gate, source.rulebook))}"),
                    Cell(articles, below=_sources(gate)),
                    Cell(str(source.fired[gate.code])),
                )
            )
        )
    note = (
        "Model Rule: ABA Model Rules of Professional Conduct, which each state adopts in its own wording. "
        "Gates of the kinds law and supervision cannot be waived."
    )
    table = Table("Gates that fire in this assessment", columns, tuple(rows), note)
    return Section("The rules behind the gates", (table,))


def _sources(gate: Gate) -> str:
    """The sources by their names, and how far the rule was checked."""
    said = ("; ".join(source_names(gate)), sentence(basis_words(gate.status)))
    return " ".join(f"{text}." for text in said if text)


def source_names(gate: Gate) -> tuple[str, ...]:
    """What stands behind a gate; a source that the factor set gives no name is left out."""
    return tuple(
        found.title if found.is_verified else f"{found.title} (not seen: confirm first)"
        for found in gate.sources
        if found.title != found.code
    )

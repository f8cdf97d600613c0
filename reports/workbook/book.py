"""The whole workbook, with the sheet that says what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.content import PRIVILEGE_LINE
from reports.source import Options
from reports.suitability.first_page import NO_ADVICE
from reports.suitability.source import SuitabilitySource
from reports.workbook import inputs, money, scores
from reports.workbook.plan import BOLD, WRAPPED, Plan
from tabular import READ_ME, Item, Look, Sheet, Workbook, formula_workbook

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLE = Look(is_bold=True, size=16)
SHEETS = (
    (
        "Tasks",
        "Volumes, effort, who may do the work and who does it. The first nine columns are those of the task "
        "grid: save the workbook and import it there to see and take over what you changed.",
    ),
    ("Answers", "Levels 1 to 5 by factor (empty: not known), flags, and gates that two people waived."),
    ("Factors", "Weights, and what each level is worth. Change a weight and every score follows."),
    ("Rates", "Loaded rates by role. Only outside roles are cash."),
    ("Bands", "Where each outcome begins. Keep the starts rising."),
    ("Gates", "Every gate with its rule, the articles behind it and its sources."),
    (
        "Conditions",
        "Conditions of the gates that fired, with evidence. Values: people close conditions, no formula "
        "does.",
    ),
    ("Gates by task", "Formulas: which gate fires on which task."),
    (
        "Scores",
        "Formulas: score = 100 × Σ(weight × level share) / Σ weight; lowest and highest where an answer is "
        "not known; the outcome, which a gate may decide before the score.",
    ),
    (
        "Costs",
        "Formulas: volume × hours × Σ(share × rate), with the cash part; rounded to whole units by task.",
    ),
    ("Portfolio", "Formulas: tasks, hours and cost by outcome."),
)
HOW = (
    "Tinted cells are inputs: change them and everything else follows. Sheets of formulas are locked without "
    "a password, so that nothing is overwritten by accident.",
    "A change here changes nothing in the application. Waivers are entered as given: the application asks a "
    "second person before it grants one.",
    "Points and hours show two decimals here, so that the exact value is seen: a score of 76.25 is 76.25 "
    "here and 76.2 on pages and in the PDF, which show one decimal and round an exact half to the even "
    "digit.",
)


def suitability_workbook(record: Mapping[str, Any], options: Options) -> bytes:
    """Write the workbook of a parsed record (``lpo.suitability/1``)."""
    source = SuitabilitySource(record, options)
    plan = Plan(source)
    sheets = (
        _read_me(source),
        inputs.tasks_sheet(plan),
        inputs.answers_sheet(plan),
        inputs.factors_sheet(plan),
        inputs.rates_sheet(plan),
        inputs.bands_sheet(plan),
        inputs.gates_sheet(plan),
        inputs.conditions_sheet(plan),
        scores.gates_by_task_sheet(plan),
        scores.scores_sheet(plan),
        money.costs_sheet(plan),
        money.portfolio_sheet(plan),
    )
    head = f"{options.organisation} – suitability of legal tasks"
    return formula_workbook(
        Workbook(sheets, plan.names, PRIVILEGE_LINE if options.has_privilege_line else head)
    )


def _read_me(source: SuitabilitySource) -> Sheet:
    options = source.options

    def rows() -> Iterator[list[Item]]:
        yield [Item("Suitability of legal tasks", _TITLE)]
        if options.has_privilege_line:
            yield [Item(PRIVILEGE_LINE, BOLD)]
        sample = " · sample data" if options.is_sample else ""
        yield [Item("Organisation", BOLD), Item(f"{options.organisation}{sample}", WRAPPED)]
        yield [Item("Period", BOLD), Item(options.period, WRAPPED)]
        kept = f"{options.record_number}, stored {options.kept_at:%-d %B %Y, %H:%M}"
        yield [Item("Record", BOLD), Item(kept, WRAPPED)]
        yield [Item("SHA-256", BOLD), Item(options.sha256, WRAPPED)]
        yield [Item("Currency", BOLD), Item(source.unit)]
        yield []
        yield [Item("No legal advice", BOLD), Item(NO_ADVICE, WRAPPED)]
        yield [Item("Inputs", BOLD), Item(HOW[0], Look(is_input=True, is_wrapped=True))]
        yield [Item("What it is not", BOLD), Item(HOW[1], WRAPPED)]
        yield [Item("Decimals", BOLD), Item(HOW[2], WRAPPED)]
        yield []
        yield [Item("Sheet", BOLD), Item("What it holds", BOLD)]
        for name, holds in SHEETS:
            yield [Item(name), Item(holds, WRAPPED)]

    return Sheet(READ_ME, rows(), (20, 100), freeze="A2", heads=0)

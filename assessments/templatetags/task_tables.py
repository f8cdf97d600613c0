"""What tables of legal tasks are made of: outcome, gates, score, and the whole row of the task table.

A page of the table holds fifty rows, which as template nodes were half of its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

import figures
from assessments import words
from assessments.models import TaskAssessment
from assessments.queries import GateChip, TaskRow
from assessments.words import Verdict
from assessments.words_gates import basis_words
from charting.cells import filled, joined
from charting.icons import icon

register = template.Library()

register.filter("basis", basis_words)

Bands = Sequence[tuple[Any, str]]

_OUTCOME = '<span class="outcome {}">{}{}</span>{}'
_LIMIT = '<span class="restrict">{}</span>'
_GATES = '<div class="gates">{}</div>'
_GATE = '<a class="gate {}" href="{}#{}">{}{}{}<span class="visually-hidden">, {}, {}</span></a>'
_NO_GATE = '<span class="small muted">{}</span>'
_SCORE = (
    '<div class="score"><a class="why" data-dialog href="{}{}/score/" '
    'aria-label="Score of {}: {}, show the arithmetic">{}</a>'
    '<svg class="scorebar" aria-hidden="true"><rect class="f-track" width="100%" height="8"/>'
    '<rect class="{}" width="{}" height="8"/>{}</svg></div>'
)
_TICK = '<line class="tick" x1="{0}%" x2="{0}%" y1="0" y2="8"/>'
_RANGE = (
    '<a class="why range" data-dialog href="{0}{1}/score/" '
    'aria-label="Score of {2}: between {3} and {4}, show the arithmetic">{3} to {4}</a>'
    '<span class="sub">{5} of {6} answered</span>'
)
_UNANSWERED = '<a class="small" href="{}{}/">Answer {} factors</a>'
_BARS = {"cosource": "f-co", "retain": "f-re"}
_NONE = SafeString('<span class="none">—</span>')
_SUB = '<span class="sub">{}</span>'
_ORIGIN = '<span class="sub">{}{}</span>'
_ROW = (
    '<tr id="row-{0}" role="row"{1}{2}>'
    '<td class="code" role="cell">{3}</td>'
    '<th scope="row" role="rowheader"><a id="open-{0}" class="opens" href="{4}{0}/" '
    'data-editor="{4}{0}/editor/" aria-expanded="{5}">{6}</a>{7}'
    '<span class="only-sm restrict">{8}</span></th>'
    '<td class="num only-lg" role="cell">{9}</td>'
    '<td class="num only-lg" role="cell">{10}</td>'
    '<td class="num only-lg" role="cell">{11}</td>'
    '<td class="gatecell" role="cell">{12}</td>'
    '<td class="scorecell" role="cell">{13}</td>'
    '<td class="only-lg" role="cell">{8}</td></tr>\n'
)
_EXPANDED, _OUT_OF_BAND = SafeString(' class="expanded"'), SafeString(' hx-swap-oob="true"')


@register.simple_tag
def outcome(verdict: Verdict) -> SafeString:
    """Draw an outcome with its restriction, always together."""
    limits = joined(filled(_LIMIT, limit) for limit in verdict.limits)
    return filled(_OUTCOME, verdict.css, icon(verdict.icon), verdict.name, limits)


@register.simple_tag
def gate_chips(chips: Sequence[GateChip], page: str, flags: str) -> SafeString:
    """Draw the gates of a task with the way to each on its page; where none fired, its flags in words."""
    if not chips:
        return filled(_NO_GATE, flags)
    return filled(_GATES, joined(_chip(chip, page) for chip in chips))


def _chip(chip: GateChip, page: str) -> SafeString:
    mark = f" {chip.mark}" if chip.mark else ""
    return filled(_GATE, chip.css, page, chip.code, icon(chip.icon), chip.code, mark, chip.name, chip.state)


@register.simple_tag
def task_row(
    row: TaskRow, base: str, bands: Bands, *, is_open: bool = False, oob: bool = False
) -> SafeString:
    """Draw one row of the task table; `bands`: (start, name) of those above the lowest.

    `is_open`: its editor stands below it; `oob`: the row replaces its namesake.
    """
    task = row.task
    return filled(
        _ROW,
        task.pk,
        _EXPANDED if is_open else "",
        _OUT_OF_BAND if oob else "",
        task.legal_task.code,
        base,
        "true" if is_open else "false",
        task.legal_task.name,
        origin(task),
        outcome(row.verdict),
        _volume(row),
        _NONE if task.annual_hours is None else figures.hours(task.annual_hours),
        _NONE if task.baseline_amount is None else figures.money(task.baseline_amount),
        gate_chips(row.chips, f"{base}{task.pk}/", row.flags),
        _score(row, base, bands),
    )


@register.simple_tag
def origin(task: TaskAssessment) -> SafeString | str:
    """Draw where facts and answers are from that nobody has confirmed; nothing where all are."""
    said = words.origin(task)
    return filled(_ORIGIN, icon("warn", "tiny"), said) if said else ""


def _volume(row: TaskRow) -> SafeString:
    if row.task.annual_volume is None:
        return _NONE
    return joined((filled("{}", figures.count(row.task.annual_volume)), filled(_SUB, row.units)))


def _score(row: TaskRow, base: str, bands: Bands) -> SafeString:
    """Draw the score with its bar; while answers are missing, the range in which it lies."""
    task = row.task
    code = task.legal_task.code
    if task.score is not None:
        shown = figures.score(task.score)
        ticks = joined(filled(_TICK, start) for start, _name in bands)
        bar = _BARS.get(row.verdict.css, "f-out")
        return filled(_SCORE, base, task.pk, code, shown, shown, bar, figures.percent(task.score), ticks)
    if not row.answered:
        return filled(_UNANSWERED, base, task.pk, row.factors)
    low, high = figures.score(task.score_low), figures.score(task.score_high)
    return filled(_RANGE, base, task.pk, code, low, high, row.answered, row.factors)

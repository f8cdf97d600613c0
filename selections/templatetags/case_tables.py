"""Cells of the big tables of a case, drawn a row at a time.

A comparison holds four hundred cells. As template nodes, some ten for each, they took half the time of the
page; one format for each cell takes an eighth of that.
"""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from charting.cells import filled, joined
from charting.icons import icon
from providers.templatetags.evidence import evidence
from selections.queries.comparison_shapes import Cell, Row
from selections.queries.ranking import RankRow, ScoreLine, Segment

register = template.Library()

_COMPARED = '<td class="{}" data-plain="{}"><span class="cell">{}{}{}</span></td>'
_WHY = '<a class="why" data-dialog href="{}{}/{}/{}">{}</a>'
_PAGE = '<a class="why{}" href="{}{}/#{}"{}>{}{}</a>'
_ICON = '<span class="{}">{}</span>'
_TITLE = ' title="{}"'
_BEST = SafeString('<span class="visually-hidden">best: </span>')
_AXIS = '<svg aria-hidden="true"><line class="axis" x1="0" x2="100%" y1="7" y2="7"/>{}</svg>'
_DOT = '<circle class="dot{}" cx="{}" cy="7" r="{}"/>'
_PIECE = (
    '<a href="{}{}/{}/{}" data-dialog aria-label="{}, {}: weight {} of 100 times score {} gives {}. '
    'Show the arithmetic"><rect class="seg f-{}" x="{}" width="{}" y="14" height="26"/>{}</a>'
)
_LABEL = '<svg x="{}" y="14" overflow="visible"><text class="svg-on" x="5" y="17.5">{}{}</text></svg>'
_LETTER = '<tspan class="seg-k">{} </tspan>'
_SCORE = '<td class="num">{}</td>'
_MISSING = SafeString('<span class="none">missing</span>')


@register.simple_tag
def compared_cells(row: Row, why_base: str, why_query: str, bids_url: str) -> SafeString:
    """Draw what each provider has in one row, with the way to its arithmetic or to the page of its bid."""

    def text(cell: Cell) -> str:
        if row.node:
            return filled(_WHY, why_base, cell.bid_pk, row.node, why_query, cell.shown)
        if row.anchor:
            kind = " test" if cell.icon else ""
            title = filled(_TITLE, cell.title) if cell.title else ""
            mark = filled(_ICON, cell.style, icon(cell.icon)) if cell.icon else ""
            return filled(_PAGE, kind, bids_url, cell.bid_pk, row.anchor, title, mark, cell.shown)
        return cell.shown

    return joined(
        filled(
            _COMPARED,
            cell.styles,
            cell.plain,
            _BEST if cell.is_best else "",
            text(cell),
            evidence(cell.evidence) if cell.evidence else "",
        )
        for cell in row.cells
    )


@register.simple_tag
def spread(row: Row) -> SafeString:
    """Draw where the providers lie between worst and best; the first of the ranking comes last, on top."""
    dots = (_dot(cell, is_first=cell is row.cells[0]) for cell in reversed(row.cells) if cell.at)
    return filled(_AXIS, joined(dots))


def _dot(cell: Cell, *, is_first: bool) -> SafeString:
    kind = " ring" if cell.column.is_out else " me" if is_first else ""
    return filled(_DOT, kind, cell.at, 4 if kind == " me" else 3)


@register.simple_tag
def contributions(row: RankRow, name: str, why_base: str, why_query: str) -> SafeString:
    """Draw the bar of one provider: what each criterion adds to its total, with the way to the arithmetic."""
    return joined(
        filled(
            _PIECE,
            *(why_base, row.bid.pk, seg.head.code, why_query),
            *(name, seg.head.name, seg.weight, seg.score, seg.points),
            *(seg.head.colour, seg.x, seg.width),
            _label(seg) if seg.label else "",
        )
        for seg in row.segments
    )


def _label(seg: Segment) -> SafeString:
    return filled(_LABEL, seg.x, filled(_LETTER, seg.head.letter) if seg.has_letter else "", seg.label)


@register.simple_tag
def score_cells(line: ScoreLine, why_base: str, why_query: str) -> SafeString:
    """Draw the scores of one line of the ranking, each with the way to its arithmetic."""
    return joined(
        filled(
            _SCORE,
            filled(
                _WHY,
                why_base,
                cell.bid.pk,
                line.node.code,
                why_query,
                _MISSING if cell.is_missing else cell.text,
            ),
        )
        for cell in line.cells
    )

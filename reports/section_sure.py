"""How sure is the first place? What would change it, price rules, other methods and what is not known."""

from __future__ import annotations

import figures
from charting import ChartSpec, TornadoRow, criterion_colour, tornado
from reports.content import Block, Bullets, Cell, Column, Figure, Paragraph, Row, Section, Table
from reports.source import Source, codes_or_count
from reports.sure_words import price_rule
from selections import words
from selections.queries.robust import Prices, Robust
from selections.words import End, measures

TITLE = "How sure is the first place?"
SHOWN_PROVIDERS = 2


def sure_section(source: Source) -> Section:
    """The section; a single provider, or none, has no first place that could change."""
    if len(source.reading.ranking) < 2:
        return Section(TITLE, (Paragraph("There is no order that anything could change."),))
    found = source.robust
    if found is None:
        return Section(TITLE, (*_changes(source), Paragraph(_untested(source))))
    blocks = (
        Paragraph(" ".join(filter(None, (found.share, found.never))), "lead"),
        _acceptability(source, found),
        *_changes(source),
        *_price_rules(source, found.prices),
        *_checks(found),
        *_unknowns(found),
    )
    return Section(TITLE, blocks)


def _untested(source: Source) -> str:
    engine = source.record["versions"]["engine"]
    return (
        f"The record is of engine {engine}, which did not try random weights, other methods and unknown "
        "values. Keep the ranking again to have that in a report."
    )


def _acceptability(source: Source, found: Robust) -> Table:
    """How often the first two take the first and the second place, whatever the criteria weigh."""
    ranks = source.reading.robustness["acceptability"]
    rows = tuple(
        Row(
            (
                Cell(row.name, is_strong=True),
                Cell(row.first),
                Cell(figures.share(ranks[row.code][1])),
                Cell(row.confidence),
                Cell(", ".join(f"{name} {weight}" for name, _, weight in row.centre) or "none"),
            )
        )
        for row in found.rows[:SHOWN_PROVIDERS]
    )
    others = [row.code for row in found.rows[SHOWN_PROVIDERS:]]
    if others:
        shares = (figures.share(sum(ranks[code][place] for code in others)) for place in (0, 1))
        rows = (*rows, Row((Cell("All others together"), *map(Cell, shares), Cell(""), Cell("")), "quiet"))
    columns = (
        Column("Provider", share=1),
        Column("First", "of all weights", is_number=True),
        Column("Second", "of all weights", is_number=True),
        Column("Confidence", "at these weights", is_number=True),
        Column("Weights that favour it", "of 100, on average", share=1.6),
    )
    note = (
        f"Rank acceptability: shares of {found.samples} random sets of weights (seed {found.seed}), give or "
        f"take {found.half_width}. Nothing is assumed about the weights, so it is no probability of winning."
    )
    return Table("Rank acceptability of the first two", columns, rows, note)


def _changes(source: Source) -> list[Block]:
    """The nearest changes of weights and scores, and the interval of each weight."""
    statement = words.statement(source.reading)
    further = [str(text) for text in (statement.flip, *statement.more) if text is not None]
    blocks: list[Block] = []
    if further:
        blocks += [Paragraph("What would change it", "heading"), Bullets(tuple(further))]
    if len(source.reading.firsts) == 1:
        blocks.append(Figure(_holds(source)))
    return blocks


def _price_rules(source: Source, prices: Prices | None) -> list[Block]:
    """Who is first under each price rule."""
    if prices is None:
        return [Paragraph("Price rules", "heading"), Paragraph(_no_prices(source))]
    columns = (
        Column("Price rule", share=0.8),
        Column("How a price counts", share=2),
        Column("First", share=0.8),
        Column("Changes without", share=0.8),
    )
    rows = tuple(
        Row(
            (
                Cell(row.name),
                Cell(row.formula),
                Cell(row.award, "ok" if row.agrees else "conditional"),
                Cell(row.moved_by or "no bid"),
            )
        )
        for row in prices.rows
    )
    left_out = f" Left out, because the cost is not known: {prices.left_out}." if prices.left_out else ""
    note = (
        "Price is what the whole basket costs with a bid in a year, quality the other criteria, the weight "
        "that of cost. A tick: the first of the ranking is first here too. Changes without: losing bids "
        f"whose withdrawal gives another first.{left_out}"
    )
    said = price_rule(source) or " ".join(prices.findings)
    return [
        Paragraph("Price rules", "heading"),
        *([Paragraph(said)] if said else []),
        Table("The first place under each price rule", columns, rows, note),
    ]


def _no_prices(source: Source) -> str:
    if source.uncosted:
        tasks = codes_or_count(source.uncosted)
        return (
            "The price rules were not compared: they take the cost of the whole basket, and the in-house "
            f"cost of {tasks} is not known."
        )
    return (
        "The price rules were not compared: that takes two bids whose cost is known, and a weight of cost "
        "between 0 and 100."
    )


def _checks(found: Robust) -> list[Block]:
    """Other methods on the same values, each with why."""
    columns = (
        Column("Method", share=1),
        Column("First place"),
        Column("Because", share=2),
    )
    rows = tuple(
        Row(
            (
                Cell(row.name, below=row.variant),
                Cell(
                    "agrees" if row.agrees else f"differs: {row.first}", "ok" if row.agrees else "conditional"
                ),
                Cell(row.because),
            )
        )
        for row in found.check_rows
    )
    return [
        Paragraph("Other methods", "heading"),
        Paragraph(found.checks),
        Table("Cross-checks on the same values", columns, rows),
    ]


def _unknowns(found: Robust) -> list[Block]:
    """Values that are missing or uncertain and could, by themselves, change the first place."""
    blocks: list[Block] = [Paragraph("What is not known", "heading"), Paragraph(found.unknowns)]
    if not found.unknown_rows:
        return blocks
    columns = (
        Column("Value that could change the first place", share=2),
        Column("Known today", share=0.8),
        Column("Worth finding out", "points of 100", is_number=True),
    )
    rows = tuple(Row((Cell(row.sentence), Cell(row.now), Cell(row.worth))) for row in found.unknown_rows)
    note = f"{found.more_unknowns} more stand on the page of the ranking." if found.more_unknowns else ""
    return [*blocks, Table("What to find out first", columns, rows, note)]


def _holds(source: Source) -> ChartSpec:
    reading = source.reading
    first = reading.short[reading.ranking[0]["code"]]
    return tornado(
        [_hold(source, place) for place in range(len(reading.top))],
        title=f"Weights between which {first} stays first",
        summary=str(words.flip_sentence(reading) or ""),
        first=first,
    )


def _hold(source: Source, place: int) -> TornadoRow:
    reading = source.reading
    node = reading.top[place]
    flip = reading.flips[node.code]
    now = measures.weight(flip["weight"])
    low = "0" if flip["low_winner"] is None else words.threshold(End(node, flip["weight"], flip["low"], ""))
    high = (
        "100" if flip["high_winner"] is None else words.threshold(End(node, flip["weight"], flip["high"], ""))
    )
    return TornadoRow(
        name=node.name,
        colour=criterion_colour(node.code, place),
        now=flip["weight"],
        low=flip["low"],
        high=flip["high"],
        now_label=now,
        hold_label=f"{low} to {high}",
        below=f"below {low}: {reading.short[flip['low_winner']]}" if flip["low_winner"] else "",
        above=f"above {high}: {reading.short[flip['high_winner']]}" if flip["high_winner"] else "",
    )

"""Options and knock-outs: everybody who was considered, doing nothing included, and why some are out."""

from __future__ import annotations

import figures
from reports.content import Block, Cell, Column, Mark, Paragraph, Row, Section, Table
from reports.source import Source, counted, sentence
from selections.words.names import listed
from selections.words.standing import STATUS_WORDS

MARKS: dict[str, Mark] = {"eligible": "ok", "conditional": "conditional", "excluded": "excluded"}
MOST_COLUMNS = 10


def options_section(source: Source) -> Section:
    """All options with their reasons, then every knock-out of every provider."""
    blocks: list[Block] = [Paragraph(_summary(source)), _options(source)]
    blocks += _tests(source)
    return Section("Options and knock-outs", tuple(blocks))


def _summary(source: Source) -> str:
    reading = source.reading
    conditional = [code for code in source.providers if source.standing(code).status == "conditional"]
    text = (
        f"{sentence(counted(len(source.providers), 'provider'))} made a bid: "
        f"{counted(len(reading.ranking), 'is', 'are')} "
        f"ranked, {counted(len(reading.excluded), 'is', 'are')} excluded. Knock-outs are read "
        "before any score and are "
        "never offset by one."
    )
    if conditional:
        names = listed([reading.short[code] for code in conditional])
        text = f"{text} {names}: ranked, but not to be awarded until the open knock-out is cleared."
    return text


def _options(source: Source) -> Table:
    columns = (
        Column("Option", share=1.2),
        Column("Standing"),
        Column("Why", share=1.8),
        Column("Tasks", f"of {len(source.basket)}", is_number=True),
        Column("Score", "of 100", is_number=True),
    )
    cost = source.baseline_words
    stays = f"In-house cost of the basket stays at {cost}" if cost else "The in-house cost of today stays"
    in_house = Row(
        (
            Cell("Do nothing: keep all in-house"),
            Cell("Open", "open"),
            Cell(f"{stays}; no transition, no new risk"),
            Cell(figures.count(0)),
            Cell(figures.DASH),
        )
    )
    rows = [*(_option(source, code) for code in source.providers), in_house]
    note = (
        "Excluded providers show the score they would have had; it gives no rank. Improving the work "
        "in-house is not costed in this report."
    )
    return Table("All options", columns, tuple(rows), note)


def _option(source: Source, code: str) -> Row:
    found = source.standing(code)
    row = source.reading.rows[code]
    reasons = "; ".join(found.reasons) or "All knock-outs that were tested are passed"
    rank = f"rank {row['rank']}" if "rank" in row else "not ranked"
    return Row(
        (
            Cell(source.full_name(code), below=rank, is_strong=True),
            Cell(STATUS_WORDS.get(found.status, found.status), MARKS.get(found.status, "open")),
            Cell(reasons),
            Cell(figures.count(len(source.case(code)["scope"]))),
            Cell(figures.score(row["score"])),
        ),
        style="plain" if "rank" in row else "quiet",
    )


def _tests(source: Source) -> list[Block]:
    """Knock-outs down, providers across; wide cases in several tables."""
    blocks: list[Block] = []
    for start in range(0, len(source.providers), MOST_COLUMNS):
        shown = source.providers[start : start + MOST_COLUMNS]
        columns = (
            Column("Code"),
            Column("Knock-out", share=1.7),
            *(Column(source.reading.short[code], share=0.62) for code in shown),
        )
        outcomes = {
            code: {test["code"]: test["outcome"] for test in source.results["knock_outs"][code]["tests"]}
            for code in shown
        }
        rows = tuple(
            Row(
                (
                    Cell(rule["code"]),
                    Cell(rule["name"]),
                    *(_test(outcomes[code].get(rule["code"])) for code in shown),
                )
            )
            for rule in source.inputs["knock_out_rules"]
        )
        caption = "Knock-outs by provider" if start == 0 else "Knock-outs by provider, continued"
        note = (
            "open: partly answered or accepted in writing. A dash: not tested, as it does not apply "
            "or nothing was given."
        )
        blocks.append(Table(caption, columns, rows, note))
    return blocks


def _test(outcome: str | None) -> Cell:
    words = {"conditional": "open", "not tested": figures.DASH, None: figures.DASH}
    marks: dict[str | None, Mark] = {"failed": "excluded", "conditional": "conditional"}
    return Cell(words.get(outcome, outcome or ""), marks.get(outcome, ""), is_strong=outcome == "failed")

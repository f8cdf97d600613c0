"""What the constructors promise, and what they refuse."""

from dataclasses import replace
from itertools import pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charting import (
    ChartError,
    ChartSpec,
    ContributionRow,
    Criterion,
    DataTable,
    QuadrantPoint,
    Step,
    contributions,
    criterion_colour,
    outcome_colour,
    quadrant,
    to_plotly,
    to_strip,
    to_svg,
    waterfall,
)
from charting.placement import Bubble, place_labels, text_width, wrap
from charting.spec import Bars
from charting.theme import TOKENS
from charting.ticks import nice_ticks
from tests.charting.samples import KINDS, SVG, bubbles, money, parsed, stacked


@pytest.mark.parametrize("kind", KINDS)
def test_plotly_accepts_the_figure(kind: str) -> None:
    """Plotly's own validators know every property and value we set."""
    figure = to_plotly(KINDS[kind]())
    go.Figure(data=figure["data"], layout=figure["layout"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_has_a_sentence_and_a_table_of_finished_strings(kind: str) -> None:
    spec = KINDS[kind]()
    assert spec.summary
    assert spec.table.rows
    assert all(isinstance(cell, str) for row in spec.table.rows for cell in row)


def test_segments_follow_each_other_and_end_at_the_total() -> None:
    bars = [series for series in stacked().series if isinstance(series, Bars) and series.fill == "solid"]
    for before, after in pairwise(bars):
        for row in range(3):
            assert after.starts[row] == pytest.approx(before.starts[row] + (before.values[row] or 0))


def test_an_excluded_provider_is_one_hatched_bar_and_no_segments() -> None:
    excluded = len(stacked().categories) - 1
    by_fill = {series.fill: series for series in stacked().series if isinstance(series, Bars)}
    assert by_fill["solid"].values[excluded] is None
    assert by_fill["hatch"].values[excluded] == pytest.approx(84.3)
    assert by_fill["hatch"].values[:excluded] == (None,) * excluded


def test_rows_are_listed_top_down_in_both() -> None:
    figure = to_plotly(stacked())
    low, high = figure["layout"]["yaxis"]["range"]
    assert low > high
    heights = {
        element.text: float(element.attrib["y"]) for element in parsed(to_svg(stacked())).iter(f"{SVG}text")
    }
    assert heights["Ashgrove"] > heights["Banyan Quay"]  # the second Ashgrove, on the third row
    assert heights["Banyan Quay"] < heights["Cobalt Harbor"]


def test_a_loss_is_drawn_below_zero_and_in_the_colour_of_danger() -> None:
    spec = money(saving=-50000)
    result = spec.series[0]
    assert isinstance(result, Bars)
    assert result.colours[-1] == "danger"
    assert spec.x.low <= -450000
    assert 'data-value="-50000"' in to_svg(spec)


def test_changes_hang_from_the_row_above() -> None:
    steps = [Step("a", 100, "100", "total"), Step("b", -30, "−30", "change"), Step("c", -20, "−20", "change")]
    bars = waterfall(steps, title="t", summary="s", unit="u", tick_label=str).series[0]
    assert isinstance(bars, Bars)
    assert bars.starts == (0, 100, 70)


def test_lists_of_unequal_length_are_refused_by_name() -> None:
    spec = stacked()
    broken = replace(spec.series[0], labels=("only one",))
    with pytest.raises(ChartError, match=r"series 'Cost': labels should hold 4 entries"):
        replace(spec, series=(broken,))
    with pytest.raises(ChartError, match="row notes"):
        replace(spec, row_notes=(("x",),))
    with pytest.raises(ChartError, match="data table"):
        replace(spec, table=DataTable(headers=("a",), rows=(("1", "2"),)))


def test_numbers_that_cannot_be_drawn_are_refused() -> None:
    row = ContributionRow("a", float("nan"), "", (float("nan"),), ("",))
    with pytest.raises(ChartError, match="not finite"):
        contributions([row], [Criterion("Cost", "C", "cost")], title="t", summary="s")


def test_empty_charts_are_drawn_empty() -> None:
    spec = contributions([], [], title="t", summary="s")
    assert to_svg(spec).startswith("<svg")
    assert to_plotly(spec)["data"] == []


def test_known_criteria_keep_their_colours_and_others_get_one() -> None:
    assert [criterion_colour(code, 9) for code in ("COST", "QUAL", "SECU", "COMM")] == [
        "cost",
        "qual",
        "secu",
        "comm",
    ]
    assert criterion_colour("ESG", 4) in TOKENS
    assert outcome_colour("RETAIN") == "retain"
    assert outcome_colour("?") in TOKENS


@settings(deadline=None, max_examples=60)
@given(st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_ticks_cover_the_range(low: float, width: float) -> None:
    ticks = nice_ticks(low, low + width)
    assert 2 <= len(ticks) <= 12
    slack = 1e-6 * max(1.0, abs(low), abs(low + width))
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + width - slack
    assert list(ticks) == sorted(ticks)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=80), st.integers(30, 300))
def test_wrapping_drops_nothing_and_fits(text: str, width: int) -> None:
    lines = wrap(text, 12, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, 12) <= width for line in lines)


def test_labels_avoid_each_other_when_there_is_room() -> None:
    row = [Bubble(100 + 30 * at, 100, 8, 24) for at in range(6)]
    places = place_labels(row, width=400, height=200, text=12)
    assert len(set(places)) > 1
    assert places == place_labels(row, width=400, height=200, text=12)
    assert place_labels([Bubble(50, 50, 20, 20)], width=99, height=99, text=12) == ("inside",)
    assert place_labels([Bubble(395, 50, 5, 40)], width=400, height=99, text=12) == ("left",)


def test_bubble_areas_are_proportional_to_hours() -> None:
    traces = to_plotly(bubbles())["data"]
    sizes, hours = traces[0]["marker"]["size"], traces[0]["customdata"]
    assert (sizes[0] / sizes[1]) ** 2 == pytest.approx(hours[0] / hours[1])
    square = traces[1]["marker"]["size"][0]
    assert square**2 / (3.14159 * (sizes[0] / 2) ** 2) == pytest.approx(360 / 2640, rel=1e-2)


def test_a_strip_draws_its_numbers_and_marks_zero_inside() -> None:
    loss = parsed(to_strip(-5, 1, 4, axis=(-10, 10)))
    assert (loss.attrib["data-low"], loss.attrib["data-middle"], loss.attrib["data-high"]) == ("-5", "1", "4")
    gain = parsed(to_strip(5, 6, 7, axis=(0, 10)))
    assert len(list(loss)) == len(list(gain)) + 1


def test_marks_of_a_legend_that_is_too_long_take_a_second_line() -> None:
    narrow, wide = to_svg(stacked(), width=300), to_svg(stacked(), width=900)
    assert float(parsed(narrow).attrib["height"]) > float(parsed(wide).attrib["height"])


def test_two_thresholds_cut_a_quadrant_in_both_drawings() -> None:
    def drawn(cut: tuple[float, float] | None) -> ChartSpec:
        point = QuadrantPoint("D01", "Review", 76, 900, 20, "76.0", "900", "20", "Outsource", "outsource")
        return quadrant(
            [point], [], title="t", summary="s", cost_unit="USD", tick_label=str, area="cost", cut=cut
        )

    spec = drawn((55, 400))
    svg = to_svg(spec)
    assert 'data-at="55"' in svg
    assert 'data-level="400"' in svg
    lines = [shape for shape in to_plotly(spec)["layout"]["shapes"] if shape["type"] == "line"]
    assert [(line["x0"], line["y0"]) for line in lines] == [(55, 0), (0, 400)]
    assert spec.series[0].sizes == (900,)  # points
    assert drawn((55, 5_000)).levels == ()  # beyond what is drawn
    assert drawn(None).thresholds == ()


def test_a_step_may_have_a_colour_of_its_own() -> None:
    steps = [Step("a", 100, "100", "total"), Step("b", -30, "30", "change", colour="pilot")]
    bars = waterfall(steps, title="t", summary="s", unit="u", tick_label=str).series[0]
    assert isinstance(bars, Bars)
    assert bars.colours == ("retain", "pilot")

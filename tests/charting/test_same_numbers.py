"""Both renderers draw the same numbers and print the same labels."""

import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charting import ChartSpec, to_plotly, to_svg
from charting.spec import Bars, Points, Whiskers, plain_text
from tests.charting.samples import KINDS, SVG, money, parsed

Rows = set[tuple[object, ...]]
HOSTILE = [
    "<script>alert(1)</script>",
    "\"quoted\" & 'single' </svg>",
    "契約レビュー",
    "emoji 🙂 family 👩‍👩‍👧",
    "control \x00\x07\x1b\x7f\x85 end",
    "line\nbreak\tand\u2028more",
    "{{ 7*7 }} %{x} $x$ <b>bold</b> &lt;",
    "\u202eright to left\ufffe",
    "x" * 400,
    "",
]


def svg_numbers(spec: ChartSpec, theme: str) -> Rows:
    """What the SVG says it drew, read back from its data attributes."""
    found: Rows = set()
    for element in parsed(to_svg(spec, theme=theme, width=500)).iter():
        data = {key.removeprefix("data-"): value for key, value in element.attrib.items() if "data-" in key}
        if "value" in data:
            found.add(
                (
                    "bar",
                    data["series"],
                    float(data["row"]),
                    float(data["start"]),
                    float(data["value"]),
                    data.get("label", ""),
                )
            )
        elif "low" in data:
            found.add(
                (
                    "whisker",
                    data["series"],
                    float(data["row"]),
                    float(data["low"]),
                    float(data["middle"]),
                    float(data["high"]),
                )
            )
        elif "x" in data:
            size = float(data["size"]) if "size" in data else None
            found.add(
                ("point", data["series"], float(data["x"]), float(data["y"]), size, data.get("label", ""))
            )
        elif "zone" in data:
            found.add(("zone", *map(float, data["zone"].split())))
        elif "at" in data:
            found.add(("threshold", float(data["at"])))
    return found


def plotly_numbers(spec: ChartSpec) -> Rows:
    """The same from the figure, after a round trip through JSON."""
    figure = json.loads(json.dumps(to_plotly(spec), allow_nan=False))
    found: Rows = set()
    for index, trace in enumerate(figure["data"]):
        for at, (x, y) in enumerate(zip(trace["x"], trace["y"], strict=True)):
            if x is None:
                continue
            if trace["type"] == "bar":
                found.add(("bar", str(index), y, trace["base"][at], x, html.unescape(trace["text"][at])))
            elif "error_x" in trace:
                low, middle, high = trace["customdata"][at]
                assert middle == x
                assert low == pytest.approx(x - trace["error_x"]["arrayminus"][at])
                assert high == pytest.approx(x + trace["error_x"]["array"][at])
                found.add(("whisker", str(index), y, low, middle, high))
            else:
                size = trace["customdata"][at] if "customdata" in trace else None
                found.add(("point", str(index), x, y, size, html.unescape(trace["text"][at])))
    for shape in figure["layout"]["shapes"]:
        place = ("zone", shape["x0"], shape["x1"]) if shape["type"] == "rect" else ("threshold", shape["x0"])
        found.add(place)
    return found


def spec_count(spec: ChartSpec) -> int:
    """How many marks the description holds."""
    count = len(spec.zones) + len(spec.thresholds)
    for series in spec.series:
        if isinstance(series, Bars):
            count += sum(value is not None for value in series.values)
        elif isinstance(series, Points | Whiskers):
            count += len(series.ys)
    return count


@pytest.mark.parametrize("theme", ["page", "print"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_draws_the_same_numbers_and_labels_twice(kind: str, theme: str) -> None:
    spec = KINDS[kind]()
    drawn = svg_numbers(spec, theme)
    assert drawn == plotly_numbers(spec)
    assert len(drawn) == spec_count(spec) >= 2


@pytest.mark.parametrize("kind", KINDS)
def test_figures_beside_rows_ticks_and_names_are_the_same_strings(kind: str) -> None:
    spec = KINDS[kind]()
    drawn = {(element.text or "") for element in parsed(to_svg(spec, width=900)).iter(f"{SVG}text")}
    figure = to_plotly(spec)["layout"]
    ticks = {html.unescape(label) for label in figure["xaxis"]["ticktext"]}
    assert ticks == {label for _, label in spec.x.ticks}
    assert ticks <= drawn
    notes = {
        html.unescape(line)
        for note in figure["annotations"]
        if note["name"] == "note"
        for line in note["text"].split("<br>")
    }
    assert notes == {line for lines in spec.row_notes for line in lines}
    assert notes <= drawn
    assert set(spec.categories) <= drawn


@settings(deadline=None, max_examples=60)
@given(st.floats(-4e6, 4e6, allow_nan=False))
def test_a_waterfall_agrees_for_any_saving(saving: float) -> None:
    spec = money(saving=saving)
    assert svg_numbers(spec, "print") == plotly_numbers(spec)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_strings_stay_text(kind: str, text: str) -> None:
    _assert_harmless(KINDS[kind](text), text)


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_any_string_stays_text(text: str) -> None:
    for build in KINDS.values():
        _assert_harmless(build(text), text)


def _assert_harmless(spec: ChartSpec, text: str) -> None:
    for theme in ("page", "print"):
        root = parsed(to_svg(spec, theme=theme))
        assert root.findtext(f"{SVG}title") == plain_text(text)
        allowed = {"svg", "title", "desc", "g", "rect", "line", "circle", "text"}
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
        names = {name for element in root.iter() for name in element.attrib}
        assert not any(name == "style" or name.startswith("on") or "href" in name for name in names)
    figure = json.dumps(to_plotly(spec), allow_nan=False)
    tags = {piece.split(">")[0] for piece in figure.split("<")[1:]}
    assert tags <= {"br"}
    assert svg_numbers(spec, "page") == plotly_numbers_with_plain_labels(spec)


def plotly_numbers_with_plain_labels(spec: ChartSpec) -> Rows:
    """XML forbids control characters, so the SVG's labels are compared after the same replacement."""
    return {
        tuple(plain_text(part) if isinstance(part, str) else part for part in row)
        for row in plotly_numbers(spec)
    }

"""Plotly's files, our stylesheet and script, and the piece of template."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from charting import Chart, plotly_assets
from charting.finders import PlotlyFinder
from charting.theme import TOKENS
from tests.charting.samples import KINDS

STATIC = Path(settings.BASE_DIR) / "static"


@pytest.fixture(scope="module")
def script() -> str:
    return plotly_assets.script_path().read_text(encoding="utf-8")


def test_the_stylesheet_holds_the_rules_of_the_script(script: str) -> None:
    css = plotly_assets.stylesheet(script)
    assert css.count("{") == css.count("}") > 50
    assert ".js-plotly-plot .plotly .main-svg{position:absolute;" in css
    assert "Open Sans" not in css


def test_the_script_silences_the_map_style_of_this_plotly(script: str) -> None:
    assert plotly_assets.map_style_id(script) in (STATIC / "js/charts.js").read_text(encoding="utf-8")


def test_a_script_laid_out_differently_is_refused() -> None:
    with pytest.raises(plotly_assets.PlotlyAssetError):
        plotly_assets.stylesheet("var x = 1")
    with pytest.raises(plotly_assets.PlotlyAssetError):
        plotly_assets.map_style_id("var x = 1")


def test_the_finder_serves_both_files_and_nothing_else(tmp_path: Path, settings: object) -> None:
    settings.VENDOR_CACHE = tmp_path / "vendor"  # type: ignore[attr-defined]
    finder = PlotlyFinder()
    assert finder.check() == []
    found = finder.find("vendor/plotly.css")
    assert Path(found).read_text(encoding="utf-8").startswith(".js-plotly-plot")
    before = Path(found).stat().st_mtime_ns
    finder.find("vendor/plotly.css")
    assert Path(found).stat().st_mtime_ns == before
    assert finder.find("vendor/plotly.min.js", find_all=True) == [str(plotly_assets.script_path())]
    assert finder.find("vendor/../plotly.css") == []
    listed = {f"{storage.prefix}/{name}": storage for name, storage in finder.list([])}
    assert set(listed) == {"vendor/plotly.min.js", "vendor/plotly.css"}
    for name, storage in listed.items():
        assert storage.exists(Path(name).name)


def test_static_files_are_found_through_the_settings() -> None:
    for name in ("vendor/plotly.min.js", "vendor/plotly.css", "js/charts.js", "css/charts.css"):
        assert finders.find(name)


def test_every_colour_token_exists_in_both_stylesheets() -> None:
    css = (STATIC / "css/charts.css").read_text(encoding="utf-8")
    tokens = (STATIC / "css/tokens.css").read_text(encoding="utf-8")
    for token, (variable, day) in TOKENS.items():
        assert f".f-{token} {{ fill: var({variable}); }}" in css
        assert f".s-{token} {{ stroke: var({variable}); }}" in css
        assert f"{variable}: light-dark({day}," in tokens


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_piece_holds_picture_sentence_table_and_data(kind: str) -> None:
    spec = KINDS[kind]("<script>alert(1)</script>")
    page = render_to_string("charting/_chart.html", {"chart": Chart("c1", spec)})
    assert page.count("<svg") == page.count('<script id="c1-data" type="application/json">') == 1
    assert "alert(1)</script>" not in page
    assert page.count("<tr>") == len(spec.table.rows) + 1
    assert " style=" not in page

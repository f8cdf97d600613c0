"""Charts in a real browser under the strict policy of production: drawn, recoloured, quiet."""

import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from playwright.sync_api import Page, expect

from charting import Chart
from charting.plotly_assets import STYLE_ID
from tests.charting.samples import KINDS

pytestmark = pytest.mark.browser
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SHEETS = "".join(f'<link rel="stylesheet" href="/css/{name}.css">' for name in ("tokens", "charts"))
PLOTLY = f'<link id="{STYLE_ID}" rel="stylesheet" href="/vendor/plotly.css">'
HEAD = f'<meta charset="utf-8"><title>Charts</title><link rel="icon" href="data:,">{SHEETS}{PLOTLY}'
SCRIPTS = '<script defer src="/js/charts.js"></script><script defer src="/vendor/plotly.min.js"></script>'
TYPES = {".css": "text/css", ".js": "text/javascript"}
FIRST_BAR = "#contributions .bars path"
BLUE_BY_DAY, BLUE_BY_NIGHT = "rgb(0, 103, 163)", "rgb(86, 180, 233)"


def page_of(path: str) -> bytes:
    charts = "".join(
        render_to_string("charting/_chart.html", {"chart": Chart(kind, build())})
        for kind, build in KINDS.items()
    )
    scripts = SCRIPTS if path == "/" else ""
    page = f'<!doctype html><html lang="en"><head>{HEAD}{scripts}</head><body>{charts}</body></html>'
    return page.encode()


class Handler(http.server.BaseHTTPRequestHandler):
    """The page with and without scripts, and the static files."""

    def do_GET(self) -> None:
        found = None if self.path in {"/", "/plain"} else finders.find(self.path.lstrip("/"))
        body = Path(found).read_bytes() if found else page_of(self.path)
        self.send_response(200)
        self.send_header("Content-Type", TYPES.get(Path(self.path).suffix, "text/html") + "; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def messages(page: Page) -> list[str]:
    """Everything the browser complains about."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    return said


def test_all_kinds_are_drawn_without_a_single_message(page: Page, address: str, messages: list[str]) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    expect(page.locator("figure[data-drawn]")).to_have_count(len(KINDS))
    assert page.locator("[data-chart-fallback]:visible").count() == 0
    assert page.locator(".main-svg:visible").count() >= len(KINDS)
    bar = page.locator(FIRST_BAR).first
    assert BLUE_BY_DAY in (bar.get_attribute("style") or "")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(bar).to_have_attribute("style", re.compile(re.escape(BLUE_BY_NIGHT)))
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator("#quadrant .main-svg").first).to_have_attribute("width", re.compile(r"^3\d\d"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert messages == []


def test_a_swapped_in_chart_is_drawn_too(page: Page, address: str, messages: list[str]) -> None:
    page.goto(address)
    expect(page.locator("figure[data-drawn]")).to_have_count(len(KINDS))
    page.evaluate(
        """() => {
            const old = document.querySelector('#waterfall');
            const fresh = old.cloneNode(true);
            fresh.removeAttribute('data-drawn');
            fresh.querySelector('[data-chart-plot]').replaceChildren();
            fresh.querySelector('[data-chart-fallback]').hidden = false;
            old.replaceWith(fresh);
            fresh.dispatchEvent(new CustomEvent('htmx:afterSwap', {bubbles: true}));
        }"""
    )
    expect(page.locator("#waterfall[data-drawn] .main-svg").first).to_be_visible()
    assert messages == []


def test_without_scripts_the_pictures_and_tables_are_there(
    page: Page, address: str, messages: list[str]
) -> None:
    page.goto(f"{address}/plain")
    assert page.locator("svg.chart-svg:visible").count() == len(KINDS)
    fill = page.locator("#contributions rect[data-value]").first.evaluate(
        "node => getComputedStyle(node).fill"
    )
    assert re.fullmatch(r"rgb\(.+\)", fill)
    assert page.locator("details table").count() == len(KINDS)
    assert settings.VENDOR_CACHE.name == "vendor"
    assert messages == []

"""Plotly's two static files, taken from its installed wheel without importing it.

Plotly adds its style rules with a script, which our Content-Security-Policy refuses. The rules stand in
``plotly.min.js`` as one object literal: they are read from there and served as a stylesheet. A page that
links it with the id ``STYLE_ID`` keeps Plotly from trying to add them itself.
"""

import json
import re
from importlib.util import find_spec
from pathlib import Path

STYLE_ID = "plotly.js-style-global"
SCRIPT_NAME = "vendor/plotly.min.js"
STYLE_NAME = "vendor/plotly.css"

_RULES = re.compile(r'\{("X,X div":.*?)\};', re.DOTALL)
_RULE = re.compile(r'("(?:[^"\\]|\\.)*"|\w+):("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')')
_FONT = re.compile(r"font-family:[^;]*;")
_MAP_STYLE = re.compile(
    r'document\.getElementById\("([0-9a-f]{64})"\)\)\{var \w+=document\.createElement\("style"\)'
)


class PlotlyAssetError(RuntimeError):
    """The installed Plotly is missing or is not laid out as expected."""


def script_path() -> Path:
    """Where the installed wheel keeps ``plotly.min.js``."""
    found = find_spec("plotly")
    folders = list(found.submodule_search_locations or []) if found else []
    for folder in folders:
        path = Path(folder) / "package_data" / "plotly.min.js"
        if path.is_file():
            return path
    raise PlotlyAssetError("plotly is not installed, or its wheel holds no package_data/plotly.min.js")


def stylesheet(script: str) -> str:
    """The CSS that ``script`` (the text of plotly.min.js) would add; texts take the page's font."""
    literal = _RULES.search(script)
    if literal is None:
        raise PlotlyAssetError("the style rules were not found in plotly.min.js")
    rules = [_rule(selector, body) for selector, body in _RULE.findall(literal.group(1))]
    return "".join(rules)


def _rule(selector: str, body: str) -> str:
    names = json.loads(selector) if selector.startswith('"') else selector
    names = (
        re.sub(r"^,", " ,", names).replace("X", ".js-plotly-plot .plotly").replace("Y", ".plotly-notifier")
    )
    declarations = json.loads(body) if body.startswith('"') else body[1:-1]
    return f"{names}{{{_FONT.sub('font-family:inherit;', declarations)}}}\n"


def map_style_id(script: str) -> str:
    """Id of the map library's style element; an element of that id keeps Plotly from adding it."""
    found = _MAP_STYLE.search(script)
    if found is None:
        raise PlotlyAssetError("the map library's style element was not found in plotly.min.js")
    return found.group(1)


def cached_stylesheet(cache: Path) -> Path:
    """``plotly.css`` in the folder ``cache``, written again when the installed Plotly is newer."""
    script, target = script_path(), cache / "plotly.css"
    if target.is_file() and target.stat().st_mtime >= script.stat().st_mtime:
        return target
    cache.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_text(stylesheet(script.read_text(encoding="utf-8")), encoding="utf-8")
    fresh.replace(target)
    return target

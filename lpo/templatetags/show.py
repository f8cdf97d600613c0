"""Template filters and tags that every page may use (loaded as built-ins).

Number filters are the functions of ``figures`` under their own names: the display rule has one place.
"""

from functools import cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

import figures

register = template.Library()

for name in ("money", "price", "score", "percent", "index", "months", "hours", "count", "share", "exact"):
    register.filter(name, getattr(figures, name))


@register.simple_tag
@cache
def icon(name: str, css: str = "") -> SafeString:
    """Draw one icon of the sprite (templates/_icons.html); decoration only, so hidden from screen readers."""
    return format_html('<svg class="ico {}" aria-hidden="true"><use href="#i-{}"/></svg>', css, name)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """Look a key up in a dictionary; None when it is missing."""
    return mapping.get(key)

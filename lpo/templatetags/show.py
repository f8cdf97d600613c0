"""Template filters and tags that every page may use (loaded as built-ins).

Number filters are the functions of ``figures`` under their own names: the display rule has one place.
"""

from typing import Any

from django import template

import figures
from charting.icons import icon

register = template.Library()
register.simple_tag(icon)

for name in ("money", "price", "score", "percent", "index", "months", "hours", "count", "share", "exact"):
    register.filter(name, getattr(figures, name))


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """Look a key up in a dictionary; None when it is missing."""
    return mapping.get(key)

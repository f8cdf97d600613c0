"""The icons of the sprite (templates/_icons.html)."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString


@cache
def icon(name: str, css: str = "") -> SafeString:
    """Draw one icon; decoration only, so hidden from screen readers."""
    return format_html('<svg class="ico {}" aria-hidden="true"><use href="#i-{}"/></svg>', css, name)

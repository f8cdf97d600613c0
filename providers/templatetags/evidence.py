"""The mark of an evidence level, as tables of values, answers and comparisons show it."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from providers.models import EvidenceLevel

register = template.Library()

# Three bars: how many are filled is the level.
_MARK = (
    '<span class="ev {}"><svg viewBox="0 0 13 10" aria-hidden="true">'
    '<rect{} x="0.5" y="6.5" width="3" height="3"/>'
    '<rect{} x="5" y="3.5" width="3" height="6"/>'
    '<rect{} x="9.5" y="0.5" width="3" height="9"/></svg>{}'
    '<span class="visually-hidden">{} evidence: {}</span></span>'
)
_FILLED = SafeString(' class="on"')


@register.simple_tag
def evidence(level: str, *, code: bool = False) -> SafeString:
    """Draw the bars of a level (E0 to E3); ``code`` writes the level beside them for everybody to see."""
    return _mark(str(level), code)


@cache
def _mark(level: str, code: bool) -> SafeString:
    """Make the markup once for each level: a comparison holds some two hundred marks."""
    found = EvidenceLevel(level)
    filled = EvidenceLevel.values.index(found.value)
    bars = [_FILLED if place < filled else "" for place in range(3)]
    words = str(found.label)
    return format_html(
        _MARK,
        level.lower(),
        *bars,
        level if code else "",
        "" if code else f" {level}",
        words[:1].lower() + words[1:],
    )

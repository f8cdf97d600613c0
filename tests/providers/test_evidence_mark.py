"""The mark of an evidence level says the level by its bars and in words."""

import re

import pytest
from django.template import Context, Template

from providers.models import EvidenceLevel


def drawn(level: str, more: str = "") -> str:
    template = Template("{% load evidence %}{% evidence level" + more + " %}")
    return template.render(Context({"level": level}))


@pytest.mark.parametrize(("level", "filled"), [("E0", 0), ("E1", 1), ("E2", 2), ("E3", 3)])
def test_bars_are_filled_from_the_left(level: str, filled: int) -> None:
    bars = re.findall(r"<rect[^>]*>", drawn(level))
    assert ['class="on"' in bar for bar in bars] == [place < filled for place in range(3)]


@pytest.mark.parametrize("level", EvidenceLevel)
def test_words_are_there_for_those_who_do_not_see_the_bars(level: EvidenceLevel) -> None:
    words = level.label[:1].lower() + level.label[1:]
    assert f'<span class="visually-hidden"> {level} evidence: {words}</span>' in drawn(level)
    assert f'</svg>{level}<span class="visually-hidden"> evidence: {words}</span>' in drawn(
        level, " code=True"
    )

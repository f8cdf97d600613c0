"""Small pieces of plain sentences that are made from numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence


def labels(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """What to call each (code, name): the name, with the code where names are not enough, else the code."""
    known = list(pairs)
    uses = Counter(name for _, name in known)
    return [
        code if name in ("", code) else name if uses[name] == 1 else f"{name} ({code})"
        for code, name in known
    ]


def listed(words: Sequence[str]) -> str:
    """One or more words as a list: A, B and C."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def told_apart(one: float, other: float, digits: int = 3) -> tuple[str, str]:
    """Both numbers with as few decimals as show that they differ, at least `digits`."""
    for places in range(digits, 12):
        # Adding 0 turns a negative zero into a plain one.
        texts = f"{round(one, places) + 0:.{places}f}", f"{round(other, places) + 0:.{places}f}"
        if texts[0] != texts[1]:
            break
    return texts

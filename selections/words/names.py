"""Short forms of provider names for sentences and charts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

# Words that say what kind of firm it is, not which one; the short form ends before the first of them.
_KIND_OF_FIRM = frozenset(
    {
        "alsp",
        "and",
        "bpo",
        "co",
        "company",
        "consulting",
        "contract",
        "corp",
        "corporation",
        "counsel",
        "docket",
        "document",
        "global",
        "gmbh",
        "group",
        "hub",
        "inc",
        "international",
        "law",
        "lawyers",
        "legal",
        "limited",
        "llc",
        "llp",
        "lpo",
        "ltd",
        "managed",
        "nearshore",
        "offshore",
        "onshore",
        "outsourcing",
        "partner",
        "partners",
        "plc",
        "process",
        "processing",
        "review",
        "service",
        "services",
        "solutions",
        "staffing",
        "support",
    }
)
_SAMPLE_MARK = " (sample)"


def short_names(full_names: Sequence[str]) -> dict[str, str]:
    """Give each full name its short form: the words before the first generic one.

    "Ashgrove Legal Services" becomes "Ashgrove".
    A short form that would be empty, or that two providers would share, is the full name instead.
    """
    shorts = {name: _short(name) for name in full_names}
    uses = Counter(short.casefold() for short in shorts.values())
    return {name: short if uses[short.casefold()] == 1 else name for name, short in shorts.items()}


def without_mark(name: str) -> str:
    """Give a name without the mark of invented data; pages of a sample organisation carry it on top."""
    return name.removesuffix(_SAMPLE_MARK).strip() or name


def _short(name: str) -> str:
    plain = without_mark(name)
    kept: list[str] = []
    for word in plain.split():
        if word.strip(".,&").casefold() in _KIND_OF_FIRM or word == "&":
            break
        kept.append(word)
    return " ".join(kept).rstrip(",") or plain or name


def listed(items: Sequence[str], last: str = "and") -> str:
    """Join words as a sentence does: "A", "A and B", "A, B and C"."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"

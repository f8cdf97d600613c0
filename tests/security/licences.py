"""Write docs/licences.md: under which terms the pinned packages may be used, as they say themselves."""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageMetadata, metadata

from tests.security.pins import ROOT, Pin, locked

PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences of what we use

Written by `make licences` from what the installed packages say about themselves; do not edit it by hand.
LPO Advisor itself: Apache-2.0 (`LICENSE`).

Shipped inside packages and sent to browsers or printed: htmx (django-htmx, 0BSD), Bootstrap
(django-js-lib-bootstrap5, MIT), Plotly.js (plotly, MIT), the typeface Inter (fontpkg-inter, OFL-1.1).
"""
# Names that classifiers give to well-known licences.
_SHORT = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
_LONGEST = 60


def licence(about: PackageMetadata) -> str:
    """Give the licence of a package in a few words; "" when it does not say."""
    expression = about.get("License-Expression")
    if expression:
        return " ".join(expression.split())
    named = [
        line.rsplit(" :: ", 1)[-1]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    if named:
        return " and ".join(sorted({_SHORT.get(name, name) for name in named}))
    first = (about.get("License") or "").strip().splitlines()
    return re.sub(r"\s+", " ", first[0])[:_LONGEST] if first else ""


def _table(pins: list[Pin]) -> str:
    rows = [
        f"| {pin.name} | {pin.version} | {licence(metadata(pin.name)) or 'not said'} |"
        for pin in sorted(pins, key=lambda pin: pin.name)
        if pin.is_for_here
    ]
    return "\n".join(["| Package | Version | Licence |", "|---|---|---|", *rows])


def page() -> str:
    """Give the text of the page."""
    run, everything = locked("requirements.txt"), locked("requirements-dev.txt")
    rest = [pin for name, pin in everything.items() if name not in run]
    return (
        f"{HEAD}\n## In production\n\n{_table(list(run.values()))}\n\n## For tests and checks only\n\n"
        f"{_table(rest)}\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.relative_to(ROOT)}")
    sys.exit(0)

"""Writing docs/benchmarks.md: each command replaces the section of its own and leaves the others alone."""

from __future__ import annotations

import os
import platform
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "docs/benchmarks.md"
HEAD = "# Benchmarks\n"


def machine() -> str:
    """Say on what was measured."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    cpu = models[0] if models else platform.processor() or platform.machine()
    return f"{cpu}, {os.cpu_count()} cores, Python {platform.python_version()}"


def write_section(title: str, text: str) -> None:
    """Put ``text`` under the heading ``title``, at the end when there is no such section yet."""
    old = TARGET.read_text(encoding="utf-8") if TARGET.exists() else HEAD
    head, *sections = old.split("\n## ")
    new = f"{title}\n\n{text.strip()}\n"
    places = [place for place, section in enumerate(sections) if section.split("\n", 1)[0] == title]
    if places:
        sections[places[0]] = new
    else:
        sections.append(new)
    joined = "\n## ".join(part.rstrip("\n") + "\n" for part in [head, *sections])
    TARGET.write_text(joined, encoding="utf-8")

"""The commands of steps 1 to 7 of docs/deploy.md, as one script that stops at the first that fails."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def commands(text: str) -> str:
    """The indented lines of the numbered sections."""
    steps = [part for part in text.split("\n## ") if re.match(r"[1-7]\. ", part)]
    lines = [line[4:] for step in steps for line in step.splitlines() if line.startswith("    ")]
    return "\n".join(["set -euxo pipefail", *lines, ""])


if __name__ == "__main__":
    sys.stdout.write(commands(Path(sys.argv[1]).read_text(encoding="utf-8")))

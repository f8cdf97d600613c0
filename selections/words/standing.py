"""What the knock-outs say about a bid, in words; read from the computed case, never judged again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from selections.words.names import listed

STATUS_WORDS = {"eligible": "Eligible", "conditional": "Conditional", "excluded": "Excluded"}
STATUS_STYLES = {
    "eligible": ("ok", "check"),
    "conditional": ("warn", "half"),
    "excluded": ("danger", "cross"),
}
NO_STANDING = ("plain", "open")
# What a reason starts with when it read a sub-criterion or a question.
_READ = re.compile(r"^[A-Z]+-\d+ (?=is )")


@dataclass(frozen=True)
class Standing:
    """Where a bid stands before any score. ``reasons`` say why it is not simply eligible."""

    status: str
    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    excluded_tasks: tuple[str, ...]

    @property
    def words(self) -> str:
        """The status with the codes that make it: "Excluded: K01"."""
        name = STATUS_WORDS.get(self.status, "Not tested yet")
        return f"{name}: {', '.join(self.codes)}" if self.codes else name

    @property
    def style(self) -> str:
        """Name of the badge's style."""
        return STATUS_STYLES.get(self.status, NO_STANDING)[0]

    @property
    def icon(self) -> str:
        """Name of the badge's icon."""
        return STATUS_STYLES.get(self.status, NO_STANDING)[1]


UNTESTED = Standing("", (), (), ())


def standing(case: Mapping[str, Any] | None, bid_code: str) -> Standing:
    """Read the standing of one bid; before a case can be computed there is none."""
    if case is None:
        return UNTESTED
    tests = case["knock_outs"][bid_code]
    status = tests["status"]
    open_codes = {"excluded": tests["failed"], "conditional": tests["conditional"]}.get(status, ())
    shown = {*tests["failed"], *tests["conditional"]}
    reasons = [in_words(test) for test in tests["tests"] if test["code"] in shown]
    reasons += [exclusion_words(exclusion) for exclusion in tests["task_exclusions"]]
    return Standing(status, tuple(open_codes), tuple(reasons), tuple(tests["excluded_tasks"]))


def exclusion_words(exclusion: Mapping[str, Any]) -> str:
    """Say which legal tasks a failed knock-out takes away: "K12 failed: cannot be given D04"."""
    return f"{exclusion['knock_out']} failed: cannot be given {listed(exclusion['excluded_tasks'])}"


def in_words(test: Mapping[str, Any]) -> str:
    """Say one test in a line: "K03 Conflict checking is answered partly".

    The engine names what it read by its code ("SECU-01 is 2; at least 3 is needed"). The test says in words
    what that is, so its name stands there instead.
    """
    said = _READ.sub("", test["reason"])
    gap = " " if said != test["reason"] else ": "
    return f"{test['code']} {test['name']}{gap}{said}"

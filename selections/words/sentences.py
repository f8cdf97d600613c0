"""The sentences about a ranking, in plain words: who leads, by how much, and what would change it.

Every function reads only a decision and its result (``Reading``), so page and board report say the same.
Thresholds are worded "less than" and "more than" the shown figure, which stays true however it was rounded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import figures
from selections.words.measures import apart, trimmed, weight, with_unit
from selections.words.names import listed
from selections.words.reading import Node, Reading

MAX_OTHER_CRITERIA = 4


class Strong(str):
    """A piece of a sentence that stands out."""

    __slots__ = ()
    is_strong = True


@dataclass(frozen=True)
class Sentence:
    """Text in pieces, of which some are ``Strong``; ``str`` gives it plain."""

    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "".join(self.parts)


@dataclass(frozen=True)
class Statement:
    """What stands on top of the ranking: the lead, what would flip it, and the finer print."""

    lead: Sentence
    flip: Sentence | None
    more: tuple[Sentence, ...]

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in reading order."""
        return (self.lead, *((self.flip,) if self.flip else ()), *self.more)


@dataclass(frozen=True)
class End:
    """One end of the interval in which the first stays first; shares are local, 0 to 1."""

    node: Node
    now: float
    at: float
    winner: str

    @property
    def is_below(self) -> bool:
        """Whether the weight would have to fall."""
        return self.at < self.now

    @property
    def distance(self) -> float:
        """How far the weight would have to move."""
        return abs(self.at - self.now)

    @property
    def words(self) -> str:
        """Say the side."""
        return "less than" if self.is_below else "more than"


@dataclass(frozen=True)
class ScoreChange:
    """The smallest change of one score that changes the first place; values in the unit of the criterion."""

    provider: str
    node: Node
    now: float
    to: float
    winner: str


def statement(reading: Reading) -> Statement:
    """Say who leads and what would change it."""
    lead = Sentence((Strong(lead_words(reading)),))
    if len(reading.ranking) < 2:
        return Statement(lead, None, ())
    if len(reading.firsts) > 1:
        return Statement(lead, None, (Sentence(("These scores cannot decide between them; a pilot can.",)),))
    more = [*_smallest_score(reading), *_other_criteria(reading), *_within(reading)]
    if reading.result["lead"]["tie"]:
        margin = trimmed(reading.tie_margin, 2)
        more.append(Sentence((f"A lead under {margin} points is settled by a pilot, not by a decimal.",)))
    return Statement(lead, flip_sentence(reading), tuple(more))


def lead_words(reading: Reading) -> str:
    """Say who is first: a lead, a tie, a shared place, a single provider, or nobody."""
    if not reading.ranking:
        return _nobody(reading)
    first = reading.ranking[0]
    name, total = reading.short[first["code"]], figures.score(first["score"])
    if len(reading.ranking) == 1:
        return f"{name} is the only provider left to rank, with {total} points."
    if len(reading.firsts) > 1:
        names = listed([reading.short[code] for code in reading.firsts])
        return f"{names} share the first place with {total} points."
    lead = reading.result["lead"]
    points = apart(lead["points"], (0.0, reading.tie_margin))
    second = reading.short[reading.ranking[1]["code"]]
    return f"{name} leads {second} by {points} points{': a tie' if lead['tie'] else ''}."


def _nobody(reading: Reading) -> str:
    count = len(reading.excluded)
    if count == 1:
        return "Nobody is left to rank: the only bid failed a knock-out."
    return f"Nobody is left to rank: all {count} bids failed a knock-out."


def flip_sentence(reading: Reading) -> Sentence | None:
    """Name the nearest weight changes of the first level that put another provider first.

    None where there is no order to change (nobody, one provider, or a shared first place).
    """
    if len(reading.ranking) < 2 or len(reading.firsts) > 1:
        return None
    ends = nearest_ends(reading)
    if not ends:
        return _no_flip(reading)
    parts: list[str] = [f"{reading.short[ends[0].winner]} would lead if "]
    for place, end in enumerate(ends):
        parts += [", or " if place else "", end.node.name, " weighed " if not place else " "]
        parts += [f"{end.words} ", Strong(threshold(end)), f" (now {weight(end.now)})"]
    return Sentence((*parts, "."))


def _no_flip(reading: Reading) -> Sentence:
    alone = [node for node in reading.top if reading.local.get(node.code, 0.0) >= 1.0]
    if alone:
        return Sentence((f"{alone[0].name} carries all the weight, so nothing is weighed against it.",))
    if reading.result["flips"]["nearest"] is None:
        return Sentence(("No weight of any criterion can change the winner.",))
    return Sentence(("No weight of a main criterion can change the winner.",))


def nearest_ends(reading: Reading) -> list[End]:
    """Give the nearest end of the first level and, if its winner has one more, that one too."""
    ends = sorted(weight_ends(reading, reading.top), key=lambda end: end.distance)
    return [end for end in ends if end.winner == ends[0].winner][:2]


def weight_ends(reading: Reading, nodes: Sequence[Node]) -> list[End]:
    """Give every end of the intervals of these criteria beyond which somebody else is first."""
    found: list[End] = []
    for node in nodes:
        flip = reading.flips.get(node.code)
        if flip is None:
            continue
        for at, winner in ((flip["low"], flip["low_winner"]), (flip["high"], flip["high_winner"])):
            if winner is not None:
                found.append(End(node, flip["weight"], at, winner))
    return found


def threshold(end: End) -> str:
    """Write the share of an end on the basis 100, apart from 0, from 100 and from the weight now."""
    return apart(end.at * 100, (0.0, 100.0, end.now * 100))


def _smallest_score(reading: Reading) -> list[Sentence]:
    change = smallest_score_change(reading)
    if change is None:
        return [Sentence(("No change of a single score within its scale can change the winner.",))]
    side = "less than" if change.to < change.now else "more than"
    to = with_unit(f"{side} {apart(change.to, (change.now,))}", change.node.unit)
    return [
        Sentence(
            (
                "The smallest single change of a score: ",
                f"{change.node.name} of {reading.short[change.provider]} at {to} ",
                f"(now {trimmed(change.now, 2)}), and then {reading.short[change.winner]} leads.",
            )
        )
    ]


def smallest_score_change(reading: Reading) -> ScoreChange | None:
    """Find the single score whose change, measured against the length of its scale, is the smallest."""
    best: tuple[float, ScoreChange] | None = None
    for flip in reading.result["flips"]["scores"]:
        node = reading.nodes[flip["criterion"]]
        length = abs(node.points[-1][0] - node.points[0][0])
        share = abs(flip["to"] - flip["from"]) / length
        if best is None or share < best[0]:
            best = share, ScoreChange(flip["alternative"], node, flip["from"], flip["to"], flip["winner"])
    return best[1] if best else None


def _other_criteria(reading: Reading) -> list[Sentence]:
    """Say what the criteria can do that the flip sentence does not name."""
    named = {end.node.code for end in nearest_ends(reading)}
    rest = [node for node in reading.top if node.code not in named]
    if not named:
        return []  # the flip sentence says it for all
    fixed = [node.name for node in rest if _is_fixed(reading, node)]
    moving = [node for node in rest if not _is_fixed(reading, node) and weight_ends(reading, [node])]
    sentences = [_flips_only(reading, node) for node in moving[:MAX_OTHER_CRITERIA]]
    if fixed:
        sentences.append(Sentence((f"No weight of {listed(fixed, 'or')} can change the winner.",)))
    return sentences


def _is_fixed(reading: Reading, node: Node) -> bool:
    """Whether the engine has shown that no share of this criterion puts another provider first."""
    flip = reading.flips.get(node.code)
    if flip is None or flip["weight"] >= 1.0:
        return False
    return flip["low_winner"] is None and flip["high_winner"] is None


def _flips_only(reading: Reading, node: Node) -> Sentence:
    ends = [
        f"{'below' if end.is_below else 'above'} {threshold(end)} (then {reading.short[end.winner]} leads)"
        for end in weight_ends(reading, [node])
    ]
    return Sentence((f"{node.name} changes it only {' or '.join(ends)}.",))


def _within(reading: Reading) -> list[Sentence]:
    """Name a weight inside a criterion when it flips sooner than any weight of the first level."""
    nearest = reading.result["flips"]["nearest"]
    node = reading.nodes[nearest["code"]] if nearest else None
    if node is None or not node.parent:
        return []
    end = min(
        (end for end in weight_ends(reading, [node]) if end.winner == nearest["winner"]),
        key=lambda end: end.distance,
    )
    return [
        Sentence(
            (
                f"Nearest of all, within {reading.nodes[node.parent].name}: {node.name} at {end.words} ",
                f"{threshold(end)} of 100 (now {weight(end.now)}), ",
                f"and then {reading.short[end.winner]} leads.",
            )
        )
    ]


def holds_words(reading: Reading, code: str) -> Sentence | None:
    """Say for the weights panel in which interval of its weight the first stays first.

    None where there is no order to change.
    """
    flip = reading.flips.get(code)
    if flip is None or len(reading.ranking) < 2 or len(reading.firsts) > 1:
        return None
    if flip["weight"] >= 1.0:
        return Sentence(("Carries all the weight of its group",))
    ends = weight_ends(reading, [reading.nodes[code]])
    if not ends:
        return Sentence(("Holds ", Strong("0–100"), "; no weight of it can change the winner"))
    tails = [
        f"{'below' if end.is_below else 'above'} {threshold(end)} {reading.short[end.winner]}" for end in ends
    ]
    low = next((threshold(end) for end in ends if end.is_below), "0")
    high = next((threshold(end) for end in ends if not end.is_below), "100")
    return Sentence(("Holds ", Strong(f"{low}–{high}"), f"; {', '.join(tails)}"))

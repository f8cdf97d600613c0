"""Where the label of a bubble goes: a greedy, deterministic choice that both renderers share."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Place = Literal[
    "inside", "right", "left", "above", "below", "above right", "above left", "below right", "below left"
]
_CORNERS: tuple[tuple[Place, bool, bool], ...] = (
    ("above right", True, False),
    ("above left", False, False),
    ("below right", True, True),
    ("below left", False, True),
)
_GAP = 3.0
_LABEL_WEIGHT = 4
_WIDE = 0x2E80  # CJK and everything after it is drawn about one em wide


def text_width(text: str, size: float) -> float:
    """A close upper estimate of the drawn width in the units of ``size`` (the font is not measured)."""
    return size * sum(1.0 if ord(character) >= _WIDE else 0.58 for character in text)


@dataclass(frozen=True)
class Bubble:
    """A circle with the width of its label, all in drawing units."""

    x: float
    y: float
    radius: float
    label_width: float


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: "_Box") -> float:
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def touches(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def place_labels(bubbles: Sequence[Bubble], *, width: float, height: float, text: float) -> tuple[Place, ...]:
    """For each bubble the place that covers least of the other bubbles, earlier labels and the outside.

    Large bubbles choose first; ties go to the first option. Covering a label costs more than a bubble.
    A bubble without a label needs no place and gets the first.
    """
    return _placed(tuple(bubbles), width, height, text)


@lru_cache(maxsize=16)  # both renderers ask for the same chart
def _placed(bubbles: tuple[Bubble, ...], width: float, height: float, text: float) -> tuple[Place, ...]:
    frame = _Box(0, 0, width, height)
    circles = [_circle(bubble) for bubble in bubbles]
    taken: list[_Box] = []
    chosen: list[Place] = ["right"] * len(bubbles)
    for index in sorted(range(len(bubbles)), key=lambda at: (-bubbles[at].radius, at)):
        if not bubbles[index].label_width:
            continue
        reach = _reach(bubbles[index], text)
        near = [box for at, box in enumerate(circles) if at != index and box.touches(reach)]
        occupied = [*near, *[box for box in taken if box.touches(reach)] * _LABEL_WEIGHT]
        chosen[index], box = _least_covered(bubbles[index], occupied, frame, text)
        taken.append(box)
    return tuple(chosen)


def _least_covered(bubble: Bubble, occupied: list[_Box], frame: _Box, text: float) -> tuple[Place, _Box]:
    options = _options(bubble, text)
    return min(options, key=lambda option: _cost(option[1], occupied, frame))


def _cost(box: _Box, occupied: list[_Box], frame: _Box) -> float:
    area = (box.right - box.left) * (box.bottom - box.top)
    outside = area - box.overlap(frame)
    return round(3 * outside + sum(box.overlap(other) for other in occupied), 6)


def _options(bubble: Bubble, text: float) -> list[tuple[Place, _Box]]:
    half, offset = text / 2, bubble.radius + _GAP
    x, y, width = bubble.x, bubble.y, bubble.label_width
    options: list[tuple[Place, _Box]] = [
        ("right", _Box(x + offset, y - half, x + offset + width, y + half)),
        ("left", _Box(x - offset - width, y - half, x - offset, y + half)),
        ("above", _Box(x - width / 2, y - offset - text, x + width / 2, y - offset)),
        ("below", _Box(x - width / 2, y + offset, x + width / 2, y + offset + text)),
    ]
    corner = bubble.radius * 0.71 + 2
    for name, right, down in _CORNERS:
        left = x + corner if right else x - corner - width
        top = y + corner if down else y - corner - text
        options.append((name, _Box(left, top, left + width, top + text)))
    if width + 4 <= 2 * bubble.radius:
        options.insert(0, ("inside", _Box(x - width / 2, y - half, x + width / 2, y + half)))
    return options


def _reach(bubble: Bubble, text: float) -> _Box:
    """Give a box that holds every place the label may take."""
    across, up = bubble.radius + _GAP + bubble.label_width, bubble.radius + _GAP + text
    return _Box(bubble.x - across, bubble.y - up, bubble.x + across, bubble.y + up)


def _circle(bubble: Bubble) -> _Box:
    reach = bubble.radius
    return _Box(bubble.x - reach, bubble.y - reach, bubble.x + reach, bubble.y + reach)


def wrap(text: str, size: float, width: float) -> tuple[str, ...]:
    """Break ``text`` into lines no wider than ``width``; a single long word is cut. Nothing is dropped."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        for piece in _pieces(word, size, width):
            joined = f"{current} {piece}".strip()
            if current and text_width(joined, size) > width:
                lines.append(current)
                joined = piece
            current = joined
    return (*lines, current) if current or not lines else tuple(lines)


def _pieces(word: str, size: float, width: float) -> list[str]:
    if text_width(word, size) <= width:
        return [word]
    pieces, piece = [], ""
    for character in word:
        if piece and text_width(piece + character, size) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]

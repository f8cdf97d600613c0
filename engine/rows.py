"""Tables of results whose rows are made when they are read."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

Row = TypeVar("Row")


class LazyRows(Sequence[Row]):
    """A sequence over columns: thousands of rows cost nothing until somebody looks at them.

    Equal to any list or tuple of the same rows.
    """

    __slots__ = ()

    @abstractmethod
    def row(self, place: int) -> Row:
        """The row at `place`, counted as in a list. Raises `IndexError`."""

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self.row(k) for k in range(*place.indices(len(self)))]
        return self.row(place)

    def __iter__(self) -> Iterator[Row]:
        return (self.row(place) for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LazyRows | list | tuple) and list(self) == list(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

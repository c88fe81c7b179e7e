"""Many fills in little memory: a fifth of what they take as objects, made anew as they are read.

They are kept as bytes, a block of some hundred fills at a time. No digit and no order is lost.
"""

import marshal
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import overload

from coach.model.fills import BookFill
from coach.model.times import instant, microseconds

FILLS_A_BLOCK = 500


class CompactFills(Sequence[BookFill]):
    """Fills in the order in which they were appended; times are in UTC."""

    __slots__ = ("_blocks", "_last")

    def __init__(self, fills: Iterable[BookFill] = ()) -> None:
        self._blocks: list[bytes] = []
        self._last: list[BookFill] = []
        for fill in fills:
            self.append(fill)

    def append(self, fill: BookFill) -> None:
        """Take one more fill."""
        self._last.append(fill)
        if len(self._last) == FILLS_A_BLOCK:
            self._blocks.append(_packed(self._last))
            self._last = []

    def __len__(self) -> int:
        return len(self._blocks) * FILLS_A_BLOCK + len(self._last)

    def __iter__(self) -> Iterator[BookFill]:
        for block in self._blocks:
            yield from _unpacked(block)
        yield from self._last

    @overload
    def __getitem__(self, place: int) -> BookFill: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[BookFill]: ...

    def __getitem__(self, place: int | slice) -> BookFill | Sequence[BookFill]:
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        block, row = divmod(range(len(self))[place], FILLS_A_BLOCK)
        if block == len(self._blocks):
            return self._last[row]
        return _unpacked(self._blocks[block])[row]


def _packed(fills: Iterable[BookFill]) -> bytes:
    return marshal.dumps(
        [
            (key, side, str(quantity), str(price), str(fee), coin, microseconds(at), order, margin)
            for key, side, quantity, price, fee, coin, at, order, margin in fills
        ]
    )


def _unpacked(block: bytes) -> list[BookFill]:
    return [
        BookFill(
            key,
            side,
            Decimal(quantity),
            Decimal(price),
            Decimal(fee),
            coin,
            instant(at_us),
            order,
            margin,
        )
        for key, side, quantity, price, fee, coin, at_us, order, margin in marshal.loads(block)  # noqa: S302 -- our own bytes
    ]

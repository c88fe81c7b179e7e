"""Positions that were open before a file begins, told by the profit of what looks like an opening.

An export that prints what each fill realised prints nothing on a fill that opens. One that opens by
the fills of the file and realised something closed what an earlier file had opened.
"""

from decimal import Decimal
from typing import NamedTuple

from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.notices import Notices
from coach.model.fills import Fill

OPENED_BEFORE = (
    "{symbol}: a fill that should open a position realised a profit, so the position was opened"
    " before this file begins: import the earlier file, too"
)


class _RealisedFill(NamedTuple):
    fill: Fill
    profit: Decimal


class OpenedBefore:
    """Collects the fills of each symbol with what they realised."""

    def __init__(self) -> None:
        self._fills: dict[str, list[_RealisedFill]] = {}

    def add(self, fill: Fill, profit: Decimal) -> None:
        """Remember a fill."""
        self._fills.setdefault(fill.symbol, []).append(_RealisedFill(fill, profit))

    def note(self, notices: Notices) -> None:
        """Note each symbol whose position was opened before the file."""
        for symbol, found in self._fills.items():
            line = _first_contradiction(found)
            if line:
                notices.add(OPENED_BEFORE.format(symbol=symbol), line)


def _first_contradiction(found: list[_RealisedFill]) -> int:
    """Return the line of the first fill that opens or adds and yet realised something, or 0."""
    newest_first = found[0].fill.at > found[-1].fill.at
    in_order = sorted(
        found[::-1] if newest_first else found, key=lambda one: (one.fill.at, one.fill.nanos)
    )
    position = ZERO
    for one in in_order:
        moved = one.fill.quantity if one.fill.side == "buy" else EXACT.minus(one.fill.quantity)
        opens = position == ZERO or (position > ZERO) is (moved > ZERO)
        if one.profit and opens:
            return one.fill.line
        position = EXACT.add(position, moved)
    return 0

"""Which fills belong to which check, and what that makes of the check.

A fill belongs to the newest check of its symbol and side in the hour before it: whoever asks again
follows the newer answer. Nothing depends on the order of the inputs.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from coach.engine.ledger.exact import add
from coach.model.fills import Side
from coach.model.promises.checks import CheckedOrder, CheckOutcome, FillAfterCheck, KeptCheck
from coach.model.promises.confidence import TradeResult
from coach.model.trades import Direction

ZERO = Decimal(0)


class CheckIndex:
    """The checks in order of time, found by what they were asked about."""

    def __init__(self, checks: Iterable[KeptCheck]) -> None:
        self.checks = sorted(checks, key=lambda one: (one.asked_at, one.id))
        self._by_order: dict[tuple[str, Side], list[KeptCheck]] = defaultdict(list)
        for check in self.checks:
            self._by_order[check.symbol, check.side].append(check)

    def newest_before(self, symbol: str, side: Side, moment: datetime) -> KeptCheck | None:
        """Return the newest check of a symbol and side in the hour up to a moment."""
        found = self._by_order.get((symbol, side), [])
        place = bisect_right(found, moment, key=lambda one: one.asked_at)
        if not place or moment >= found[place - 1].ends_at:
            return None
        return found[place - 1]

    def before_trade(self, trade: TradeResult) -> KeptCheck | None:
        """Return the newest check of the opening of a trade in the hour before it."""
        return self.newest_before(trade.symbol, entry_side(trade.side), trade.opened_at)


def entry_side(direction: Direction) -> Side:
    """Return on which side a trade is opened."""
    return "buy" if direction == "long" else "sell"


def pair(
    index: CheckIndex, fills: Iterable[FillAfterCheck], known_until: datetime | None
) -> list[CheckedOrder]:
    """Return each check with its fills, oldest first.

    `known_until` is up to when fills are known; a check whose hour ends later is pending, unless
    more was traded already than its answer left room for.
    """
    after: dict[str, list[FillAfterCheck]] = defaultdict(list)
    for fill in fills:
        found = index.newest_before(fill.symbol, fill.side, fill.at)
        if found is not None:
            after[found.id].append(fill)
    return [_paired(check, after[check.id], known_until) for check in index.checks]


def _paired(
    check: KeptCheck, fills: Sequence[FillAfterCheck], known_until: datetime | None
) -> CheckedOrder:
    quantity = ZERO
    for fill in fills:
        quantity = add(quantity, fill.quantity)
    moments = [fill.at for fill in fills]
    return CheckedOrder(
        check=check,
        outcome=_outcome(check, quantity, known_until),
        fills=len(fills),
        quantity=quantity,
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
    )


def _outcome(check: KeptCheck, quantity: Decimal, known_until: datetime | None) -> CheckOutcome:
    warned, room = bool(check.broken), check.largest.quantity or ZERO
    if warned and quantity > room:
        return "not followed"
    if known_until is None or known_until < check.ends_at:
        return "traded" if quantity and not warned else "pending"
    if warned:
        return "followed"
    return "traded" if quantity else "not traded"

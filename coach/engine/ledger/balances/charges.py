"""Which fill's fee is not what was charged, where one coin parts by a little.

Brokers charge a share of what is traded, and few different ones. So of several fills whose fee
could be wrong it is the one whose fee, put right, is nearest to the rate that another fill paid.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from decimal import Decimal

from coach.engine.ledger.exact import ZERO, multiply, subtract
from coach.model.entries.reconciliation import BalanceJump, CoinFill

LARGEST_FEE = Decimal("0.03")
"""A gap in the fee's coin of at most this share of the trade is about its fee."""
_LEAST = 1e-30
LARGEST_CHANGE = Decimal(20)
"""Of a fee in a third coin, whose worth is not known: how many times the fee a gap may be."""


def wrongly_charged(
    fills: Sequence[CoinFill], jump: BalanceJump, earlier: Callable[[], Sequence[CoinFill]]
) -> CoinFill | None:
    """Return the fill whose fee would explain the jump best; None where no fee explains it.

    `earlier` returns those fills and others before them, whose rates tell which it is. The first of
    `fills` counts where several explain it as well.
    """
    possible = [one for one in fills if _may_be_charged(one, jump)]
    if len(possible) < 2:  # noqa: PLR2004 - a choice is between two
        return next(iter(possible), None)
    others = {one.key: one for one in (*fills, *earlier()) if one.fee_currency == jump.coin}
    paid = sorted((_rate(one, one.fee), one.key) for one in others.values())
    return min(possible, key=lambda one: _distance(paid, one, jump))


def _may_be_charged(fill: CoinFill, jump: BalanceJump) -> bool:
    if fill.fee_currency != jump.coin or subtract(fill.fee, jump.amount) < ZERO:
        return False
    worth = _worth(fill)
    if worth is None:
        return abs(jump.amount) <= multiply(fill.fee, LARGEST_CHANGE)
    return abs(jump.amount) <= multiply(worth, LARGEST_FEE)


def _worth(fill: CoinFill) -> Decimal | None:
    """Return what was traded, in the coin of the fee; None where that is a third one."""
    base, _, quote = fill.symbol.rpartition("-")
    value = multiply(fill.quantity, fill.price)
    return {base: fill.quantity, quote: value}.get(fill.fee_currency)


def _rate(fill: CoinFill, fee: Decimal) -> float:
    """Return the fee as a share of the trade, or per unit of the quote if in a third coin."""
    worth = _worth(fill)
    return float(fee) / float(multiply(fill.quantity, fill.price) if worth is None else worth)


def _distance(paid: Sequence[tuple[float, str]], fill: CoinFill, jump: BalanceJump) -> float:
    """Return how far the fee, put right, is from the nearest rate that another fill paid.

    It is a share of the larger: next to nothing is far from nothing.
    """
    rate = _rate(fill, subtract(fill.fee, jump.amount))
    place = bisect_left(paid, (rate, ""))
    near = [one for one in paid[max(place - 2, 0) : place + 2] if one[1] != fill.key]
    return min((abs(rate - other) / max(rate, other, _LEAST) for other, _ in near), default=0.0)

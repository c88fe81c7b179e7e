"""Fees in third coins that are not valued, by coin: they are added up, and never across coins."""

from collections.abc import Mapping
from decimal import Decimal

from coach.engine.ledger.exact import ZERO, add, plain, subtract


def total(fees: Mapping[str, Decimal], more: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return both together, by coin."""
    return {
        coin: plain(add(fees.get(coin, ZERO), more.get(coin, ZERO)))
        for coin in sorted({*fees, *more})
    }


def difference(fees: Mapping[str, Decimal], less: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return what is left of fees without some of them; coins of which nothing is left are out."""
    left = {coin: subtract(fee, less.get(coin, ZERO)) for coin, fee in fees.items()}
    return {coin: plain(fee) for coin, fee in left.items() if fee}

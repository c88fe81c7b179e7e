"""Trades among coins that never agreed before: where the first balances that are stated part.

A coin that parts at the first balance stated of it may have been there before the first row. But
nothing that was there before explains both what lacks of one coin and what is too much of another:
that is a trade, where it is one of the fills, or where the price fits other fills of both coins.
Which of the coins was stated first does not matter: until then it was never stated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product

from coach.engine.ledger.exact import ZERO, multiply
from coach.model.entries.reconciliation import BalanceJump, CoinFill

LOWEST, HIGHEST = Decimal("0.8"), Decimal("1.25")
"""How far beyond the prices of other fills the price of a missing one may lie."""

Group = list[BalanceJump]
FillsOf = Callable[[Sequence[BalanceJump]], Sequence[CoinFill]]
Undoes = Callable[[CoinFill, Group], bool]


def joined(groups: Iterable[Group], fills_of: FillsOf, undoes: Undoes) -> list[Group]:
    """Return the groups, coins of one trade put together that stand alone and never agreed before.

    `fills_of` returns fills that moved two of some coins, `undoes` says whether a group is what the
    books would be without a fill.
    """
    result, first = [], []
    for group in groups:
        if len(group) == 1 and group[0].after is None:
            first.append(group[0])
        else:
            result.append(group)
    return result + _trades_among(first, fills_of, undoes)


def _trades_among(jumps: Sequence[BalanceJump], fills_of: FillsOf, undoes: Undoes) -> list[Group]:
    pairs = [
        [came, left]
        for came, left in product(jumps, jumps)
        if came.amount > ZERO and left.amount < ZERO
    ]
    fills = fills_of(jumps) if pairs else ()
    moved = ([one for one in jumps if one.coin in _moved_by(fill)] for fill in fills)
    likely = [group for fill, group in zip(fills, moved, strict=True) if undoes(fill, group)]
    prices = _prices(fills)
    likely += [pair for pair in pairs if _is_priced_so(pair, prices)]
    taken: set[str] = set()
    groups = []
    for group in likely:
        if not taken & _coins(group):
            taken |= _coins(group)
            groups.append(sorted(group, key=lambda one: one.coin))
    return groups + [[one] for one in jumps if one.coin not in taken]


def _moved_by(fill: CoinFill) -> set[str]:
    base, _, quote = fill.symbol.rpartition("-")
    return {base, quote, fill.fee_currency} if fill.fee else {base, quote}


def _coins(group: Group) -> set[str]:
    return {one.coin for one in group}


def _prices(fills: Iterable[CoinFill]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Return the lowest and the highest price of each base and quote."""
    prices: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for fill in fills:
        base, _, quote = fill.symbol.rpartition("-")
        prices[base, quote].append(fill.price)
    return {names: (min(those), max(those)) for names, those in prices.items()}


def _is_priced_so(pair: Group, prices: Mapping[tuple[str, str], tuple[Decimal, Decimal]]) -> bool:
    """Return whether one coin was exchanged for the other at a price that fills of both had."""
    for base, quote in (pair, pair[::-1]):
        known = prices.get((base.coin, quote.coin))
        if known is not None:
            quantity, money = base.amount.copy_abs(), quote.amount.copy_abs()
            least = multiply(quantity, multiply(known[0], LOWEST))
            if least <= money <= multiply(quantity, multiply(known[1], HIGHEST)):
                return True
    return False

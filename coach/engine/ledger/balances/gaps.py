"""Where a stated balance parts from what the books hold.

A source prints balances row by row, and several rows may share one instant: of what was stated
there, the balance counts that lies nearest to what the books led to expect. So a difference that
stays the same is one gap, dated by the first row that shows it, and not one for each row after.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, multiply, plain, subtract
from coach.model.currencies import DECIMALS_OF_A_COIN, fixed_decimals
from coach.model.entries.reconciliation import BalanceJump
from coach.model.movements import EVERY_WALLET

HALF = Decimal("0.5")
MOST_WALLETS_AT_ONCE = 6


class Checkpoint(NamedTuple):
    """A moment at which balances were stated, wallet by wallet.

    `balance` is what the books hold then; `derived` counts the sides and fees of fills up to it,
    whose amounts follow from a price that was rounded.
    """

    at: datetime
    balance: Decimal
    derived: int
    stated: tuple[tuple[str, Decimal], ...]


class ComparedCoin(NamedTuple):
    """The jumps of a coin, what was last stated and when, and how far the books are from it."""

    jumps: tuple[BalanceJump, ...]
    stated: Decimal
    at: datetime
    difference: Decimal


def compare(coin: str, checkpoints: Iterable[Checkpoint]) -> ComparedCoin | None:
    """Return where a coin's stated balances part from the books; None where none was stated."""
    points = list(checkpoints)
    stated_unit = _unit(points)
    unit = min(stated_unit, Decimal(1).scaleb(-_decimals(coin)))
    half, once = multiply(unit, HALF), _lost_in_stating(unit, stated_unit)
    wallets: dict[str, Decimal] = {}
    jumps: list[BalanceJump] = []
    last, derived, difference, stated = None, 0, ZERO, ZERO
    all_fit = True
    for point in points:
        all_fit = all_fit and _fits(point.balance, stated_unit)
        stated, wallets = _nearest(point, wallets, add(point.balance, difference))
        now = subtract(stated, point.balance)
        since = point.derived - derived
        in_stating = once if since and not (all_fit and not jumps) else ZERO
        allowance = add(multiply(half, Decimal(since)), in_stating)
        jump = subtract(now, difference)
        if abs(jump) > allowance:
            jumps.append(BalanceJump(coin, jump, last, point.at, allowance))
        last, derived, difference = point.at, point.derived, now
    return None if last is None else ComparedCoin(tuple(jumps), stated, last, difference)


def _nearest(
    point: Checkpoint, wallets: dict[str, Decimal], expected: Decimal
) -> tuple[Decimal, dict[str, Decimal]]:
    """Return what was stated that lies nearest to what is expected, and what each wallet holds.

    It is the sum over wallets, unless all there is of the coin was stated.
    """
    here: dict[str, list[Decimal]] = {}
    for wallet, balance in point.stated:
        here.setdefault(wallet, []).append(balance)
    whole = here.pop(EVERY_WALLET, None)
    if whole is not None:
        return min(whole, key=lambda one: abs(subtract(one, expected))), {
            **wallets,
            **{wallet: balances[-1] for wallet, balances in here.items()},
        }
    if len(here) > MOST_WALLETS_AT_ONCE:
        here = {wallet: balances[-1:] for wallet, balances in here.items()}
    best: tuple[Decimal, dict[str, Decimal]] | None = None
    for chosen in product(*here.values()):
        held = {**wallets, **dict(zip(here, chosen, strict=True))}
        total = ZERO
        for balance in held.values():
            total = add(total, balance)
        if best is None or abs(subtract(total, expected)) < abs(subtract(best[0], expected)):
            best = total, held
    assert best is not None
    return best


def _decimals(coin: str) -> int:
    """Return how many decimals amounts of a coin have at least, whatever balances are stated to."""
    fixed = fixed_decimals(coin)
    return DECIMALS_OF_A_COIN if fixed is None else fixed


def _fits(balance: Decimal, unit: Decimal) -> bool:
    """Return whether a balance is a whole number of units: to state it in them loses nothing."""
    return int(plain(balance).as_tuple().exponent) >= int(unit.as_tuple().exponent)


def _lost_in_stating(unit: Decimal, stated_unit: Decimal) -> Decimal:
    """Return what stating a balance to fewer decimals than amounts have may lose, at two moments.

    A balance without decimals, such as zero, says nothing of how many it is stated to.
    """
    return stated_unit if unit < stated_unit < 1 else ZERO


def _unit(points: Iterable[Checkpoint]) -> Decimal:
    """Return the unit in the last place that the balances are stated to."""
    exponents = [
        int(balance.as_tuple().exponent) for point in points for _, balance in point.stated
    ]
    return Decimal(1).scaleb(min(exponents, default=0))

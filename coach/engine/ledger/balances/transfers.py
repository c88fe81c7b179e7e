"""Transfers between accounts of one owner: what left one and arrived in another.

A transfer loses its network fee on the way, and arrives some time after it left. The best pair
counts first: the one that loses least, then the one that took the shortest time.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, multiply, negated, subtract
from coach.model.entries.entry import AccountEntry
from coach.model.entries.kinds import SENT
from coach.model.entries.reconciliation import OwnTransfer

LONGEST = timedelta(days=3)
CLOCKS = timedelta(hours=1)
"""How much earlier an arrival may be printed than what left, by clocks that differ."""
LARGEST_LOSS = Decimal("0.02")
"""Of what left; a fee that is stated comes on top."""


class MatchedTransfers(NamedTuple):
    """Transfers, and the entries that found no other side."""

    transfers: tuple[OwnTransfer, ...]
    lone: tuple[AccountEntry, ...]


def match(entries: Sequence[AccountEntry]) -> MatchedTransfers:
    """Return which withdrawals arrived as which deposits."""
    sent = [one for one in entries if one.kind in SENT and one.quantity]
    out = [one for one in sent if _quantity(one) < ZERO]
    into = [one for one in sent if _quantity(one) > ZERO]
    pairs = sorted(
        (lost, abs(came.at - left.at), left.id, came.id)
        for left in out
        for came in into
        if (lost := loss(left, came)) is not None
    )
    by_id = {one.id: one for one in sent}
    taken: set[str] = set()
    found = []
    for _, _, one, other in pairs:
        if one not in taken and other not in taken:
            taken |= {one, other}
            found.append(_transfer(by_id[one], by_id[other]))
    found.sort(key=lambda one: (one.left_at, one.coin, one.sender))
    return MatchedTransfers(tuple(found), tuple(one for one in sent if one.id not in taken))


def loss(left: AccountEntry, came: AccountEntry) -> Decimal | None:
    """Return what was lost between two entries beyond the stated fee; None where they are no pair.

    A fee that stands on the withdrawal is what the network took, or what the broker did.
    """
    if left.coin != came.coin or left.account == came.account:
        return None
    if not -CLOCKS <= came.at - left.at <= LONGEST:
        return None
    return lost(_quantity(left), left.fee, _quantity(came))


def lost(left: Decimal, fee: Decimal, arrived: Decimal) -> Decimal | None:
    """Return what a withdrawal, below zero, lost where so much arrived; None where it cannot be."""
    gone = negated(left)
    after_fee = subtract(gone, fee)
    least = subtract(after_fee, multiply(gone, LARGEST_LOSS))
    if not least <= arrived <= gone:
        return None
    return subtract(after_fee, arrived).copy_abs()


def _quantity(one: AccountEntry) -> Decimal:
    return ZERO if one.quantity is None else one.quantity


def _transfer(left: AccountEntry, came: AccountEntry) -> OwnTransfer:
    sides = (left.account, came.account)
    amounts = negated(_quantity(left)), _quantity(came)
    return OwnTransfer(left.coin, *sides, *amounts, left.at, came.at)

"""Coins that came or left otherwise than by a trade: a deposit, a send, a reward, a convert."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Movement(NamedTuple):
    """What a row that is no trade did to a coin.

    `quantity` is what the balance changed by, charges included: above zero where coins came and
    below where they left, None where the row does not say; `at` is UTC. `fee` is the part of it
    that was charged, in the same coin. `reference` is the source's own id of the row, if it has
    one: with it, a movement that two files tell is one, whatever else they print.
    """

    coin: str
    quantity: Decimal | None
    at: datetime
    fee: Decimal = Decimal(0)
    reference: str = ""


EVERY_WALLET = "*"
"""The wallet of a balance that is all there is of a coin, whatever its wallets hold."""


class StatedBalance(NamedTuple):
    """How much of a coin a source says was there after a row.

    `wallet` tells apart the balances that a source keeps of one coin; the coin's is their sum,
    unless one is of EVERY_WALLET.
    """

    coin: str
    balance: Decimal
    at: datetime
    wallet: str = ""
    line: int = 0


class AccountMovement(NamedTuple):
    """A movement as it is stored: in which account, and the source's own word for it."""

    account: str
    kind: str
    coin: str
    quantity: Decimal | None
    at: datetime

"""Coins that came or left otherwise than by a trade: a deposit, a send, a reward, a convert."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Movement(NamedTuple):
    """What a row that is no trade did to a coin.

    `quantity` is above zero where coins came and below where they left, None where the row does
    not say; `at` is UTC.
    """

    coin: str
    quantity: Decimal | None
    at: datetime


class AccountMovement(NamedTuple):
    """A movement as it is stored: in which account, and the source's own word for it."""

    account: str
    kind: str
    coin: str
    quantity: Decimal | None
    at: datetime

"""Whether balances add up: what the books hold, what was stated, and where they part."""

from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from coach.model.accounts import AccountId
from coach.model.entries.entry import AccountEntry
from coach.model.fills import Side, Symbol
from coach.values import dataclass

GapCause = Literal[
    "missing_trade",
    "missing_rows",
    "doubled_fill",
    "extra_fill",
    "wrong_fee",
    "lost_transfer",
    "missing_entry",
    "doubled_entry",
    "opening",
    "entries_not_read",
    "below_zero",
]
BalanceStatus = Literal["agrees", "rounding", "gap", "below_zero", "trades_only", "not_stated"]


@dataclass(frozen=True, slots=True)
class CoinSums:
    """What fills, their fees and entries come to in an account, for one coin."""

    account_id: AccountId
    account: str
    shorts: bool
    coin: str
    balance: Decimal
    fills: Decimal
    fees: Decimal
    entries: Decimal
    last: datetime


@dataclass(frozen=True, slots=True)
class CoinFill:
    """A fill with what it did to coins; `twins` counts others within a day that look the same."""

    key: str
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    at: datetime
    twins: int


class BalanceJump(NamedTuple):
    """Between two moments a coin's stated balance parts from the books by `amount`.

    `after` is the last moment at which they agreed, None where they never did before; `before` is
    the first row at which they part. Above zero, the books lack what came.
    """

    coin: str
    amount: Decimal
    after: datetime | None
    before: datetime
    allowance: Decimal


@dataclass(frozen=True, slots=True)
class BalanceGap:
    """What does not add up in an account, and what it looks like.

    `amounts` are what the books lack, coin by coin, below zero where they have too much. `fill` is
    the fill that it looks to be about, `transfer` the entry that was sent and did not arrive.
    """

    account: str
    cause: GapCause
    amounts: tuple[tuple[str, Decimal], ...]
    after: datetime | None
    before: datetime
    fill: CoinFill | None = None
    transfer: str = ""


@dataclass(frozen=True, slots=True)
class CoinBalance:
    """A coin in an account: what the books hold, and what was last stated."""

    sums: CoinSums
    stated: Decimal | None
    stated_at: datetime | None
    difference: Decimal | None
    status: BalanceStatus


@dataclass(frozen=True, slots=True)
class OwnTransfer:
    """Coins that left an account and arrived in another one of the same owner."""

    coin: str
    sender: str
    receiver: str
    sent: Decimal
    received: Decimal
    left_at: datetime
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Every balance, what does not add up, transfers, and what was sent or came from elsewhere.

    `elsewhere` are entries whose other side is in no account that is known.
    """

    balances: tuple[CoinBalance, ...]
    gaps: tuple[BalanceGap, ...]
    transfers: tuple[OwnTransfer, ...]
    elsewhere: tuple[AccountEntry, ...]

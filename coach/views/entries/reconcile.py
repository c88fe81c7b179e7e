"""Reconciliation: balances, gaps with their causes and dates, and transfers."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import TypedDict

from coach.model.entries.reconciliation import (
    BalanceGap,
    BalanceStatus,
    CoinBalance,
    GapCause,
    OwnTransfer,
    Reconciliation,
)
from coach.model.plain import amount
from coach.views.entries.ledger import EntryRow, entry
from coach.views.table import Column

BALANCES = (
    Column("account", "account"),
    Column("asset", "asset"),
    Column("fills", "fills", "number"),
    Column("fees", "fees", "number"),
    Column("entries", "entries", "number"),
    Column("balance", "balance", "number"),
    Column("stated", "stated", "number"),
    Column("stated_at", "as of", "time"),
    Column("difference", "difference", "number"),
    Column("status", "status"),
)
GAPS = (
    Column("before", "by", "time"),
    Column("after"),
    Column("account", "account"),
    Column("cause", "cause"),
    Column("amounts"),
    Column("fill_id"),
    Column("entry_id"),
    Column("sentence", "what"),
)
TRANSFERS = (
    Column("left_at", "left", "time"),
    Column("arrived_at", "arrived", "time"),
    Column("asset", "asset"),
    Column("sender", "from"),
    Column("receiver", "to"),
    Column("sent", "sent", "number"),
    Column("received", "received", "number"),
    Column("network_fee", "fee", "number"),
)
WORDS: Mapping[GapCause, str] = MappingProxyType(
    {
        "missing_trade": "a trade is missing, or several",
        "missing_rows": "rows are missing",
        "doubled_fill": "a fill is counted twice",
        "extra_fill": "a fill is counted that the balances do not know",
        "wrong_fee": "the fee of a fill is not what was charged",
        "lost_transfer": "the other side of a transfer is missing",
        "missing_entry": "a deposit, a withdrawal or another entry is missing",
        "doubled_entry": "an entry is counted twice",
        "opening": "up to the first stated balance something is missing, or what was there before",
        "entries_not_read": "deposits, withdrawals, converts or rewards, which this broker did not"
        " tell coach; its statement does",
        "below_zero": "more left than ever came",
    }
)
"""What each cause looks like."""


class CoinBalanceRow(TypedDict):
    """A coin in an account: what fills, fees and entries come to, and what was last stated.

    `difference` is `stated` less the books at that moment. `status` is `agrees`; `rounding`, where
    prices that were cut off explain the difference; `gap`; `below_zero`, where more left than ever
    came; `trades_only`, the same in an account of which only trades are known; `not_stated`.
    """

    account: str
    asset: str
    fills: Decimal
    fees: Decimal
    entries: Decimal
    balance: Decimal
    stated: Decimal | None
    stated_at: datetime | None
    difference: Decimal | None
    status: BalanceStatus


class BalanceGapRow(TypedDict):
    """A place where the books and the stated balances part.

    `amounts` are what the books lack, asset by asset, below zero where they have too much.
    They still agreed at `after` (null where they never did) and part at `before`. `fill_id` and
    `entry_id` name what the gap looks to be about, where that is known.
    """

    account: str
    cause: GapCause
    amounts: Mapping[str, Decimal]
    after: datetime | None
    before: datetime
    fill_id: str | None
    entry_id: str | None
    sentence: str


class OwnTransferRow(TypedDict):
    """Coins that left an account and arrived in another one."""

    asset: str
    sender: str
    receiver: str
    sent: Decimal
    received: Decimal
    network_fee: Decimal
    left_at: datetime
    arrived_at: datetime


class ReconciliationRow(TypedDict):
    """Every balance, what does not add up, and where coins went.

    `complete`: there is no gap. `elsewhere` are entries whose other side is in no account that
    coach knows: sent to or come from somebody else, or from an account that was never imported.
    """

    complete: bool
    balances: list[CoinBalanceRow]
    gaps: list[BalanceGapRow]
    transfers: list[OwnTransferRow]
    elsewhere: list[EntryRow]


def reconciliation(found: Reconciliation) -> ReconciliationRow:
    """Return a reconciliation."""
    return {
        "complete": not found.gaps,
        "balances": [balance(one) for one in found.balances],
        "gaps": [gap(one) for one in found.gaps],
        "transfers": [transfer(one) for one in found.transfers],
        "elsewhere": [entry(one) for one in found.elsewhere],
    }


def balance(one: CoinBalance) -> CoinBalanceRow:
    """Return a coin in an account."""
    return {
        "account": one.sums.account,
        "asset": one.sums.coin,
        "fills": one.sums.fills,
        "fees": one.sums.fees,
        "entries": one.sums.entries,
        "balance": one.sums.balance,
        "stated": one.stated,
        "stated_at": one.stated_at,
        "difference": one.difference,
        "status": one.status,
    }


def gap(one: BalanceGap) -> BalanceGapRow:
    """Return a gap, with a sentence about it."""
    return {
        "account": one.account,
        "cause": one.cause,
        "amounts": dict(one.amounts),
        "after": one.after,
        "before": one.before,
        "fill_id": None if one.fill is None else one.fill.key,
        "entry_id": one.transfer or None,
        "sentence": sentence(one),
    }


def sentence(one: BalanceGap) -> str:
    """Return what a gap looks like: `a fill is counted twice: buy 0.1 BTC-EUR @ 100; -0.1 BTC`."""
    about = ""
    if one.fill is not None:
        fill = one.fill
        about = f": {fill.side} {amount(fill.quantity)} {fill.symbol} @ {amount(fill.price)}"
        if one.cause == "wrong_fee":
            about += f", fee {amount(fill.fee)} {fill.fee_currency}"
    lacks = ", ".join(
        f"{'+' if quantity > 0 else ''}{amount(quantity)} {coin}" for coin, quantity in one.amounts
    )
    return f"{WORDS[one.cause]}{about} ({lacks})"


def transfer(one: OwnTransfer) -> OwnTransferRow:
    """Return a transfer between accounts."""
    return {
        "asset": one.coin,
        "sender": one.sender,
        "receiver": one.receiver,
        "sent": one.sent,
        "received": one.received,
        "network_fee": one.sent - one.received,
        "left_at": one.left_at,
        "arrived_at": one.arrived_at,
    }

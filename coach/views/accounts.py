"""Accounts: what we read from, and what is known of each."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.accounts import ShortsOrigin, key_powers
from coach.model.rules import PendingSetting
from coach.views.promises.waiting import WaitingSetting, waiting_setting
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.accounts import AccountSummary

ACCOUNTS = (
    Column("name", "account"),
    Column("broker", "broker"),
    Column("shorts", "shorts"),
    Column("shorts_origin"),
    Column("equity", "began with", "number"),
    Column("fills", "fills", "number"),
    Column("first", "first fill", "date"),
    Column("last", "last fill", "date"),
    Column("last_import"),
    Column("connected"),
    Column("key_name"),
    Column("key_can", "key can"),
    Column("key_checked_at"),
    Column("equity_waiting"),
)


class AccountRow(TypedDict):
    """An account; `equity` is the money it began with, `key_can` what the broker's key may do.

    `equity_waiting` is another amount that locked rules hold back.
    """

    name: str
    broker: str
    shorts: bool
    shorts_origin: ShortsOrigin
    equity: Decimal | None
    equity_waiting: WaitingSetting | None
    fills: int
    first: datetime | None
    last: datetime | None
    last_import: datetime | None
    connected: bool
    key_name: str | None
    key_can: str | None
    key_checked_at: datetime | None


def account(summary: "AccountSummary", waiting: PendingSetting | None = None) -> AccountRow:
    """Return an account; `waiting` is a change of its equity that locked rules hold back."""
    return {
        "name": summary.name,
        "broker": summary.broker,
        "shorts": summary.shorts,
        "shorts_origin": summary.shorts_origin,
        "equity": summary.equity,
        "equity_waiting": None if waiting is None else waiting_setting(waiting),
        "fills": summary.fills,
        "first": summary.first,
        "last": summary.last,
        "last_import": summary.last_import,
        "connected": bool(summary.connected),
        "key_name": summary.connected or None,
        "key_can": key_can(summary),
        "key_checked_at": summary.checked_at,
    }


def key_can(summary: "AccountSummary") -> str | None:
    """Return what the account's key may do, as its broker last said."""
    if summary.permissions is None:
        return None
    return " and ".join(("view", *key_powers(summary.permissions)))

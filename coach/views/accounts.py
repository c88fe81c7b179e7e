"""Accounts: what we read from, and what is known of each."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from coach.model.accounts import USUAL_SYNC_HOURS, ShortsOrigin, key_powers
from coach.model.rules import PendingSetting
from coach.views.promises.waiting import WaitingSetting, waiting_setting
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.accounts import AccountSummary
    from coach.engine.api.broker.leave import Leaving

ConnectionHealth = Literal[
    "statement", "not_read_yet", "ok", "failing", "reauth_required", "key_too_strong"
]
"""How the connection of an account stands."""

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
    Column("credential"),
    Column("key_name"),
    Column("key_can", "key can"),
    Column("key_checked_at"),
    Column("scopes"),
    Column("expires_at"),
    Column("health", "health"),
    Column("trouble"),
    Column("tried_at"),
    Column("sync_hours"),
    Column("next_sync", "next sync", "time"),
    Column("equity_waiting"),
)


DISCONNECTION = (
    Column("account"),
    Column("broker"),
    Column("revoked"),
    Column("wiped"),
    Column("how_to_check"),
    Column("trouble"),
)


class DisconnectionRow(TypedDict):
    """A connection that was ended; `revoked` says whether the broker ended the credential, too."""

    account: str
    broker: str
    revoked: bool
    wiped: bool
    how_to_check: str
    trouble: str | None


class AccountRow(TypedDict):
    """An account; `equity` is the money it began with, `key_can` what the broker's key may do.

    `equity_waiting` is another amount that locked rules hold back. `scopes` are the broker's own
    words for what the key may do. `credential` is `oauth` where somebody allowed coach to read on
    the broker's own page, else `key`.
    `health` is `statement` for an account without a connection, `reauth_required` where the broker
    does not let coach in any more, `failing` where the last sync failed, for the reason in
    `trouble`. `sync_hours` is how often it is read by itself, 0 never.
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
    credential: Literal["key", "oauth"] | None
    key_name: str | None
    key_can: str | None
    key_checked_at: datetime | None
    scopes: list[str] | None
    expires_at: str | None
    health: ConnectionHealth
    trouble: str | None
    tried_at: datetime | None
    sync_hours: int | None
    next_sync: datetime | None


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
        "credential": credential(summary),
        "key_name": summary.connected or None,
        "key_can": key_can(summary),
        "key_checked_at": summary.checked_at,
        "scopes": kept("names", summary),
        "expires_at": kept("expires_at", summary),
        "health": health_of(summary),
        "trouble": summary.trouble or None,
        "tried_at": summary.tried_at,
        "sync_hours": sync_hours(summary),
        "next_sync": summary.next_sync,
    }


def key_can(summary: "AccountSummary") -> str | None:
    """Return what the account's key may do, as its broker last said."""
    if summary.permissions is None:
        return None
    return " and ".join(("view", *key_powers(summary.permissions)))


def credential(summary: "AccountSummary") -> Literal["key", "oauth"] | None:
    """Return how the account's broker lets coach in; None where it is not connected."""
    if summary.permissions is None:
        return None
    return "oauth" if summary.permissions.get("credential") == "oauth" else "key"


def health_of(summary: "AccountSummary") -> ConnectionHealth:
    """Return how an account's connection stands."""
    if summary.permissions is None:
        return "statement"
    if key_powers(summary.permissions):
        return "key_too_strong"
    if summary.trouble_code == "E_AUTH":
        return "reauth_required"
    if summary.trouble_code:
        return "failing"
    return "ok" if summary.tried_at is not None else "not_read_yet"


def sync_hours(summary: "AccountSummary") -> int | None:
    """Return how often an account is read by itself; None where it is not connected."""
    if summary.permissions is None:
        return None
    return USUAL_SYNC_HOURS if summary.sync_hours is None else summary.sync_hours


def kept(name: str, summary: "AccountSummary") -> Any:  # noqa: ANN401 -- as it was recorded
    """Return what was recorded of the account's key under a name, None where nothing was."""
    return None if summary.permissions is None else summary.permissions.get(name)


def disconnection_sentences(left: "Leaving") -> tuple[str, ...]:
    """Return what to warn of where a connection was ended."""
    return (f"the broker could not be asked: {left.trouble}",) if left.trouble else ()


def disconnection(left: "Leaving") -> DisconnectionRow:
    """Return what became of a connection."""
    return {
        "account": left.account,
        "broker": left.broker,
        "revoked": left.revoked,
        "wiped": True,
        "how_to_check": left.how_to_check,
        "trouble": left.trouble or None,
    }

"""The v2 API: the wallets, and the transactions of each, in pages that name what follows them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from starlette.datastructures import QueryParams

from coach.brokers.sandbox.entries import JsonObject, plain
from coach.brokers.sandbox.refusals import invalid, not_found
from coach.brokers.sandbox.transactions import SandboxTransaction, came_in_force

if TYPE_CHECKING:
    from coach.brokers.sandbox.entries import Json

ACCOUNTS = "/v2/accounts"
MOST, USUAL = 100, 25


def with_arrivals(
    accounts: Sequence[JsonObject], found: Sequence[SandboxTransaction], now: datetime
) -> tuple[JsonObject, ...]:
    """Return the wallets of the v3 API with what was pending and has come."""
    arrived = came_in_force(found, now)
    return tuple(_with(one, arrived.get(str(one["currency"]), Decimal(0))) for one in accounts)


def accounts(wallets: Sequence[JsonObject], query: QueryParams) -> JsonObject:
    """Return a page of the wallets as the v2 API has them."""
    return _page([_account(one) for one in wallets], ACCOUNTS, query)


def transactions(
    wallets: Sequence[JsonObject],
    found: Sequence[SandboxTransaction],
    wallet: str,
    asked: tuple[QueryParams, datetime],
) -> JsonObject:
    """Return a page of a wallet's transactions, the newest first."""
    query, now = asked
    path = f"{ACCOUNTS}/{wallet}/transactions"
    return _page(_of(wallets, found, wallet, now), path, query)


def transaction(
    wallets: Sequence[JsonObject],
    found: Sequence[SandboxTransaction],
    wallet: str,
    asked: tuple[str, datetime],
) -> JsonObject:
    """Return one transaction."""
    name, now = asked
    for one in _of(wallets, found, wallet, now):
        if one["id"] == name:
            return {"data": one}
    raise not_found(f"transaction {name} not found")


def _of(
    wallets: Sequence[JsonObject],
    found: Sequence[SandboxTransaction],
    wallet: str,
    now: datetime,
) -> list[JsonObject]:
    coins = [one["currency"] for one in wallets if one["uuid"] == wallet]
    if not coins:
        raise not_found(f"account {wallet} not found")
    return [one.as_json(wallet, now) for one in found if one.coin == coins[0] and one.at <= now]


def _page(rows: list[JsonObject], path: str, query: QueryParams) -> JsonObject:
    after, text = query.get("starting_after", ""), query.get("limit", str(USUAL))
    if not text.isdecimal():
        raise invalid("limit is invalid")
    limit = min(int(text), MOST) or USUAL
    begin = 0
    if after:
        begin = 1 + next((n for n, one in enumerate(rows) if one["id"] == after), len(rows))
    page: list[Json] = [*rows[begin : begin + limit]]
    more = begin + limit < len(rows)
    last = rows[begin + limit - 1]["id"] if more else None
    return {
        "pagination": {
            "ending_before": None,
            "starting_after": after or None,
            "limit": limit,
            "order": "desc",
            "previous_uri": None,
            "next_uri": f"{path}?limit={limit}&starting_after={last}" if more else None,
        },
        "data": page,
    }


def _account(wallet: JsonObject) -> JsonObject:
    """Return a wallet of the v3 API in the words of v2."""
    coin, held = wallet["currency"], wallet["available_balance"]
    amount = held["value"] if isinstance(held, dict) else "0"
    kind = "fiat" if wallet["type"] == "ACCOUNT_TYPE_FIAT" else "wallet"
    return {
        "id": wallet["uuid"],
        "name": wallet["name"],
        "primary": False,
        "type": kind,
        "currency": {"code": coin, "name": coin, "type": "fiat" if kind == "fiat" else "crypto"},
        "balance": {"amount": amount, "currency": coin},
        "created_at": wallet["created_at"],
        "updated_at": wallet["updated_at"],
        "resource": "account",
        "resource_path": f"{ACCOUNTS}/{wallet['uuid']}",
    }


def _with(wallet: JsonObject, more: Decimal) -> JsonObject:
    held = wallet["available_balance"]
    if not more or not isinstance(held, dict):
        return wallet
    value = plain(Decimal(str(held["value"])) + more)
    return {**wallet, "available_balance": {**held, "value": value}}

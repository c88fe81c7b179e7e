"""What the sandbox lists: products as Coinbase writes them, and the trader's wallets."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from coach.brokers.sandbox.entries import PORTFOLIO, JsonObject, SandboxExecution, plain, rfc3339
from coach.brokers.sandbox.market import Listing, Tape

OPENING_CASH = Decimal(60000)
COINS_NEVER_HELD = ("ADA", "AVAX", "USDC")
NAMES = uuid.UUID("7c9d9f0e-6a0a-4c0e-9d55-2f6a4d1b8e37")
FUTURE_ID = "BIP-20DEC30-CDE"


def products(tapes: Mapping[str, Tape]) -> tuple[JsonObject, ...]:
    """Return every product: the tapes', an alias of the first one, and a future."""
    spot = [_spot(tape) for tape in tapes.values()]
    first = next(iter(tapes.values()))
    alias = {
        **_spot(first),
        "product_id": f"{first.listing.base}-USDC",
        "quote_currency_id": "USDC",
        "quote_name": "USDC",
        "quote_display_symbol": "USDC",
        "display_name": f"{first.listing.base}-USDC",
        "alias": first.listing.product_id,
        "alias_to": [],
    }
    spot[0]["alias_to"] = [str(alias["product_id"])]
    return (*spot, alias, _future())


def accounts(
    listings: Iterable[Listing], executions: Iterable[SandboxExecution], opened: datetime
) -> tuple[JsonObject, ...]:
    """Return the wallets as the executions left them."""
    held = {listing.base: Decimal(0) for listing in listings} | {"USD": OPENING_CASH}
    held |= dict.fromkeys(COINS_NEVER_HELD, Decimal(0))
    for execution in executions:
        base, quote = execution.product_id.split("-")
        sign = 1 if execution.side == "BUY" else -1
        held[base] += sign * execution.size
        held[quote] -= sign * execution.price * execution.size + execution.commission
    return tuple(_account(coin, amount, opened) for coin, amount in held.items())


def _account(coin: str, amount: Decimal, opened: datetime) -> JsonObject:
    return {
        "uuid": str(uuid.uuid5(NAMES, coin)),
        "name": f"{coin} Wallet",
        "currency": coin,
        "available_balance": {"value": plain(amount), "currency": coin},
        "default": coin == "USD",
        "active": True,
        "created_at": rfc3339(opened),
        "updated_at": rfc3339(opened),
        "deleted_at": None,
        "type": "ACCOUNT_TYPE_FIAT" if coin == "USD" else "ACCOUNT_TYPE_CRYPTO",
        "ready": True,
        "hold": {"value": "0", "currency": coin},
        "retail_portfolio_id": PORTFOLIO,
        "platform": "ACCOUNT_PLATFORM_CONSUMER",
    }


def _spot(tape: Tape) -> JsonObject:
    listing = tape.listing
    return {
        "product_id": listing.product_id,
        "price": plain(tape.price(int(tape.closes[-1]))),
        "base_increment": plain(listing.step),
        "quote_increment": plain(listing.tick),
        "price_increment": plain(listing.tick),
        "quote_min_size": "1",
        "base_min_size": plain(listing.step),
        "base_name": listing.name,
        "quote_name": "US Dollar",
        "is_disabled": False,
        "status": "online",
        "trading_disabled": False,
        "product_type": "SPOT",
        "base_currency_id": listing.base,
        "quote_currency_id": listing.quote,
        "base_display_symbol": listing.base,
        "quote_display_symbol": listing.quote,
        "alias": "",
        "alias_to": [],
        "display_name": listing.product_id,
        "product_venue": "CBE",
    }


def _future() -> JsonObject:
    return {
        "product_id": FUTURE_ID,
        "price": "68930",
        "base_increment": "1",
        "quote_increment": "0.01",
        "price_increment": "5",
        "quote_min_size": "0",
        "base_min_size": "1",
        "base_name": "",
        "quote_name": "US Dollar",
        "is_disabled": False,
        "status": "",
        "trading_disabled": False,
        "product_type": "FUTURE",
        "base_currency_id": "",
        "quote_currency_id": "USD",
        "base_display_symbol": "",
        "quote_display_symbol": "USD",
        "alias": "",
        "alias_to": [],
        "display_name": "BTC PERP",
        "product_venue": "FCM",
    }

"""The wallets of a portfolio: what is there, and what is held for orders."""

from collections.abc import Iterator
from decimal import Decimal

from coach.brokers.adapter import BrokerWallet
from coach.brokers.bounds import read_number
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.client import CoinbaseClient
from coach.errors import BrokerTrouble
from coach.model.coins import coin_name

PAGE = 250
MOST_PAGES = 100


def wallets(client: CoinbaseClient) -> Iterator[BrokerWallet]:
    """Yield the wallets that hold something; one that cannot be read is left out."""
    cursor, used = "", {""}
    for _ in range(MOST_PAGES):
        params = [("limit", str(PAGE)), *([("cursor", cursor)] if cursor else [])]
        answer = client.get("/accounts", params)
        page = answer.get("accounts")
        if not isinstance(page, list):
            raise BrokerTrouble(broker=BROKER, reason="a page of wallets without a list")
        for entry in page:
            yield from _wallet(entry if isinstance(entry, dict) else {})
        cursor = str(answer.get("cursor") or "")
        if answer.get("has_next") is not True or cursor in used:
            return
        used.add(cursor)
    raise BrokerTrouble(broker=BROKER, reason=f"more than {MOST_PAGES} pages of wallets (limit)")


def _wallet(entry: dict[str, object]) -> Iterator[BrokerWallet]:
    coin = coin_name(str(entry.get("currency") or ""))
    there, held = (_value(entry.get(name)) for name in ("available_balance", "hold"))
    if coin and there + held:
        yield BrokerWallet(coin, there + held)


def _value(amount: object) -> Decimal:
    number = read_number(amount.get("value")) if isinstance(amount, dict) else None
    return number or Decimal(0)

"""The wallets of a portfolio: what is there, and what is held for orders."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.adapter import WalletList, wallet_list
from coach.brokers.bounds import read_number
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.coinbase.transactions import ID
from coach.errors import BrokerTrouble
from coach.model.coins import coin_name

PAGE = 250
MOST_PAGES = 100


class PortfolioWallet(NamedTuple):
    """A wallet of the portfolio: its id, its coin, and what is in it (None: it cannot be read)."""

    id: str
    coin: str
    quantity: Decimal | None


def read_wallets(client: CoinbaseClient) -> list[PortfolioWallet]:
    """Return the wallets of the portfolio that the key sees."""
    return list(_read(client))


def contents(wallets: Iterable[PortfolioWallet]) -> WalletList:
    """Return what the wallets hold, available and on hold together."""
    return wallet_list((one.coin, one.quantity) for one in wallets)


def ids(wallets: Iterable[PortfolioWallet]) -> dict[str, bool]:
    """Return the ids of the wallets, and of each whether anything is in it."""
    return {one.id: one.quantity != 0 for one in wallets if ID.fullmatch(one.id)}


def _read(client: CoinbaseClient) -> Iterator[PortfolioWallet]:
    cursor, used = "", {""}
    for _ in range(MOST_PAGES):
        params = [("limit", str(PAGE)), *([("cursor", cursor)] if cursor else [])]
        answer = client.get("/accounts", params)
        page = answer.get("accounts")
        if not isinstance(page, list):
            raise BrokerTrouble(broker=BROKER, reason="a page of wallets without a list")
        for entry in page:
            yield _wallet(entry if isinstance(entry, dict) else {})
        cursor = str(answer.get("cursor") or "")
        if answer.get("has_next") is not True or cursor in used:
            return
        used.add(cursor)
    raise BrokerTrouble(broker=BROKER, reason=f"more than {MOST_PAGES} pages of wallets (limit)")


def _wallet(entry: dict[str, object]) -> PortfolioWallet:
    """Return a wallet; one without a hold holds nothing back."""
    coin = coin_name(str(entry.get("currency") or ""))
    there = _value(entry.get("available_balance"))
    held = _value(entry["hold"]) if entry.get("hold") is not None else Decimal(0)
    quantity = None if there is None or held is None else there + held
    return PortfolioWallet(str(entry.get("uuid") or ""), coin, quantity)


def _value(amount: object) -> Decimal | None:
    return read_number(amount.get("value")) if isinstance(amount, dict) else None

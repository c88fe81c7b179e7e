"""Which pairs are suggested: those that were traded first, then those of coins that are held."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pytest

from coach.brokers.adapter import BrokerWallet, WalletList
from coach.engine.imports.pairs import MOST_SUGGESTED, SuggestedPair, suggest_pairs


@dataclass
class Holdings:
    """As much of a broker as suggestions take: what is held, and what is listed."""

    coins: tuple[str, ...]
    lists: frozenset[str]

    def wallets(self) -> WalletList:
        return WalletList(tuple(BrokerWallet(coin, Decimal(1)) for coin in self.coins))

    def listed(self, pairs: Iterable[str]) -> frozenset[str]:
        return self.lists & set(pairs)


def suggested(held: Holdings, *traded: str) -> list[SuggestedPair]:
    return [*suggest_pairs(held, traded)]  # type: ignore[arg-type]


def test_what_was_traded_comes_before_what_is_held() -> None:
    held = Holdings(("SOL", "BTC"), frozenset({"SOL-USDT", "SOL-BTC", "ETH-USDT", "BTC-USDT"}))
    assert suggested(held, "ETH-USDT", "SOL-USDT", "GONE-USDT") == [
        SuggestedPair("ETH-USDT", "statement"),
        SuggestedPair("SOL-USDT", "statement"),
        SuggestedPair("BTC-USDT", "balance"),
        SuggestedPair("SOL-BTC", "balance"),
    ]


def test_a_coin_is_no_pair_with_itself_and_nothing_held_suggests_nothing() -> None:
    assert suggested(Holdings(("USDT",), frozenset({"USDT-USDT", "BTC-USDT"}))) == []
    assert suggested(Holdings((), frozenset({"BTC-USDT"}))) == []


@pytest.mark.parametrize("coins", [60])
def test_suggestions_are_no_more_than_a_person_reads(coins: int) -> None:
    names = tuple(f"C{number}" for number in range(coins))
    held = Holdings(names, frozenset(f"{name}-USDT" for name in names))
    assert len(suggested(held)) == MOST_SUGGESTED

"""What is stated of what a broker says is there."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from coach.brokers.adapter import BrokerWallet, WalletList, wallet_list
from coach.brokers.base import Other, Row
from coach.engine.imports.sync.broker_balances import BrokerBalances
from coach.model.fills import Fill, Margin, Symbol
from coach.model.movements import Movement

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HELD = WalletList((BrokerWallet("BTC", Decimal(2)), BrokerWallet("EUR", Decimal(50))))


def fill(minutes_ago: float, margin: Margin = "") -> Fill:
    at = NOON - timedelta(minutes=minutes_ago)
    numbers = (Decimal(1), Decimal(10), Decimal(0))
    return Fill(Symbol("SOL-EUR"), "buy", *numbers, "EUR", at, 0, "", "a", 1, margin)


def stated(found: WalletList, *rows: Row, known: tuple[str, ...] = ()) -> dict[str, int]:
    balances = BrokerBalances(NOON, NOON, found)
    assert [*balances.watch(rows)] == [*rows]
    assert {one.at for one in balances.rows(known)} <= {NOON}
    return {one.coin: int(one.balance) for one in balances.rows(known)}


def test_a_coin_that_is_known_and_not_listed_is_zero() -> None:
    assert stated(HELD, fill(60), known=("ETH",)) == {"BTC": 2, "ETH": 0, "EUR": 50, "SOL": 0}


def test_a_coin_that_moves_while_the_broker_is_asked_is_left_out() -> None:
    assert stated(HELD, fill(0.5)) == {"BTC": 2}
    assert stated(HELD, fill(0.5, margin="opening")) == {"BTC": 2, "EUR": 50}
    reward = Movement("BTC", Decimal(1), NOON)
    assert stated(HELD, Other("reward", 1, (reward,))) == {"EUR": 50}


def test_a_wallet_that_cannot_be_read_is_no_zero() -> None:
    part = wallet_list(
        [("BTC", Decimal(1)), ("BTC", None), ("EUR", Decimal(5)), ("EUR", Decimal(2))]
    )
    assert stated(part, known=("BTC", "ETH")) == {"ETH": 0, "EUR": 7}
    nameless = wallet_list([("EUR", Decimal(5)), ("", None)])
    assert stated(nameless, known=("ETH",)) == {"EUR": 5}
    named = BrokerBalances(NOON, NOON, nameless)
    assert [*named.notes()] == [
        "balances that cannot be read, and count as unknown: of coins without a name"
    ]

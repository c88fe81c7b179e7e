"""Positions that may be over though their books hold them, and where sold coins may come from."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from coach.engine.ledger.doubts import (
    NOWHERE,
    CoinOrigin,
    OpenPosition,
    departures,
    describe,
    origins,
)
from coach.model.fills import FillKey, Symbol
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis

UTC_ZONE = ZoneInfo("UTC")


def day(number: int) -> datetime:
    return datetime(2026, 3, number, 10, tzinfo=UTC)


def held(symbol: str, quantity: str, since: int, account: str = "main") -> OpenPosition:
    return OpenPosition(account, Symbol(symbol), Decimal(quantity), day(since))


def sale(symbol: str, quantity: str, on: int, account: str = "main") -> UnknownBasis:
    return UnknownBasis(
        FillKey(f"{account} {symbol} {on}".encode()),
        Symbol(symbol),
        "sell",
        day(on),
        Decimal(quantity),
        Decimal(0),
        Decimal(0),
        account,
    )


def moved(kind: str, quantity: str | None, on: int, coin: str = "BTC") -> AccountMovement:
    amount = None if quantity is None else Decimal(quantity)
    return AccountMovement("main", kind, coin, amount, day(on))


def told(position: OpenPosition, *lines: UnknownBasis | AccountMovement) -> list[str]:
    sales = [line for line in lines if isinstance(line, UnknownBasis)]
    others = [line for line in lines if isinstance(line, AccountMovement)]
    return [describe(one, UTC_ZONE) for one in departures(position, sales, others)]


def test_a_sale_under_another_quote_makes_a_position_doubtful() -> None:
    position = held("BTC-USD", "0.02", 1)
    assert told(position, sale("BTC-USDC", "0.02", 2)) == [
        "0.02 BTC were sold under BTC-USDC on 2026-03-02"
    ]


def test_several_sales_are_summed_by_their_symbol() -> None:
    sold = [sale("BTC-USDC", "0.01", 2), sale("BTC-EUR", "0.02", 3), sale("BTC-USDC", "0.03", 4)]
    assert told(held("BTC-USD", "1", 1), *sold) == [
        "0.04 BTC were sold under BTC-USDC in 2 rows, the last on 2026-03-04",
        "0.02 BTC were sold under BTC-EUR on 2026-03-03",
    ]


def test_what_was_before_the_position_or_elsewhere_says_nothing() -> None:
    position = held("BTC-USD", "1", 5)
    assert not told(
        position,
        sale("BTC-USDC", "1", 4),
        sale("BTC-USDC", "1", 6, account="second"),
        sale("ETH-USDC", "1", 6),
        sale("BTC-USD", "1", 6),
        moved("send", "-1", 4),
        moved("send", "-1", 6, coin="ETH"),
        moved("receive", "1", 6),
    )


def test_coins_sent_away_or_converted_make_a_position_doubtful() -> None:
    position = held("BTC-EUR", "1", 1)
    rows = [moved("send", "-0.001", 2), moved("convert", "-0.5", 3), moved("card spend", "-0.1", 4)]
    assert told(position, *rows) == [
        "0.001 BTC were sent away on 2026-03-02",
        "0.5 BTC were converted on 2026-03-03",
        "0.1 BTC left (card spend) on 2026-03-04",
    ]


def test_a_row_without_a_quantity_is_counted() -> None:
    position = held("BTC-EUR", "1", 1)
    assert told(position, moved("convert", None, 2)) == ["1 convert of BTC on 2026-03-02"]
    assert told(position, moved("convert", None, 2), moved("convert", "-1", 3)) == [
        "convert of BTC in 2 rows, the last on 2026-03-03"
    ]


def test_a_day_is_the_trader_s_own() -> None:
    (one,) = departures(held("BTC-USD", "1", 1), [sale("BTC-EUR", "1", 2)], [])
    late = one._replace(last=datetime(2026, 3, 2, 23, tzinfo=UTC))
    assert describe(late, ZoneInfo("Asia/Tokyo")).endswith("2026-03-03")


def test_a_transfer_within_the_account_takes_nothing_away() -> None:
    position = held("BTC-USD", "1", 1)
    kind = "transfer between spot and earn"
    assert not told(position, moved(kind, "-1", 2), moved(kind, "1", 2))
    assert told(position, moved(kind, "-1", 2), moved(kind, "0.5", 2)) == [
        f"1 BTC left ({kind}) on 2026-03-02"
    ]


def test_coins_are_probably_those_bought_under_another_quote() -> None:
    line = sale("BTC-USDC", "0.02", 2)
    found = origins([held("BTC-USD", "0.02", 1)], [line], [])
    assert found == {("main", line.key): CoinOrigin((Symbol("BTC-USD"),), (), enough=True)}


def test_coins_that_came_in_before_the_sale_explain_it() -> None:
    line = sale("ETH-EUR", "1", 5)
    came = [moved("receive", "0.9", 2, "ETH"), moved("staking income", "0.1", 3, "ETH")]
    found = origins([], [line], [*came, moved("receive", "3", 6, "ETH")])
    assert found["main", line.key] == CoinOrigin((), ("receive", "staking income"), enough=True)


def test_fewer_coins_than_were_sold_do_not_explain_a_sale() -> None:
    first, second = sale("ETH-EUR", "1", 5), sale("ETH-EUR", "1", 6)
    found = origins([], [first, second], [moved("receive", "1", 2, "ETH")])
    assert (found["main", first.key].enough, found["main", second.key].enough) == (True, False)


def test_nothing_explains_a_sale_of_coins_that_are_nowhere() -> None:
    line = sale("BTC-USDC", "1", 2)
    positions = [held("BTC-USD", "1", 3), held("BTC-USD", "1", 1, account="second")]
    assert origins(positions, [line], []) == {("main", line.key): NOWHERE}

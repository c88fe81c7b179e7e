"""The highest equity with open profit: what fills and candles say that trades were worth."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, CLOSE, ENTRY, NO_ORDERS, PARTIAL, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches, lacks, unjudged
from coach.engine.rules.programmes.open_profit import equity_path
from coach.engine.rules.schema import describe_breach
from coach.model.fills import FillKey
from coach.model.rules import Rule
from coach.model.times import MINUTE_US, microseconds
from coach.model.trades import PartialClose, Trip

Make = Callable[..., Rule]
BAR_US = 15 * MINUTE_US


def at(clock: str) -> int:
    return microseconds(datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=UTC))


def candles(rows: Iterable[tuple[str, float, float, float]]) -> Bars:
    """Return candles of a quarter of an hour: when each starts, its high, low and close."""
    starts, high, low, close = zip(*rows, strict=True)
    middle = np.array(close)
    columns_of = Columns(
        np.array([at(start) for start in starts]),
        middle,
        np.array(high),
        np.array(low),
        middle,
        middle,
    )
    return bars(columns_of, "test", BAR_US)


def traded(trips: list[Trip], market: dict[str, Bars], *more: OrderRow) -> History:
    """Return one unit of each bought at 100, sold so that its net comes out, and further orders."""
    past = history(trips)
    orders = list(more)
    for row, trip in enumerate(past.trips):
        sign = 1 if trip.side == "long" else -1
        orders.append(OrderRow(row, ENTRY, trip.opened_us, 1.0, 100.0, 0.0, 0.0, trip.entry_fills))
        if trip.closed_us is not None and not more:
            price = 100.0 + sign * float(trip.net)
            orders.append(
                OrderRow(row, CLOSE, trip.closed_us, 1.0, price, 1.0, 100.0, trip.exit_fills)
            )
    laid_out = columns(sorted(orders, key=lambda one: (one.at_us, one.row, one.kind)))
    return past.beside(laid_out, Market(market), Trader())


RISE = candles(
    [("09:00", 108, 100, 105), ("09:15", 130, 104, 110), ("09:30", 111, 95, 98)],
)


def ids(rule: Rule, past: History) -> list[str]:
    return [breach.trade_id for breach in breaches([rule], past, "UTC")]


def test_what_an_open_trade_gave_back_is_drawdown(trips: list[Trip], promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with -2
    2026-03-02 10:00 BTC-USD size 100
    """
    past = traded(trips, {"BTC-USD": RISE})
    [breach] = breaches([promise("max_drawdown", floor="intraday", amount=32)], past, "UTC")
    assert breach.trade_id == "t02"
    assert breach.facts == {
        "lost": "32",
        "limit": 32,
        "margin": "0",
        "quote": "USD",
        "floor": "intraday",
    }
    assert describe_breach(breach) == (
        "drawdown 32.00 USD from the highest equity, open profit included (limit 32.00 USD)"
    )
    assert breach.fill_keys == (b"out01", b"in02")
    assert ids(promise("max_drawdown", floor="intraday", amount=32.01), past) == []
    assert ids(promise("max_drawdown", floor="closed", amount=2.01), past) == []


def test_a_short_is_best_at_the_low_of_a_candle(trips: list[Trip], promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with 2
    2026-03-02 10:00 BTC-USD size 100
    """
    trips[0] = trips[0]._replace(side="short")
    past = traded(trips, {"BTC-USD": RISE})
    assert ids(promise("max_drawdown", floor="intraday", amount=3), past) == ["t02"]
    assert ids(promise("max_drawdown", floor="intraday", amount=3.01), past) == []


def test_a_candle_that_holds_a_fill_says_only_how_it_closed(
    trips: list[Trip], promise: Make
) -> None:
    """
    2026-03-02 09:16 BTC-USD size 100, closed 09:45 with -2
    2026-03-02 10:00 BTC-USD size 100
    """
    past = traded(trips, {"BTC-USD": RISE})
    assert ids(promise("max_drawdown", floor="intraday", amount=13), past) == ["t02"]
    assert ids(promise("max_drawdown", floor="intraday", amount=13.01), past) == []


def test_nothing_after_an_entry_counts_for_it(trips: list[Trip], promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with -2
    2026-03-02 09:20 ETH-USD size 100
    2026-03-02 09:40 ETH-USD size 100
    """
    past = traded(trips, {"BTC-USD": RISE})
    # by 09:20 the price had been 108 and stood at 105, by 09:40 it had closed at 110
    assert ids(promise("max_drawdown", floor="intraday", amount=3), past) == ["t02"]
    assert ids(promise("max_drawdown", floor="intraday", amount=3.01), past) == []


def test_the_highs_of_several_open_trades_are_not_added_up(
    trips: list[Trip], promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with -2
    2026-03-02 09:00 ETH-USD size 100, closed 09:45 with -2
    2026-03-02 10:00 BTC-USD size 100
    """
    past = traded(trips, {"BTC-USD": RISE, "ETH-USD": RISE})
    assert ids(promise("max_drawdown", floor="intraday", amount=24), past) == ["t03"]
    assert ids(promise("max_drawdown", floor="intraday", amount=24.01), past) == []


def test_what_two_trades_did_at_one_moment_is_one_change(trips: list[Trip]) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:00 ETH-USD size 100
    """
    trips[1] = trips[1]._replace(side="short")
    path = equity_path(traded(trips, {"BTC-USD": RISE, "ETH-USD": RISE}), "USD")
    assert path.best.tolist() == path.equity.tolist() == [0.0, 0.0, 0.0, 0.0]


def test_adds_and_partial_closes_change_what_is_open(trips: list[Trip]) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with -1
    """
    part = PartialClose(
        datetime(2026, 3, 2, 9, 20, tzinfo=UTC), FillKey(b"p"), Decimal(1), Decimal(8), Decimal(1)
    )
    trips[0] = trips[0]._replace(partial_closes=(part,))
    added = OrderRow(0, ADD, at("09:10"), 1.0, 104.0, 1.0, 100.0, ())
    partial = OrderRow(0, PARTIAL, at("09:20"), 1.0, 108.0, 2.0, 102.0, ())
    path = equity_path(traded(trips, {"BTC-USD": RISE}, added, partial), "USD")
    # 100 and 104 paid, 108 less a fee of 1 came in: bought, added, 105, sold one, 110, 98 is closed
    assert path.equity.tolist() == [0.0, 4.0, 6.0, 11.0, 13.0, -1.0]
    assert path.best.tolist() == [0.0, 4.0, 6.0, 11.0, 13.0, 14.0]


def test_a_percentage_a_lock_and_a_first_day(trips: list[Trip], promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with -2
    2026-03-02 10:00 BTC-USD size 100
    """
    past = traded(trips, {"BTC-USD": RISE})
    sized = {"floor": "intraday", "percent": 32, "currency": "USD", "account_size": 100}
    [breach] = breaches([promise("max_drawdown", **sized)], past, "UTC")
    assert (breach.facts["lost_percent"], breach.facts["margin"]) == (32.0, 0.0)
    assert ids(promise("max_drawdown", floor="intraday", percent=1), past) == []
    locked = promise("max_drawdown", floor="intraday", amount=5, locks_at=0)
    assert ids(locked, past) == ["t02"]
    [breach] = breaches([locked], past, "UTC")
    assert breach.facts["lost"] == "7"
    assert ids(promise("max_drawdown", floor="intraday", amount=30, locks_at=1), past) == ["t02"]
    assert ids(promise("max_drawdown", floor="intraday", amount=1, since="2026-03-03"), past) == []


def test_without_candles_fills_alone_say_what_was_reached(trips: list[Trip], promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with 5
    2026-03-02 10:00 BTC-USD size 100, closed 10:10 with -7
    2026-03-02 10:20 BTC-USD size 100
    """
    past = history(trips)
    rule = promise("max_drawdown", floor="intraday", amount=7)
    assert lacks(rule, past) == ("candles of BTC-USD",)
    assert ids(rule, past) == ["t03"]
    assert unjudged([rule], past, "UTC") == {rule.id: frozenset({"t02", "t03"})}
    seen = replace(past, market=Market({"BTC-USD": RISE}))
    assert unjudged([rule], seen, "UTC") == {rule.id: frozenset({"t03"})}


def test_what_candles_of_the_last_days_do_not_reach_keeps_its_verdict(
    trips: list[Trip], promise: Make
) -> None:
    """
    2026-03-02 08:30 BTC-USD size 100, closed 08:40 with 5
    2026-03-02 09:10 BTC-USD size 100, closed 09:20 with 5
    2026-03-02 09:30 BTC-USD size 100
    """
    rule = promise("max_drawdown", floor="intraday", amount=7)
    late = history(trips).beside(NO_ORDERS, Market({"BTC-USD": RISE}), Trader())
    assert unjudged([rule], late, "UTC") == {rule.id: frozenset({"t02", "t03"})}
    later = history(trips[1:]).beside(NO_ORDERS, Market({"BTC-USD": RISE}), Trader())
    assert unjudged([rule], later, "UTC") == {rule.id: frozenset()}


def test_parts_of_a_trade_whose_orders_are_not_known_count_when_they_closed(
    trips: list[Trip], promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:45 with -3
    2026-03-02 10:00 BTC-USD size 100
    """
    part = PartialClose(
        datetime(2026, 3, 2, 9, 20, tzinfo=UTC), FillKey(b"p"), Decimal(1), Decimal(5), Decimal(1)
    )
    past = history([trips[0]._replace(partial_closes=(part,)), trips[1]])
    assert ids(promise("max_drawdown", floor="intraday", amount=7), past) == ["t02"]

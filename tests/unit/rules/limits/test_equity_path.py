"""Equity with open profit, moment by moment, added up by hand."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest

from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, CLOSE, ENTRY, PARTIAL, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.rules.ground import Ground
from coach.engine.rules.money_limits import Lock, Stretch
from coach.engine.rules.programmes.open_profit import (
    EquityPath,
    _lost,
    _OpenTrades,
    before_any_blind_spot,
    below_highest_equity,
    equity_path,
)
from coach.engine.rules.realised_sums import RealisedSums
from coach.model.fills import FillKey, Side, Symbol
from coach.model.times import MINUTE_US, instant, microseconds
from coach.model.trades import PartialClose, TradeId, Trip

if TYPE_CHECKING:
    from coach.model.events import Json

BAR_US = 15 * MINUTE_US


def at(clock: str) -> int:
    return microseconds(datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=UTC))


def candles(*rows: tuple[str, float, float, float]) -> Bars:
    """Return candles of a quarter of an hour: when each starts, its high, low and close."""
    starts, high, low, close = (np.array(column) for column in zip(*rows, strict=True))
    begun = np.array([at(str(start)) for start in starts])
    return bars(Columns(begun, close, high, low, close, close), "test", BAR_US)


SEEN = candles(
    ("09:00", 108.0, 97.0, 105.0),
    ("09:15", 130.0, 104.0, 110.0),
    ("09:30", 111.0, 95.0, 98.0),
    ("09:45", 100.0, 90.0, 95.0),
)


def trip(
    opened: str,
    closed: str | None,
    net: str = "0",
    *,
    side: Side = "buy",
    symbol: str = "BTC-USD",
    parts: tuple[PartialClose, ...] = (),
) -> Trip:
    return Trip(
        id=TradeId(f"{symbol} {opened}"),
        symbol=Symbol(symbol),
        quote=symbol.rpartition("-")[2],
        side="long" if side == "buy" else "short",
        opened_us=at(opened),
        closed_us=None if closed is None else at(closed),
        gross=Decimal(net),
        fees=Decimal(0),
        net=Decimal(net),
        quantity=Decimal(1),
        notional=Decimal(100),
        entry_fills=(FillKey(opened.encode()),),
        exit_fills=() if closed is None else (FillKey(closed.encode()),),
        partial_closes=parts,
    )


def part(clock: str, gross: str, fees: str) -> PartialClose:
    moment = instant(at(clock))
    return PartialClose(moment, FillKey(b"p"), Decimal(1), Decimal(gross), Decimal(fees), {})


def order(row: int, kind: int, clock: str, price: float, before: float = 0.0) -> OrderRow:
    return OrderRow(row, kind, at(clock), 1.0, price, before, 100.0, (FillKey(b"o"),))


def laid(trips: list[Trip], market: dict[str, Bars], *orders: OrderRow) -> History:
    return history(trips).beside(columns(list(orders)), Market(market), Trader())


def told(path: EquityPath) -> list[tuple[str, float, float]]:
    """Return each moment with the equity and the best, the moments as a clock shows them."""
    clocks = [f"{instant(moment // 2):%H:%M}" for moment in path.moments.tolist()]
    return [*zip(clocks, path.equity.tolist(), path.best.tolist(), strict=True)]


def test_a_trade_is_worth_what_orders_and_candles_say() -> None:
    """One at 100, one more at 110, one out at 120 for a fee of 0.5, the last out at 90."""
    parts = (part("09:40", "20", "0.5"),)
    past = laid(
        [trip("09:00", "10:05", "-1", parts=parts)],
        {"BTC-USD": SEEN},
        order(0, ENTRY, "09:00", 100),
        order(0, ADD, "09:20", 110, before=1),
        order(0, PARTIAL, "09:40", 120, before=2),
        order(0, CLOSE, "10:05", 90, before=1),
    )
    assert told(equity_path(past, "USD")) == [
        ("09:00", 0, 0),
        ("09:15", 5, 8),  # one at 105, that had been at 108
        ("09:20", 10, 10),
        ("09:30", 10, 10),  # two at 110; a fill came within the candle, so its high says nothing
        ("09:40", 29.5, 29.5),
        ("09:45", 7.5, 7.5),
        ("10:00", 4.5, 9.5),
        ("10:05", -1, -1),
    ]


def test_a_short_is_worth_most_at_the_low() -> None:
    past = laid(
        [trip("09:00", None, side="sell")], {"BTC-USD": SEEN}, order(0, ENTRY, "09:00", 100)
    )
    assert told(equity_path(past, "USD")) == [
        ("09:00", 0, 0),
        ("09:15", -5, 3),
        ("09:30", -10, -4),
        ("09:45", 2, 5),
        ("10:00", 5, 10),
    ]


def test_of_two_open_trades_nobody_knows_whether_their_bests_came_together() -> None:
    other = candles(("09:15", 60.0, 40.0, 55.0), ("09:30", 60.0, 50.0, 51.0))
    past = laid(
        [trip("09:00", "09:50", "-3"), trip("09:15", "09:40", "7", symbol="ETH-USD")],
        {"BTC-USD": SEEN, "ETH-USD": other},
        order(0, ENTRY, "09:00", 100),
        order(1, ENTRY, "09:15", 50),
        order(1, CLOSE, "09:40", 57, before=1),
        order(0, CLOSE, "09:50", 97, before=1),
    )
    assert told(equity_path(past, "USD")) == [
        ("09:00", 0, 0),
        ("09:15", 5, 8),  # the other one begins with the end of this candle
        ("09:30", 15, 15),
        ("09:40", 17, 17),
        ("09:45", 5, 5),
        ("09:50", 4, 4),
    ]


def test_without_orders_what_was_realised_counts() -> None:
    parts = (part("09:20", "20", "0.5"), part("09:30", "-4", "0.25"))
    past = laid([trip("09:00", "09:40", "11", parts=parts)], {"BTC-USD": SEEN})
    assert told(equity_path(past, "USD")) == [
        ("09:20", 19.5, 19.5),
        ("09:30", 15.25, 15.25),
        ("09:40", 11, 11),
    ]
    still = laid([trip("09:00", None)], {})
    assert told(equity_path(still, "USD")) == []


def test_without_candles_orders_say_what_they_can_and_one_currency_alone_counts() -> None:
    past = laid(
        [trip("09:00", None), trip("09:05", "09:06", "9", symbol="BTC-EUR")],
        {},
        order(0, ENTRY, "09:00", 100),
        order(0, ADD, "09:20", 110, before=1),
    )
    assert told(equity_path(past, "USD")) == [("09:00", 0, 0), ("09:20", 10, 10)]
    assert told(equity_path(past, "EUR")) == [("09:06", 9, 9)]


def test_a_trade_of_one_instant_ends_after_what_is_known_of_it() -> None:
    past = laid([trip("09:00", "09:00", "-2")], {})
    path = equity_path(past, "USD")
    assert path.moments.tolist() == [2 * at("09:00") + 1]
    assert path.known(np.array([at("09:00"), at("09:00") + 1])).tolist() == [0, 1]


PATH = EquityPath(np.array([20, 40, 60]), np.array([5.0, -2, 3]), np.array([9.0, 0, 3]))
ENTRIES = np.array([5, 10, 20, 29, 30, 50])


def stretch_of(past: History, lock: Lock | None = None) -> Stretch:
    rows = np.arange(len(past))
    sums = RealisedSums(past, 0, "net")
    return Stretch("USD", rows, sums, rows * 0, sums.known(past.opened_us), lock)


@pytest.mark.parametrize(
    ("since", "lock", "lost"),
    [
        (0, None, [0, 4, 11, 11, 6, 6]),
        (20, None, [0, 0, 7, 7, 2, 2]),  # the account begins with the five of the first moment
        (21, None, [0, 0, 0, 0, 0, 0]),  # and here with what was known by then, which is lower
        (0, Lock(0, 1.0), [0, -2, 5, 5, 0, 0]),  # the best counts as 1 + 2 at most
        (20, Lock(0, -3.0), [-1, -1, 6, 6, 1, 1]),
    ],
)
def test_what_is_lost_is_what_lies_between_the_best_and_now(
    since: int, lock: Lock | None, lost: list[float]
) -> None:
    past = laid([trip("09:00", None)], {})
    found = [*_lost(PATH, ENTRIES, since, 2.0, stretch_of(past, lock))]
    assert found == [*enumerate(lost)]


def rising(*, equity: float | None = None) -> History:
    past = laid(
        [trip("09:00", "09:50", "-2"), trip("10:00", None)],
        {"BTC-USD": SEEN},
        order(0, ENTRY, "09:00", 100),
        order(0, CLOSE, "09:50", 98, before=1),
    )
    return replace(past, trader=Trader(equity=equity))


@pytest.mark.parametrize(("amount", "told_of"), [(32.0, ["32"]), (32.01, [])])
def test_an_entry_at_the_limit_below_the_highest_equity_is_told(
    amount: float, told_of: list[str]
) -> None:
    past = rising()
    params: dict[str, Json] = {"amount": amount, "floor": "intraday"}
    ground = Ground(past, "UTC")
    hits = [*below_highest_equity(params, ground, stretch_of(past), -(1 << 60), None)]
    assert [hit.facts.get("lost") for hit in hits] == told_of
    assert [hit.row for hit in hits] == [1] * len(told_of)


@pytest.mark.parametrize(("percent", "told_of"), [(3.2, [3.2]), (3.201, [])])
def test_a_limit_in_percent_is_of_the_money_at_the_start(
    percent: float, told_of: list[float]
) -> None:
    past = rising(equity=1_000.0)
    params: dict[str, Json] = {"percent": percent, "floor": "intraday"}
    ground = Ground(past, "UTC")
    hits = [*below_highest_equity(params, ground, stretch_of(past), -(1 << 60), 1_000.0)]
    assert [hit.facts.get("lost_percent") for hit in hits] == told_of
    assert [*below_highest_equity(params, ground, stretch_of(past), -(1 << 60), None)] == []


def test_a_stretch_has_one_open_trade_where_no_other_shares_a_moment() -> None:
    past = laid([trip("09:10", "09:15"), trip("09:20", None, symbol="ETH-USD")], {})
    open_trades = _OpenTrades(past, [0, 1])
    stretches = [
        ("09:10", "09:20", True),
        ("09:12", "09:25", False),
        ("09:15", "09:25", True),
        ("09:14", "09:20", True),
        ("09:00", "09:10", False),
        ("09:00", "09:11", True),
        ("09:30", "09:45", True),
    ]
    starts = np.array([at(start) for start, _, _ in stretches])
    ends = np.array([at(end) for _, end, _ in stretches])
    assert open_trades.single(starts, ends).tolist() == [one for _, _, one in stretches]


@pytest.mark.parametrize(
    ("opened", "closed", "seen"),
    [
        ("09:00", "10:15", True),  # the candle after the last may not be over
        ("09:00", "10:16", False),
        ("08:59", "09:30", False),
        ("09:00", None, True),
    ],
)
def test_a_trade_is_seen_from_its_opening_to_its_close(
    opened: str, closed: str | None, *, seen: bool
) -> None:
    after = trip("10:20", None)
    past = laid([trip(opened, closed), after], {"BTC-USD": SEEN})
    assert before_any_blind_spot(past).tolist() == [True, seen]
    blind = laid([trip("09:00", "09:30", symbol="ETH-USD"), after], {"BTC-USD": SEEN})
    assert before_any_blind_spot(blind).tolist() == [True, False]

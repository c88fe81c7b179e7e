"""What was sold at a gain comes back sooner: by hand, and on traders whose habit is known."""

from dataclasses import replace
from decimal import Decimal
from random import Random

import numpy as np
import pytest

from coach.engine.biases.detection import findings
from coach.engine.biases.detector import Window
from coach.engine.biases.habits.regret_repurchase import DETECTOR
from coach.engine.biases.measures.sales.spells import spells, states
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.context import context
from coach.engine.features.history import History, history
from coach.engine.features.orders import CLOSE, ENTRY, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Finding
from coach.model.plans import Plan
from coach.model.times import DAY_US, HOUR_US
from coach.model.trades import TradeId, Trip

START = 1_772_409_600_000_000  # 2026-03-02
KEY = (FillKey(b"k"),)


def told(past: History, days: int = 120) -> Finding:
    return findings(past, START, START + days * DAY_US, [DETECTOR])[0]


def trade(
    number: int, symbol: str, hours: tuple[float, float], net: float, *, short: bool = False
) -> Trip:
    opened, closed = (START + round(hour * HOUR_US) for hour in hours)
    return Trip(
        TradeId(f"t{number:05d}"), Symbol(symbol), "USD", "short" if short else "long", opened,
        closed, Decimal(repr(net)), Decimal(0), Decimal(repr(net)), Decimal(1), Decimal(1000),
        (FillKey(b"in%d" % number),), (FillKey(b"out%d" % number),),
    )  # fmt: skip


def burned(ratio: float, seed: int = 1, sales: int = 60) -> list[Trip]:
    """Four coins; each is bought back after a day on average, sooner by `ratio` after a gain."""
    random, made = Random(seed), list[Trip]()
    for coin in "ABCD":
        now = random.random()
        for _ in range(sales // 4):
            net = random.gauss(0, 10)
            made.append(trade(len(made), f"{coin}-USD", (now, now + 5), net))
            now += 5 + random.expovariate((ratio if net > 0 else 1.0) / 24)
    return made


def test_coins_that_come_back_four_times_as_soon_after_gains_are_a_habit() -> None:
    each = [told(history(burned(4.0, seed, 240)), 150) for seed in range(10)]
    assert sum(one.level in {"likely", "strong"} for one in each) >= 8
    assert np.median([one.effect or 0 for one in each]) == pytest.approx(4.0, rel=0.25)
    assert each[0].costs == ()
    assert each[0].evidence[0].trade_ids
    assert each[0].counter[0].trade_ids


def test_coins_that_come_back_alike_are_none() -> None:
    each = [told(history(burned(1.0, seed, 100))) for seed in range(60)]
    assert sum(one.level in {"likely", "strong"} for one in each) <= 1
    assert sum(bool(one.facts["flagged"]) for one in each) <= 6
    p_values = np.sort([one.p or 0.0 for one in each])
    distance = np.abs(p_values - (np.arange(60) + 0.5) / 60).max()
    assert distance < 1.63 / np.sqrt(60)


def test_sooner_after_losses_is_the_opposite() -> None:
    found = told(history(burned(0.25, 1, 120)))
    assert found.level == "none"
    assert (found.effect or 9) < 0.6


def test_a_sale_is_followed_until_it_comes_back_or_thirty_days_are_over() -> None:
    trips = [
        trade(1, "A-USD", (0, 1), 5.0),
        trade(2, "A-USD", (25, 26), -5.0),
        trade(3, "A-USD", (26 + 31 * 24, 27 + 31 * 24), 5.0),
        trade(4, "B-USD", (0, 2), 5.0),
        trade(5, "A-USD", (2, 3), 0.0, short=True),
    ]
    found = spells(context(history(trips)), Window(START, START + 60 * DAY_US))
    assert found.days == pytest.approx([1.0, 30.0, (60 * 24 - 27 - 31 * 24) / 24, 30.0])
    assert found.bought.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert found.gain.tolist() == [True, False, True, True]
    assert found.pieces().days.sum() == pytest.approx(found.days.sum())
    assert found.pieces().bought.reshape(-1, 7)[0].tolist() == [0, 0, 0, 1, 0, 0, 0]


def test_a_flip_and_a_trade_of_one_instant_are_not_their_own_successors() -> None:
    trips = [trade(1, "A-USD", (0, 0), 5.0), trade(2, "A-USD", (0, 0), -5.0)]
    found = spells(context(history(trips)), Window(START, START + 60 * DAY_US))
    assert found.bought.tolist() == [1.0, 0.0]
    assert found.days.tolist() == [0.0, 30.0]


def test_planned_buys_are_left_out() -> None:
    trips = burned(4.0, 1, 120)
    plan = Plan("p", "dca", {"symbols": ("A-USD", "B-USD")})
    found = told(replace(history(trips), trader=Trader(plans=(plan,))))
    assert found.n == 60
    assert found.evidence[0].sample["planned_sales"] == 60


def test_hours_below_and_above_the_sale_are_counted_by_age() -> None:
    """Sold at 100 at one o'clock; 90 until five, 110 until nine, back at 110 at nine."""
    trips = [trade(1, "A-USD", (0, 1), 5.0), trade(2, "A-USD", (9, 10), 5.0)]
    price = [100.0] * 1 + [90.0] * 4 + [110.0] * 5
    orders = columns([at(0, ENTRY, 0, 100), at(0, CLOSE, 1, 100), at(1, ENTRY, 9, 110)])
    past = history(trips).beside(orders, Market({"A-USD": hourly(price)}), Trader())
    known = context(past)
    where = states(known, spells(known, Window(START, START + 9 * HOUR_US + 1)))
    assert where is not None
    assert where.hours_below.tolist() == [1, 3, 0, 0, 0, 0, 0]
    assert where.hours_above.tolist() == [0, 0, 4, 0, 0, 0, 0]
    assert where.above.tolist() == [0, 0, 1, 0, 0, 0, 0]
    assert where.below.sum() == 0


def test_for_a_short_seller_dearer_is_cheaper() -> None:
    trips = [
        trade(1, "A-USD", (0, 1), 5.0, short=True),
        trade(2, "A-USD", (9, 10), 5.0, short=True),
    ]
    market = Market({"A-USD": hourly([100.0] + [90.0] * 4 + [110.0] * 5)})
    known = context(history(trips).beside(history([]).orders, market, Trader()))
    where = states(known, spells(known, Window(START, START + 9 * HOUR_US + 1)))
    assert where is not None
    assert where.hours_below.sum() == 4
    assert where.below.sum() == 1


def test_without_candles_the_price_since_is_not_asked() -> None:
    found = told(history(burned(4.0, 1, 120)))
    assert found.facts["p_below"] is None
    assert found.facts["flagged"] is True


def test_a_market_that_stood_still_says_nothing_of_the_price() -> None:
    still = {f"{coin}-USD": hourly([100.0] * 2000) for coin in "ABCD"}
    found = told(replace(history(burned(4.0, 1, 120)), market=Market(still)))
    assert (found.facts["p_below"], found.facts["flagged"]) == (0.5, True)


def test_coming_back_above_the_sale_only_is_momentum_and_no_regret() -> None:
    """Sold at 100. The price is 90 for an hour, then 110, and 110 in the hour before each buy."""
    trips = burned(4.0, 1, 120)
    past = history(trips)
    made = [
        at(row, kind, (us - START) / HOUR_US, price)
        for row in range(len(past))
        for kind, us, price in (
            (ENTRY, int(past.opened_us[row]), 105.0),
            (CLOSE, int(past.closed_us[row]), 100.0),
        )
    ]
    swinging = {
        f"{coin}-USD": hourly(risen_before([trip for trip in trips if trip.symbol[0] == coin]))
        for coin in "ABCD"
    }
    laid_out = columns(sorted(made, key=lambda one: one.at_us))
    found = told(past.beside(laid_out, Market(swinging), Trader()))
    assert float(str(found.facts["p_below"])) > 0.99
    assert found.facts["flagged"] is False


def test_a_repurchase_by_a_resting_order_is_judged_by_the_close_before_it() -> None:
    """Sold at 100 at one o'clock; 110 until ten; bought at ten by a limit of 95."""
    trips = [trade(1, "A-USD", (0, 1), 5.0), trade(2, "A-USD", (9, 10), 5.0)]
    orders = columns([at(0, ENTRY, 0, 100), at(0, CLOSE, 1, 100), at(1, ENTRY, 9, 95)])
    market = Market({"A-USD": hourly([100.0] + [110.0] * 9)})
    known = context(history(trips).beside(orders, market, Trader()))
    where = states(known, spells(known, Window(START, START + 9 * HOUR_US + 1)))
    assert where is not None
    assert (where.above.sum(), where.below.sum()) == (1, 0)


def test_order_and_units_change_nothing() -> None:
    trips = burned(2.0)
    other = [trip._replace(net=trip.net * 9, gross=trip.gross * 9) for trip in trips[::-1]]
    assert told(history(trips)).facts == told(history(other)).facts


@pytest.mark.parametrize("count", [0, 1, 5])
def test_a_handful_of_sales_says_nothing(count: int) -> None:
    found = told(history(burned(4.0)[:count]))
    assert found.level == "insufficient"
    assert 0 < found.needed <= 200


def test_what_comes_after_the_window_is_not_known() -> None:
    trips = burned(3.0, 2, 80)
    whole = findings(history(trips), START, START + 9 * DAY_US, [DETECTOR])
    then = findings(history(trips).until(START + 9 * DAY_US), START, START + 9 * DAY_US, [DETECTOR])
    assert whole == then


def risen_before(trips: list[Trip]) -> list[float]:
    """Closes of 2,000 hours that swing from 90 to 110, at 110 in the last hour before an entry."""
    price = [90.0, 110.0] * 1000
    for one in trips:
        price[max(0, (one.opened_us - START) // HOUR_US - 1)] = 110.0
    return price


def at(row: int, kind: int, hour: float, price: float) -> OrderRow:
    held = 0.0 if kind == ENTRY else 1.0
    return OrderRow(row, kind, START + round(hour * HOUR_US), 1.0, price, held, price * held, KEY)


def hourly(price: list[float]) -> Bars:
    close = np.array(price)
    start_us = START + HOUR_US * np.arange(len(close))
    return bars(Columns(start_us, close, close, close, close, close), "test", HOUR_US)

"""Promises that were kept and broken, counted by hand."""

from datetime import UTC, datetime

import numpy as np

from coach.engine.biases.detection import findings
from coach.engine.biases.habits.rule_breach import DETECTOR
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import CLOSE, ENTRY, NO_ORDERS, OrderRow, Orders, columns
from coach.engine.features.trader import Trader
from coach.model.fills import FillKey
from coach.model.insights import Finding
from coach.model.plans import Plan
from coach.model.rules import Breach, RuleId
from coach.model.times import MINUTE_US
from coach.model.trades import TradeId

ENDS = 1_798_761_600_000_000  # 2027
STOP = Plan("p1", "stop", {"percent": 2.0})
TARGET = Plan("p2", "target", {"percent": 3.0, "symbols": ("BTC-USD",)})


def told(past: History, trader: Trader, orders: Orders = NO_ORDERS, prices: str = "") -> Finding:
    market = Market({"BTC-USD": quarter_hours(past, prices)} if prices else {})
    return findings(past.beside(orders, market, trader), 0, ENDS, [DETECTOR])[0]


def breach(trade: str, rule: int) -> Breach:
    keys = (FillKey(b"x"),)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Breach(RuleId(rule), "symbol_lock", TradeId(trade), at, keys, {})  # type: ignore[arg-type]


def test_every_entry_is_an_opportunity_for_every_rule(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-02 10:00 BTC-USD size 100, closed 10:10 with 5
    2026-03-02 11:00 BTC-USD size 100, closed 11:10 with 5
    2026-03-02 12:00 BTC-USD size 100
    """
    broken = (breach("t02", 1), breach("t02", 2), breach("t04", 1), breach("gone", 1))
    found = told(past, Trader(rules=2, breaches=broken))
    assert (found.kind, found.level, found.n) == ("fact", "none", 8)
    assert found.effect == 3 / 8
    assert found.facts["rule_broken"] == 3
    assert found.evidence[0].trade_ids == ("t02", "t04")


def test_who_promised_nothing_broke_nothing(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -50
    """
    found = told(past, Trader())
    assert (found.level, found.lacks) == ("insufficient", ("rules, stops or targets",))


def test_a_loss_beyond_the_stop_by_more_than_a_tenth_broke_it(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -2
    2026-03-02 10:00 BTC-USD size 100, closed 10:10 with -2.19
    2026-03-02 11:00 BTC-USD size 100, closed 11:10 with -2.3
    2026-03-02 12:00 BTC-USD size 100, closed 12:10 with -8 after fees 1
    2026-03-02 13:00 BTC-USD size 100, closed 13:10 with -1.9
    2026-03-02 14:00 BTC-USD size 100, closed 14:10 with -2.5 after fees 0.5
    2026-03-02 15:00 BTC-USD size 100
    """
    found = told(past, Trader(plans=(STOP,)))
    assert (found.facts["stop_opportunities"], found.facts["stop_broken"]) == (5, 2)
    assert found.effect == 0.4
    assert found.evidence[0].trade_ids == ("t03", "t04")


def test_a_gain_held_past_the_target_broke_it(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 3
    2026-03-02 10:00 BTC-USD size 100, closed 10:10 with 4
    2026-03-02 11:00 ETH-USD size 100, closed 11:10 with 9
    2026-03-02 12:00 BTC-USD size 100, closed 12:10 with 2
    """
    found = told(past, Trader(plans=(TARGET,)))
    assert (found.facts["target_opportunities"], found.facts["target_broken"]) == (2, 1)
    assert (found.level, found.needed) == ("insufficient", 3)


def test_a_price_beyond_the_stop_counts_though_it_came_back(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 11:00 with 1
    """
    orders = columns([order(past, 0, ENTRY, 100.0), order(past, 0, CLOSE, 101.0)])
    found = told(past, Trader(plans=(STOP,)), orders, "100 100 95 99 100 101 101 101")
    assert (found.facts["stop_opportunities"], found.facts["stop_broken"]) == (1, 1)


def test_a_stop_filled_inside_its_bar_was_kept(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:40 with -2
    """
    orders = columns([order(past, 0, ENTRY, 100.0), order(past, 0, CLOSE, 98.0)])
    found = told(past, Trader(plans=(STOP,)), orders, "100 100 90 90 90 90 90 90")
    assert (found.facts["stop_opportunities"], found.facts["stop_broken"]) == (1, 0)


def test_a_short_sale_is_stopped_by_a_rise(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 11:00 with 1
    """
    sold = history([past.trips[0]._replace(side="short")])
    orders = columns([order(past, 0, ENTRY, 100.0), order(past, 0, CLOSE, 99.0)])
    found = told(sold, Trader(plans=(STOP,)), orders, "100 100 105 101 100 99 99 99")
    assert (found.facts["stop_opportunities"], found.facts["stop_broken"]) == (1, 1)


def test_a_trade_shorter_than_a_bar_has_only_its_result(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:05 with -1
    """
    orders = columns([order(past, 0, ENTRY, 100.0), order(past, 0, CLOSE, 99.0)])
    found = told(past, Trader(plans=(STOP,)), orders, "100 50 50 50")
    assert found.facts["stop_opportunities"] == 0


def test_a_trade_that_was_added_to_has_no_single_stop_price(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 11:00 with 1
    """
    adding = order(past, 0, 1, 95.0)
    orders = columns([order(past, 0, ENTRY, 100.0), adding, order(past, 0, CLOSE, 101.0)])
    found = told(past, Trader(plans=(STOP,)), orders, "100 100 95 99 100 101 101 101")
    assert found.facts["stop_opportunities"] == 0


def test_five_promises_that_came_up_are_the_fewest_to_tell(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-02 10:00 BTC-USD size 100, closed 10:10 with 5
    """
    found = told(past, Trader(rules=2))
    assert (found.level, found.needed) == ("insufficient", 1)
    assert told(past, Trader(rules=3)).level == "none"


def order(past: History, row: int, kind: int, price: float) -> OrderRow:
    at_us = int(past.opened_us[row] if kind != CLOSE else past.closed_us[row])
    held = 0.0 if kind == ENTRY else 1.0
    average = 0.0 if kind == ENTRY else 100.0
    return OrderRow(row, kind, at_us, 1.0, price, held, average, (FillKey(b"k"),))


def quarter_hours(past: History, prices: str) -> Bars:
    close = np.array([float(price) for price in prices.split()])
    start_us = int(past.opened_us[0]) + 15 * MINUTE_US * np.arange(len(close))
    raw = Columns(start_us, close, close, close, close, close)
    return bars(raw, "test", 15 * MINUTE_US)

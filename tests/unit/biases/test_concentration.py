"""How the money lay, by hand."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from coach.engine.biases.detection import findings
from coach.engine.biases.habits.concentration import DETECTOR
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.features.orders import ADD, CLOSE, ENTRY, PARTIAL, OrderRow, columns
from coach.engine.features.trader import Trader
from coach.engine.statistics.draws import uniforms
from coach.model.fills import FillKey
from coach.model.insights import Finding
from coach.model.plans import Plan
from coach.model.times import DAY_US
from coach.model.trades import Trip

START = 1_772_409_600_000_000  # 2026-03-02
QUARTER_US = 900_000_000


def told(past: History, days: int = 4) -> Finding:
    return findings(past, START, START + days * DAY_US, [DETECTOR])[0]


def test_half_the_time_alone_and_half_in_two_equal_halves(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100
    2026-03-03 00:00 ETH-USD size 50, closed 12:00 with 1
    2026-03-03 00:00 SOL-USD size 50, closed 12:00 with 1
    2026-03-03 12:00 ETH-USD size 100
    2026-03-05 23:59 ADA-USD size 0.000000000001
    """
    found = told(past, 4)
    alone, three, halves = 24 * 1.0, 12 * (0.25 + 2 * 0.0625), 60 * 0.5
    assert found.level == "none"
    assert found.effect == pytest.approx((alone + three + halves) / 96, rel=1e-5)
    assert found.facts["equal_positions"] == pytest.approx(96 / (alone + three + halves), rel=1e-5)
    assert found.facts["top_symbol"] == "BTC-USD"
    assert found.facts["top_weight"] == pytest.approx((24 + 72 * 0.5) / 96, rel=1e-5)
    assert found.counter[0].sample["against"] == 4


def test_money_is_what_was_paid_and_is_still_in(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100
    2026-03-02 00:00 ETH-USD size 100
    2026-03-05 23:00 BTC-USD size 1
    2026-03-05 23:00 BTC-USD size 1
    2026-03-05 23:00 BTC-USD size 1
    """
    key = (FillKey(b"k"),)
    laid_out = columns(
        [
            OrderRow(0, ENTRY, START, 1.0, 100.0, 0.0, 0.0, key),
            OrderRow(1, ENTRY, START, 1.0, 100.0, 0.0, 0.0, key),
            OrderRow(0, ADD, START + DAY_US, 1.0, 200.0, 1.0, 100.0, key),
            OrderRow(0, PARTIAL, START + 2 * DAY_US, 1.0, 500.0, 2.0, 150.0, key),
            OrderRow(0, CLOSE, START + 3 * DAY_US, 1.0, 500.0, 1.0, 150.0, key),
        ]
    )
    found = told(replace(past, orders=laid_out))
    a_day = [0.5, (0.75**2 + 0.25**2), (0.6**2 + 0.4**2), 1.0]
    assert found.effect == pytest.approx(np.mean(a_day), rel=1e-5)


def test_what_left_by_its_coins_alone_is_held_no_longer(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100
    2026-03-02 00:00 ETH-USD size 100
    2026-03-05 23:00 BTC-USD size 0.000001, closed 23:00 with 0
    2026-03-05 23:00 BTC-USD size 0.000001, closed 23:00 with 0
    2026-03-05 23:00 BTC-USD size 0.000001, closed 23:00 with 0
    """
    assert told(past).effect == pytest.approx(0.5, rel=1e-5)
    converted = (past.ids[list(past.symbol).index(past.symbols.index("ETH-USD"))], START + DAY_US)
    left = replace(past, trader=replace(past.trader, departed=(converted,)))
    assert told(left).effect == pytest.approx((0.5 + 3 * 1.0) / 4, rel=1e-5)
    key = (FillKey(b"k"),)
    by_orders = columns(
        [OrderRow(trip, ENTRY, START, 1.0, 100.0, 0.0, 0.0, key) for trip in range(2)]
    )
    assert told(replace(past, orders=by_orders)).effect == pytest.approx(0.5, rel=1e-5)
    assert told(replace(left, orders=by_orders)).effect == pytest.approx(3.5 / 4, rel=1e-5)


def test_a_declared_choice_of_symbols_is_a_mandate(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 75
    2026-03-02 00:00 ETH-USD size 25
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    """
    assert told(past).facts["mandate"] is False
    only = Plan("p", "only", {"symbols": ("BTC-USD",)})
    found = told(replace(past, trader=Trader(plans=(only,))))
    assert found.facts["mandate"] is True
    assert found.facts["weight_outside_mandate"] == pytest.approx(0.25)


def test_four_entries_are_one_too_few(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 75
    2026-03-02 00:00 ETH-USD size 25
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    """
    assert (told(past).level, told(past).needed) == ("insufficient", 1)


def test_what_was_never_held_has_no_weight(past: History) -> None:
    """
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    """
    assert told(past).level == "insufficient"


def test_the_wilder_coin_brings_more_of_the_risk(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 50
    2026-03-02 00:00 ETH-USD size 50
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    2026-03-02 01:00 BTC-USD size 1, closed 01:00 with 0
    """
    market = Market({"BTC-USD": walk(1, 0.001), "ETH-USD": walk(2, 0.003)})
    found = told(replace(past, market=market))
    assert found.facts["top_risk_symbol"] == "ETH-USD"
    assert found.facts["top_risk_share"] == pytest.approx(0.9, abs=0.05)
    assert found.facts["weight_with_candles"] == pytest.approx(1.0, abs=1e-5)
    half = told(replace(past, market=Market({"ETH-USD": walk(2, 0.003)})))
    assert half.facts["weight_with_candles"] == pytest.approx(0.5, abs=1e-3)
    still = told(replace(past, market=Market({"ETH-USD": walk(2, 0.0)})))
    assert "top_risk_share" not in still.facts


def test_scale_and_order_change_nothing(trader: Callable[..., list[Trip]]) -> None:
    trips = [
        trip._replace(symbol=f"{'ABC'[place % 3]}-USD")  # type: ignore[arg-type]
        for place, trip in enumerate(trader(1, 40))
    ]
    larger = [trip._replace(notional=trip.notional * 1000) for trip in trips[::-1]]
    end = trips[-1].closed_us or 0
    one, other = (findings(history(some), 0, end, [DETECTOR])[0] for some in (trips, larger))
    assert one.effect == other.effect
    assert one.facts == other.facts


def walk(seed: int, step: float) -> Bars:
    moves = np.where(uniforms(seed, (500,)) < 0.5, -step, step)
    close = 100 * np.exp(np.cumsum(moves))
    before = np.concatenate([[100.0], close[:-1]])
    raw = Columns(
        START + QUARTER_US * np.arange(500),
        before,
        np.maximum(before, close),
        np.minimum(before, close),
        close,
        close,
    )
    return bars(raw, "test", QUARTER_US)

"""What is told of a trade comes from the candles of its own time, whatever others there are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.detection import tags as all_tags
from coach.engine.biases.detector import Detector
from coach.engine.biases.habits import (
    averaging_down,
    disposition,
    fomo,
    overtrading,
    panic_selling,
    regret_repurchase,
    rule_breach,
    size_after_loss,
)
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.model.insights import Tag
from coach.model.plans import Plan
from coach.model.times import DAY_US
from tests.unit.biases.orders.conftest import Life

Lived = Callable[..., Any]
CRASH = [100.0] * 16 + [98.0] * 40
QUARTER_US = 900_000_000
STOPS = (Plan("s", "stop", {"percent": 1.0}), Plan("t", "target", {"percent": 1.0}))


def tags(life: Life) -> list[Tag]:
    return all_tags(life.context.history)


def named(one: Bars, source: str) -> Bars:
    return replace(one, source=source)


def wild(one: Bars, hours: int = 1) -> Bars:
    """Return coarser bars of the same time by a source that swings by a twentieth.

    They end a day before the others do, so that they never tell what those cannot.
    """
    step = 4 * hours
    whole = (len(one) - 96) // step * step
    swing = np.where(np.arange(whole // step) % 2, 1.05, 0.95)
    close = one.close[:whole:step] * swing
    raw = Columns(one.start_us[:whole:step], close, close * 1.1, close * 0.9, close, close)
    return bars(raw, "wild", step * one.step_us)


@pytest.mark.parametrize(
    "detector",
    [
        disposition.DETECTOR,
        averaging_down.DETECTOR,
        fomo.DETECTOR,
        panic_selling.DETECTOR,
        overtrading.DETECTOR,
        regret_repurchase.DETECTOR,
        rule_breach.DETECTOR,
        size_after_loss.DETECTOR,
    ],
    ids=lambda one: one.bias,
)
def test_coarser_candles_of_another_source_change_nothing_where_finer_ones_tell(
    someone: Lived, detector: Detector
) -> None:
    life = replace(someone("noise", {"averaging_down": 0.6}, seed=3, days=60), plans=STOPS)
    coarse = [(name, wild(one)) for name, one in life.market.bars.items()]
    alone, beside = life.measured(detector), life.beside(*coarse).measured(detector)
    assert (alone.effect, alone.interval, alone.sample) == (
        beside.effect,
        beside.interval,
        beside.sample,
    )
    assert repr(alone.verdict) == repr(beside.verdict)
    assert alone.affected.tolist() == beside.affected.tolist()


def test_coarser_candles_change_no_tag_where_finer_ones_tell(someone: Lived) -> None:
    life = someone("noise", {"panic_selling": 1.0, "fomo": 0.8}, seed=12)
    assert {tag.bias for tag in tags(life)} >= {"fomo", "panic_selling"}
    coarse = [(name, wild(one)) for name, one in life.market.bars.items()]
    assert tags(life.beside(*coarse)) == tags(life)


def test_a_sale_in_a_gap_is_told_by_the_source_that_was_there(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 04:25 sell BTC-USD 1 @ 98
    """
    life = lived(BTC=CRASH)
    [tag] = tags(life)
    holed = life.gapped(life.start_us - DAY_US, life.start_us + DAY_US)
    assert tags(holed) == []
    [again] = tags(holed.beside(("BTC-USD", named(life.market.bars["BTC-USD"], "another"))))
    assert (again.trade_id, again.facts["share_sold"]) == (tag.trade_id, tag.facts["share_sold"])


@pytest.mark.parametrize("hours", [1, 2, 24])
def test_coarse_candles_of_another_symbol_hide_no_panic(lived: Lived, hours: int) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    1 04:25 sell BTC-USD 1 @ 98
    1 12:00 sell ETH-USD 1 @ 100
    """
    life = lived(BTC=CRASH, ETH=[100.0, 100.1] * 100)
    coarse = wild(life.market.bars["ETH-USD"], hours)
    alone = tags(life.without("ETH-USD"))
    assert [tag.bias for tag in alone] == ["panic_selling"]
    assert tags(life.without("ETH-USD").beside(("ETH-USD", coarse))) == alone


def test_a_position_with_hourly_bars_is_judged_by_the_hour(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 0.1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    1 05:10 sell ETH-USD 1 @ 98
    """
    life = lived(BTC=[100.0, 100.1] * 100)
    close = np.concatenate([np.tile([100.0, 100.1], 96), [100.0] * 4, [98.0] * 20])
    start = life.start_us + np.arange(-192, 24) * 4 * QUARTER_US
    hourly = bars(Columns(start, close, close, close, close, close), "hourly")
    [tag] = tags(life.beside(("ETH-USD", hourly)))
    assert (tag.bias, tag.facts["minutes_after"]) == ("panic_selling", 10)


@pytest.mark.parametrize(("stop", "broken"), [(1.0, 1), (30.0, 0)])
def test_a_stop_that_was_passed_over_is_seen_in_the_candles_of_the_trade(
    lived: Lived, stop: float, broken: int
) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 06:00 sell BTC-USD 1 @ 100
    9 00:00 buy BTC-USD 1 @ 98
    9 06:00 sell BTC-USD 1 @ 98
    10 00:00 buy BTC-USD 1 @ 98
    10 06:00 sell BTC-USD 1 @ 98
    """
    life = replace(lived(BTC=CRASH), plans=(Plan("s", "stop", {"percent": stop}),))
    quarters = life.market.bars["BTC-USD"]
    days = np.arange(200) * DAY_US + life.start_us + 5 * DAY_US
    flat = np.full(200, 98.0)
    later = bars(Columns(days, flat, flat, flat, flat, flat), "later")
    long = replace(life, market=Market({"BTC-USD": later}))
    measured = long.beside(("BTC-USD", quarters)).measured(rule_breach.DETECTOR)
    assert measured.sample["stop_broken"] == broken

"""Adds below the average paid, against the hours spent there."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from coach.engine.biases.detection import tags as all_tags
from coach.engine.biases.habits.averaging_down import DETECTOR
from coach.engine.biases.habits.averaging_down import tags as tags_of
from coach.model.plans import Plan

Lived = Callable[..., Any]
FALLING = [100.0] * 2 + [99.0] * 8


def test_an_add_in_a_loss_is_counted_against_the_hours_in_a_loss(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00 buy BTC-USD 1 @ 99
    1 02:00 buy BTC-USD 1 @ 101
    1 03:00 sell BTC-USD 3 @ 100
    """
    measured = lived(BTC=[100.5] * 2 + [99] * 4 + [101] * 10).measured(DETECTOR)
    assert measured.sample["adds"] == 2
    assert measured.sample["adds_in_loss"] == 1
    assert measured.orders.tolist() == [1]
    assert measured.orders_against.tolist() == [2]
    assert measured.verdict is None
    assert measured.progress == {"adds": 2, "fewest_adds": 8}
    assert measured.needed == 3  # one entry brought two adds


def test_an_add_by_a_resting_order_is_judged_by_the_close_before_it(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:05 buy BTC-USD 1 @ 98
    1 02:00 sell BTC-USD 2 @ 101
    """
    measured = lived(BTC=[101] * 20).measured(DETECTOR)
    assert measured.sample["adds_in_loss"] == 0
    assert measured.orders_against.tolist() == [1]


def test_an_add_before_any_bar_has_ended_counts_on_neither_side(lived: Lived) -> None:
    """
    1 00:01 buy BTC-USD 1 @ 100
    1 00:09 buy BTC-USD 1 @ 99
    """
    assert lived(BTC=[99] * 20).measured(DETECTOR).progress["adds"] == 0


def test_hours_are_those_below_and_above_the_average_at_the_time(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:20 buy BTC-USD 1 @ 98
    1 01:25 buy BTC-USD 1 @ 98
    1 03:00 buy BTC-USD 1 @ 98
    1 04:05 buy BTC-USD 1 @ 98
    1 06:20 buy BTC-USD 1 @ 98
    1 07:24 buy BTC-USD 1 @ 98
    1 09:40 buy BTC-USD 1 @ 98
    1 11:05 buy BTC-USD 1 @ 98
    1 13:00 sell BTC-USD 9 @ 99
    """
    verdict = lived(BTC=[99, 97] + [98] * 46 + [101] * 10).measured(DETECTOR).verdict
    assert verdict is not None
    # bars end at 00:15 … 13:00; from 12:15 on they close at 101
    assert verdict.facts["hours_in_loss"] == 12.0
    assert verdict.facts["hours_in_gain"] == 1.0
    assert verdict.facts["adds_in_loss"] == 8
    assert verdict.facts["size_per_further_add"] == 0.0
    assert verdict.effect == 1000.0


def test_a_burst_of_adds_is_one_decision(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:02:00 buy BTC-USD 2 @ 99
    1 01:04:00 buy BTC-USD 3 @ 99
    1 01:59:00 buy BTC-USD 1 @ 99
    1 02:01:00 buy BTC-USD 1 @ 99
    """
    measured = lived(BTC=FALLING).measured(DETECTOR)
    assert measured.sample["adds"] == 5
    assert measured.n == 2


def test_ten_orders_in_one_second_are_one(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    1 01:00:00 buy BTC-USD 1 @ 99
    """
    life = lived(BTC=FALLING)
    assert life.measured(DETECTOR).n == 1
    assert len(tags_of(life.context)) == 1


def test_what_comes_by_the_clock_at_one_size_drops_out(lived: Lived) -> None:
    """
    1 08:00 buy BTC-USD 1 @ 100
    2 08:03 buy BTC-USD 1 @ 99
    3 08:01 buy BTC-USD 1 @ 98
    4 08:00 buy BTC-USD 1 @ 97
    5 08:10 buy BTC-USD 1 @ 96
    6 08:00 buy BTC-USD 1 @ 95
    6 15:00 buy BTC-USD 1.5 @ 95
    """
    closes = [100.0] * 40 + [99.0] * 96 + [98.0] * 96 + [97.0] * 96 + [96.0] * 96 + [95.0] * 120
    life = lived(BTC=closes)
    measured = life.measured(DETECTOR)
    assert measured.sample["clock_adds"] == 3  # the fourth buy is the first with three like it
    assert measured.sample["adds"] == 6
    assert [tag.at.day for tag in tags_of(life.context)] == [3, 4, 7]


def test_adds_at_one_time_of_day_drop_out_at_any_size(lived: Lived) -> None:
    """
    1 08:00 buy BTC-USD 1 @ 100
    2 08:03 buy BTC-USD 2 @ 99
    3 08:01 buy BTC-USD 1.5 @ 98
    4 08:00 buy BTC-USD 3 @ 97
    5 08:10 buy BTC-USD 1 @ 96
    6 08:00 buy BTC-USD 2 @ 95
    7 08:05 buy BTC-USD 4 @ 94
    8 08:00 buy BTC-USD 3 @ 93
    9 08:00 buy BTC-USD 6 @ 92
    9 15:00 buy BTC-USD 1.5 @ 92
    """
    measured = lived(BTC=[100 - day for day in range(10) for _ in range(96)]).measured(DETECTOR)
    assert measured.sample["clock_adds"] == 8
    assert measured.sample["adds_in_loss"] == 1


def test_a_declared_plan_is_left_out(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00 buy BTC-USD 1 @ 99
    1 00:00 buy ETH-USD 1 @ 100
    1 01:00 buy ETH-USD 1 @ 99
    """
    plan = Plan("p", "dca", {"symbols": ("BTC-USD",)})
    life = lived(BTC=FALLING, ETH=FALLING, plans=(plan,))
    measured = life.measured(DETECTOR)
    assert measured.sample["planned_adds"] == 1
    assert measured.n == 1
    assert [tag.facts["price"] for tag in tags_of(life.context)] == [99.0]


def test_a_tag_says_how_deep_the_position_stood(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 2 @ 100
    1 01:00 buy BTC-USD 1 @ 99
    1 01:30 buy BTC-USD 1 @ 99.5
    """
    (tag,) = tags_of(lived(BTC=FALLING).context)
    # 0.1 % a bar is 0.4 % in four hours
    assert tag.facts["z_4h"] == pytest.approx(math.log(0.99) / (4 * math.log(1.001)), rel=0.01)
    assert tag.facts["below_average"] == pytest.approx(0.01)
    assert tag.facts["share_of_position"] == 0.5
    assert len(tag.event_keys) == 1


def test_a_tag_never_changes_when_more_becomes_known(someone: Lived) -> None:
    life = someone("noise", {"averaging_down": 1.0}, seed=3, days=40)
    history = life.context.history
    cut = life.start_us + 20 * 86_400_000_000
    early = all_tags(history.until(cut), (DETECTOR,))
    whole = [tag for tag in all_tags(history, (DETECTOR,)) if tag.at.timestamp() * 1e6 < cut]
    assert early
    assert early == whole


def test_buying_the_loser_is_found(someone: Lived) -> None:
    measured = someone("noise", {"averaging_down": 1.0}, seed=3).measured(DETECTOR)
    assert measured.verdict is not None
    assert measured.verdict.p < 0.001
    assert measured.verdict.posterior.above(DETECTOR.minimum) > 0.95
    assert measured.verdict.interval[0] > 1.5


def test_prices_in_another_currency_change_nothing(someone: Lived) -> None:
    life = someone("noise", {"averaging_down": 0.6}, seed=2)
    found, other = life.measured(DETECTOR), life.scaled(16).measured(DETECTOR)
    assert found.verdict is not None
    assert other.verdict == found.verdict
    assert [tag.facts["z_4h"] for tag in tags_of(life.scaled(16).context)] == pytest.approx(
        [tag.facts["z_4h"] for tag in tags_of(life.context)]
    )


def test_a_short_that_is_added_to_as_it_rises_is_averaged_too(lived: Lived) -> None:
    """
    1 00:00 sell BTC-USD 1 @ 100
    1 01:00 sell BTC-USD 1 @ 101
    1 02:00 sell BTC-USD 1 @ 99
    """
    life = lived(BTC=[100.0] * 2 + [101.0] * 4 + [99.0] * 4)
    measured = life.measured(DETECTOR)
    assert measured.orders.tolist() == [1]
    assert measured.orders_against.tolist() == [2]
    assert len(tags_of(life.context)) == 1


def test_what_happens_later_changes_nothing(someone: Lived) -> None:
    life = someone("noise", {"averaging_down": 1.0}, seed=3, days=60)
    cut = life.start_us + 40 * 86_400_000_000
    known = life.past.history.until(cut)
    fills = tuple(fill for fill in life.fills if fill.at_us < cut)
    early = type(life)(fills, known.market, life.start_us, cut)
    whole = type(life)(life.fills, life.market, life.start_us, cut)
    assert early.measured(DETECTOR).verdict is not None
    assert early.measured(DETECTOR).verdict == whole.measured(DETECTOR).verdict


def test_without_candles_nothing_is_said(someone: Lived) -> None:
    life = someone("btc_only", {"averaging_down": 1.0}, seed=1, days=30).without("BTC-USD")
    measured = life.measured(DETECTOR)
    assert (measured.verdict, measured.lacks) == (None, ("candles",))
    assert tags_of(life.context) == []


def test_adds_cost_what_they_made_less_than_the_rest(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00 buy BTC-USD 1 @ 99
    1 02:00 sell BTC-USD 2 @ 90
    1 03:00 buy BTC-USD 1 @ 100
    1 04:00 sell BTC-USD 1 @ 100
    """
    life = lived(BTC=FALLING)
    (money,) = DETECTOR.cost(life.context, life.window, 7)
    assert money.currency == "USD"
    assert money.estimate >= 0
    assert not money.measurable


def test_nobody_who_added_nothing_has_a_cost(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 90
    """
    life = lived(BTC=FALLING)
    assert DETECTOR.cost(life.context, life.window, 7) == ()

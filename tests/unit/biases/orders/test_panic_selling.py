"""Half of what fell, sold within the hour, against half of what rose."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.detection import tags as all_tags
from coach.engine.biases.detector import Window
from coach.engine.biases.habits.panic_selling import DETECTOR
from coach.engine.biases.habits.panic_selling import tags as tags_of
from coach.engine.biases.measures.sales.account_exits import account_exits
from coach.engine.biases.measures.sales.sell_offs import sell_offs, stress
from coach.engine.biases.measures.sizes.basket import baskets
from coach.engine.biases.measures.sizes.held import candles
from coach.model.times import DAY_US

Lived = Callable[..., Any]
CRASH = [100.0] * 16 + [98.0] * 40
# two hours of 0.1 % a bar; the changes of the lead are all of one size
USUAL = math.log(1.001) * math.sqrt(8)


def test_selling_after_a_crash_is_tagged_with_its_facts(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 04:25 sell BTC-USD 1 @ 98
    """
    (tag,) = tags_of(lived(BTC=CRASH).context)
    # the bar of 04:00 closed at 98 and ended at 04:15
    assert tag.facts["z_2h"] == pytest.approx(math.log(0.98) / USUAL, rel=0.01)
    assert tag.facts["minutes_after"] == 10
    assert tag.facts["share_sold"] == 1.0


def test_an_hour_later_it_is_no_panic(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 07:25 sell BTC-USD 1 @ 98
    """
    assert tags_of(lived(BTC=CRASH).context) == []


def test_selling_a_third_is_no_panic_and_two_thirds_are(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 3 @ 100
    1 04:20 sell BTC-USD 1 @ 98
    1 04:40 sell BTC-USD 1 @ 98
    """
    (tag,) = tags_of(lived(BTC=CRASH).context)
    assert tag.facts["share_sold"] == pytest.approx(2 / 3)
    assert tag.at.minute == 40


def test_selling_what_did_not_fall_is_no_panic(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 9 @ 100
    1 04:25 sell ETH-USD 9 @ 100
    """
    assert tags_of(lived(BTC=CRASH, ETH=[100, 100.1] * 28).context) == []


def test_who_bought_into_the_fall_did_not_live_through_it(lived: Lived) -> None:
    """
    1 03:00 buy BTC-USD 1 @ 100
    1 04:25 sell BTC-USD 1 @ 98
    """
    assert tags_of(lived(BTC=CRASH).context) == []


def test_a_short_panics_as_prices_rise(lived: Lived) -> None:
    """
    1 00:00 sell BTC-USD 1 @ 100
    1 04:25 buy BTC-USD 1 @ 102
    """
    assert len(tags_of(lived(BTC=[100.0] * 16 + [102.0] * 40).context)) == 1
    assert tags_of(lived(BTC=CRASH).context) == []


def test_a_basket_is_calmer_than_what_is_in_it_when_one_side_is_short(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 sell ETH-USD 1 @ 100
    """
    life = lived(BTC=CRASH, ETH=CRASH)
    known, window = life.context, life.window
    [seen] = baskets(known, window, candles(known, np.ones(2, np.bool_)))
    fallen = np.flatnonzero(seen.z[:, 0] < -2.5)
    assert len(fallen) > 0
    assert (seen.z[fallen, 1] > 2.5).all()
    # both sides weigh the same and cancel
    assert not (np.abs(np.nan_to_num(seen.whole)) > 2.5).any()


def test_two_coins_that_fall_together_are_as_wild_as_one(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    """
    life = lived(BTC=CRASH, ETH=CRASH)
    known, window = life.context, life.window
    [seen] = baskets(known, window, candles(known, np.ones(2, np.bool_)))
    held = ~np.isnan(seen.whole)
    assert seen.whole[held] == pytest.approx(seen.z[held, 0])


def test_hours_are_counted_while_what_moved_is_held(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 05:00 sell BTC-USD 1 @ 98
    """
    life = lived(BTC=CRASH)
    known, window = life.context, life.window
    [seen] = baskets(known, window, candles(known, np.ones(2, np.bool_)))
    # bars that end at 04:15, 04:30, 04:45 and 05:00, just before the sale
    assert stress(seen).hours(seen) == (1.0, 0.0)
    (one,) = sell_offs(known, window, seen)
    assert (one.down, one.first) == (True, True)


def test_throwing_away_what_fell_is_found(someone: Lived) -> None:
    verdict = someone("noise", {"panic_selling": 1.0}, seed=12).measured(DETECTOR).verdict
    assert verdict is not None
    assert verdict.p < 0.01
    assert verdict.posterior.mean > DETECTOR.minimum
    assert verdict.interval[0] > 1.5
    assert verdict.facts["account_exits"] == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_prices_in_another_currency_change_nothing(someone: Lived, seed: int) -> None:
    life = someone("noise", {"panic_selling": 1.0}, seed)
    found, other = life.measured(DETECTOR), life.scaled(16).measured(DETECTOR)
    assert other.n == found.n
    assert other.sample == pytest.approx(found.sample)
    assert other.progress == found.progress
    assert len(tags_of(life.context)) == len(tags_of(life.scaled(16).context))


def test_what_happens_later_changes_nothing(someone: Lived) -> None:
    life = someone("noise", {"panic_selling": 1.0}, seed=3, days=80)
    cut = life.start_us + 70 * DAY_US
    known = life.past.history.until(cut)
    fills = tuple(fill for fill in life.fills if fill.at_us < cut)
    early = type(life)(fills, known.market, life.start_us, cut)
    whole = type(life)(life.fills, life.market, life.start_us, cut)
    assert early.measured(DETECTOR).n > 0
    assert early.measured(DETECTOR).sample == whole.measured(DETECTOR).sample
    assert early.measured(DETECTOR).verdict == whole.measured(DETECTOR).verdict
    told = [
        tag for tag in all_tags(life.context.history, (DETECTOR,)) if tag.at.timestamp() * 1e6 < cut
    ]
    assert told
    assert all_tags(early.context.history, (DETECTOR,)) == told


def test_without_candles_nothing_is_said(someone: Lived) -> None:
    life = someone("btc_only", seed=1, days=30).without("BTC-USD")
    measured = life.measured(DETECTOR)
    assert (measured.verdict, measured.lacks) == (None, ("candles",))
    assert tags_of(life.context) == []


def test_bars_longer_than_two_hours_say_nothing_about_two_hours(someone: Lived) -> None:
    measured = someone("btc_only", seed=1, days=30).coarse(16).measured(DETECTOR)
    assert (measured.n, measured.verdict) == (0, None)


def test_who_never_traded_has_no_tags(someone: Lived) -> None:
    life = someone("btc_only", seed=1, days=30)
    nobody = type(life)((), life.market, life.start_us, life.end_us)
    assert tags_of(nobody.context) == []
    assert nobody.measured(DETECTOR).n == 0


def test_ten_sales_in_one_second_are_one_sell_off(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 10 @ 100
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    1 04:25:00 sell BTC-USD 1 @ 98
    """
    measured = lived(BTC=CRASH).measured(DETECTOR)
    assert measured.n == 1
    assert measured.needed == 7
    assert measured.progress == {"sell_offs": 1, "fewest_sell_offs": 8}


def test_the_same_hour_is_counted_once_and_tagged_twice(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 10 @ 100
    1 04:20 sell BTC-USD 6 @ 98
    1 04:40 sell BTC-USD 4 @ 98
    """
    life = lived(BTC=CRASH)
    assert life.measured(DETECTOR).n == 1
    assert len(tags_of(life.context)) == 2


def test_what_came_after_is_priced_with_its_sign(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 04:25 sell BTC-USD 1 @ 98
    """
    lower = lived(BTC=[100.0] * 16 + [98.0] * 20 + [49.0] * 200)
    (money,) = DETECTOR.cost(lower.context, lower.window, 7)
    assert money.estimate == pytest.approx(-49)
    higher = lived(BTC=[100.0] * 16 + [98.0] * 20 + [147.0] * 200)
    (money,) = DETECTOR.cost(higher.context, higher.window, 7)
    assert money.estimate == pytest.approx(49)


def test_an_account_that_left_after_months_is_counted(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 10 @ 100
    71 00:30 sell BTC-USD 9.5 @ 90
    """
    life = lived(days=90, BTC=[100.0, 100.1] * 48 * 70 + [90.0, 90.1] * 48 * 20)
    found = candles(life.context, np.ones(2, np.bool_))
    window = Window(life.start_us + 30 * DAY_US, life.end_us)
    told = account_exits(life.context, window, found)
    assert told["account_exits"] == 1
    assert account_exits(life.context, window, candles(life.context, np.zeros(2, np.bool_))) == {}
    assert told["left_after_exit"] == pytest.approx(0.045, abs=0.001)


def test_a_fall_in_price_alone_is_no_exit(lived: Lived) -> None:
    """1 00:00 buy BTC-USD 10 @ 100"""
    life = lived(days=90, BTC=[100.0, 100.1] * 48 * 70 + [5.0, 5.1] * 48 * 20)
    found = candles(life.context, np.ones(1, np.bool_))
    window = Window(life.start_us + 30 * DAY_US, life.end_us)
    assert account_exits(life.context, window, found)["account_exits"] == 0


def test_a_day_trader_who_is_flat_at_night_never_leaves(someone: Lived) -> None:
    life = someone("scalper", seed=1)
    found = candles(life.context, np.ones(len(life.context.history.orders), np.bool_))
    assert account_exits(life.context, life.window, found)["account_exits"] == 0

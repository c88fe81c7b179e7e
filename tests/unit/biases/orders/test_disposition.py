"""Selling out of gains and out of losses, look by look."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.detector import Window
from coach.engine.biases.habits import disposition
from coach.engine.biases.measures.regime import regime
from coach.engine.biases.measures.sales.sale_days import sale_days
from coach.model.plans import Plan, PlanKind
from coach.model.times import HOUR_US

Lived = Callable[..., Any]
DETECTOR = disposition.DETECTOR


def test_a_position_is_looked_at_every_step_until_it_is_sold(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:07 sell BTC-USD 1 @ 98
    """
    seen, step_us = lived(BTC=[101, 102, 99, 97, 98, 98]).looked()
    assert step_us == 15 * 60_000_000
    order = np.argsort(seen.at_us)
    assert seen.age[order].tolist() == [1, 2, 3, 4, 5]
    assert seen.gain[order].tolist() == [True, True, False, False, False]
    assert seen.sold[order].tolist() == [False, False, False, False, True]
    # 15 minutes at 101: one bar of 0.1 % is usual
    assert seen.z[order][0] == pytest.approx(math.log(1.01) / math.log(1.001), rel=0.01)


def test_a_sale_is_judged_by_the_last_close_whatever_its_own_price(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:20 sell BTC-USD 1 @ 101.5
    """
    seen, _ = lived(BTC=[99, 101, 101]).looked()
    assert seen.log_return[seen.sold].tolist() == pytest.approx([math.log(0.99)])


def test_a_sale_before_any_bar_has_ended_is_not_looked_at(lived: Lived) -> None:
    """
    1 00:01 buy BTC-USD 1 @ 100
    1 00:09 sell BTC-USD 1 @ 99.9
    """
    seen, _ = lived(BTC=[101, 99, 99]).looked()
    assert len(seen.order) == 0


def test_a_partial_sale_is_a_sale_and_an_add_moves_the_average(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:20 buy BTC-USD 1 @ 104
    1 00:50 sell BTC-USD 1 @ 103
    1 01:10 sell BTC-USD 1 @ 101
    """
    seen, _ = lived(BTC=[101, 101, 103, 101, 101]).looked()
    order = np.argsort(seen.at_us)
    assert seen.gain[order].tolist() == [True, False, True, True, False]
    assert seen.sold[order].tolist() == [False, False, False, True, True]


def test_steps_are_hours_for_who_holds_a_day_and_days_for_who_holds_weeks(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    2 00:00 sell BTC-USD 1 @ 100
    """
    assert lived(BTC=[100] * 100).looked()[1] == HOUR_US
    life = lived(BTC=[100] * 96 * 20)
    late = life.fills[1]._replace(at_us=life.fills[0].at_us + 18 * 24 * HOUR_US)
    slow = type(life)((life.fills[0], late), life.market, life.start_us, life.end_us)
    assert slow.looked()[1] == 24 * HOUR_US


def test_winners_sold_sooner_are_found_and_losers_sold_sooner_are_not(someone: Lived) -> None:
    biased = someone("noise", {"disposition": 1.0}, seed=4).measured(DETECTOR)
    assert biased.verdict is not None
    assert biased.verdict.p < 0.001
    assert biased.verdict.posterior.above(DETECTOR.minimum) > 0.95
    assert biased.verdict.interval[0] > 1.2
    upside_down = someone("noise", {"disposition": 1.0}, seed=4)
    turned = upside_down.mirrored()
    assert turned.measured(DETECTOR).n == biased.n


@pytest.mark.parametrize("seed", [1, 2])
def test_prices_in_another_currency_change_nothing(someone: Lived, seed: int) -> None:
    life = someone("voltarget", {"disposition": 0.6}, seed, days=40)
    found, other = life.measured(DETECTOR), life.scaled(16).measured(DETECTOR)
    assert found.verdict is not None
    assert other.verdict is not None
    assert other.verdict.p == pytest.approx(found.verdict.p)
    assert other.verdict.effect == pytest.approx(found.verdict.effect)
    assert (other.n, other.sample) == (found.n, found.sample)


def test_shorts_are_mirrored(someone: Lived) -> None:
    life = someone("momentum_rule", {"disposition": 0.6}, seed=2, days=40)
    found, other = life.measured(DETECTOR), life.mirrored().measured(DETECTOR)
    assert found.verdict is not None
    assert other.verdict is not None
    assert other.n == found.n
    assert other.verdict.effect == pytest.approx(found.verdict.effect, rel=1e-6)


def test_what_happens_later_changes_nothing(someone: Lived) -> None:
    life = someone(seed=3, days=60)
    cut = life.start_us + 40 * 24 * HOUR_US
    past = life.past.history.until(cut)
    early = type(life)(
        tuple(fill for fill in life.fills if fill.at_us < cut),
        past.market,
        life.start_us,
        cut,
    )
    whole = type(life)(life.fills, life.market, life.start_us, cut)
    assert early.measured(DETECTOR).verdict == whole.measured(DETECTOR).verdict


def test_without_candles_of_any_symbol_nothing_is_said(someone: Lived) -> None:
    life = someone("btc_only", seed=1, days=30).without("BTC-USD")
    measured = life.measured(DETECTOR)
    assert measured.verdict is None
    assert measured.lacks == ("candles",)


def test_the_covered_part_is_used_and_its_share_is_told(someone: Lived) -> None:
    whole = someone("noise", seed=1, days=40)
    part = whole.without("ETH-USD", "SOL-USD").measured(DETECTOR)
    assert part.verdict is not None
    assert 0 < float(part.sample["covered"] or 0) < 1
    assert part.n < whole.measured(DETECTOR).n


def test_candles_that_lie_are_not_believed(someone: Lived) -> None:
    life = someone("btc_only", seed=1, days=30)
    wrong = type(life)(life.fills, life.scaled(2).market, life.start_us, life.end_us)
    assert wrong.measured(DETECTOR).lacks == ("candles",)


def test_five_fills_are_too_few(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 101
    1 03:00 buy BTC-USD 1 @ 100
    1 04:00 sell BTC-USD 1 @ 99
    1 05:00 buy BTC-USD 1 @ 100
    """
    measured = lived(BTC=[100, 101, 99] * 10).measured(DETECTOR)
    assert measured.verdict is None
    assert measured.progress == {"sales": measured.n, "fewest_sales": 15}
    assert measured.needed > 0
    assert measured.lacks == ()


def test_ten_orders_in_one_second_are_no_ten_decisions(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 10 @ 100
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    1 02:00:00 sell BTC-USD 1 @ 101
    """
    measured = lived(BTC=[100.5] * 20).measured(DETECTOR)
    assert measured.n == 1


@pytest.mark.parametrize(("kind", "left"), [("target", 1), ("stop", 1)])
def test_a_declared_exit_is_left_out(lived: Lived, kind: PlanKind, left: int) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 102
    1 03:00 buy BTC-USD 1 @ 100
    1 04:00 sell BTC-USD 1 @ 98
    """
    plan = Plan("p", kind, {"percent": 2})
    closes = [100.5] * 7 + [102, 100.1, 100.1, 100.1, 100.1] + [99] * 3 + [98] * 4
    measured = lived(BTC=closes, plans=(plan,)).measured(DETECTOR)
    assert measured.n == left
    assert measured.sample["planned_exits"] == 1


def test_the_counts_of_odean_stand_beside_it(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    1 00:00 buy SOL-USD 1 @ 100
    2 12:00 sell BTC-USD 1 @ 104
    """
    life = lived(BTC=[104] * 200, ETH=[103] * 200, SOL=[96] * 200)
    facts = sale_days(life.context, life.window)
    assert [facts[name] for name in ("gains_realised", "gains_on_paper")] == [1, 1]
    assert [facts[name] for name in ("losses_realised", "losses_on_paper")] == [0, 1]
    assert facts["pgr_less_plr"] == 0.5


def test_a_winner_sold_costs_what_it_did_beyond_the_others(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 101
    """
    rising = [100.0] * 7 + [101.0] * 2 + [110.0] * 200
    life = lived(BTC=rising, ETH=[100] * 209)
    (money,) = DETECTOR.cost(life.context, life.window, 7)
    assert money.estimate == pytest.approx(101 * (110 / 101 - 1), rel=1e-5)
    assert money.fees == "0"


def test_a_lone_position_has_no_other_that_could_be_sold(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 101
    """
    life = lived(BTC=[101] * 300)
    assert DETECTOR.cost(life.context, life.window, 7) == ()


def test_the_market_of_the_time_is_told(lived: Lived) -> None:
    """1 00:00 buy BTC-USD 1 @ 100"""
    life = lived(BTC=[100] + [120] * 20)
    assert regime(life.context, life.window)["market"] == "up"
    assert regime(life.context, Window(0, 1)) == {}

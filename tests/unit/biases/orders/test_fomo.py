"""Entering after a move: a style by itself, a habit when it is off the declared plan."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.detection import tags as all_tags
from coach.engine.biases.habits.fomo import DETECTOR
from coach.engine.biases.habits.fomo import tags as tags_of
from coach.engine.biases.measures import chases
from coach.engine.biases.measures.chased_entries import CHASE
from coach.engine.biases.measures.sizes.held import candles
from coach.engine.features.moves import z_moves
from coach.model.plans import Plan
from coach.model.times import DAY_US, HOUR_US

Lived = Callable[..., Any]
JUMP = [100.0] * 8 + [101.0] * 8
# 0.1 % a bar is 0.2 % an hour; the five still bars up to 01:15 are 5 / 96 of a half-life
JUMP_Z = math.log(1.01) / (2 * math.log(1.001) * 2 ** (-5 / 96 / 2))


def test_an_entry_after_a_jump_is_tagged_with_its_facts(lived: Lived) -> None:
    """
    1 01:00 buy BTC-USD 1 @ 100
    1 01:10 sell BTC-USD 1 @ 100
    1 02:15 buy BTC-USD 1 @ 101
    """
    (tag,) = tags_of(lived(BTC=JUMP).context)
    assert tag.facts["z_1h"] == pytest.approx(JUMP_Z, rel=0.001)
    assert tag.facts["volume_ratio"] == pytest.approx(1.0)
    assert tag.facts["size_ratio"] is None
    assert len(tag.event_keys) == 1


def test_an_entry_is_measured_by_the_bars_that_had_ended(lived: Lived) -> None:
    """
    1 01:00 buy BTC-USD 1 @ 100
    1 01:10 sell BTC-USD 1 @ 100
    1 02:14 buy BTC-USD 1 @ 101
    1 02:16 sell BTC-USD 1 @ 101
    1 02:20 buy BTC-USD 1 @ 95
    """
    life = lived(BTC=JUMP)
    found = candles(life.context, np.ones(5, np.bool_))
    inside, after = chases.moves_at(life.context, found, np.array([2, 4]), HOUR_US)
    # at 02:14 the jump of 02:00 to 02:15 has not ended; at 02:20 it has, whatever was paid
    assert inside == pytest.approx(0.0, abs=1e-9)
    assert after == pytest.approx(JUMP_Z, rel=0.001)


def test_volatility_is_that_of_the_last_day_and_not_of_the_last_week(lived: Lived) -> None:
    """6 02:15 buy BTC-USD 1 @ 104

    Two wild days, then three still ones: of the wild variance three quarters were known after two
    half-lives, and an eighth of that is left after three more; of the week, two days of seven.
    """
    life = lived(BTC=[100.0, 101.0] * 96 + [100.0] * 296 + [104.0] * 8)
    found = candles(life.context, np.ones(1, np.bool_))
    (z,) = chases.moves_at(life.context, found, np.array([0]), HOUR_US)
    at_us = life.context.history.orders.at_us[[0]]
    (weekly,) = z_moves(found.bars[0], at_us, np.array([104.0]), HOUR_US)
    assert z / weekly == pytest.approx(math.sqrt((2 / 7) / (0.75 / 8)), rel=0.05)


def test_a_short_chases_a_fall(lived: Lived) -> None:
    """1 02:15 sell BTC-USD 1 @ 99"""
    assert len(tags_of(lived(BTC=[100.0] * 8 + [99.0] * 8).context)) == 1


def test_a_short_after_a_rise_is_no_chase(lived: Lived) -> None:
    """1 02:15 sell BTC-USD 1 @ 101"""
    assert tags_of(lived(BTC=JUMP).context) == []


def test_an_entry_against_the_move_is_no_chase(lived: Lived) -> None:
    """1 02:15 buy BTC-USD 1 @ 99"""
    assert tags_of(lived(BTC=[100.0] * 8 + [99.0] * 8).context) == []


def test_who_follows_moves_by_rule_has_a_style_and_no_habit(someone: Lived) -> None:
    measured = someone("momentum_rule", seed=4).measured(DETECTOR)
    assert measured.verdict is not None
    assert measured.verdict.facts["tier"] == "style"
    assert not measured.verdict.holds
    assert measured.verdict.effect > 0.2


def test_who_comes_after_moves_either_way_has_no_style(someone: Lived) -> None:
    measured = someone("eventdriven", seed=5).measured(DETECTOR)
    assert measured.verdict is not None
    assert measured.verdict.facts["tier"] == "none"


def test_what_is_entered_by_a_declared_rule_is_left_out(someone: Lived) -> None:
    life = someone("momentum_rule", seed=4, days=40)
    plan = Plan("p", "momentum", {})
    planned = type(life)(life.fills, life.market, life.start_us, life.end_us, (plan,))
    measured = planned.measured(DETECTOR)
    assert measured.n == 0
    assert measured.verdict is None
    assert measured.sample["planned_entries"] > 40
    assert tags_of(planned.context) == []


def test_chases_off_the_declared_rule_need_no_cost(someone: Lived) -> None:
    life = someone("momentum_rule", seed=4)
    plan = Plan("p", "momentum", {"symbols": ("DOGE-USD",)})
    told = type(life)(life.fills, life.market, life.start_us, life.end_us, (plan,))
    verdict = told.measured(DETECTOR).verdict
    assert verdict is not None
    assert verdict.holds
    assert verdict.facts["tier"] == "off_plan"
    assert verdict.facts["off_plan"] is True
    assert verdict.p < 0.01


def test_controls_keep_away_from_entries_and_to_the_time_of_day(lived: Lived) -> None:
    """
    10 12:00 buy BTC-USD 1 @ 100
    10 12:10 sell BTC-USD 1 @ 100
    13 12:30 buy BTC-USD 1 @ 100
    """
    known = lived(BTC=[100.0, 100.1] * 96 * 10).context
    found = candles(known, np.ones(3, np.bool_))
    bars = found.bars[0]
    quiet = ~chases._near(bars.start_us + bars.step_us, known.history.orders.at_us[[0, 2]])
    drawn = chases._drawn(bars, quiet, known.history.orders.at_us[[0]], 3)
    assert (drawn >= 0).all()
    assert drawn.shape == (1, 20)
    apart = bars.start_us[drawn[0]] + bars.step_us - known.history.orders.at_us[0]
    within = np.abs(apart - np.round(apart / DAY_US) * DAY_US)
    assert within.max() <= chases.AROUND_US
    assert np.abs(apart).max() <= 7 * DAY_US + chases.AROUND_US
    assert np.abs(apart).min() > chases.APART_US
    assert len(set(drawn[0].tolist())) == 20
    to_other = np.abs(apart - 3 * DAY_US - 1_800_000_000)
    assert to_other.min() > chases.APART_US


def test_the_rate_of_the_controls_is_that_of_the_market(someone: Lived) -> None:
    life = someone("scalper", seed=2)
    known = life.context
    found = candles(known, np.ones(len(known.history.orders), np.bool_))
    rows = chases.entry_orders(known)
    drawn = chases.controls(known, found, rows, CHASE, 9)
    assert (drawn.count >= 15).mean() > 0.9
    assert 0.01 < drawn.share.mean() < 0.08


@pytest.mark.parametrize("seed", [1, 2])
def test_prices_in_another_currency_change_nothing(someone: Lived, seed: int) -> None:
    life = someone("noise", {"fomo": 1.0}, seed, days=40)
    found, other = life.measured(DETECTOR), life.scaled(16).measured(DETECTOR)
    assert found.verdict is not None
    assert other.verdict is not None
    assert other.verdict.p == pytest.approx(found.verdict.p)
    assert other.verdict.facts == pytest.approx(found.verdict.facts)
    assert len(tags_of(life.context)) == len(tags_of(life.scaled(16).context))


def test_shorts_are_mirrored(someone: Lived) -> None:
    life = someone("momentum_rule", seed=2, days=40)
    found, other = life.measured(DETECTOR), life.mirrored().measured(DETECTOR)
    assert found.verdict is not None
    assert other.verdict is not None
    assert other.verdict.effect == pytest.approx(found.verdict.effect)
    assert len(tags_of(life.context)) == len(tags_of(life.mirrored().context))


def test_what_happens_later_changes_nothing(someone: Lived) -> None:
    life = someone("noise", {"fomo": 1.0}, seed=3, days=60)
    cut = life.start_us + 40 * DAY_US
    known = life.past.history.until(cut)
    fills = tuple(fill for fill in life.fills if fill.at_us < cut)
    early = type(life)(fills, known.market, life.start_us, cut)
    whole = type(life)(life.fills, life.market, life.start_us, cut)
    assert early.measured(DETECTOR).verdict is not None
    assert early.measured(DETECTOR).verdict == whole.measured(DETECTOR).verdict
    told = [
        tag for tag in all_tags(life.context.history, (DETECTOR,)) if tag.at.timestamp() * 1e6 < cut
    ]
    assert all_tags(early.context.history, (DETECTOR,)) == told


def test_without_candles_nothing_is_said(someone: Lived) -> None:
    life = someone("btc_only", seed=1, days=30).without("BTC-USD")
    measured = life.measured(DETECTOR)
    assert (measured.verdict, measured.lacks) == (None, ("candles",))
    assert tags_of(life.context) == []


def test_bars_longer_than_an_hour_say_nothing_about_an_hour(someone: Lived) -> None:
    measured = someone("btc_only", seed=1, days=30).coarse(16).measured(DETECTOR)
    assert measured.n == 0
    assert measured.needed > 0


def test_five_fills_are_too_few(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 101
    1 03:00 buy BTC-USD 1 @ 100
    1 04:00 sell BTC-USD 1 @ 99
    1 05:00 buy BTC-USD 1 @ 100
    """
    measured = lived(BTC=[100, 100.1] * 400).measured(DETECTOR)
    assert measured.verdict is None
    assert measured.progress == {"entries": measured.n, "fewest_entries": 20}
    assert measured.needed > 0


def test_ten_orders_in_one_second_are_one_entry(lived: Lived) -> None:
    """
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    3 00:00:00 buy BTC-USD 1 @ 100
    """
    assert lived(BTC=[100, 100.1] * 400).measured(DETECTOR).n == 1

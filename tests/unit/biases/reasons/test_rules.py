"""Traders who follow rules are recognised by their rule; who follows none is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.reasons.kappa import kappas
from coach.engine.biases.reasons.kinds_of_state import STATES
from coach.engine.biases.reasons.recognise import reasons_for, recognise
from coach.engine.biases.reasons.states import states
from coach.engine.features.orders import PARTIAL
from coach.model.reasons import ReasonKind

Make = Callable[..., Any]
LEVELS = {"target", "stop", "signal", "ladder"}


@pytest.mark.parametrize("step", [15, 60])
@pytest.mark.parametrize("sides", [(1,), (-1,), (1, -1)])
def test_a_bracket_is_a_target_and_a_stop(trader: Make, sides: tuple[int, ...], step: int) -> None:
    for seed in (1, 2):
        found = trader("bracket", seed, sides=sides, step=step).reasons
        assert found["target"].facts["state"] == "best"
        assert found["target"].typical == pytest.approx(1.5, rel=0.05)
        assert found["stop"].facts["state"] == "worst"
        assert found["stop"].typical == pytest.approx(-3.0, rel=0.05)
        assert min(found["target"].share, found["stop"].share) > 0.9
        assert found["stop"].facts["sides"] == {1: "long", -1: "short", 0: "both"}[sum(sides)]


@pytest.mark.parametrize("step", [15, 60])
def test_a_trailing_stop_is_a_stop_and_a_signal_by_the_fall_from_the_best(
    trader: Make, step: int
) -> None:
    for seed in (1, 2):
        found = trader("trailing", seed, step=step).reasons
        assert found["stop"].facts["state"] == found["signal"].facts["state"] == "drawdown"
        assert found["stop"].typical == pytest.approx(2.0, rel=0.2)  # by closes
        assert found["signal"].share > 0.9
        assert "target" not in found


def test_leaving_far_above_a_mean_is_a_signal(trader: Make) -> None:
    for seed in (1, 2):
        found = trader("above_mean", seed).reasons["signal"]
        assert found.facts["state"] == "up"
        assert found.typical in {3.0, 8.0}  # the mean was of six hours
        assert (found.quartiles, found.unit) == (None, "h")


@pytest.mark.parametrize("sides", [(1,), (-1,)])
def test_a_signal_that_is_followed_late_shows_on_which_side_of_the_mean(
    trader: Make, sides: tuple[int, ...]
) -> None:
    """Looked at every three hours or so, and closed when the price was on the good side."""
    for seed in (1, 2):
        found = trader("by_hand", seed, sides=sides).reasons["signal"]
        assert found.facts["state"] == "over"
        assert found.typical == 8.0
        assert found.share > 0.9


@pytest.mark.parametrize("side", [1, -1])
def test_adding_at_each_percent_down_is_a_ladder(trader: Make, side: int) -> None:
    for seed in (1, 2):
        found = trader("ladder", seed, sides=(side,)).reasons["ladder"]
        assert found.typical == pytest.approx(1.0, rel=0.1)
        assert found.share > 0.8


def test_a_grid_closes_at_the_best_since_its_last_order(trader: Make) -> None:
    """Each fall of a percent buys, and each rise of a percent from the last order sells a part."""
    found = trader("grid", 1).reasons
    assert found["target"].facts["state"] == "best_lot"
    assert found["target"].typical == pytest.approx(1.0, rel=0.1)
    assert found["ladder"].share > 0.8


@pytest.mark.parametrize("kind", ["blind", "slow", "leaning"])
def test_who_follows_no_rule_has_no_reason(trader: Make, kind: str) -> None:
    """Four traders of each kind; who closes at random, and who closes gains more readily."""
    for seed in range(4):
        assert not LEVELS & set(trader(kind, seed).reasons)


def test_hardly_any_price_blind_trader_has_a_reason(trader: Make) -> None:
    """At most 6 % of sixty; a third of them trades both sides, a third holds for days."""
    seen = [
        set(trader(kind, seed, sides=sides, days=60).reasons)
        for seed in range(20)
        for kind, sides in (("blind", (1,)), ("blind", (1, -1)), ("slow", (1,)))
    ]
    assert sum(bool(one) for one in seen) <= 0.06 * len(seen)


@pytest.mark.parametrize("step", [15, 60])
def test_kappa_of_random_exits_has_mean_zero(trader: Make, step: int) -> None:
    each = []
    for seed in range(12):
        account = trader("blind", seed, step=step)
        context = account.context
        orders, counts = states(context, account.window)
        sales = orders.only(context.history.orders.kind[orders.order] >= PARTIAL)
        each.append(kappas(sales, counts, by_sign=False))
    assert np.abs(np.mean(each, axis=0)).mean() < 0.02


def test_an_event_that_every_position_stands_at_has_no_kappa(trader: Make) -> None:
    """With candles of an hour, the mean of an hour is the price itself."""
    account = trader("bracket", 1, step=60)
    orders, counts = states(account.context, account.window)
    kappa = kappas(orders, counts)
    assert [kappa[row] for row, state in enumerate(STATES) if state.hours == 1] == [0.0, 0.0]


def test_no_orders_have_no_kappa(trader: Make) -> None:
    account = trader("bracket", 1)
    orders, counts = states(account.context, account.window)
    assert kappas(orders.only(orders.gain > 1), counts).tolist() == [0.0] * len(STATES)


@pytest.mark.parametrize("kind", ["bracket", "trailing", "above_mean", "grid"])
def test_splitting_fills_and_the_zone_change_no_reason(trader: Make, kind: str) -> None:
    account = trader(kind, 1)
    assert account.reasons
    assert account.split().reasons == account.reasons
    assert replace(account, zone="Asia/Tokyo").reasons == account.reasons


def test_a_scaled_price_changes_no_reason(trader: Make) -> None:
    account = trader("bracket", 1)
    scaled = account.scaled(16).reasons
    assert scaled == account.reasons


@pytest.mark.parametrize("kind", ["bracket", "trailing", "above_mean", "grid"])
def test_what_comes_after_the_window_changes_nothing(trader: Make, kind: str) -> None:
    account = trader(kind, 1)
    cut = replace(account, days=60)
    known = replace(cut, fills=tuple(one for one in account.fills if one.at_us < cut.window.end_us))
    market = account.market.until(cut.window.end_us)
    assert cut.reasons == replace(known, market=market).reasons
    assert cut.reasons != account.reasons


def test_what_came_before_the_window_is_no_event_of_it(trader: Make) -> None:
    account = trader("bracket", 1)
    later = account.window._replace(start_us=account.window.end_us - 30 * 86_400_000_000)
    context = account.context
    whole = {one.kind: one for one in recognise(context, account.window)}
    last = {one.kind: one for one in recognise(context, later)}
    assert 8 <= last["target"].n < whole["target"].n / 2


def test_without_candles_no_level_is_seen(trader: Make) -> None:
    for kind in ("bracket", "trailing", "above_mean", "grid"):
        assert not LEVELS & set(trader(kind, 1).without_candles().reasons)


def test_candles_of_another_price_are_not_believed(trader: Make) -> None:
    account = trader("bracket", 1)
    assert not LEVELS & set(replace(account, market=account.scaled(2).market).reasons)


def test_reasons_are_those_of_the_habit_that_is_asked_about(trader: Make) -> None:
    account = trader("grid", 1)
    found = recognise(account.context, account.window)
    assert {one.kind for one in found} >= {"target", "ladder"}

    def of(bias: str) -> set[ReasonKind]:
        return {one.kind for one in reasons_for(HABITS[bias].explained_by, found)}

    assert "ladder" in of("averaging_down")
    assert "target" not in of("averaging_down")
    assert "ladder" not in of("disposition")
    assert of("revenge") <= {"machine", "hedge"}


def test_a_confirmed_rule_may_show_less_clearly(trader: Make) -> None:
    """A fifth of the positions waits for the target, the others are closed at any time."""
    account = trader("loose", 1)
    confirmed: tuple[frozenset[ReasonKind], ...] = (frozenset(), frozenset({"target"}))
    kinds = [
        {one.kind for one in recognise(account.context, account.window, each)} for each in confirmed
    ]
    assert ["target" in one for one in kinds] == [False, True]

"""The evidence of a year: seldom misleading, never by looking more often, and found where it is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.year.e_values import running_products
from coach.engine.biases.year.evidence import year_evidence
from coach.engine.biases.year.span import years
from coach.engine.features.context import Context, context
from coach.engine.features.history import History, history
from coach.engine.lab.judge import Past
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.exact import binomial_at_least
from coach.model.times import DAY_US, WEEK_US
from coach.model.trades import Trip

WITH_CANDLES = ("disposition", "averaging_down", "panic_selling")
WITHOUT = ("revenge", "size_after_loss", "size_after_win")
YEARS = 60

Simulate = Callable[..., list[Trip]]
YearTrader = Callable[..., Past]
Make = Callable[..., Any]


def end_of(past: History) -> int:
    return int(max(past.opened_us.max(), past.closed_us.max())) + 1


def course(past: History, bias: str, end_us: int) -> Floats:
    """Return E after each block of the year under way, as it was known at a moment."""
    test = HABITS[bias].year
    assert test is not None
    then = context(past.until(end_us))
    return running_products(test.evidence(then, years(int(past.opened_us[0]), end_us)[0]))


def highest(known: Context, bias: str, end_us: int) -> float:
    test = HABITS[bias].year
    assert test is not None
    return year_evidence(known, test, end_us).highest


@pytest.fixture(scope="session")
def blind_years(year_trader: YearTrader) -> list[Past]:
    """Traders who sell and add whatever the profit."""
    return [year_trader(seed, days=364) for seed in range(YEARS)]


@pytest.fixture(scope="session")
def calm_years(trader: Simulate) -> list[History]:
    """Traders for whom it makes no difference how the last trade ended: a year of 1,650 trades."""
    return [history(trader(seed, trades=1650)) for seed in range(YEARS)]


@pytest.mark.parametrize("bias", WITH_CANDLES)
def test_a_year_of_blind_selling_and_adding_seldom_reaches_ten(
    blind_years: list[Past], bias: str
) -> None:
    """Ville: at most one year in ten; more than the interval around that would be a fault."""
    reached = sum(course(one.history, bias, one.end_us).max(initial=1) >= 10 for one in blind_years)
    assert binomial_at_least(reached, YEARS, 0.10) > 0.01


@pytest.mark.parametrize("bias", WITHOUT)
def test_a_year_without_a_habit_after_closes_seldom_reaches_ten(
    calm_years: list[History], bias: str
) -> None:
    reached = sum(course(one, bias, end_of(one)).max(initial=1) >= 10 for one in calm_years)
    assert binomial_at_least(reached, YEARS, 0.10) > 0.01


@pytest.mark.parametrize(
    ("bias", "planted"),
    [
        ("disposition", {"sells_gains": 3.0}),
        ("averaging_down", {"adds_in_losses": 6.0}),
        ("panic_selling", {"sells_after_falls": 9.0}),
    ],
)
def test_a_habit_of_selling_or_adding_reaches_what_it_takes(
    year_trader: YearTrader, leaning: Make, bias: str, planted: dict[str, float]
) -> None:
    test = HABITS[bias].year
    assert test is not None
    past = [year_trader(seed, leaning(**planted)) for seed in range(4)]
    found = [year_evidence(context(one.history), test, one.end_us).reached for one in past]
    assert sum(found) >= 3


@pytest.mark.parametrize(
    ("bias", "planted"),
    [
        ("revenge", {"back_after_loss": 0.5}),
        ("size_after_loss", {"size_after_loss": 1.4}),
        ("size_after_win", {"size_after_win": 1.4}),
    ],
)
def test_a_habit_after_closes_reaches_what_it_takes(
    trader: Simulate, habit: Make, bias: str, planted: dict[str, float]
) -> None:
    test = HABITS[bias].year
    assert test is not None
    past = [history(trader(seed, 600, habit(**planted))) for seed in range(4)]
    assert all(year_evidence(context(one), test, end_of(one)).reached for one in past)


@pytest.mark.parametrize("bias", WITH_CANDLES)
def test_looking_more_often_at_sales_and_adds_changes_nothing(
    blind_years: list[Past], bias: str
) -> None:
    """What was known at any moment is how the course of the whole year began."""
    past = blind_years[0].history
    whole = course(past, bias, blind_years[0].end_us)
    for days in (3, 30.5, 100, 200.3, 300):
        then = course(past, bias, int(past.opened_us[0]) + round(days * DAY_US))
        assert then.tolist() == pytest.approx(whole[: len(then)].tolist())
        assert len(then) == int(days // 7)


@pytest.mark.parametrize("bias", WITHOUT)
def test_looking_more_often_after_closes_changes_nothing(
    calm_years: list[History], bias: str
) -> None:
    past = calm_years[0]
    whole = course(past, bias, end_of(past))
    for days in (3, 30.5, 100, 200.3, 300):
        then = course(past, bias, int(past.opened_us[0]) + round(days * DAY_US))
        assert then.tolist() == pytest.approx(whole[: len(then)].tolist())
    assert len(whole) > 100


@pytest.mark.parametrize("bias", [*WITH_CANDLES, *WITHOUT])
def test_splitting_fills_changes_no_evidence(year_trader: YearTrader, bias: str) -> None:
    one, split = year_trader(3, days=120), year_trader(3, days=120, split=True)
    assert len(split.history.orders) == len(one.history.orders)
    assert course(one.history, bias, one.end_us).tolist() == pytest.approx(
        course(split.history, bias, split.end_us).tolist()
    )


def test_evidence_that_reached_what_it_takes_outlasts_the_anniversary(
    trader: Simulate, habit: Make
) -> None:
    """Seven weeks of revenge, then three hundred days without a trade, then a few more."""
    trips = trader(1, 250, habit(back_after_loss=0.6))
    later_us = trips[0].opened_us + 370 * DAY_US
    last = trips[-1]._replace(opened_us=later_us, closed_us=later_us + WEEK_US)
    past = history([*trips[:-1], last])
    test = HABITS["revenge"].year
    assert test is not None
    found = year_evidence(context(past), test, end_of(past))
    assert found.reached
    assert found.start_us == trips[0].opened_us


def test_without_candles_nothing_speaks_for_a_habit_of_selling(blind_years: list[Past]) -> None:
    past = blind_years[1].history
    bare = context(past.beside(past.orders, past.market.until(0), past.trader))
    for bias in WITH_CANDLES:
        assert highest(bare, bias, blind_years[1].end_us) == 1.0


def test_adds_at_one_time_of_day_speak_for_nothing(noon_buyer: Callable[[int], Past]) -> None:
    """Both buy the lowest hour of every day; the one who does so at noon may have a clock."""
    noon, roaming = noon_buyer(0), noon_buyer(7)
    found = [course(one.history, "averaging_down", one.end_us) for one in (noon, roaming)]
    assert set(found[0].tolist()) == {1.0}
    assert found[1].max() > 100


def test_the_habits_share_one_chance_in_ten_a_year() -> None:
    alphas = [one.year.alpha for one in HABITS.values() if one.year is not None]
    assert len(alphas) == 6
    assert sum(alphas) == pytest.approx(0.10)


def test_evidence_is_told_among_the_facts(calm_years: list[History]) -> None:
    test = HABITS["size_after_win"].year
    assert test is not None
    facts = year_evidence(context(calm_years[0]), test, end_of(calm_years[0])).facts()
    assert facts["year_evidence_needed"] == 100
    assert np.isfinite(float(str(facts["year_evidence"])))

"""What is claimed about traders whose habits are known."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.biases.detection import findings, tags
from coach.engine.biases.habits import revenge, size_after_loss, size_after_win
from coach.engine.features.history import history
from coach.engine.statistics.exact import binomial_at_least
from coach.model.insights import Finding
from coach.model.times import WEEK_US
from coach.model.trades import TradeId, Trip

Simulate = Callable[..., list[Trip]]
Habit = Callable[..., Any]


CLASSIC = (revenge.DETECTOR, size_after_loss.DETECTOR, size_after_win.DETECTOR)


def found(trips: list[Trip]) -> dict[str, Finding]:
    past = history(trips)
    start = min(trip.opened_us for trip in trips)
    end = max(trip.closed_us or 0 for trip in trips) + 1
    return {finding.bias: finding for finding in findings(past, start, end, CLASSIC)}


@pytest.fixture(scope="session")
def rational(trader: Simulate) -> list[dict[str, Finding]]:
    return [found(trader(seed, trades=120)) for seed in range(150)]


def test_rational_traders_are_left_alone(rational: list[dict[str, Finding]]) -> None:
    """Any flag on a tenth of them is what q = .10 allows; a trait is far rarer."""
    flagged = sum(any(one.facts["flagged"] for one in each.values()) for each in rational)
    traits = sum(any(one.level in TRAITS for one in each.values()) for each in rational)
    assert binomial_at_least(flagged, len(rational), 0.10) > 0.01
    assert traits / len(rational) <= 0.04


@pytest.mark.parametrize("bias", [detector.bias for detector in CLASSIC])
def test_p_is_uniform_for_rational_traders(rational: list[dict[str, Finding]], bias: str) -> None:
    p_values = np.sort([each[bias].p or 0.0 for each in rational])
    runs = len(p_values)
    distance = np.abs(p_values - (np.arange(runs) + 0.5) / runs).max()
    assert distance < 1.63 / np.sqrt(runs)


@pytest.mark.parametrize(
    ("bias", "planted"),
    [
        ("revenge", {"back_after_loss": 0.5}),
        ("size_after_loss", {"size_after_loss": 1.4}),
        ("size_after_win", {"size_after_win": 1.4}),
    ],
)
def test_a_planted_habit_is_found(
    trader: Simulate, habit: Habit, bias: str, planted: dict[str, float]
) -> None:
    each = [found(trader(seed, habit=habit(**planted)))[bias] for seed in range(15)]
    assert sum(one.level in TRAITS for one in each) >= 13
    assert sum(one.level == "strong" for one in each) >= 8
    assert all(one.interval and one.interval[0] <= (one.effect or 0) for one in each)


def test_larger_after_losses_is_not_larger_after_wins(trader: Simulate, habit: Habit) -> None:
    each = [found(trader(seed, habit=habit(size_after_loss=1.4))) for seed in range(10)]
    assert {one["size_after_win"].level for one in each} == {"none"}


def test_a_scalper_who_is_always_quick_takes_no_revenge(trader: Simulate, habit: Habit) -> None:
    each = [found(trader(seed, 400, habit(wait=5.0)))["revenge"] for seed in range(10)]
    assert not [one for one in each if one.level in TRAITS]


def test_five_trades_say_how_many_more_it_takes(trader: Simulate) -> None:
    finding = found(trader(1, trades=5))["revenge"]
    assert finding.level == "insufficient"
    assert finding.needed >= 15
    assert finding.facts["closes"] == 5
    assert finding.facts["fewest_closes"] == 20
    assert (finding.score, finding.effect, finding.p, finding.costs) == (None, None, None, ())


def test_nobody_is_told_what_it_takes_to_begin() -> None:
    each = {one.bias: (one.level, one.needed) for one in findings(history([]), 0, 1, CLASSIC)}
    assert each == {
        "revenge": ("insufficient", 20),
        "size_after_loss": ("insufficient", 25),
        "size_after_win": ("insufficient", 25),
    }


@pytest.mark.parametrize("before", range(1, 25))
def test_the_trades_asked_for_are_enough(trader: Simulate, before: int) -> None:
    """Loss and win in turn, so the pace so far is the pace to come."""
    whole = [alternating(one, place) for place, one in enumerate(trader(1, trades=60))]
    for bias, finding in found(whole[:before]).items():
        enough = found(whole[: before + finding.needed])[bias]
        assert finding.level == "insufficient" or finding.needed == 0
        assert enough.level != "insufficient"


@pytest.mark.parametrize(("bias", "start"), [("revenge", 0), ("size_after_loss", 5)])
@pytest.mark.parametrize("mix", ["LW", "LLW", "WWL", "LLLLW", "WWWWL", "LWLWW"])
@pytest.mark.parametrize("rounds", [2, 3])
def test_the_trades_asked_for_are_enough_at_the_same_mix(
    trader: Simulate, bias: str, start: int, mix: str, rounds: int
) -> None:
    """From one win in five to four in five, each round alike."""
    whole = [ended(one, mix[place % len(mix)]) for place, one in enumerate(trader(1, trades=90))]
    before = start + rounds * len(mix)
    finding = found(whole[:before])[bias]
    assert finding.level == "insufficient"
    assert found(whole[: before + finding.needed])[bias].level != "insufficient"


@pytest.mark.parametrize(("trades", "most"), [(5, 48), (10, 80), (40, 80), (90, 80)])
def test_who_only_loses_is_told_how_many_wins_are_missing(
    trader: Simulate, trades: int, most: int
) -> None:
    """Every trade a loss: what is missing stays in sight, however many there were."""
    finding = found([ended(one, "L") for one in trader(1, trades=trades)])["revenge"]
    assert finding.needed == most
    facts = {name: finding.facts[name] for name in ("losses", "wins", "fewest_losses")}
    assert facts == {"losses": trades, "wins": 0, "fewest_losses": 8}
    assert finding.facts["fewest_wins"] == 8


def test_loss_and_win_in_turn_need_one_trade_less_each_time(trader: Simulate) -> None:
    whole = [alternating(one, place) for place, one in enumerate(trader(1, trades=20))]
    each = [found(whole[:count])["revenge"].needed for count in range(1, 21)]
    assert each == list(range(19, -1, -1))


def test_the_order_of_trades_changes_nothing(trader: Simulate, habit: Habit) -> None:
    trips = trader(2, habit=habit(back_after_loss=0.5))
    start, end = trips[0].opened_us, trips[-1].opened_us + 1
    shuffled = history(Random(5).sample(trips, len(trips)))
    assert findings(shuffled, start, end) == findings(history(trips), start, end)
    assert tags(shuffled) == tags(history(trips))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 50),
    prices=st.decimals("0.001", "1000", places=3),
    sizes=st.decimals("0.001", "1000", places=3),
)
def test_other_prices_or_sizes_are_the_same_habit(
    trader: Simulate, habit: Habit, seed: int, prices: Decimal, sizes: Decimal
) -> None:
    trips = trader(seed, trades=60, habit=habit(back_after_loss=0.4))
    scaled = found([times(trip, prices, sizes) for trip in trips])
    assert {bias: claim(one) for bias, one in found(trips).items()} == {
        bias: claim(one) for bias, one in scaled.items()
    }


def test_a_run_of_last_week_can_be_repeated_today(trader: Simulate, habit: Habit) -> None:
    trips = trader(3, habit=habit(back_after_loss=0.5))
    now = max(trip.closed_us or 0 for trip in trips) + 1
    then = [trip for trip in trips if trip.opened_us < now - WEEK_US]
    start = trips[0].opened_us - WEEK_US
    with_hindsight = findings(history(trips), start, now - WEEK_US)
    assert findings(history(then).until(now - WEEK_US), start, now - WEEK_US) == with_hindsight


def test_a_habit_of_this_week_is_not_yet_confirmed(trader: Simulate, habit: Habit) -> None:
    """Eighty quiet trades, then sixty in four days with a loss avenged at once.

    Four days of it are enough for the year's evidence; weekly runs have seen it once.
    """
    quiet = trader(4, trades=80)
    wild = trader(5, trades=60, habit=habit(back_after_loss=1.0, wait=60.0, back_size=3.0))
    shift = (quiet[-1].closed_us or 0) - wild[0].opened_us + 1
    trips = [*quiet, *(later(trip, shift) for trip in wild)]
    by_weeks = replace(revenge.DETECTOR, year=None)
    end = max(trip.closed_us or 0 for trip in trips) + 1
    [finding] = findings(history(trips), trips[0].opened_us, end, [by_weeks])
    assert (finding.level, finding.held, finding.standing) == ("possible", False, "untold")
    assert (finding.facts["flagged"], finding.facts["weeks_flagged"]) == (True, 1)
    finding = found(trips)["revenge"]
    assert (finding.held, finding.standing) == (True, "told")


def test_one_rule_decides_what_is_flagged_held_told_and_a_trait(
    rational: list[dict[str, Finding]], trader: Simulate, habit: Habit
) -> None:
    """Over traders with habits of every strength and none."""
    planted = [
        found(trader(seed, 30 * (seed + 1), habit(back_after_loss=0.1 * seed, size_after_win=1.2)))
        for seed in range(10)
    ]
    every = [one for each in [*rational[:40], *planted] for one in each.values()]
    tested = [one for one in every if one.score is not None]
    for one in tested:
        assert one.held == (one.level in TRAITS) == (one.standing == "told")
        assert not one.facts["flagged"] or one.level != "none"
        assert not one.held or one.facts["flagged"]
    assert {one.level for one in tested} == {"none", "possible", "likely", "strong"}


def test_evidence_of_the_year_below_its_mark_makes_no_trait(trader: Simulate, habit: Habit) -> None:
    """A moderate habit: the ninety days alone would tell it, the year does not yet."""
    each = [found(trader(seed, 120, habit(size_after_loss=1.2))) for seed in range(12)]
    sizes = [one["size_after_loss"] for one in each]
    waiting = [one for one in sizes if one.facts["flagged"] and not one.held]
    assert waiting
    assert {one.level for one in waiting} == {"possible"}
    for one in waiting:
        needed = float(str(one.facts["year_evidence_needed"]))
        assert float(str(one.facts["year_evidence"])) < needed == 50


def test_the_false_discovery_rate_counts_every_tested_habit(trader: Simulate, habit: Habit) -> None:
    past = history(trader(6, habit=habit(back_after_loss=0.1)))
    end = past.trips[-1].opened_us
    alone = findings(past, 0, end, [revenge.DETECTOR])[0]
    among = findings(past, 0, end, CLASSIC)[0]
    assert alone.p == alone.p_adjusted == among.p
    assert (among.p_adjusted or 0) > (alone.p_adjusted or 0)


def test_a_stranger_adds_a_detector_beside_ours(trader: Simulate) -> None:
    stranger = replace(revenge.DETECTOR, formula="quick@1", minimum=0.5)
    past = history(trader(7))
    answers = findings(past, 0, past.trips[-1].opened_us, [*CLASSIC, stranger])
    assert [one.evidence[0].formula for one in answers][-1] == "quick@1"
    assert len(tags(past, [*CLASSIC, stranger])) > len(tags(past, CLASSIC))


def test_a_later_trade_changes_no_earlier_tag(trader: Simulate) -> None:
    past = history(trader(8))
    now = past.trips[90].opened_us
    early = [tag for tag in tags(past) if tag.trade_id in past.ids[:90]]
    assert tags(past.until(now)) == early
    assert [tag.at for tag in early] == sorted(tag.at for tag in early)


def test_every_level_comes_with_evidence(rational: list[dict[str, Finding]]) -> None:
    proofs = [one.evidence[0] for each in rational for one in each.values()]
    assert all(proof.id.startswith(f"{proof.formula}:") for proof in proofs)
    assert len({proof.id for proof in proofs}) == len(proofs)


def claim(finding: Finding) -> Finding:
    return replace(finding, costs=(), evidence=(), counter=())


def times(trip: Trip, prices: Decimal, sizes: Decimal) -> Trip:
    money = prices * sizes
    return trip._replace(
        gross=trip.gross * money,
        fees=trip.fees * money,
        net=trip.net * money,
        notional=trip.notional * money,
        quantity=trip.quantity * sizes,
    )


def later(trip: Trip, shift: int) -> Trip:
    assert trip.closed_us is not None
    return trip._replace(
        id=TradeId(f"later-{trip.id}"),
        opened_us=trip.opened_us + shift,
        closed_us=trip.closed_us + shift,
    )


def alternating(trip: Trip, place: int) -> Trip:
    return ended(trip, "W" if place % 2 else "L")


def ended(trip: Trip, outcome: str) -> Trip:
    net = Decimal(50) if outcome == "W" else Decimal(-50)
    return trip._replace(net=net, gross=net + trip.fees)


TRAITS = ("likely", "strong")

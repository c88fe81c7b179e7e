from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from coach.engine.biases.detection import findings, tags
from coach.engine.biases.habits import size_after_loss, size_after_win
from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.model.insights import Finding
from coach.model.trades import TradeId, Trip

Simulate = Callable[..., list[Trip]]
Habit = Callable[..., Any]


LOSS, WIN = size_after_loss.DETECTOR, size_after_win.DETECTOR


def sizes(trips: list[Trip]) -> tuple[Finding, Finding]:
    past = history(trips)
    end = max(trip.opened_us for trip in trips) + 1
    after_loss, after_win = findings(past, 0, end, [LOSS, WIN])
    return after_loss, after_win


def test_a_larger_entry_is_tagged_by_what_it_followed_however_late(past: History) -> None:
    """
    2026-03-02 00:00 BTC-USD size 100, closed 00:10 with 5
    2026-03-02 02:00 BTC-USD size 100, closed 02:10 with 5
    2026-03-02 04:00 BTC-USD size 100, closed 04:10 with 5
    2026-03-02 06:00 BTC-USD size 100, closed 06:10 with 5
    2026-03-02 08:00 BTC-USD size 100, closed 08:10 with -5
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -6
    2026-03-02 18:00 BTC-USD size 200, closed 18:10 with 8
    2026-03-02 20:00 BTC-USD size 150, closed 20:10 with 0
    2026-03-02 22:00 BTC-USD size 900
    """
    lost, won = tags(past)
    assert (lost.bias, lost.trade_id, lost.facts["losses_in_a_row"]) == (
        "size_after_loss",
        "t07",
        2,
    )
    assert (won.bias, won.trade_id, won.facts["wins_in_a_row"]) == ("size_after_win", "t08", 1)
    assert (lost.facts["loss"], won.facts["win"]) == ("-6", "8")
    assert (won.facts["minutes_after_win"], won.facts["size_ratio"]) == (110.0, 1.5)


def test_the_effect_is_how_much_larger_than_after_the_other_outcome(
    trader: Simulate, habit: Habit
) -> None:
    found = [sizes(trader(seed, habit=habit(size_after_loss=1.5)))[0] for seed in range(10)]
    typical = sorted(one.effect or 0 for one in found)[5]
    assert typical == pytest.approx(0.5, abs=0.15)
    assert {one.unit for one in found} == {"relative difference in size"}


def test_larger_after_losses_is_smaller_after_wins(trader: Simulate, habit: Habit) -> None:
    after_loss, after_win = sizes(trader(1, habit=habit(size_after_loss=1.3)))
    assert (after_loss.effect or 0) > 0 > (after_win.effect or 0)
    assert (after_loss.p or 1) < 0.05
    assert (after_win.p or 0) > 0.95


def test_a_climb_with_every_loss_is_found_where_a_jump_would_be_too_small(trader: Simulate) -> None:
    """Six percent more with each loss in a row: the first loss alone moves next to nothing."""
    streak, climbing = 0, list[Trip]()
    for trip in trader(9, 400):
        factor = Decimal("1.08") ** min(streak, 4)
        climbing.append(trip._replace(notional=trip.notional * factor))
        streak = streak + 1 if trip.net < 0 else 0
    assert sizes(climbing)[0].p == 0.001


@pytest.mark.parametrize("money", [2_000.0, None])
def test_who_trades_a_share_of_the_money_is_no_house_money(
    trader: Simulate, money: float | None
) -> None:
    """Half of what is there, always; results swing the money by a fifth."""
    held, trips = Decimal(2_000), list[Trip]()
    for trip in trader(10, 300):
        share = trip.notional / 1_000 * held / 2
        net = (Decimal("0.2") if trip.net > 0 else Decimal("-0.17")) * held
        trips.append(trip._replace(notional=share, net=net, gross=net + trip.fees))
        held += net
    past = history(trips)
    rich = past.beside(past.orders, past.market, Trader(equity=money))
    end = max(trip.opened_us for trip in trips) + 1
    (after_win,) = findings(rich, 0, end, [WIN])
    assert after_win.facts["flagged"] is (money is None)


def test_doubling_with_every_loss_in_a_row_has_a_dose(trader: Simulate) -> None:
    """A martingale from 100, back to 100 after a win."""
    size, doubled = Decimal(100), list[Trip]()
    for trip in trader(3, 120):
        doubled.append(trip._replace(notional=size, gross=trip.net, fees=Decimal(0)))
        size = min(2 * size, Decimal(1600)) if trip.net < 0 else Decimal(100)
    finding, _ = sizes(doubled)
    assert finding.level == "strong"
    assert float(str(finding.facts["change_per_outcome_in_a_row"])) > 0.3
    assert float(str(finding.facts["size_ratio_after_loss"])) > 1.5


def test_an_account_that_compounds_is_no_house_money(trader: Simulate) -> None:
    """Size grows one percent a trade, whatever the last one brought."""
    grown = [
        trip._replace(notional=trip.notional * (Decimal("1.01") ** place))
        for place, trip in enumerate(trader(4, 150))
    ]
    after_loss, after_win = sizes(grown)
    assert {after_loss.level, after_win.level} <= {"none", "possible"}


def test_always_the_same_size_is_no_habit(trader: Simulate) -> None:
    constant = [trip._replace(notional=Decimal(100)) for trip in trader(5, 100)]
    for finding in sizes(constant):
        assert (finding.level, finding.effect, finding.p) == ("none", 0.0, 1.0)
        assert finding.score == 0.0


def test_one_size_after_losses_and_another_after_wins_is_large(trader: Simulate) -> None:
    """Exactly 150 after a loss, exactly 100 after a win: nothing varies but the habit."""
    told = trader(6, 100)
    steps = [
        trip._replace(notional=Decimal(150) if before.net < 0 else Decimal(100))
        for before, trip in pairwise(told)
    ]
    assert sizes(steps)[0].facts["effect_size"] == "large"


def test_a_basket_after_one_close_is_one_comparison(trader: Simulate) -> None:
    trips = trader(7, 60)
    basket = [
        trip._replace(id=TradeId(f"{trip.id}-{copy}"), closed_us=None)
        for trip in trips
        for copy in ("b", "c", "d")
    ]
    alone, together = sizes(trips)[0], sizes([*trips, *basket])[0]
    assert together.n == pytest.approx(alone.n, abs=5)
    assert together.evidence[0].sample["entries"] == pytest.approx(4 * alone.n, rel=0.15)

"""A day's loss, a week's fees, a drawdown: known when they closed, reached is enough."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches, lacks
from coach.model.fills import FillKey
from coach.model.rules import Rule
from coach.model.trades import PartialClose, Trip

Make = Callable[..., Rule]
BERLIN = "Europe/Berlin"


def ids(rule: Rule, past: History, zone: str = "UTC") -> list[str]:
    return [breach.trade_id for breach in breaches([rule], past, zone)]


def test_a_day_that_has_lost_the_limit_takes_no_new_trade(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -150
    2026-03-02 09:20 BTC-USD size 100, closed 09:30 with -50
    2026-03-02 09:40 BTC-USD size 100, closed 09:50 with 30
    2026-03-02 10:00 ETH-USD size 100
    """
    [breach] = breaches([promise("max_loss_per_day", amount=200)], past, "UTC")
    assert breach.trade_id == "t03"
    assert breach.fill_keys == (b"out02", b"in03")
    assert breach.facts == {"lost": "200", "limit": 200, "margin": "0", "quote": "USD"}


def test_yesterdays_loss_is_not_todays(past: History, promise: Make) -> None:
    """
    2026-03-02 22:00 BTC-USD size 100, closed 22:30 with -500
    2026-03-02 22:45 BTC-USD size 100
    2026-03-02 23:30 BTC-USD size 100
    """
    rule = promise("max_loss_per_day", amount=200)
    assert ids(rule, past) == ["t02", "t03"]
    assert ids(rule, past, BERLIN) == ["t02"]


def test_a_limit_in_dollars_asks_for_dollars_only(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-EUR size 100, closed 09:10 with -500
    2026-03-02 09:20 BTC-USD size 100
    2026-03-02 09:20 BTC-EUR size 100
    """
    assert ids(promise("max_loss_per_day", amount=200, currency="USD"), past) == []
    assert ids(promise("max_loss_per_day", amount=200, currency="EUR"), past) == ["t02", "t03"]
    assert ids(promise("max_loss_per_day", amount=200), past) == ["t03"]


def test_a_cent_below_the_limit_keeps_it(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -0.1
    2026-03-02 09:20 BTC-USD size 100, closed 09:30 with -0.2
    2026-03-02 09:40 BTC-USD size 100
    """
    assert ids(promise("max_loss_per_day", amount=0.3), past) == ["t03"]
    assert ids(promise("max_loss_per_day", amount=0.31), past) == []


def test_percent_is_of_the_equity_at_the_beginning_of_the_day(past: History, promise: Make) -> None:
    """
    2026-03-01 09:00 BTC-USD size 100, closed 09:10 with 1000
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -40
    2026-03-02 09:20 BTC-USD size 100
    """
    rich = replace(past, trader=Trader(equity=1_000.0))
    rule = promise("max_loss_per_day", percent=2)
    assert ids(rule, rich) == ["t03"]
    assert ids(promise("max_loss_per_day", percent=2.1), rich) == []
    assert ids(rule, past) == []
    assert lacks(rule, past) == ("equity",)


def test_a_drawdown_is_counted_from_the_best_of_the_days(past: History, promise: Make) -> None:
    """
    2026-03-01 09:00 BTC-USD size 100, closed 09:10 with 100
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -60
    2026-03-03 09:00 BTC-USD size 100, closed 09:10 with -40
    2026-03-04 09:00 BTC-USD size 100
    2026-04-20 09:00 BTC-USD size 100
    """
    [breach] = breaches([promise("max_drawdown", amount=90)], past, "UTC")
    assert breach.trade_id == "t04"
    assert breach.facts == {"lost": "100", "limit": 90, "margin": "10", "quote": "USD"}
    assert ids(promise("max_drawdown", amount=90, days=90), past) == ["t04", "t05"]


def test_a_drawdown_in_percent_is_of_the_best(past: History, promise: Make) -> None:
    """
    2026-03-01 09:00 BTC-USD size 100, closed 09:10 with 1000
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -200
    2026-03-03 09:00 BTC-USD size 100
    """
    rich = replace(past, trader=Trader(equity=1_000.0))
    assert ids(promise("max_drawdown", percent=10), rich) == ["t03"]
    assert ids(promise("max_drawdown", percent=10.1), rich) == []


@pytest.mark.parametrize(("budget", "broken"), [(2, ["t03"]), (2.01, [])])
def test_the_fees_of_a_week_are_those_of_its_closed_trades(
    trips: list[Trip], promise: Make, budget: float, broken: list[str]
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-03 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-08 09:00 BTC-USD size 100, closed 09:10 with 5
    2026-03-09 09:00 BTC-USD size 100
    """
    past = history(trip._replace(fees=Decimal(1)) for trip in trips)
    assert ids(promise("fee_budget_per_week", budget=budget), past) == broken


def test_what_a_part_realised_counts_on_its_own_day_while_the_trade_is_open(
    trips: list[Trip], promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 11:00 ETH-USD size 100
    2026-03-03 11:00 ETH-USD size 100
    """
    part = partly_closed("2026-03-02T10:00", gross="-190", fees="10")
    past = history([trips[0]._replace(partial_closes=(part,)), *trips[1:]])
    [breach] = breaches([promise("max_loss_per_day", amount=200)], past, "UTC")
    assert (breach.trade_id, breach.facts["lost"]) == ("t02", "200")
    assert breach.fill_keys == (b"part", b"in02")
    assert ids(promise("fee_budget_per_week", budget=10), past) == ["t02", "t03"]
    assert ids(promise("max_drawdown", amount=200), past) == ["t02", "t03"]


def test_the_last_close_counts_for_what_the_parts_left(trips: list[Trip], promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with -300
    2026-03-03 11:00 ETH-USD size 100
    """
    part = partly_closed("2026-03-02T10:00", gross="-190", fees="10")
    trips[0] = trips[0]._replace(
        gross=Decimal(-290), fees=Decimal(10), closed_us=trips[1].opened_us - 1
    )
    past = history([trips[0]._replace(partial_closes=(part,)), trips[1]])
    [breach] = breaches([promise("max_loss_per_day", amount=100)], past, "UTC")
    assert (breach.trade_id, breach.facts["lost"]) == ("t02", "100")
    assert ids(promise("max_loss_per_day", amount=101), past) == []


def partly_closed(at: str, *, gross: str, fees: str) -> PartialClose:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    return PartialClose(moment, FillKey(b"part"), Decimal(1), Decimal(gross), Decimal(fees))


def test_no_trades_break_nothing(promise: Make) -> None:
    for kind, params in (
        ("max_loss_per_day", {"amount": 1}),
        ("max_drawdown", {"amount": 1}),
        ("fee_budget_per_week", {"budget": 1}),
    ):
        assert ids(promise(kind, **params), history([])) == []

"""A trade that is only thought of breaks what it would break once it is imported."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from coach.engine.features.history import History, history
from coach.engine.rules.before import (
    NEW,
    Action,
    OpenHolding,
    ProposedOrder,
    action,
    judge_order,
    looks_back,
)
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.kinds.kind import LookBack
from coach.model.fills import Side
from coach.model.rules import Rule
from coach.model.trades import TradeId

Make = Callable[..., Rule]
MINUTE = 60_000_000
LONG = OpenHolding(TradeId("t01"), "long", 2.0, 100.0)


def wish(
    past: History, side: Side = "buy", quantity: str = "1", price: str = "100"
) -> ProposedOrder:
    last = max(past.opened_us.max(), past.closed_us.max())
    return ProposedOrder("BTC-USD", side, Decimal(quantity), Decimal(price), int(last) + MINUTE)


@pytest.mark.parametrize(
    ("side", "quantity", "held", "shorts", "does"),
    [
        ("buy", "1", None, False, "opens"),
        ("sell", "1", None, False, "unknown"),
        ("sell", "1", None, True, "opens"),
        ("buy", "1", LONG, False, "adds"),
        ("sell", "1", LONG, False, "reduces"),
        ("sell", "2", LONG, True, "closes"),
        ("sell", "2.00000001", LONG, True, "closes"),
        ("sell", "1.99999999", LONG, True, "closes"),
        ("sell", "3", LONG, False, "closes"),
        ("sell", "3", LONG, True, "turns"),
        ("sell", "1", replace(LONG, side="short"), True, "adds"),
    ],
)
def test_what_an_order_would_do(
    side: Side, quantity: str, held: OpenHolding | None, shorts: bool, does: Action
) -> None:
    asked = ProposedOrder("BTC-USD", side, Decimal(quantity), Decimal(100), 0)
    assert action(asked, held, shorts) == does


def test_a_check_says_what_the_import_will_say(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:20 BTC-USD size 100, closed 09:30 with -5
    """
    rules = [
        promise("max_trades_per_day", limit=2),
        promise("cooldown_after_loss", minutes=5),
        promise("stop_after_losses_in_a_row", losses=3),
        promise("max_loss_per_day", amount=10),
    ]
    asked = wish(past)
    said = judge_order(rules, past, asked, None, "opens", "UTC").breaches
    done = past.trips[0]._replace(
        id=NEW, opened_us=asked.at_us, closed_us=None, entry_fills=(), exit_fills=()
    )
    imported = breaches(rules, history([*past.trips, done]), "UTC")
    assert said == [breach for breach in imported if breach.trade_id == NEW]
    assert {breach.rule_id for breach in said} == {
        "max_trades_per_day",
        "cooldown_after_loss",
        "max_loss_per_day",
    }


def test_adding_below_the_average_is_told_and_opening_rules_are_not(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    rules = [promise("no_averaging_down"), promise("max_trades_per_day", limit=1)]
    [said] = judge_order(rules, past, wish(past, price="98"), LONG, "adds", "UTC").breaches
    assert said.facts["behind_percent"] == 2.0
    assert judge_order(rules, past, wish(past, price="101"), LONG, "adds", "UTC").breaches == []


def test_closing_too_soon_is_told_and_closing_late_is_not(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 200
    """
    rules = [
        promise("holding_time_floor", minutes_at_least=5),
        promise("holding_time_ceiling", minutes_at_most=0.5),
    ]
    [said] = judge_order(rules, past, wish(past, "sell", "2"), LONG, "closes", "UTC").breaches
    assert said.rule_id == "holding_time_floor"
    assert judge_order(rules, past, wish(past, "sell", "1"), LONG, "reduces", "UTC").breaches == []


def test_turning_round_at_a_loss_meets_the_pause(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    held = replace(LONG, quantity=1.0)
    rules = [promise("cooldown_after_loss", minutes=5)]
    [said] = judge_order(rules, past, wish(past, "sell", "3", "90"), held, "turns", "UTC").breaches
    assert (said.trade_id, said.facts["loss"]) == (NEW, "-10")
    assert (
        judge_order(rules, past, wish(past, "sell", "3", "110"), held, "turns", "UTC").breaches
        == []
    )


@pytest.mark.parametrize(
    ("kind", "params", "days"),
    [
        ("max_trades_per_day", {"limit": 1}, 9),
        ("cooldown_after_loss", {"minutes": 144_000}, 101),
        ("max_drawdown", {"amount": 1, "days": 60}, 61),
        ("max_drawdown", {"percent": 1}, None),
        ("max_drawdown", {"amount": 1, "floor": "static"}, None),
        ("max_concentration", {"share": 1}, None),
    ],
)
def test_how_far_a_rule_looks_back(
    promise: Make, kind: str, params: dict[str, float], days: float | None
) -> None:
    rule = promise(kind, **params)
    assert looks_back([rule]).days == days
    group = {"rules": [{"kind": kind, "params": params}]}
    assert looks_back([promise("any", **group)]).days == days


def test_a_check_looks_as_far_back_as_the_farthest_of_its_rules(promise: Make) -> None:
    day, month = promise("max_trades_per_day", limit=1), promise("max_drawdown", amount=1)
    sizes = promise("max_size_vs_median", ratio=2, window=40)
    runs = promise("size_cap_after_losses", losses=70)
    everything = promise("max_concentration", share=1)
    assert looks_back([]) == LookBack(9, 0)
    assert looks_back([day, month, sizes]) == LookBack(31, 40)
    assert looks_back([sizes, runs, everything]) == LookBack(None, 70, losses=True)

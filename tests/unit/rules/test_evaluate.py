"""All rules at once: what is paused is silent, and the order trades come in is nothing."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from coach.engine.features.history import History, history
from coach.engine.rules.evaluate import breaches
from coach.model.rules import Rule
from coach.model.trades import Trip

Make = Callable[..., Rule]


def test_one_entry_may_break_several_rules(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:12 BTC-USD size 100
    """
    promised = [rule("max_trades_per_day", limit=1), rule("cooldown_after_loss", minutes=9)]
    found = breaches(promised, past, "UTC")
    assert [(breach.rule_id, breach.trade_id) for breach in found] == [
        ("cooldown_after_loss", "t02"),
        ("max_trades_per_day", "t02"),
    ]


def test_a_paused_rule_is_silent(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:12 BTC-USD size 100
    """
    paused = replace(rule("max_trades_per_day", limit=1), active=False)
    assert breaches([paused], past, "UTC") == []


def test_the_order_of_trades_and_rules_changes_nothing(trips: list[Trip], rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -5
    2026-03-02 09:12 BTC-USD size 100, closed 09:12 with -1
    2026-03-02 09:12 ETH-USD size 100, closed 09:13 with -2
    2026-03-02 09:12 ETH-EUR size 100, closed 09:13 with 2
    2026-03-02 09:13 SOL-USD size 100
    2026-03-02 09:13 BTC-USD size 900
    """
    promised = [
        rule("max_trades_per_day", limit=2),
        rule("cooldown_after_loss", minutes=5),
        rule("max_size_vs_median", ratio=1.5, window=5),
    ]
    expected = breaches(promised, history(trips), "Asia/Kathmandu")
    assert len(expected) == 9
    for seed in range(20):
        dice = np.random.default_rng(seed)
        shuffled = [trips[place] for place in dice.permutation(len(trips))]
        reordered = [promised[place] for place in dice.permutation(len(promised))]
        assert breaches(reordered, history(shuffled), "Asia/Kathmandu") == expected


def test_a_kind_of_a_newer_coach_is_not_evaluated_as_one_of_ours(rule: Make) -> None:
    with pytest.raises(ValueError, match="no rule of kind"):
        breaches([rule("fee_budget", limit=1)], history([]), "UTC")

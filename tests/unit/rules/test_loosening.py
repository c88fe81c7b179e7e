"""What makes a promise easier to keep, and what a lock therefore holds back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.loosening import loosens
from coach.model.events import Json
from coach.model.rules import Rule, RuleKind

Make = Callable[..., Rule]
FLOOR: dict[str, Json] = {"amount": 5, "floor": "closed"}
DAY = {"from": "09:00", "until": "17:00"}
LOCK: dict[str, Json] = {"kind": "symbol_lock", "params": {"symbols": ["DOGE"]}}
PAUSE: dict[str, Json] = {"kind": "cooldown_after_loss", "params": {"minutes": 5}}


@pytest.mark.parametrize(
    ("kind", "tight", "loose"),
    [
        ("max_trades_per_day", {"limit": 5}, {"limit": 6}),
        ("cooldown_after_loss", {"minutes": 30}, {"minutes": 29}),
        ("max_loss_per_day", {"amount": 5}, {"amount": 6}),
        ("max_drawdown", {"amount": 5, "days": 30}, {"amount": 5, "days": 7}),
        ("max_drawdown", {**FLOOR, "locks_at": 100}, {**FLOOR, "locks_at": 0}),
        (
            "max_loss_per_day",
            {"percent": 5, "currency": "USD", "account_size": 9},
            {"percent": 5, "currency": "USD", "account_size": 10},
        ),
        ("no_averaging_down", {"below": 1}, {"below": 2}),
        ("holding_time_floor", {"minutes_at_least": 9}, {"minutes_at_least": 8}),
        ("holding_time_ceiling", {"minutes_at_most": 8}, {"minutes_at_most": 9}),
        ("symbol_lock", {"symbols": ["BTC", "ETH"]}, {"symbols": ["BTC"]}),
        ("symbol_allow_list", {"only": ["BTC"]}, {"only": ["BTC", "ETH"]}),
        ("trading_hours", DAY, {**DAY, "until": "17:01"}),
        ("trading_hours", {**DAY, "days": ["mon"]}, {**DAY, "days": ["mon", "tue"]}),
        ("any", {"rules": [LOCK, PAUSE]}, {"rules": [LOCK]}),
        ("all", {"rules": [LOCK]}, {"rules": [LOCK, PAUSE]}),
    ],
)
def test_one_way_loosens_and_the_other_does_not(
    promise: Make, kind: RuleKind, tight: dict[str, Json], loose: dict[str, Json]
) -> None:
    one, other = promise(kind, **tight), promise(kind, **loose)
    assert loosens(one, other, "active")
    assert not loosens(other, one, "active")
    assert not loosens(one, one, "active")


def test_what_cannot_be_compared_counts_as_looser(promise: Make) -> None:
    money, percent = promise("max_drawdown", amount=5), promise("max_drawdown", percent=5)
    assert loosens(money, percent, "active")
    assert loosens(percent, money, "active")
    for name, one, other in (
        ("floor", "closed", "static"),
        ("since", "2026-11-01", "2026-11-02"),
        ("reset", "17:00", "18:00"),
        ("zone", "UTC", "Asia/Tokyo"),
    ):
        before = promise("max_drawdown", **{**FLOOR, name: one})
        after = promise("max_drawdown", **{**FLOOR, name: other})
        assert loosens(before, after, "active")
        assert loosens(after, before, "active")


def test_pausing_ending_and_unlocking_loosen(promise: Make) -> None:
    rule = replace(promise("max_trades_per_day", limit=5), lock_s=60, note="walk first")
    later = datetime(2026, 5, 1, tzinfo=UTC)
    assert loosens(rule, replace(rule, active=False), "paused")
    assert loosens(rule, rule, "removed")
    assert loosens(rule, replace(rule, expires_at=later), "active")
    assert loosens(rule, replace(rule, lock_s=59), "active")
    assert loosens(rule, replace(rule, note=""), "active")
    assert not loosens(rule, replace(rule, lock_s=61), "active")
    ending = replace(rule, expires_at=later)
    assert not loosens(ending, rule, "active")
    assert not loosens(replace(rule, active=False), rule, "active")


def test_every_parameter_of_every_kind_says_which_way_is_looser() -> None:
    for kind in KINDS.values():
        assert set(kind.looser) == set(kind.params)
        assert not kind.threshold or kind.looser[kind.threshold] in {"up", "down"}

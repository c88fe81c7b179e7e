"""Where and when: hours on the trader's own clock, symbols that are locked or allowed."""

from collections.abc import Callable

import pytest

from coach.engine.features.history import History
from coach.engine.rules.evaluate import breaches
from coach.engine.rules.kinds.trading_hours import distances
from coach.engine.rules.week import WEEK, allowed
from coach.model.rules import Rule

Make = Callable[..., Rule]


def ids(rule: Rule, past: History, zone: str = "UTC") -> list[str]:
    return [breach.trade_id for breach in breaches([rule], past, zone)]


def test_the_first_minute_is_inside_and_the_last_outside(past: History, promise: Make) -> None:
    """
    2026-03-02 08:59 BTC-USD size 100
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 17:29 BTC-USD size 100
    2026-03-02 17:30 BTC-USD size 100
    """
    rule = promise("trading_hours", **{"from": "09:00", "until": "17:30"})
    first, last = breaches([rule], past, "UTC")
    assert first.facts == {
        "clock": "mon 08:59",
        "from": "09:00",
        "until": "17:30",
        "margin": 1,
    }
    assert (last.trade_id, last.facts["margin"]) == ("t04", 1)


def test_hours_over_midnight_belong_to_the_day_they_begin(past: History, promise: Make) -> None:
    """
    2026-03-06 23:00 BTC-USD size 100
    2026-03-07 01:00 BTC-USD size 100
    2026-03-07 23:00 BTC-USD size 100
    """
    night = {"from": "22:00", "until": "02:00", "days": ["fri"]}
    assert ids(promise("trading_hours", **night), past) == ["t03"]


def test_days_alone_are_whole_days(past: History, promise: Make) -> None:
    """
    2026-03-06 23:59 BTC-USD size 100
    2026-03-07 00:00 BTC-USD size 100
    """
    week = promise("trading_hours", days=["mon", "tue", "wed", "thu", "fri"])
    assert ids(week, past) == ["t02"]


def test_the_hours_follow_the_clock_when_it_is_set(past: History, promise: Make) -> None:
    """
    2026-03-28 08:00 BTC-USD size 100
    2026-03-29 07:00 BTC-USD size 100
    2026-10-25 07:59 BTC-USD size 100
    2026-10-25 08:00 BTC-USD size 100
    """
    rule = promise("trading_hours", **{"from": "09:00", "until": "17:00"})
    assert ids(rule, past, "Europe/Berlin") == ["t03"]


def test_every_minute_of_a_week_is_free_or_has_a_way_to_go(promise: Make) -> None:
    rule = promise("trading_hours", **{"from": "09:00", "until": "17:00", "days": ["mon"]})
    away = distances(rule.params)
    assert len(away) == WEEK
    assert (away == 0).sum() == len(allowed(rule.params)) == 480
    assert away.max() <= WEEK // 2


@pytest.mark.parametrize(
    ("kind", "params", "broken"),
    [
        ("symbol_lock", {"symbols": ["DOGE-USD"]}, ["t02"]),
        ("symbol_lock", {"symbols": ["DOGE"]}, ["t02", "t03"]),
        ("symbol_lock", {"symbols": ["DOG"]}, []),
        ("symbol_allow_list", {"only": ["BTC"]}, ["t02", "t03"]),
        ("symbol_allow_list", {"only": ["BTC-USD", "DOGE-EUR"]}, ["t02"]),
    ],
)
def test_a_base_coin_stands_for_all_its_pairs(
    past: History, promise: Make, kind: str, params: dict[str, list[str]], broken: list[str]
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    2026-03-02 09:10 DOGE-USD size 100
    2026-03-02 09:20 DOGE-EUR size 100
    """
    assert ids(promise(kind, **params), past) == broken

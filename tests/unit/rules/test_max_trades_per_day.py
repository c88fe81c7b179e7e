"""The day is the trader's, the entries past the limit break the rule, and only those."""

from collections.abc import Callable

import numpy as np
import pytest

from coach.engine.features.history import History, history
from coach.engine.rules.evaluate import breaches
from coach.model.rules import Breach, Rule
from coach.model.trades import TradeId, Trip

Make = Callable[..., Rule]


def broke(found: list[Breach]) -> list[str]:
    return [breach.trade_id for breach in found]


def test_the_third_entry_of_a_day_of_two_is_a_breach(past: History, rule: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 1
    2026-03-02 10:00 ETH-USD size 100
    2026-03-02 23:59 BTC-USD size 100
    2026-03-03 00:00 BTC-USD size 100
    """
    [breach] = breaches([rule("max_trades_per_day", limit=2)], past, "UTC")
    assert breach.trade_id == "t03"
    assert breach.at.isoformat() == "2026-03-02T23:59:00+00:00"
    assert breach.fill_keys == (b"in03",)
    assert breach.facts == {
        "date": "2026-03-02",
        "zone": "UTC",
        "count": 3,
        "limit": 2,
        "margin": 1,
    }


def test_the_day_is_cut_at_the_traders_midnight(past: History, rule: Make) -> None:
    """
    2026-03-02 09:59 BTC-USD size 100
    2026-03-02 10:00 BTC-USD size 100
    2026-03-02 20:00 BTC-USD size 100
    """
    one_a_day = [rule("max_trades_per_day", limit=1)]
    assert broke(breaches(one_a_day, past, "UTC")) == ["t02", "t03"]
    assert broke(breaches(one_a_day, past, "Pacific/Kiritimati")) == ["t03"]


def test_a_day_of_23_hours_ends_an_hour_early(past: History, rule: Make) -> None:
    """
    2026-03-28 23:30 BTC-USD size 100
    2026-03-29 21:59 BTC-USD size 100
    2026-03-29 22:00 BTC-USD size 100
    2026-03-30 21:59 BTC-USD size 100
    """
    found = breaches([rule("max_trades_per_day", limit=1)], past, "Europe/Berlin")
    assert [(breach.trade_id, breach.facts["date"]) for breach in found] == [
        ("t02", "2026-03-29"),
        ("t04", "2026-03-30"),
    ]


def test_a_day_of_25_hours_ends_an_hour_late(past: History, rule: Make) -> None:
    """
    2026-10-24 22:00 BTC-USD size 100
    2026-10-25 22:59 BTC-USD size 100
    2026-10-25 23:00 BTC-USD size 100
    """
    found = breaches([rule("max_trades_per_day", limit=1)], past, "Europe/Berlin")
    assert [(breach.trade_id, breach.facts["date"]) for breach in found] == [("t02", "2026-10-25")]


def test_a_day_that_begins_again_after_a_minute_is_one_day(past: History, rule: Make) -> None:
    """
    2006-10-29 02:30:30 BTC-USD size 100
    2006-10-29 02:31:30 BTC-USD size 100
    2006-10-29 03:30:30 BTC-USD size 100
    """
    found = breaches([rule("max_trades_per_day", limit=1)], past, "America/St_Johns")
    assert broke(found) == ["t03"]


def test_ten_entries_in_one_second_break_a_limit_of_seven_three_times(
    trips: list[Trip], rule: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100
    """
    [trip] = trips
    for seed in range(5):
        numbers = np.random.default_rng(seed).permutation(10).tolist()
        ten = [trip._replace(id=TradeId(f"t{number}")) for number in numbers]
        found = breaches([rule("max_trades_per_day", limit=7)], history(ten), "UTC")
        assert broke(found) == ["t7", "t8", "t9"]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Pacific/Apia"])
def test_no_trades_break_nothing(zone: str, rule: Make) -> None:
    assert breaches([rule("max_trades_per_day", limit=1)], history([]), zone) == []

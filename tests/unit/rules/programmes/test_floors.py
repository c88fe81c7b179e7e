"""The four ways in which prop-firm programmes count a drawdown, and where a floor locks."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.engine.rules.evaluate import breaches, lacks
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.schema import describe_breach, read_rule, sentence
from coach.errors import UsageError
from coach.model.rules import Rule

Make = Callable[..., Rule]


def ids(rule: Rule, past: History, zone: str = "UTC") -> list[str]:
    return [breach.trade_id for breach in breaches([rule], past, zone)]


def test_a_static_floor_lies_below_the_starting_balance(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with 4000
    2026-03-03 09:00 BTC-USD size 100, closed 10:00 with -9999
    2026-03-04 09:00 BTC-USD size 100, closed 10:00 with -4001
    2026-03-05 09:00 BTC-USD size 100
    """
    rule = promise("max_drawdown", floor="static", amount=10_000, currency="USD")
    [breach] = breaches([rule], past, "UTC")
    assert breach.trade_id == "t04"
    assert breach.facts == {
        "lost": "10000",
        "limit": 10_000,
        "margin": "0",
        "quote": "USD",
        "floor": "static",
    }
    assert describe_breach(breach) == (
        "drawdown 10,000.00 USD from the starting balance (limit 10,000.00 USD)"
    )
    assert breach.fill_keys == (b"out03", b"in04")


def test_an_end_of_day_floor_follows_the_best_balance_at_midnight(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with 9000
    2026-03-02 11:00 BTC-USD size 100, closed 12:00 with -5000
    2026-03-02 13:00 BTC-USD size 100
    2026-03-03 09:00 BTC-USD size 100, closed 10:00 with -1000
    2026-03-04 09:00 BTC-USD size 100, closed 10:00 with -8999
    2026-03-04 11:00 BTC-USD size 100, closed 12:00 with -1
    2026-03-04 13:00 BTC-USD size 100
    """
    rule = promise("max_drawdown", floor="end_of_day", amount=10_000)
    [breach] = breaches([rule], past, "UTC")
    assert (breach.trade_id, breach.facts["lost"]) == ("t07", "10000")
    assert "from the highest end-of-day balance" in describe_breach(breach)
    assert ids(promise("max_drawdown", floor="end_of_day", amount=5_000), past) == ["t06", "t07"]


def test_a_closed_floor_follows_the_best_balance_after_any_close(
    past: History, promise: Make
) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with 9000
    2026-03-02 11:00 BTC-USD size 100, closed 12:00 with -5000
    2026-03-02 13:00 BTC-USD size 100, closed 14:00 with 500
    2026-03-12 09:00 BTC-USD size 100
    """
    rule = promise("max_drawdown", floor="closed", amount=5_000)
    [breach] = breaches([rule], past, "UTC")
    assert (breach.trade_id, breach.facts["lost"]) == ("t03", "5000")
    assert ids(promise("max_drawdown", floor="closed", amount=4_500), past) == ["t03", "t04"]


def test_a_floor_locks_at_the_starting_balance(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with 500
    2026-03-03 09:00 BTC-USD size 100, closed 10:00 with -500
    2026-03-04 09:00 BTC-USD size 100, closed 10:00 with 5000
    2026-03-05 09:00 BTC-USD size 100, closed 10:00 with -4999
    2026-03-06 09:00 BTC-USD size 100, closed 10:00 with -1
    2026-03-06 11:00 BTC-USD size 100
    """
    trailing = promise("max_drawdown", floor="end_of_day", amount=2_000)
    locked = promise("max_drawdown", floor="end_of_day", amount=2_000, locks_at=0)
    assert ids(trailing, past) == ["t05", "t06"]
    [breach] = breaches([locked], past, "UTC")
    assert (breach.trade_id, breach.facts["lost"], breach.facts["margin"]) == ("t06", "2000", "0")
    above = promise("max_drawdown", floor="closed", amount=2_000, locks_at=1)
    assert ids(above, past) == ["t05", "t06"]


def test_percent_of_a_floor_is_of_the_starting_balance(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with 5000
    2026-03-03 09:00 BTC-USD size 100, closed 10:00 with -2000
    2026-03-04 09:00 BTC-USD size 100
    """
    percent = {"floor": "closed", "percent": 4, "currency": "USD"}
    sized = promise("max_drawdown", **percent, account_size=50_000)
    assert lacks(sized, past) == ()
    assert ids(sized, past) == ["t03"]
    assert ids(promise("max_drawdown", **percent, account_size=50_001), past) == []
    assert ids(promise("max_drawdown", **percent, account_size=50_000, locks_at=0), past) == []
    declared = promise("max_drawdown", **percent)
    assert lacks(declared, past) == ("equity",)
    assert ids(declared, past) == []
    assert ids(declared, replace(past, trader=Trader(equity=50_000.0))) == ["t03"]


def test_an_account_counts_from_its_first_day(past: History, promise: Make) -> None:
    """
    2026-03-01 09:00 BTC-USD size 100, closed 10:00 with -500
    2026-03-01 23:30 BTC-USD size 100, closed 23:45 with -200
    2026-03-02 09:00 BTC-USD size 100, closed 10:00 with -99
    2026-03-02 11:00 BTC-USD size 100, closed 12:00 with -1
    2026-03-03 09:00 BTC-USD size 100
    """
    for floor in ("static", "end_of_day", "closed"):
        every = promise("max_drawdown", floor=floor, amount=100)
        assert "t02" in ids(every, past)
        since = promise("max_drawdown", floor=floor, amount=100, since="2026-03-02")
        assert ids(since, past) == ["t05"]
    tokyo = promise(
        "max_drawdown", floor="closed", amount=100, since="2026-03-02", zone="Asia/Tokyo"
    )
    assert ids(tokyo, past) == ["t03", "t04", "t05"]


def test_only_the_currency_of_the_account_counts(past: History, promise: Make) -> None:
    """
    2026-03-02 09:00 BTC-EUR size 100, closed 10:00 with -500
    2026-03-03 09:00 BTC-USD size 100
    """
    assert ids(promise("max_drawdown", floor="static", amount=100, currency="USD"), past) == []
    assert ids(promise("max_drawdown", floor="static", amount=100, currency="EUR"), past) == ["t02"]
    assert ids(promise("max_drawdown", floor="static", amount=100), past) == []


@pytest.mark.parametrize("floor", ["static", "end_of_day", "closed", "intraday"])
def test_no_trades_fall_below_no_floor(promise: Make, floor: str) -> None:
    assert ids(promise("max_drawdown", floor=floor, amount=1), history([])) == []


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"amount": 5, "days": 7, "floor": "static"}, "days does not go with floor: leave one out"),
        ({"amount": 5, "locks_at": 0}, "locks_at goes with floor, which is missing"),
        ({"amount": 5, "reset": "17:00"}, "reset goes with floor, which is missing"),
        (
            {"amount": 5, "floor": "static", "account_size": 9},
            "account_size goes with percent and currency, which is missing",
        ),
        ({"amount": 5, "floor": "eod"}, "floor is 'eod', it takes one of static, end_of_day"),
        (
            {"amount": 5, "floor": "closed", "zone": "Prague"},
            "zone is 'Prague', it takes a time zone like America/New_York",
        ),
        (
            {"amount": 5, "floor": "closed", "since": "2026-02-30"},
            "since is '2026-02-30', it takes a date like 2026-11-01",
        ),
        (
            {"amount": 5, "floor": "closed", "reset": "25:00"},
            "reset is '25:00', it takes a time like 17:00",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(params: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_rule("max_drawdown", params)


def test_a_drawdown_without_a_floor_is_what_it_was() -> None:
    assert read_rule("max_drawdown", {"amount": 5}) == {"amount": 5, "days": 30}
    assert read_rule("max_drawdown", {"amount": 5, "floor": "static"}) == {
        "amount": 5,
        "floor": "static",
    }


def test_hours_and_zones_are_read_as_people_write_them() -> None:
    params = {"amount": 5, "floor": "closed", "reset": "5pm", "zone": "america/new york"}
    read = read_rule("max_drawdown", params)
    assert (read["reset"], read["zone"]) == ("17:00", "America/New_York")


def test_a_static_floor_that_locks_is_vacuous() -> None:
    params = read_rule("max_drawdown", {"amount": 5, "floor": "static", "locks_at": 0})
    assert kind_of("max_drawdown").vacuous(params) == (
        "a static floor never rises, so it has no locks_at"
    )


def test_a_floor_reads_aloud(promise: Make) -> None:
    for given, said in (
        (
            {"floor": "end_of_day", "amount": 2_000, "currency": "USD", "locks_at": 0},
            (
                "the highest end-of-day balance exceeds 2,000.00 USD;"
                " the floor stops rising at the starting balance"
            ),
        ),
        (
            {"floor": "intraday", "amount": 2_500, "currency": "USD", "locks_at": 100},
            (
                "the highest equity, open profit included, exceeds 2,500.00 USD;"
                " the floor stops rising at the starting balance plus 100.00 USD"
            ),
        ),
        (
            {
                "floor": "static",
                "percent": 10,
                "currency": "USD",
                "account_size": 100_000,
                "since": "2026-11-01",
                "zone": "Europe/Prague",
            },
            (
                "the starting balance exceeds 10 % of the starting balance of 100,000.00 USD;"
                " counted since 2026-11-01; days begin at 00:00 in Europe/Prague"
            ),
        ),
    ):
        rule = promise("max_drawdown", **given)
        assert sentence(rule) == f"No new trades while drawdown from {said}"

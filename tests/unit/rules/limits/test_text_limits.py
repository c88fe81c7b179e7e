"""What is written and read of rules, checks and their confidence: at each limit, and beyond it."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from coach.engine.features.history import History, history
from coach.engine.features.trader import Trader
from coach.engine.rules.calibration.states import (
    applied,
    asked_again,
    dismissed,
    edited,
)
from coach.engine.rules.calibration.values import CredibleMean, Decision, Mix, fresh
from coach.engine.rules.draft import Terms, drafts, hours_of
from coach.engine.rules.evaluate import breaches, lacks
from coach.engine.rules.exactly import amount, units
from coach.engine.rules.forms import canonical, symbol, time_of_day
from coach.engine.rules.kept_checks.brier import forecasts, score
from coach.engine.rules.kept_checks.pairing import CheckIndex, pair
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.params import above, number, whole
from coach.engine.rules.presets import preset_rules
from coach.engine.rules.realised_sums import RealisedSums
from coach.engine.rules.schema import read_rule
from coach.engine.rules.week import DAYS
from coach.engine.rules.worth import worth
from coach.errors import UsageError
from coach.model.fills import FillKey
from coach.model.promises.checks import (
    CheckAnswer,
    CheckId,
    FillAfterCheck,
    KeptCheck,
    LargestSize,
)
from coach.model.promises.confidence import TradeResult
from coach.model.rules import Rule, RuleId, RuleKind
from coach.model.times import DAY_US
from coach.model.trades import PartialClose, TradeId

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.model.events import Json

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
RULE = Rule(RuleId("r"), "max_trades_per_day", {"limit": 5}, active=True)


def refused(make: "Callable[[], object]") -> bool:
    try:
        make()
    except UsageError:
        return True
    return False


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *((9, "09:00"), ("9", "09:00"), ("9:05", "09:05"), ("12am", "00:00"), ("12:30am", "00:30")),
        *(("12pm", "12:00"), ("1pm", "13:00"), ("11:59pm", "23:59"), ("1 am", "01:00")),
        *(("13pm", "13pm"), ("0am", "0am"), (True, True), ("24:00", "24:00"), ("noon", "noon")),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(written: object, read: object) -> None:
    assert time_of_day(written) == read


def test_the_end_of_a_day_is_the_next_midnight() -> None:
    assert time_of_day("24:00", ends=True) == "00:00"
    assert time_of_day("24:01", ends=True) == "24:01"
    assert time_of_day("12:00", ends=True) == "12:00"


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("weekdays", ["mon", "tue", "wed", "thu", "fri"]),
        ("weekend", ["sat", "sun"]),
        ("fri-mon", ["mon", "fri", "sat", "sun"]),
        ("tues, thu.", ["tue", "thu"]),
        ("mon-mon", ["mon"]),
        ("sun,mon", ["mon", "sun"]),
        ("mo", ["mo"]),
        ("daily", list(DAYS)),
    ],
)
def test_days_are_read_in_the_order_of_the_week(words: str, days: list[str]) -> None:
    bounds: dict[str, Json] = {"type": "array", "items": {"enum": list(DAYS)}}
    assert canonical(bounds, words) == days


def test_symbols_are_read_with_a_slash() -> None:
    names = [symbol(text) for text in ("btc/usd", "btc", "a/b/c", " eth / eur ")]
    assert names == ["BTC-USD", "BTC", "A/B/C", "ETH-EUR"]


@pytest.mark.parametrize(
    ("kind", "name", "good", "bad"),
    [
        ("max_trades_per_day", "limit", (1, 10_000), (0, 10_001, 1.5)),
        ("cooldown_after_loss", "minutes", (0.001, 525_600), (0, 525_600.1, math.nan)),
        ("max_size_vs_median", "ratio", (1.001, 1_000), (1, 1_000.1)),
        ("max_open_positions", "positions", (1, 1_000), (0, 1_001)),
        ("stop_after_losses_in_a_row", "losses", (1, 100), (0, 101)),
        ("holding_time_ceiling", "minutes_at_most", (0.1, 5_256_000), (0, 5_256_000.1)),
        ("holding_time_floor", "minutes_at_least", (0.1, 525_600), (0, 525_600.1)),
        ("max_concentration", "share", (0.1, 1_000), (0, 1_000.1)),
        ("no_averaging_down", "below", (0, 100), (-0.1, 100.1)),
        ("no_entry_after_spike", "z", (0.1, 100), (0, 100.1)),
        ("fee_budget_per_week", "budget", (0.1, 1e12), (0, 1.1e12)),
        ("max_loss_per_day", "amount", (0.1, 1e12), (0, 1.1e12)),
        ("max_loss_per_day", "percent", (0.1, 100), (0, 100.1)),
    ],
)
def test_a_parameter_is_taken_up_to_its_bounds(
    kind: RuleKind, name: str, good: tuple[float, ...], bad: tuple[float, ...]
) -> None:
    for value in good:
        read = read_rule(kind, {name: value})
        assert number(read, name) == value
    assert all(refused(partial(read_rule, kind, {name: value})) for value in bad)
    assert kind in KINDS


def test_lists_of_symbols_have_one_name_at_least_and_five_hundred_at_most() -> None:
    def read(count: int) -> "list[Json]":
        names = [f"C{n}" for n in range(count)]
        found = read_rule("symbol_lock", {"symbols": names})["symbols"]
        assert isinstance(found, list)
        return found

    assert (len(read(1)), len(read(500))) == (1, 500)
    assert refused(lambda: read(0))
    assert refused(lambda: read(501))
    assert above("x", 0, 2) == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 2,
        "description": "x",
    }
    assert whole("x", 1, 2)["minimum"] == 1


def test_a_group_takes_ten_rules_and_four_levels() -> None:
    part: Json = {"kind": "max_trades_per_day", "params": {"limit": 1}}
    assert len(str(read_rule("any", {"rules": [part] * 10}))) > 0
    assert refused(lambda: read_rule("any", {"rules": [part] * 11}))
    assert refused(lambda: read_rule("any", {"rules": []}))
    assert refused(lambda: read_rule("any", {"rules": ["x"]}))
    assert refused(lambda: read_rule("any", {"rules": [{"kind": "max_trades_per_day"}]}))


def test_limits_are_given_in_one_way() -> None:
    assert refused(lambda: read_rule("max_loss_per_day", {}))
    assert refused(lambda: read_rule("max_loss_per_day", {"amount": 1, "percent": 1}))
    assert refused(lambda: read_rule("max_loss_per_day", {"percent": 1, "account_size": 9}))
    assert refused(lambda: read_rule("max_drawdown", {"amount": 1, "floor": "static", "days": 9}))
    plain = read_rule("max_drawdown", {"amount": 1.0})
    assert (plain, type(plain["amount"])) == ({"amount": 1, "days": 30}, int)
    assert read_rule("max_drawdown", {"amount": 1, "floor": "static"}) == {
        "amount": 1,
        "floor": "static",
    }


def test_terms_are_taken_up_to_their_limits() -> None:
    assert Terms(note="x" * 500).of(RULE).note == "x" * 500
    assert refused(lambda: Terms(note="x" * 501).of(RULE))
    assert Terms(lock_hours=8_760).of(RULE).lock_s == 8_760 * 3_600
    assert refused(lambda: Terms(lock_hours=8_760.1).of(RULE))
    assert refused(lambda: Terms(lock_hours=-0.1).of(RULE))
    assert Terms(lock_hours=0).of(replace(RULE, lock_s=60)).lock_s == 0
    kept = Terms().of(replace(RULE, lock_s=5_400, note="n", expires_at=NINE))
    assert (kept.lock_s, kept.note, kept.expires_at) == (5_400, "n", NINE)
    assert Terms(forever=True).of(kept).expires_at is None
    assert (hours_of("3d"), hours_of("30m"), hours_of(5), hours_of("x")) == (72, 0.5, 5, "x")


def test_drafts_are_read_with_their_terms() -> None:
    given = {"kind": "max_trades_per_day", "params": {"limit": 2}}
    (one,) = drafts({**given, "expires": "2026-03-02T10:00:00+01:00", "lock_hours": "2h"})
    assert (one.terms.expires_at, one.terms.lock_hours, one.active) == (NINE, 2, True)
    assert [two.active for two in drafts([given, {**given, "active": False}])] == [True, False]
    wrongs: list[dict[str, object]] = [{"active": 1}, {"note": 5}, {"lock_hours": True}]
    wrongs += [{"more": 1}, {"params": []}]
    for wrong in wrongs:
        assert refused(partial(drafts, {**given, **wrong}))
    assert refused(lambda: drafts([]))
    assert refused(lambda: drafts({**given, "expires": "2026-03-02T10:00:00"}))
    assert drafts({**given, "expires": "never"})[0].terms.forever


def test_the_account_of_a_programme_has_a_size() -> None:
    for size in (0, -1, 1.1e12, True, "x"):
        assert refused(partial(preset_rules, "ftmo-2-step", {"account_size": size}))
    assert refused(lambda: preset_rules("ftmo-2-step", {}))
    found = preset_rules("ftmo-2-step", {"account_size": 1e12})
    assert [params["amount"] for _, params in found.rules] == [5 * 10**10, 10**11]


def test_money_is_counted_in_units_of_a_trillionth_of_a_millionth() -> None:
    assert (units(0.1), amount(10**17), amount(0), amount(-15 * 10**17)) == (
        10**17,
        "0.1",
        "0",
        "-1.5",
    )


def decision(kind: str, theta_from: float, theta_to: float) -> Decision:
    mean = CredibleMean(0, 0, 0)
    return Decision(
        rule_id="r",
        kind=kind,  # type: ignore[arg-type]
        reason="better",
        need=0,
        theta_from=theta_from,
        theta_to=theta_to,
        window_start_us=0,
        window_end_us=1,
        n=0,
        n_eff=mean.mean,
        mix=Mix(0, 0, 0, 0),
        grid=(),
        best=None,
        p_best=None,
        p_improve=None,
        useless_since_us=7,
        seed=1,
        engine_version="1",
        input_sha256="",
    )


def test_a_move_cools_for_two_weeks_and_a_rollback_for_four() -> None:
    start, now = fresh(2.0), 1_000 * DAY_US
    up = applied(start, decision("move", 2.0, 2.25), now)
    assert (up.theta, up.previous, up.last_direction, up.moves) == (2.25, 2.0, 1, 1)
    assert (up.last_move_us, up.cooling_until_us) == (now, now + 14 * DAY_US)
    assert up.useless_since_us == 7
    back = applied(up, decision("rollback", 2.25, 2.0), now)
    assert (back.theta, back.previous, back.last_direction, back.moves) == (2.0, None, -1, 2)
    assert back.cooling_until_us == now + 28 * DAY_US
    assert dismissed(start, now).cooling_until_us == now + 14 * DAY_US
    assert asked_again(up, now + 5).cooling_until_us == now + 5
    assert asked_again(up, now + 15 * DAY_US).cooling_until_us == now + 14 * DAY_US
    assert asked_again(start, 9).cooling_until_us == 0
    said = edited(up, 3.0, now)
    assert (said.theta, said.edited_at_us, said.last_direction) == (3.0, now, 0)
    assert (said.pinned_at(now + 30 * DAY_US - 1), said.pinned_at(now + 30 * DAY_US)) == (
        True,
        False,
    )


def check(minutes: float, sure: int | None = None, **changes: object) -> KeptCheck:
    asked = NINE + timedelta(minutes=minutes)
    numbers = (Decimal(1), Decimal(100))
    made = KeptCheck(
        *(CheckId(f"c{minutes:g}"), asked, "BTC-USD", "buy", *numbers, "opens", ()),
        LargestSize("no limit"),
        sure,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def trade(name: str, opened: float, closed: float | None, net: str | None = "1") -> TradeResult:
    ended = None if closed is None else NINE + timedelta(minutes=closed)
    result = None if net is None else Decimal(net)
    begun = NINE + timedelta(minutes=opened)
    return TradeResult(TradeId(name), "BTC-USD", "long", begun, ended, result)


def test_a_brier_score_is_the_mean_squared_distance_with_its_interval() -> None:
    """Twenty trades: fifteen sure to 80 % and right, five to 60 % and wrong."""
    checks = [check(100 * n, 80 if n < 15 else 60) for n in range(20)]
    trades = [trade(f"t{n}", 100 * n + 1, 100 * n + 2, "1" if n < 15 else "0") for n in range(20)]
    distances = np.array([0.04] * 15 + [0.36] * 5)
    found = score(CheckIndex(checks), [], trades)
    half = 1.6448536269514722 * distances.std(ddof=1) / math.sqrt(20)
    assert (found.given, found.scored, found.right) == (20, 20, 15)
    assert found.score == pytest.approx(0.12)
    assert found.interval == pytest.approx((0.12 - half, 0.12 + half))
    assert found.mean == pytest.approx(0.75)
    few = score(CheckIndex(checks), [], trades[1:])
    assert (few.given, few.scored, few.score) == (20, 19, None)


def test_a_confidence_counts_up_to_the_close_and_from_the_opening() -> None:
    adding = check(10, 70, action="adds")
    for one, counts in (
        (trade("t", 10, 20), True),
        (trade("t", 10.1, 20), False),
        (trade("t", 0, 10), False),
        (trade("t", 0, 10.1), True),
        (trade("t", 0, None), True),
    ):
        assert (one.id in forecasts(CheckIndex([adding]), [], [one])) is counts
    opening = check(0, 70)
    assert forecasts(CheckIndex([opening]), [], [trade("t", 0, 0)]) == {}
    assert len(forecasts(CheckIndex([opening]), [], [trade("t", 59, 90)])) == 1
    assert forecasts(CheckIndex([opening]), [], [trade("t", 60, 90)]) == {}


@pytest.mark.parametrize(
    ("traded", "room", "outcome"),
    [("1", "1", "followed"), ("1.1", "1", "not followed"), ("0", None, "followed")],
)
def test_an_answer_is_followed_up_to_the_size_that_breaks_nothing(
    traded: str, room: str | None, outcome: str
) -> None:
    answers = (CheckAnswer(RuleId("x"), 1, "broken"), CheckAnswer(RuleId("y"), 1, "kept"))
    limit = LargestSize("size", None if room is None else Decimal(room))
    asked = check(0, answers=answers, largest=limit)
    fills = [FillAfterCheck("BTC-USD", "buy", NINE, Decimal(traded))]
    for until, said in ((NINE + timedelta(hours=1), outcome), (asked.ends_at - TICK, "pending")):
        (one,) = pair(CheckIndex([asked]), fills, until)
        assert one.outcome == (outcome if outcome == "not followed" else said)


def made(*nets: str, quotes: tuple[str, ...] = ()) -> History:
    from tests.unit.rules.conftest import trip_of

    lines = [
        f"2026-03-02 {9 + n:02d}:00 BTC-{quotes[n] if quotes else 'USD'} size 100,"
        f" closed {9 + n:02d}:10 with {net}"
        for n, net in enumerate(nets)
    ]
    return history([trip_of(line, n) for n, line in enumerate(lines, 1)])


def test_what_a_rule_would_have_caught_is_counted_by_outcome() -> None:
    past = made("5", "-3", "0", "-4", "2")
    found = breaches([replace(RULE, params={"limit": 1})], past, "UTC")
    caught = worth(past, found)
    assert (caught.entries, caught.caught, caught.won, caught.lost, caught.even) == (5, 4, 1, 2, 1)
    assert (caught.unknown, caught.nets) == (0, {"USD": Decimal(-5)})
    assert worth(past, []).costs == ()


def test_what_is_missing_to_judge_a_history_is_named() -> None:
    share = replace(RULE, kind="max_concentration", params={"share": 5})
    one = made("1")
    assert lacks(share, one) == ("equity",)
    assert lacks(share, replace(one, trader=Trader(equity=5.0))) == ()
    both = made("1", "1", quotes=("USD", "EUR"))
    assert lacks(share, replace(both, trader=Trader(equity=5.0))) == (
        "one quote currency for equity",
    )


def test_an_expired_rule_is_broken_before_its_end_alone() -> None:
    past = made("1", "1", "1")
    second = NINE + timedelta(hours=1)
    limit = replace(RULE, params={"limit": 1})
    for ends, caught in ((second, 0), (second + TICK, 1), (None, 2)):
        assert len(breaches([replace(limit, expires_at=ends)], past, "UTC")) == caught


def test_money_is_realised_close_by_close_and_fill_by_fill() -> None:
    whole_trip, parted = made("5", "7").trips
    moment = NINE + timedelta(hours=1, minutes=5)
    sold = PartialClose(moment, FillKey(b"part"), Decimal("0.5"), Decimal(4), Decimal(1), {})
    parted = parted._replace(partial_closes=(sold,), gross=Decimal(9), fees=Decimal(2))
    past = history([whole_trip, parted])
    nets, fees = RealisedSums(past, 0, "net"), RealisedSums(past, 0, "fees")
    assert nets.floats.tolist() == [0, 5, 8, 12]
    assert nets.exact == [0, 5 * 10**18, 8 * 10**18, 12 * 10**18]
    assert fees.floats.tolist() == [0, 0, 1, 2]
    assert fees.exact == [0, 0, 10**18, 2 * 10**18]
    assert [nets.last_fills(count) for count in range(4)] == [
        (),
        (b"out01",),
        (b"part",),
        (b"out02",),
    ]
    at_us = nets.at_us
    assert nets.known(np.array([at_us[0] - 1, at_us[0], at_us[1]])).tolist() == [0, 1, 2]

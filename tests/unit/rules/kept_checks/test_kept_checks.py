"""Checks that were kept: which fills belong to which, what was followed, how right they were."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest

from coach.engine.rules.kept_checks.brier import forecasts, score
from coach.engine.rules.kept_checks.pairing import CheckIndex, pair
from coach.engine.rules.kept_checks.tally import tally
from coach.model.fills import Side
from coach.model.promises.checks import (
    CheckAnswer,
    CheckedOrder,
    CheckId,
    FillAfterCheck,
    KeptCheck,
    LargestSize,
    SizeLimit,
)
from coach.model.promises.confidence import FEWEST_SCORED, GivenConfidence, TradeResult
from coach.model.rules import RuleId
from coach.model.trades import Direction, TradeId

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NINE + timedelta(days=9)
BROKEN = (CheckAnswer(RuleId("cooldown"), 1, "broken", "too soon"),)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def check(
    minutes: float, *, side: Side = "buy", warned: bool = False, sure: int | None = None
) -> KeptCheck:
    return KeptCheck(
        id=CheckId(f"c{minutes:g}"),
        asked_at=at(minutes),
        symbol="BTC-USD",
        side=side,
        quantity=Decimal(1),
        price=Decimal(100),
        action="opens",
        answers=BROKEN if warned else (),
        largest=LargestSize("no size" if warned else "no limit"),
        confidence=sure,
    )


def fill(minutes: float, quantity: str = "1", side: Side = "buy") -> FillAfterCheck:
    return FillAfterCheck("BTC-USD", side, at(minutes), Decimal(quantity))


def trade(
    minutes: float, closed: float | None = None, net: str | None = None, side: Direction = "long"
) -> TradeResult:
    closed_at = None if closed is None else at(closed)
    result = None if net is None else Decimal(net)
    return TradeResult(TradeId(f"t{minutes:g}"), "BTC-USD", side, at(minutes), closed_at, result)


def paired(
    checks: Sequence[KeptCheck], fills: Sequence[FillAfterCheck], until: datetime | None = LATER
) -> list[CheckedOrder]:
    return pair(CheckIndex(checks), fills, until)


def test_a_fill_of_the_hour_belongs_to_the_check_and_one_after_it_does_not() -> None:
    [one] = paired([check(0)], [fill(-1), fill(0), fill(59.9, "2"), fill(60), fill(5, side="sell")])
    assert (one.outcome, one.fills, one.quantity) == ("traded", 2, Decimal(3))
    assert (one.first_at, one.last_at) == (at(0), at(59.9))


def test_a_fill_follows_the_newest_check_before_it() -> None:
    first, second = paired([check(0, warned=True), check(30)], [fill(40)])
    assert (first.outcome, first.fills) == ("followed", 0)
    assert (second.outcome, second.fills) == ("traded", 1)


def test_no_order_of_checks_or_fills_changes_anything() -> None:
    checks = [check(minutes, warned=minutes % 20 == 0) for minutes in range(0, 100, 10)]
    fills = [fill(minutes, side="sell" if minutes % 3 else "buy") for minutes in range(120)]
    expected = paired(checks, fills)
    dice = Random(7)
    for _ in range(5):
        dice.shuffle(checks)
        dice.shuffle(fills)
        assert paired(checks, fills) == expected


@pytest.mark.parametrize(
    ("traded", "limit", "largest", "outcome"),
    [
        ([], "no size", None, "followed"),
        (["0.1"], "no size", None, "not followed"),
        (["0.5"], "size", "0.5", "followed"),
        (["0.3", "0.2"], "size", "0.5", "followed"),
        (["0.3", "0.20000001"], "size", "0.5", "not followed"),
    ],
)
def test_an_answer_is_followed_by_no_more_than_breaks_nothing(
    traded: list[str], limit: SizeLimit, largest: str | None, outcome: str
) -> None:
    size = LargestSize(limit, None if largest is None else Decimal(largest))
    asked = replace(check(0, warned=True), largest=size)
    [one] = paired([asked], [fill(5 + place, size) for place, size in enumerate(traded)])
    assert one.outcome == outcome


@pytest.mark.parametrize("until", [None, at(59)])
def test_nothing_is_known_before_the_fills_of_the_hour_are(until: datetime | None) -> None:
    told = [
        paired([check(0, warned=True)], [], until)[0].outcome,
        paired([check(0, warned=True)], [fill(3)], until)[0].outcome,
        paired([check(0)], [fill(3)], until)[0].outcome,
        paired([check(0)], [], until)[0].outcome,
    ]
    assert told == ["pending", "not followed", "traded", "pending"]
    assert paired([check(0)], [], at(60))[0].outcome == "not traded"


def test_it_counts_what_was_asked_followed_and_traded() -> None:
    checks = [check(0, warned=True), check(100, warned=True), check(200, warned=True), check(300)]
    index = CheckIndex(checks)
    orders = pair(index, [fill(105), fill(310)], at(259))
    found = tally(index, orders, [trade(105), trade(310), trade(311, side="short"), trade(900)])
    assert (found.asked, found.warned, found.followed) == (4, 3, 1)
    assert (found.not_followed, found.pending) == (1, 1)
    assert (found.trades, found.asked_before) == (4, 2)


def test_the_score_is_the_mean_squared_distance() -> None:
    """Half of 20 trades close with a profit; 80 % said of each: (0.04 + 0.64) / 2."""
    checks = [check(100 * number, sure=80) for number in range(FEWEST_SCORED)]
    trades = [
        trade(100 * number + 1, 100 * number + 50, "5" if number % 2 else "-5")
        for number in range(FEWEST_SCORED)
    ]
    found = score(CheckIndex(checks), (), trades)
    assert (found.given, found.scored, found.right) == (20, 20, 10)
    assert found.score == pytest.approx(0.34)
    assert found.mean == pytest.approx(0.8)
    assert found.interval is not None
    assert found.interval[0] < 0.34 < found.interval[1]
    fewer = score(CheckIndex(checks[1:]), (), trades)
    assert (fewer.scored, fewer.score, fewer.interval) == (19, None, None)


def test_right_is_a_profit_after_fees_and_nothing_less() -> None:
    checks = [check(0, sure=70), check(100, sure=70), check(200, sure=70), check(300, sure=70)]
    trades = [trade(1, 9, "0.01"), trade(101, 109, "0"), trade(201, 209, None), trade(301)]
    found = score(CheckIndex(checks), (), trades)
    assert (found.given, found.scored, found.right) == (4, 2, 1)


def test_confidence_after_the_close_counts_nowhere() -> None:
    late = GivenConfidence(90, at(31), "BTC-USD", "long", at(0), TradeId("t0"))
    in_time = replace(late, percent=60, given_at=at(29))
    closed = [trade(0, 30, "5")]
    assert forecasts(CheckIndex([]), [late], closed) == {}
    counted = forecasts(CheckIndex([]), [late, in_time], closed)
    assert counted[TradeId("t0")].percent == 60


def test_of_several_the_first_counts() -> None:
    later = GivenConfidence(90, at(20), "BTC-USD", "long", at(5), TradeId("t5"))
    found = forecasts(CheckIndex([check(0, sure=40)]), [later], [trade(5, 30, "5")])
    assert found[TradeId("t5")].percent == 40


def test_the_trade_that_was_open_then_stands_for_one_that_is_gone() -> None:
    given = GivenConfidence(90, at(20), "BTC-USD", "long", at(5), TradeId("gone"))
    trades = [trade(0, 4, "1"), trade(5, 30, "1", "short"), trade(3, 30, "1")]
    assert list(forecasts(CheckIndex([]), [given], trades)) == ["t3"]


def test_a_check_of_an_add_is_about_the_trade_that_was_open() -> None:
    adds = replace(check(10, sure=55), action="adds")
    trades = [trade(0, 30, "1"), trade(12, 40, "1"), trade(1, 9, "1")]
    assert list(forecasts(CheckIndex([adds]), [], trades)) == ["t0"]

"""Decisions rest on what was known before each entry, and the order of rules means nothing."""

from collections.abc import Callable
from decimal import Decimal
from itertools import permutations

import pytest

from coach.engine.rules.schema import read_rule
from coach.engine.what_if.decisions import Decisions, decide
from coach.engine.what_if.scenario import Scenario, neighbours
from coach.engine.what_if.simulate import Inputs, Stage
from coach.model.rules import Rule, RuleId, RuleKind
from coach.model.times import instant

Made = Callable[..., Stage]


def rule(kind: RuleKind, *, active: bool = True, **params: object) -> Rule:
    return Rule(RuleId(kind), kind, read_rule(kind, params), active)


def decided(stage: Stage, scenario: Scenario) -> Decisions:
    return decide(scenario, stage.history, stage.inside)


def skipped(stage: Stage, scenario: Scenario) -> list[str]:
    """Return when the entries that are skipped were made."""
    gone = decided(stage, scenario).skipped
    return [f"{instant(trip.opened_us):%d %H:%M}" for trip in stage.trips if trip.id in gone]


def test_no_trade_after_an_hour_goes_by_the_traders_clock(stage: Made) -> None:
    """
    02 20:30 buy  BTC-USD 1 @ 100
    02 20:40 sell BTC-USD 1 @ 90
    02 21:30 buy  BTC-USD 1 @ 100
    02 21:40 sell BTC-USD 1 @ 90
    02 23:30 buy  BTC-USD 1 @ 100
    03 08:00 sell BTC-USD 1 @ 90
    """
    berlin = stage(zone="Europe/Berlin")
    assert skipped(berlin, Scenario(last_entry_s=22 * 3_600)) == ["02 21:30"]
    assert skipped(stage(), Scenario(last_entry_s=22 * 3_600)) == ["02 23:30"]


def test_a_day_is_over_after_so_many_losses_and_the_next_one_is_new(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 09:10 sell BTC-USD 1 @ 90
    02 10:00 buy  BTC-USD 1 @ 100
    02 10:10 sell BTC-USD 1 @ 110
    02 11:00 buy  BTC-USD 1 @ 100
    02 11:10 sell BTC-USD 1 @ 90
    02 12:00 buy  BTC-USD 1 @ 100
    02 12:10 sell BTC-USD 1 @ 90
    03 09:00 buy  BTC-USD 1 @ 100
    03 09:10 sell BTC-USD 1 @ 90
    """
    assert skipped(stage(), Scenario(losses=2)) == ["02 12:00"]
    assert skipped(stage(), Scenario(losses=1)) == ["02 10:00", "02 11:00", "02 12:00"]


def test_a_paused_rule_may_be_asked_about(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 09:10 sell BTC-USD 1 @ 90
    02 09:20 buy  BTC-USD 1 @ 100
    02 09:30 sell BTC-USD 1 @ 110
    """
    paused = rule("cooldown_after_loss", active=False, minutes=30)
    assert skipped(stage(), Scenario(rules=(paused,))) == ["02 09:20"]


def test_an_exit_that_broke_a_rule_cannot_be_skipped(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 09:01 sell BTC-USD 1 @ 90
    """
    floor = rule("holding_time_floor", minutes_at_least=30)
    found = decided(stage(), Scenario(rules=(floor,)))
    assert (dict(found.skipped), found.left) == ({}, 1)


def test_the_order_of_rules_means_nothing(lab: Callable[..., Inputs]) -> None:
    stage = Stage(lab(4, averaging_down=0.6))
    rules = (
        rule("cooldown_after_loss", minutes=60),
        rule("no_averaging_down"),
        rule("max_trades_per_day", limit=2),
    )
    ends = {
        tuple(line.replay for line, _ in stage.play(Scenario(rules=order, cap=Decimal(1))).lines)
        for order in permutations(rules)
    }
    assert len(ends) == 1


@pytest.mark.parametrize("cut", [0.4, 0.7])
def test_what_comes_later_changes_no_decision(lab: Callable[..., Inputs], cut: float) -> None:
    stage = Stage(lab(6, revenge=0.6))
    scenario = Scenario(
        rules=(rule("cooldown_after_loss", minutes=60), rule("no_entry_after_spike", z=1.0)),
        cap=Decimal("1.2"),
        losses=2,
    )
    history = stage.history
    rows = int(len(history) * cut)
    early = history.until(int(history.opened_us[rows]))
    inside = stage.inside[: len(early)]
    before = decide(scenario, early, inside)
    whole = decided(stage, scenario)
    known = set(early.ids)
    assert before.skipped == {one: by for one, by in whole.skipped.items() if one in known}
    assert before.share == {one: part for one, part in whole.share.items() if one in known}


def test_thresholds_move_one_at_a_time() -> None:
    given = Scenario(rules=(rule("cooldown_after_loss", minutes=30),), stop=Decimal(2), losses=1)
    found = list(neighbours(given))
    assert found[0] == given
    assert {one.stop for one in found} == {Decimal(1), Decimal("1.5"), 2, 3, 4}
    assert {one.losses for one in found} == {1, 2}
    assert {one.rules[0].params["minutes"] for one in found} == {15, 22, 30, 45, 60}
    assert all(
        (one.rules != given.rules) + (one.stop != given.stop) + (one.losses != given.losses) <= 1
        for one in found
    )


def test_a_threshold_does_not_move_where_there_is_no_rule() -> None:
    size = rule("max_size_vs_median", ratio=1.5)
    given = Scenario(rules=(size,), delay_us=60_000_000)
    found = list(neighbours(given))
    assert {one.rules[0].params["ratio"] for one in found} == {1.125, 1.5, 2.25, 3.0}
    assert {one.delay_us // 1_000_000 for one in found} == {30, 45, 60, 90, 120}


def test_a_rule_without_a_number_has_no_neighbours() -> None:
    lock = rule("symbol_lock", symbols=["BTC-USD"])
    assert list(neighbours(Scenario(rules=(lock,)))) == [Scenario(rules=(lock,))]

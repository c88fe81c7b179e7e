"""What depends on what was left out goes with it, to the last digit, and nothing else does."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.engine.rules.schema import read_rule
from coach.engine.what_if.course import Course, RealisedMoney
from coach.engine.what_if.purse import Purse
from coach.engine.what_if.replay import replay
from coach.engine.what_if.sample import sample_of
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs, ScenarioReplay, Stage, fees_saved, total
from coach.model.rules import Rule, RuleId, RuleKind

Made = Callable[..., Stage]
NOBODY_LATE = Scenario(last_entry_s=0)


def rule(kind: RuleKind, **params: object) -> Rule:
    return Rule(RuleId(kind), kind, read_rule(kind, params), active=True)


def net(played: ScenarioReplay) -> Decimal:
    return total(line.replay for line, _ in played.lines).net


def quantities(played: ScenarioReplay) -> list[str]:
    return [
        f"{fill.side} {fill.quantity.normalize():f}" for of in played.replayed.fills for fill in of
    ]


def actual(played: ScenarioReplay) -> RealisedMoney:
    return total(line.actual for line, _ in played.lines)


@pytest.mark.parametrize("compounding", [False, True])
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_asked_gives_the_very_same_fills(
    lab: Callable[..., Inputs], seed: int, compounding: bool
) -> None:
    inputs = lab(seed, averaging_down=0.6)
    stage = Stage(inputs)
    played = stage.play(Scenario(), compounding=compounding)
    assert [[*of] for of in played.replayed.fills] == [[*book.fills] for book in inputs.books]
    assert all(line.replay == line.actual for line, _ in played.lines)


def test_everything_left_out_leaves_what_the_accounts_began_with(
    lab: Callable[..., Inputs],
) -> None:
    played = Stage(lab(3)).play(NOBODY_LATE)
    assert len(played.lines) > 50
    assert net(played) == 0
    assert not any(played.replayed.fills)


def test_a_skipped_entry_takes_its_adds_and_its_closes_with_it(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90 fee 1 USD
    02 10:10 buy  BTC-USD 2 @ 91 fee 1 USD
    02 11:00 buy  BTC-USD 1 @ 95 fee 1 USD
    02 12:00 sell BTC-USD 3 @ 80 fee 2 USD
    03 10:00 buy  BTC-USD 1 @ 80
    03 11:00 sell BTC-USD 1 @ 81
    """
    played = stage().play(Scenario(rules=(rule("cooldown_after_loss", minutes=30),)))
    assert quantities(played) == ["buy 1", "sell 1", "buy 1", "sell 1"]
    assert actual(played).net - net(played) == Decimal(-41)
    assert fees_saved(line for line, _ in played.lines) == 4


def test_a_skipped_add_takes_only_its_part_of_the_later_closes(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 buy  BTC-USD 1 @ 90
    02 11:00 sell BTC-USD 0.5 @ 95
    02 12:00 sell BTC-USD 1.5 @ 97
    """
    played = stage().play(Scenario(rules=(rule("no_averaging_down"),)))
    assert quantities(played) == ["buy 1", "sell 0.25", "sell 0.75"]
    assert net(played) == Decimal("-3.5")


def test_every_forbidden_add_of_a_trade_is_skipped(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 buy  BTC-USD 1 @ 90
    02 10:30 buy  BTC-USD 1 @ 99
    02 11:00 buy  BTC-USD 1 @ 80
    02 12:00 sell BTC-USD 4 @ 97
    """
    played = stage().play(Scenario(rules=(rule("no_averaging_down"),)))
    assert quantities(played) == ["buy 1", "buy 1", "sell 2"]


def test_a_capped_trade_is_scaled_whole(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 09:10 sell BTC-USD 1 @ 100
    02 10:00 buy  BTC-USD 1 @ 100
    02 10:10 sell BTC-USD 1 @ 100
    02 11:00 buy  BTC-USD 1 @ 100
    02 11:10 sell BTC-USD 1 @ 100
    02 12:00 buy  BTC-USD 1 @ 100
    02 12:10 sell BTC-USD 1 @ 100
    02 13:00 buy  BTC-USD 1 @ 100
    02 13:10 sell BTC-USD 1 @ 100
    02 14:00 buy  BTC-USD 4 @ 100 fee 4 USD
    02 14:05 buy  BTC-USD 2 @ 110
    02 14:10 sell BTC-USD 6 @ 120 fee 6 USD
    """
    played = stage().play(Scenario(cap=Decimal(2)))
    assert quantities(played)[-3:] == ["buy 2", "buy 1", "sell 3"]
    assert net(played) * 2 == actual(played).net
    assert fees_saved(line for line, _ in played.lines) == 5


def test_a_sale_larger_than_the_position_keeps_what_it_opened(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 10:05 buy  BTC-USD 1 @ 91
    02 12:00 sell BTC-USD 3 @ 95
    02 13:00 buy  BTC-USD 2 @ 70
    """
    played = stage(shorts=True).play(Scenario(rules=(rule("cooldown_after_loss", minutes=30),)))
    assert quantities(played) == ["buy 1", "sell 1", "sell 2", "buy 2"]
    assert net(played) == 40


def test_a_unit_too_much_sold_opens_nothing_in_a_replay(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 10:05 buy  BTC-USD 1 @ 91
    02 12:00 sell BTC-USD 1.00000001 @ 95
    02 13:00 buy  BTC-USD 2 @ 70
    02 14:00 sell BTC-USD 2 @ 80
    """
    kept = stage(shorts=True).play(Scenario())
    assert quantities(kept) == ["buy 1", "sell 1", "buy 1", "sell 1.00000001", "buy 2", "sell 2"]
    played = stage(shorts=True).play(Scenario(rules=(rule("cooldown_after_loss", minutes=30),)))
    assert quantities(played) == ["buy 1", "sell 1", "buy 2", "sell 2"]
    assert net(played) == 10


def test_a_fee_in_the_coin_shrinks_with_what_it_was_paid_for(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100 fee 0.01 BTC
    02 10:00 buy  BTC-USD 1 @ 90 fee 0.01 BTC
    02 11:00 sell BTC-USD 1.98 @ 95
    """
    played = stage().play(Scenario(rules=(rule("no_averaging_down"),)))
    assert quantities(played) == ["buy 1", "sell 0.99"]
    assert played.replayed.positions[0].open_quantity == 0


def test_a_sale_whose_purchase_nobody_saw_stays(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 3 @ 90
    """
    played = stage().play(NOBODY_LATE)
    assert quantities(played) == ["sell 2"]


def test_untouched_leaves_out_adds_and_partial_exits(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 2 @ 100
    02 10:00 buy  BTC-USD 1 @ 90
    02 11:00 sell BTC-USD 1 @ 95
    02 12:00 sell BTC-USD 2 @ 99
    """
    played = stage().play(Scenario(untouched=True))
    assert quantities(played) == ["buy 2", "sell 2"]
    assert net(played) == -2


def test_two_symbols_add_up(lab: Callable[..., Inputs]) -> None:
    stage = Stage(lab(5))
    first, second = sorted({trip.symbol for trip in stage.trips})[:2]
    lost = []
    for symbols in ([first], [second], [first, second]):
        locks = tuple(
            Rule(RuleId(name), "symbol_lock", read_rule("symbol_lock", {"symbols": [name]}), True)
            for name in symbols
        )
        played = stage.play(Scenario(rules=locks))
        lost.append(actual(played).net - net(played))
    assert lost[0]
    assert lost[0] + lost[1] == lost[2]


def test_compounding_sizes_later_trades_by_what_was_earned(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 50
    02 10:05 buy  BTC-USD 1 @ 50
    02 11:00 sell BTC-USD 1 @ 25
    03 09:00 buy  BTC-USD 1 @ 25
    03 10:00 sell BTC-USD 1 @ 35
    """
    pause = Scenario(rules=(rule("cooldown_after_loss", minutes=30),))
    stage_ = stage(money="100")
    assert quantities(stage_.play(pause))[-2:] == ["buy 1", "sell 1"]
    assert quantities(stage_.play(pause, compounding=True))[-2:] == ["buy 2", "sell 2"]


def test_what_a_skipped_trade_left_behind_is_missing_later(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 50
    02 10:05 buy  BTC-USD 1 @ 100 fee 0.001 BTC
    02 11:00 sell BTC-USD 0.998 @ 110
    03 09:00 buy  BTC-USD 1 @ 100
    03 10:00 sell BTC-USD 1.001 @ 120
    """
    played = stage().play(Scenario(rules=(rule("cooldown_after_loss", minutes=30),)))
    assert quantities(played) == ["buy 1", "sell 1", "buy 1", "sell 1"]
    sample = sample_of(played.lines, "USD")
    assert [removed > 0 for removed in sample.removed] == [False, True, False]


def test_a_trade_too_small_to_be_capped_is_left_out(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 100
    """
    stage_ = stage()
    course = {stage_.trips[0].id: Course(share=Decimal("1E-30"))}
    again = replay(stage_.books, course, stage_.prices, Purse(None))
    assert [[*of] for of in again.fills] == [[]]

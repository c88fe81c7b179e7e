"""What could not be judged is counted apart, and nothing is said where nothing could be judged."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coach.engine.features.bars import Columns
from coach.engine.rules.schema import read_rule
from coach.engine.what_if import answer as answers
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Stage
from coach.model.rules import Rule, RuleId

Made = Callable[..., Stage]
STOP = Scenario(stop=Decimal(2))
FLAT = [(100.0, 100.5, 99.5, 100.0)]


def rule(kind: str, **params: object) -> Rule:
    return Rule(RuleId(kind), kind, read_rule(kind, params), active=True)


def sample(stage: Stage, scenario: Scenario) -> dict[str, Any]:
    found: Any = answers.answer(stage.inputs, answers.SimulationInputs(scenario))["samples"]
    [one] = found
    told: dict[str, Any] = one
    return told


@pytest.mark.parametrize(
    "scenario",
    [
        STOP,
        Scenario(target=Decimal(2)),
        Scenario(delay_us=60_000_000),
        Scenario(rules=(rule("no_entry_after_spike", z=2),)),
        Scenario(rules=(rule("max_loss_per_day", percent=2),)),
        Scenario(rules=(rule("cooldown_after_loss", minutes=60),), stop=Decimal(2)),
    ],
)
def test_without_what_a_part_needs_nothing_can_be_said(stage: Made, scenario: Scenario) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 10:10 buy  BTC-USD 1 @ 90
    02 11:00 sell BTC-USD 1 @ 80
    """
    found = sample(stage(), scenario)
    assert found["verdict"] == "cannot be said"
    assert [found[name] for name in ("attributable", "interval", "p_better", "placebo")] == [
        None
    ] * 4


def test_what_is_missing_names_the_symbol_the_days_and_who_asks(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    05 10:00 sell BTC-USD 1 @ 90
    """
    found = sample(stage(), STOP)
    assert (found["entries"], found["judged"]) == (1, 0)
    assert found["gaps"] == [
        {
            "what": "candles",
            "symbol": "BTC-USD",
            "since": "2026-03-02",
            "until": "2026-03-05",
            "entries": 1,
            "by": ["stop"],
        }
    ]


def test_candles_of_one_symbol_judge_its_trades_alone(
    stage: Made, candles: Callable[..., Columns]
) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 100
    02 11:00 buy  ETH-USD 1 @ 100
    02 12:00 sell ETH-USD 1 @ 100
    """
    bars = candles("2026-03-02T08:00Z", FLAT * 20)
    found = sample(stage({"BTC-USD": bars}), STOP)
    assert (found["judged"], found["verdict"]) == (1, "nothing that could be judged would change")
    assert [gap["symbol"] for gap in found["gaps"]] == ["ETH-USD"]


def test_with_all_candles_nothing_is_missing(stage: Made, candles: Callable[..., Columns]) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 100
    """
    found = sample(stage({"BTC-USD": candles("2026-03-02T08:00Z", FLAT * 20)}), STOP)
    assert (found["judged"], found["gaps"]) == (1, [])
    assert found["verdict"] == "nothing that has closed would change"


@pytest.mark.parametrize(("bars", "what"), [(6, "more candles"), (1, "candles")])
def test_candles_of_a_part_of_a_trade_are_said_to_be_a_part(
    stage: Made, candles: Callable[..., Columns], bars: int, what: str
) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 12:00 sell BTC-USD 1 @ 100
    """
    found = sample(stage({"BTC-USD": candles("2026-03-02T08:00Z", FLAT * bars)}), STOP)
    assert [gap["what"] for gap in found["gaps"]] == [what]


def test_a_trade_that_ends_before_a_bar_does_is_not_judged(
    stage: Made, candles: Callable[..., Columns]
) -> None:
    """
    02 09:01 buy  BTC-USD 1 @ 100
    02 09:10 sell BTC-USD 1 @ 90
    """
    found = sample(stage({"BTC-USD": candles("2026-03-02T08:00Z", FLAT * 20)}), STOP)
    assert (found["judged"], found["verdict"]) == (0, "cannot be said")
    assert [gap["what"] for gap in found["gaps"]] == ["longer trades"]


def test_an_entry_that_is_skipped_needs_no_candles(stage: Made) -> None:
    """
    02 23:00 buy  BTC-USD 1 @ 100
    02 23:30 sell BTC-USD 1 @ 90
    """
    found = sample(stage(), replace(STOP, last_entry_s=22 * 3_600))
    assert (found["judged"], found["gaps"]) == (1, [])


def test_in_several_currencies_a_limit_in_percent_cannot_be_said(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 11:00 buy  ETH-EUR 1 @ 100
    02 12:00 sell ETH-EUR 1 @ 90
    """
    scenario = Scenario(rules=(rule("max_loss_per_day", percent=2),))
    found: Any = answers.answer(stage().inputs, answers.SimulationInputs(scenario))["samples"]
    assert [one["verdict"] for one in found] == ["cannot be said"] * 2
    assert found[0]["gaps"][0]["what"] == "one quote currency for equity"

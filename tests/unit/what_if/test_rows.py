"""A row of an answer depends on its trades and on what was done in them, on nothing else asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from coach.engine.rules.schema import read_rule
from coach.engine.what_if import answer as answers
from coach.engine.what_if.answer import SimulationInputs
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs
from coach.model.accounts import Account, AccountId
from coach.model.canonical import canonical_json
from coach.model.fills import BookFill, FillKey, Side, Symbol
from coach.model.rules import Rule, RuleId
from coach.model.times import microseconds

START = datetime(2026, 3, 2, tzinfo=UTC)
ACCOUNT = Account(AccountId(1), "main", "generic", shorts=False)


def rule(kind: str, **params: object) -> Rule:
    return Rule(RuleId(kind), kind, read_rule(kind, params), active=True)


RULES = (
    rule("cooldown_after_loss", minutes=90),
    rule("max_trades_per_day", limit=3),
    rule("no_averaging_down"),
)
SCENARIOS = st.builds(
    Scenario,
    rules=st.sets(st.sampled_from(range(3)), min_size=1).map(
        lambda places: tuple(RULES[place] for place in sorted(places))
    ),
    cap=st.sampled_from([None, Decimal("1.2")]),
    losses=st.sampled_from([None, 2]),
    untouched=st.booleans(),
)
MOVES = st.lists(st.integers(-9, 9), min_size=30, max_size=60)


def inputs_of(moves: list[int]) -> Inputs:
    """A buy, sometimes a second one, and a sale at 100 and so many percent, every seven hours."""
    fills: list[BookFill] = []
    for number, move in enumerate(moves):
        begin = START + timedelta(hours=7 * number)
        amounts = [Decimal(1 + number % 3)] * (1 + (number % 4 == 3))
        prices = [Decimal(100), Decimal(99)]
        for place, amount in enumerate(amounts):
            fills.append(
                fill_at(len(fills), begin + timedelta(minutes=place), "buy", amount, prices[place])
            )
        later = begin + timedelta(minutes=10 + number % 50)
        fills.append(
            fill_at(len(fills), later, "sell", sum(amounts, Decimal(0)), Decimal(100 + move))
        )
    end_us = microseconds(fills[-1].at) + 1
    return Inputs(
        [AccountBook(ACCOUNT, Symbol("BTC-USD"), fills)], money=Decimal(9_000), end_us=end_us
    )


def fill_at(number: int, at: datetime, side: Side, quantity: Decimal, price: Decimal) -> BookFill:
    key = FillKey(number.to_bytes(16, "big"))
    return BookFill(key, side, quantity, price, Decimal("0.1"), "USD", at, "")


def answer(inputs: Inputs, asked: SimulationInputs) -> dict[str, Any]:
    return answers.answer(inputs, asked)


def rows(found: dict[str, Any], *samples: str) -> list[bytes]:
    """Return these samples as the bytes that every surface shows."""
    return [canonical_json(one, "ascii") for one in found["samples"] if one["sample"] in samples]


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(moves=MOVES, scenario=SCENARIOS, share=st.floats(0, 0.99))
def test_a_split_changes_no_byte_of_the_row_of_the_whole_history(
    moves: list[int], scenario: Scenario, share: float
) -> None:
    inputs = inputs_of(moves)
    alone = answer(inputs, SimulationInputs(scenario))
    split = 1 + int(share * (alone["window"]["weeks"] - 1))
    beside = answer(inputs, SimulationInputs(scenario, split=split))
    assert rows(beside, "all") == rows(alone, "all")
    assert {**beside, "samples": 0, "learned": 0} == {**alone, "samples": 0, "learned": 0}


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(moves=MOVES, scenario=SCENARIOS)
def test_the_order_of_the_rules_changes_no_byte_of_the_answer(
    moves: list[int], scenario: Scenario
) -> None:
    inputs = inputs_of(moves)
    answers = {
        canonical_json(
            answer(inputs, SimulationInputs(replace(scenario, rules=order), split=1)), "ascii"
        )
        for order in permutations(scenario.rules)
    }
    assert len(answers) == 1


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(moves=MOVES, scenario=SCENARIOS, days=st.integers(0, 4_000))
def test_days_that_reach_before_the_first_entry_change_no_byte(
    moves: list[int], scenario: Scenario, days: int
) -> None:
    inputs = inputs_of(moves)
    first = microseconds(inputs.books[0].fills[0].at)
    asked = SimulationInputs(scenario)
    longer = replace(inputs, start_us=first - days * 86_400_000_000)
    assert rows(answer(longer, asked), "all") == rows(answer(inputs, asked), "all")


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(moves=MOVES, scenario=SCENARIOS)
def test_compounding_changes_nothing_of_what_luck_is_asked(
    moves: list[int], scenario: Scenario
) -> None:
    inputs, drawn = inputs_of(moves), ("attributable", "interval", "p_better", "placebo", "verdict")
    fixed = answer(inputs, SimulationInputs(scenario))["samples"]
    sized = answer(inputs, SimulationInputs(scenario, compounding=True))["samples"]
    for one, other in zip(fixed, sized, strict=True):
        assert [one[name] for name in drawn] == [other[name] for name in drawn]


@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(moves=MOVES)
def test_two_rules_that_forbid_the_same_entries_have_the_same_row(moves: list[int]) -> None:
    inputs = inputs_of(moves)
    one = rule("cooldown_after_loss", minutes=390)
    other = replace(one, id=RuleId("another-name"))
    both = [
        rows(answer(inputs, SimulationInputs(Scenario(rules=(each,)))), "all")
        for each in (one, other)
    ]
    assert both[0] == both[1]

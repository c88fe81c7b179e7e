"""The answer: four numbers, in-sample beside out-of-sample, the same bytes once more."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from coach.engine.features.bars import Market
from coach.engine.rules.schema import read_rule
from coach.engine.what_if import answer as answers
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs, Stage
from coach.errors import Invalid, UsageError
from coach.model.canonical import canonical_json
from coach.model.rules import Rule, RuleId

Made = Callable[..., Stage]
PAUSE = Rule(
    RuleId("pause"), "cooldown_after_loss", read_rule("cooldown_after_loss", {"minutes": 60}), True
)
ASKED = answers.SimulationInputs(Scenario(rules=(PAUSE,), cap=Decimal("1.5")))


def answer(inputs: Inputs, asked: answers.SimulationInputs = ASKED) -> dict[str, Any]:
    return answers.answer(inputs, asked)


def test_nothing_asked_is_the_actual_equity(lab: Callable[..., Inputs]) -> None:
    inputs = lab(1)
    found = answer(inputs, answers.SimulationInputs(Scenario()))
    net = sum((trip.net for trip in Stage(inputs).trips), Decimal(0))
    assert inputs.money is not None
    assert abs(Decimal(found["equity"]["replay"]) - inputs.money - net) < Decimal("1E-9")
    assert found["equity"]["replay"] == found["equity"]["actual"]
    [sample] = found["samples"]
    assert (sample["changed"], sample["fees_saved"], sample["attributable"]) == (0, "0", None)
    assert sample["actual"] == sample["replay"]
    assert sample["verdict"] == "nothing that has closed would change"


def test_all_left_out_is_what_was_brought_in(lab: Callable[..., Inputs]) -> None:
    inputs = lab(2, deposits=2)
    found = answer(inputs, answers.SimulationInputs(Scenario(last_entry_s=0)))
    assert inputs.money is not None
    assert Decimal(found["equity"]["replay"]) == inputs.money
    assert found["samples"][0]["replay"] == "0"
    paid = sum((fill.fee for book in inputs.books for fill in book.fills), Decimal(0))
    assert Decimal(found["samples"][0]["fees_saved"]) == paid


def test_the_same_question_has_the_same_bytes(lab: Callable[..., Inputs]) -> None:
    asked = answers.SimulationInputs(
        Scenario(rules=(PAUSE,), stop=Decimal(1)), split=4, compounding=True
    )
    first, again = (canonical_json(answer(lab(3), asked), "ascii") for _ in range(2))
    assert first == again


def test_the_order_of_rules_is_the_same_question() -> None:
    other = replace(PAUSE, id=RuleId("another"))
    one, two = Scenario(rules=(PAUSE, other)), Scenario(rules=(other, PAUSE))
    assert answers.request(answers.SimulationInputs(one)) == answers.request(
        answers.SimulationInputs(two)
    )


def test_other_data_or_another_question_is_another_run(lab: Callable[..., Inputs]) -> None:
    inputs = lab(1, days=20)
    request = answers.request(ASKED)
    known = answers.fingerprint(inputs)
    fewer = replace(inputs, books=[replace(inputs.books[0], fills=inputs.books[0].fills[:-1])])
    others = {
        answers.identity(request, known),
        answers.identity(request, answers.fingerprint(fewer)),
        answers.identity(request, answers.fingerprint(replace(inputs, money=Decimal(1)))),
        answers.identity(answers.request(answers.SimulationInputs(Scenario())), known),
        answers.identity(answers.request(answers.SimulationInputs(ASKED.scenario, split=2)), known),
    }
    assert len(others) == 5
    assert answers.identity(request, known) == answers.identity(
        request, answers.fingerprint(lab(1, days=20))
    )


def test_the_candles_that_were_seen_are_named(lab: Callable[..., Inputs]) -> None:
    inputs = lab(1, days=20)
    seen = {
        symbol: replace(bars, snapshots=(f"{number:064x}",))
        for number, (symbol, bars) in enumerate(inputs.market.bars.items())
    }
    found = answer(replace(inputs, market=Market(seen)))
    assert found["candles"] == [f"{number:064x}" for number in range(6)]


def test_a_rule_is_learned_on_the_first_weeks_and_priced_on_the_others(
    lab: Callable[..., Inputs],
) -> None:
    found = answer(lab(4), answers.SimulationInputs(ASKED.scenario, split=5))
    rows = [(one["sample"], one["scenario"], one["weeks"]) for one in found["samples"]]
    assert rows == [
        ("all", "given", [1, 13]),
        ("in_sample", "given", [1, 5]),
        ("out_of_sample", "given", [6, 13]),
        ("in_sample", "learned", [1, 5]),
        ("out_of_sample", "learned", [6, 13]),
    ]
    whole, *halves = found["samples"][:3]
    assert whole["entries"] == sum(half["entries"] for half in halves)
    assert Decimal(whole["replay"]) == sum(Decimal(half["replay"]) for half in halves)
    given, learned = found["samples"][1]["attributable"], found["samples"][3]["attributable"]
    assert learned >= given


def test_what_is_learned_knows_nothing_of_later_weeks(lab: Callable[..., Inputs]) -> None:
    inputs = lab(4)
    cut_us = Stage(inputs).first_monday_us + 6 * 7 * 86_400_000_000
    early = [
        replace(book, fills=[f for f in book.fills if f.at.timestamp() * 1e6 < cut_us])
        for book in inputs.books
    ]
    asked = answers.SimulationInputs(ASKED.scenario, split=5)
    whole, part = answer(inputs, asked), answer(replace(inputs, books=early), asked)
    assert whole["learned"] == part["learned"]


@pytest.mark.parametrize("split", [13, 40])
def test_a_split_leaves_weeks_to_price_on(lab: Callable[..., Inputs], split: int) -> None:
    with pytest.raises(Invalid, match="fewer weeks than your entries span"):
        answer(lab(4), answers.SimulationInputs(Scenario(), split=split))


def test_compounding_wants_to_know_the_beginning(lab: Callable[..., Inputs]) -> None:
    with pytest.raises(UsageError, match="began with"):
        answer(
            replace(lab(1, days=20), money=None),
            answers.SimulationInputs(Scenario(), compounding=True),
        )


def test_a_changed_trade_names_what_was_done_and_by_which_rule(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 10:10 buy  BTC-USD 2 @ 91 fee 1 USD
    02 12:00 sell BTC-USD 2 @ 80 fee 2 USD
    """
    found = answer(stage().inputs)
    [trade] = found["trades"]
    assert (trade["what"], trade["by"]) == (["skipped"], ["pause"])
    assert (trade["actual_net"], trade["replay_net"], trade["fees_saved"]) == ("-25", "0", "3")
    assert trade["fill_ids"] == [b"fill 0002".hex()]


def test_currencies_are_told_apart(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 10:10 buy  ETH-EUR 2 @ 91
    02 12:00 sell ETH-EUR 2 @ 80
    """
    found = answer(stage(money="1000").inputs)
    assert [(one["quote"], one["replay"]) for one in found["samples"]] == [
        ("EUR", "0"),
        ("USD", "-10"),
    ]
    assert found["equity"] is None


def test_a_fee_in_a_third_coin_is_saved_apart(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    02 10:10 buy  BTC-USD 2 @ 91 fee 0.5 BNB
    02 12:00 sell BTC-USD 2 @ 80
    """
    assert answer(stage().inputs)["other_fees_saved"] == {"BNB": "0.5"}


def test_a_window_without_entries_has_no_samples(lab: Callable[..., Inputs]) -> None:
    found = answer(replace(lab(1, days=20), end_us=1))
    assert (found["samples"], found["window"]["weeks"]) == ([], 0)


def test_a_rule_that_lacks_candles_says_so(stage: Made) -> None:
    """
    02 09:00 buy  BTC-USD 1 @ 100
    02 10:00 sell BTC-USD 1 @ 90
    """
    spike = Rule(
        RuleId("spike"), "no_entry_after_spike", read_rule("no_entry_after_spike", {"z": 2}), True
    )
    found = answer(stage().inputs, answers.SimulationInputs(Scenario(rules=(spike,))))
    assert found["lacks"] == {"spike": ["candles of BTC-USD"]}
    assert found["samples"][0]["changed"] == 0


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.1, 2.0, "better than luck"),
        (-2.0, -0.1, "worse than luck"),
        (-0.1, 0.1, "cannot tell from luck"),
        (0.0, 1.0, "cannot tell from luck"),
    ],
)
def test_an_interval_that_covers_zero_cannot_be_told_from_luck(
    low: float, high: float, said: str
) -> None:
    assert answers._verdict(low, high) == said

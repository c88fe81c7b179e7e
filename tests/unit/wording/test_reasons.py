"""What coach asks about a reason, word for word."""

from dataclasses import replace
from typing import get_args

import pytest

from coach.model.reasons import Reason, ReasonFact, ReasonKind
from coach.wording.reasons import question_text, statement_text, style_text


def reason(kind: ReasonKind, typical: float | None = None, **facts: ReasonFact) -> Reason:
    quartiles = None if typical is None else (0.9 * typical, 1.2 * typical)
    return Reason(kind, 20, 0.924, typical, quartiles, "%", {"sides": "long", **facts})


@pytest.mark.parametrize(
    ("sides", "state", "text"),
    [
        ("long", "best", "when they reach a new best since you bought, typically at +1 %"),
        ("short", "best", "when they reach a new best since you sold short, typically at +1 %"),
        ("long", "best_lot", "at a new high since your last order, typically 1 % above it"),
        ("short", "best_lot", "at a new low since your last order, typically 1 % below it"),
        ("both", "best_lot", "at a new best price since your last order, typically 1 % from it"),
        (
            "long",
            "up",
            (
                "when the price is farther above its mean of the last 8 hours than ever since "
                "you bought, typically at +1 %"
            ),
        ),
    ],
)
def test_a_target_is_named_by_its_record(sides: str, state: str, text: str) -> None:
    target = replace(reason("target", 1.0, state=state, hours=8, sides=sides), quartiles=(1.0, 1.0))
    assert question_text(target) == f"You close gains {text}. Is that a rule of yours?"


def test_half_of_the_numbers_lie_between_two() -> None:
    target = replace(reason("target", 1.02, state="best"), quartiles=(0.9, 1.2))
    assert statement_text(target).endswith("typically at +1.02 % (half of them +0.9 to +1.2).")
    stop = replace(reason("stop", -2.1, state="worst"), quartiles=(-2.5, -1.9))
    assert statement_text(stop).endswith("typically at -2.1 % (half of them -1.9 to -2.5).")


@pytest.mark.parametrize(
    ("sides", "text"),
    [
        ("long", "fallen farther from its high than ever since you bought"),
        ("short", "risen farther from its low than ever since you sold short"),
        ("both", "come back farther from its best than ever since you opened the position"),
    ],
)
def test_a_trailing_stop_says_how_far_the_price_had_come_back(sides: str, text: str) -> None:
    stop = replace(reason("stop", 2.1, state="drawdown", sides=sides), quartiles=(2.0, 2.3))
    expected = f"You close losses when the price has {text}, typically by 2.1 % (half of them 2 to"
    assert statement_text(stop).startswith(expected)


def test_a_signal_names_the_hours_of_its_mean() -> None:
    signal = Reason("signal", 40, 0.8, 3.0, None, "h", {"state": "down", "hours": 3})
    assert question_text(signal) == (
        "You close positions, in a gain or a loss, when the price is farther on the losing side of "
        "its mean of the last 3 hours than ever since you opened the position. "
        "Is that a rule of yours?"
    )


@pytest.mark.parametrize(
    ("state", "sides", "text"),
    [
        ("over", "long", "above its mean"),
        ("over", "short", "below its mean"),
        ("under", "long", "below its mean"),
        ("under", "both", "on the losing side of its mean"),
    ],
)
def test_a_signal_by_hand_names_the_side_of_the_mean(state: str, sides: str, text: str) -> None:
    facts: dict[str, ReasonFact] = {"state": state, "hours": 8, "sides": sides}
    signal = Reason("signal", 40, 0.8, 8.0, None, "h", facts)
    assert statement_text(signal) == (
        f"You close positions, in a gain or a loss, when the price is {text} of the last 8 hours."
    )


@pytest.mark.parametrize(
    ("state", "sides", "text"),
    [
        ("worst", "long", "at a new low since you bought, typically 0.8 % apart"),
        ("worst_lot", "long", "at a new low since your last order, typically 0.8 % apart"),
        ("worst", "short", "at a new high since you sold short, typically 0.8 % apart"),
    ],
)
def test_a_ladder_says_how_far_its_steps_are_apart(state: str, sides: str, text: str) -> None:
    ladder = replace(reason("ladder", 0.8, state=state, sides=sides), quartiles=(0.8, 0.8))
    assert statement_text(ladder) == f"You add to losing positions {text}."


def test_a_clock_is_told_in_the_trader_s_zone() -> None:
    clock = reason("clock", time="17:30", time_utc="16:30", zone="Europe/Berlin")
    assert question_text(clock) == (
        "You close positions at one time of the day: 92 % of them within 20 min of "
        "17:30 (Europe/Berlin). Is that a rule of yours?"
    )


def test_a_hedge_names_both_legs() -> None:
    text = question_text(reason("hedge", symbol="BTC-USD", other_symbol="ETH-USD"))
    assert "BTC-USD against ETH-USD" in text
    assert text.endswith("Are the two legs one trade?")


def test_a_machine_is_asked_about_by_what_shows_it() -> None:
    sleepless = reason("machine", round_the_clock=True, quiet_share=0.12, one_size=False)
    assert question_text(sleepless) == (
        "You open positions round the clock, 12 % in the quietest six hours. "
        "Is this account run by a bot, or copied from another trader?"
    )
    alike = reason("machine", round_the_clock=False, one_size=True, size_share=0.97)
    assert statement_text(alike) == (
        "You open positions at one size: 97 % of the orders repeat that of their symbol."
    )


def test_a_confirmed_machine_is_a_style_in_the_words_of_the_question() -> None:
    sleepless = reason("machine", round_the_clock=True, quiet_share=0.12, one_size=False)
    assert style_text(sleepless) == "This account is run by a bot, or copied from another trader."
    target = reason("target", 1.0, state="best")
    assert style_text(target) == statement_text(target)


@pytest.mark.parametrize("kind", get_args(ReasonKind))
def test_no_question_calls_anything_a_habit(kind: ReasonKind) -> None:
    text = question_text(reason(kind, 1.0, state="best", one_size=True, size_share=0.9))
    assert text.endswith("?")
    assert not {"habit", "bias"} & set(text.split())

"""What an answer explains, and for how long."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.biases.explanation import Explanation, explain, weigh
from coach.model.insights import Bias, Cost, Finding
from coach.model.labels import Answer
from coach.model.plans import ReasonAnswer
from coach.model.reasons import Reason, Standing

START = datetime(2026, 3, 1, tzinfo=UTC)
TARGET = Reason("target", 40, 0.9, 1.0, (0.9, 1.2), "%")
STOP = Reason("stop", 30, 0.8, -2.0, (-2.2, -1.9), "%")
LADDER = Reason("ladder", 20, 0.8, 0.8, (0.7, 0.9), "%")
HEDGE = Reason("hedge", 40, 1.0, facts={"symbol": "BTC-USD", "other_symbol": "ETH-USD"})
COST = Cost("USD", 12.0, (3.0, 21.0), "1.5", measurable=True)
MACHINE = Reason("machine", 400, 0.2)


def said(answer: Answer, about: Reason = TARGET, bias: Bias = "disposition") -> ReasonAnswer:
    return ReasonAnswer(bias, about, answer, START)


def explained(
    reasons: Sequence[Reason],
    answers: Sequence[ReasonAnswer],
    days: float = 1,
    bias: Bias = "disposition",
) -> Explanation:
    return explain(bias, reasons, answers, START + timedelta(days=days))


def test_without_an_answer_every_reason_may_explain_it() -> None:
    assert explained([TARGET, STOP], []) == Explanation((TARGET, STOP), confirmed=False)


def test_a_yes_explains_the_habit_by_the_reason_as_it_is_now() -> None:
    now = replace(TARGET, n=60)
    assert explained([STOP, now], [said("yes")], 200) == Explanation((now,), confirmed=True)


@pytest.mark.parametrize(
    ("share", "typical", "days", "stands"),
    [
        (0.3, 1.0, 200, True),
        (0.29, 1.0, 200, False),
        (0.29, 1.0, 89.9, True),
        (0.9, 1.49, 200, True),
        (0.9, 1.5, 200, False),
        (0.9, 0.5, 200, False),
        (0.9, 1.5, 89.9, True),
    ],
)
def test_a_yes_stands_for_90_days_and_then_while_the_reason_holds(
    share: float, typical: float, days: float, stands: bool
) -> None:
    now = replace(TARGET, share=share, typical=typical)
    assert explained([now], [said("yes")], days) == Explanation((now,), confirmed=stands)


@pytest.mark.parametrize(("days", "stands"), [(89.9, True), (90, False)])
def test_a_confirmed_reason_that_is_gone_is_asked_about_by_its_old_numbers(
    days: float, stands: bool
) -> None:
    assert explained([], [said("yes")], days) == Explanation((TARGET,), confirmed=stands)


@pytest.mark.parametrize(("days", "reasons"), [(179.9, ()), (180, (TARGET, STOP))])
def test_a_no_sets_reasons_of_closing_aside_for_180_days(
    days: float, reasons: tuple[Reason, ...]
) -> None:
    assert explained([TARGET, STOP], [said("no")], days) == Explanation(reasons)


def test_a_no_to_a_machine_leaves_the_other_reasons() -> None:
    assert explained([MACHINE, TARGET], [said("no", MACHINE)]) == Explanation((TARGET,))


def test_an_answer_is_about_its_own_habit_and_one_about_a_machine_about_all() -> None:
    assert explained([TARGET], [said("yes")], bias="panic_selling") == Explanation((TARGET,))
    machine = said("yes", MACHINE)
    given = explained([MACHINE, LADDER], [machine], bias="averaging_down")
    assert given == Explanation((MACHINE,), confirmed=True)


def test_a_machine_holds_while_it_is_seen() -> None:
    assert explained([MACHINE], [said("yes", MACHINE)], 400).confirmed
    assert explained([], [said("yes", MACHINE)], 400) == Explanation((MACHINE,), confirmed=False)


def test_what_shows_weakly_is_not_asked_about_where_it_was_not_confirmed() -> None:
    weak = replace(TARGET, share=0.4)
    assert explained([weak], [said("yes")], bias="panic_selling") == Explanation(())


def test_a_machine_explains_before_any_other_rule() -> None:
    answers = [said("yes"), said("yes", MACHINE)]
    assert explained([MACHINE, TARGET], answers).reasons == (MACHINE,)


def test_an_answer_counts_for_what_came_before_it() -> None:
    assert explained([TARGET], [said("yes")], -400).confirmed


def test_a_confirmed_hedge_explains_nothing_that_is_left_without_its_legs() -> None:
    assert explained([TARGET], [said("yes", HEDGE)]) == Explanation((TARGET,))


TESTED = Finding("disposition", "strong", 120, 0, score=99.0, held=True, costs=(COST,))


@pytest.mark.parametrize(
    ("answers", "standing", "costs"),
    [
        ((), "asked", ()),
        ((said("yes"),), "style", ()),
        ((said("no"),), "told", (COST,)),
        ((said("yes", MACHINE),), "style", ()),
    ],
)
def test_only_what_is_told_has_a_cost(
    answers: tuple[ReasonAnswer, ...], standing: Standing, costs: tuple[Cost, ...]
) -> None:
    found = weigh(TESTED, [TARGET], answers, START)
    assert (found.standing, found.costs) == (standing, costs)


def test_of_a_machine_no_habit_is_looked_for_and_facts_stay() -> None:
    untested, fact = Finding("fomo", "none", 40, 0), Finding("lottery", "none", 40, 0, kind="fact")
    answers = (said("yes", MACHINE),)
    assert weigh(untested, [MACHINE], answers, START).standing == "style"
    assert weigh(fact, [MACHINE], answers, START) == fact


@pytest.mark.parametrize(
    ("n", "lacks", "standing"), [(0, (), "style"), (3, (), "untold"), (0, ("candles",), "untold")]
)
def test_what_has_no_trade_left_beside_the_pairs_is_explained_by_them(
    n: int, lacks: tuple[str, ...], standing: Standing
) -> None:
    few = Finding("disposition", "insufficient", n, 40, lacks=lacks)
    assert weigh(few, [], (said("yes", HEDGE),), START).standing == standing

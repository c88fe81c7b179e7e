"""Every habit names rules that answer it: kinds that exist, with numbers that make a promise."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_type_hints

import pytest

from coach.engine.biases.answers import FEWEST_TAGS, OwnNumber, RuleAnswer, params_of
from coach.engine.biases.event import AfterLoss, AfterWin
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.habits.fomo import FomoFacts
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.refusals import refuse_vacuous
from coach.engine.rules.schema import read_rule
from coach.model.insights import Bias, Tag
from coach.model.trades import TradeId

BROKEN_PROMISES = "rule_breach"
"""Its answer is the rule that was broken."""
FACTS: dict[Bias, type] = {
    "revenge": AfterLoss,
    "size_after_loss": AfterLoss,
    "size_after_win": AfterWin,
    "fomo": FomoFacts,
}
PAUSE = RuleAnswer(
    "cooldown_after_loss", {"minutes": 30}, OwnNumber("minutes", "minutes_after_loss", 0.9)
)


def tags(*minutes: object) -> list[Tag]:
    at = datetime(2026, 4, 1, tzinfo=UTC)
    return [
        Tag("revenge", TradeId("t"), at, (), {"minutes_after_loss": one}, "revenge@1", ())  # type: ignore[dict-item] # a fact
        for one in minutes
    ]


@pytest.mark.parametrize("bias", [bias for bias in HABITS if bias != BROKEN_PROMISES])
def test_a_habit_names_rules_that_can_be_made(bias: Bias) -> None:
    answers = HABITS[bias].answered_by
    assert answers
    for one in answers:
        assert one.kind in KINDS
        refuse_vacuous(one.kind, read_rule(one.kind, one.params))
        if one.own is not None:
            assert one.own.param in KINDS[one.kind].params
            assert one.own.fact in get_type_hints(FACTS[bias])


def test_broken_promises_are_answered_by_no_further_rule() -> None:
    assert HABITS[BROKEN_PROMISES].answered_by == ()


def test_the_number_is_the_traders_own_where_there_are_enough_tags() -> None:
    """Eleven waits of 1, 6, 11 to 51 min: nine in ten of them are up to 46."""
    assert params_of(PAUSE, tags(*range(1, 52, 5))) == {"minutes": 46}
    assert params_of(PAUSE, tags(*[3.14159] * FEWEST_TAGS)) == {"minutes": 3.1}
    assert params_of(PAUSE, tags(*[-2.0] * FEWEST_TAGS)) == {"minutes": 2}


def test_few_tags_leave_the_number_to_begin_with() -> None:
    assert params_of(PAUSE, tags(*[5.0] * (FEWEST_TAGS - 1))) == {"minutes": 30}
    assert params_of(PAUSE, tags(*[None] * 9, *["soon"] * 9)) == {"minutes": 30}
    assert params_of(PAUSE._replace(own=None), tags(*range(1, 100))) == {"minutes": 30}


def test_the_page_of_rules_names_those_that_answer_each_habit() -> None:
    page = (Path(__file__).parents[3] / "docs" / "rules.md").read_text()
    for bias, detector in HABITS.items():
        kinds = ", ".join(f"`{one.kind}`" for one in detector.answered_by)
        assert f"| `{bias}` | {kinds}" in page

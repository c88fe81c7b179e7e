"""The facts of a tag are one sentence of its habit, in the list of tags and in the drawer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coach.cli.commands import insights, why
from coach.engine.api.habits import OURS
from coach.engine.biases.habits.catalogue import HABITS
from coach.model.fills import FillKey
from coach.model.insights import Bias, Fact, Tag
from coach.model.trades import TradeId
from coach.wording.numbers import SIGMA
from tests.unit.rules.test_breach_sentences import terminal
from tests.unit.views.samples import TRADE_EVIDENCE

Case = tuple[Bias, dict[str, Fact], str]
WIN: dict[str, Fact] = {
    "minutes_after_win": 1500.0,
    "size_ratio": 1.5,
    "wins_in_a_row": 1,
    "win": "0.00012",
    "currency": "BTC",
    "win_trade": "trade01",
}
LOSS: dict[str, Fact] = {
    "minutes_after_loss": 0.5,
    "size_ratio": 3.1234,
    "losses_in_a_row": 2,
    "loss": "-1035.054",
    "currency": "USD",
    "loss_trade": "trade01",
}
FALL: dict[str, Fact] = {
    "z_2h": -2.51,
    "price": 43792.7,
    "share_sold": 0.718152,
    "minutes_after": 29.2682,
}
CASES: list[Case] = [
    (
        "revenge",
        LOSS,
        "30 s after a loss of 1,035.05 USD, 3.12 x usual size, 2 losses in a row",
    ),
    (
        "size_after_loss",
        {name: fact for name, fact in LOSS.items() if name != "losses_in_a_row"},
        "30 s after a loss of 1,035.05 USD, 3.12 x usual size",
    ),
    (
        "size_after_win",
        WIN,
        "1 d 1 h after a win of 0.00012 BTC, 1.5 x usual size, 1 win in a row",
    ),
    (
        "fomo",
        {"z_1h": 3.125, "z_24h": None, "volume_ratio": 4.0, "size_ratio": 1.5},
        f"after a 1-hour move of 3.12{SIGMA}, 4 x usual volume, 1.5 x usual size",
    ),
    (
        "fomo",
        {"z_1h": 3.0, "z_24h": 1.0, "volume_ratio": None, "size_ratio": None},
        f"after a 1-hour move of 3{SIGMA}",
    ),
    (
        "averaging_down",
        {
            "below_average": 0.021,
            "z_4h": -1.2,
            "share_of_position": 0.5,
            "price": 98.0,
            "average": 100.0,
        },
        "averaged down at 2.1 % from the average price, adding 50 % of the position",
    ),
    (
        "panic_selling",
        FALL,
        f"71.8 % of the position closed, 29 min after a 2-hour move of 2.51{SIGMA} against it",
    ),
    (
        "panic_selling",
        {**FALL, "z_2h": None},
        "71.8 % of the position closed, 29 min after a sharp move against it",
    ),
    (
        "fatigue",
        {"local_time": "01:30", "hours_in_session": 7.5, "size_ratio": 1.3},
        "at 01:30, 7.5 h into the session, 1.3 x usual size",
    ),
]


def tagged(bias: Bias, facts: dict[str, Fact]) -> Tag:
    key = FillKey(b"0123456789abcdef")
    at = datetime(2026, 3, 30, 9, tzinfo=UTC)
    return Tag(bias, TradeId("trade01"), at, (key,), facts, f"{bias}@1", (key,))


def test_every_habit_that_tags_has_a_case() -> None:
    tagging = {bias for bias, detector in HABITS.items() if detector.words.tag is not None}
    assert {bias for bias, _, _ in CASES} == tagging


@pytest.mark.parametrize(("bias", "facts", "said"), CASES)
def test_the_list_of_tags_says_it(bias: Bias, facts: dict[str, Fact], said: str) -> None:
    assert terminal(insights.tags_answer([tagged(bias, facts)], OURS)).endswith(f" {bias}: {said}")


@pytest.mark.parametrize(("bias", "facts", "said"), CASES)
def test_the_drawer_of_the_trade_says_it(bias: Bias, facts: dict[str, Fact], said: str) -> None:
    found = replace(TRADE_EVIDENCE, tags=(tagged(bias, facts),))
    assert f" tag {bias} ({bias}@1): {said} " in terminal(why.of_trade(found, OURS, "UTC"))


def test_a_tag_of_a_package_that_is_gone_lists_its_facts_by_name() -> None:
    facts: dict[str, Fact] = {"moon": "full", "howls": True, "wolves": None}
    assert OURS.tag(tagged("full_moon", facts)) == "moon full, howls yes, wolves unknown"

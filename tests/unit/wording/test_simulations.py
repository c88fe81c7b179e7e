"""What a simulation could not do, in words."""

from typing import get_args

import pytest

from coach.engine.what_if.gaps import Lack
from coach.wording.simulations import LACKS, LEFT_ALONE, describe_gaps, describe_left_alone


def counts(**given: int) -> dict[str, int]:
    return dict.fromkeys(LEFT_ALONE, 0) | given


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, []),
        (
            {"infeasible": 1},
            ["1 trade was made smaller: the replay had not the money for all of it"],
        ),
        (
            {"infeasible": 1200},
            ["1,200 trades were made smaller: the replay had not the money for all of them"],
        ),
        ({"unpriced": 1}, ["1 trade kept its own time: no candle lies near the later one"]),
        (
            {"unreliable": 1, "dropped": 2},
            [
                "1 trade took more than a hundredth of a bar's volume: its prices are unreliable",
                "2 trades were over before the delay was, and left out",
            ],
        ),
    ],
)
def test_one_trade_and_several_are_said_in_their_numbers(
    given: dict[str, int], said: list[str]
) -> None:
    assert list(describe_left_alone(counts(**given))) == said


def test_a_single_entry_without_candles_is_no_plural() -> None:
    gap = {"what": "candles", "symbol": "BTC-USD", "since": "2026-03-02", "until": "2026-03-03"}
    assert describe_gaps([{**gap, "entries": 1}]).endswith("to 2026-03-03 (1 entry)")


def test_every_kind_of_lack_has_its_words() -> None:
    assert set(LACKS) == set(get_args(Lack))

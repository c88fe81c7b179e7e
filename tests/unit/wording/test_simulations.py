"""What a simulation could not do, in words."""

import pytest

from coach.wording.simulations import LEFT_ALONE, describe_left_alone, describe_refusal


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


def test_a_single_trade_that_stays_is_no_plural() -> None:
    assert describe_refusal("BTC-USD", 1, "no candles").startswith("BTC-USD: 1 trade left")

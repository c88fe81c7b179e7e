"""Facts as a person reads them."""

from typing import TYPE_CHECKING

import pytest

from coach.cli.facts import span, told

if TYPE_CHECKING:
    from coach.model.insights import Fact


def test_an_entry_larger_than_usual_after_one_win() -> None:
    facts: dict[str, Fact] = {
        "minutes_after_win": 1500.0,
        "size_ratio": 1.5,
        "wins_in_a_row": 1,
        "win": "0.00012",
        "currency": "BTC",
    }
    assert told(facts) == "1 d 1 h after a win of 0.00012 BTC, 1.5 x usual size, 1 win in a row"


def test_an_entry_after_a_strong_move() -> None:
    facts: dict[str, Fact] = {
        "z_1h": 3.125,
        "z_24h": None,
        "volume_ratio": 4.0,
        "size_ratio": 1.5,
    }
    assert told(facts) == "after an hour of 3.12 usual moves, 4 x usual volume, 1.5 x usual size"


def test_an_addition_to_a_loser() -> None:
    facts: dict[str, Fact] = {
        "below_average": 0.021,
        "z_4h": -1.2,
        "share_of_position": 0.5,
        "price": 98.0,
        "average": 100.0,
    }
    assert told(facts) == (
        "added at 2.1 % on the wrong side of the average price, 50 % of the position"
    )


@pytest.mark.parametrize(
    ("z", "said"),
    [(-2.51, "2.51 usual moves of two hours against it"), (None, "a sharp move against it")],
)
def test_a_sale_in_a_sharp_fall(z: float | None, said: str) -> None:
    facts: dict[str, Fact] = {
        "z_2h": z,
        "price": 43792.7,
        "share_sold": 0.718152,
        "minutes_after": 29.2682,
    }
    assert told(facts) == f"71.8 % of the position closed, 29 min after {said}"


def test_a_late_entry() -> None:
    facts: dict[str, Fact] = {"local_time": "01:30", "hours_in_session": 7.5, "size_ratio": 1.3}
    assert told(facts) == "at 01:30, 7.5 h into the session, 1.3 x usual size"


def test_facts_nobody_foresaw_are_named() -> None:
    assert told({"moon": "full"}) == "moon full"


@pytest.mark.parametrize(("minutes", "said"), [(0, "0 s"), (1, "1 min"), (119, "119 min")])
def test_minutes_are_said_as_people_say_them(minutes: float, said: str) -> None:
    assert span(minutes) == said

"""Fills that carry one time happened in some order, and a guess is told as one."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.instants import FillInInstant, order_instant
from coach.model.fills import BookFill, FillKey

if TYPE_CHECKING:
    from coach.model.fills import Side

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def tied(line: str) -> FillInInstant:
    """Read `buy 5 [#id] [place 1]`."""
    side: Side = "buy" if line.startswith("buy") else "sell"
    words = line.split()
    native_id = next((word[1:] for word in words if word[0] == "#"), "")
    place = int(words[-1]) if "place" in words else 0
    quantity = Decimal(words[1])
    key = FillKey(line.encode())
    return FillInInstant(
        BookFill(key, side, quantity, Decimal(100), Decimal(0), "USD", NINE, ""), native_id, place
    )


def ordered(*lines: str, held: str = "0", shorts: bool = False) -> tuple[list[str], bool]:
    found = order_instant([tied(line) for line in lines], Decimal(held), shorts=shorts)
    return [fill.key.decode() for fill in found.fills], found.guessed


def test_ids_that_count_decide_as_numbers() -> None:
    assert ordered("buy 5 #10", "sell 5 #9", shorts=True) == (["sell 5 #9", "buy 5 #10"], False)


def test_ids_that_count_may_share_a_prefix() -> None:
    assert ordered("buy 5 #n10", "sell 5 #n9", shorts=True)[0] == ["sell 5 #n9", "buy 5 #n10"]


@pytest.mark.parametrize(
    ("one", "other"), [("1b77e9c4", "f3c2a0d1"), ("a1", "b2"), ("7", ""), ("7", "07")]
)
def test_ids_that_do_not_count_decide_nothing(one: str, other: str) -> None:
    lines = (f"sell 5 #{one}", f"buy 5 #{other}" if other else "buy 5")
    assert ordered(*lines)[0] == [lines[1], lines[0]]


def test_the_order_of_the_file_decides_where_ids_do_not() -> None:
    lines = ("buy 5 place 1", "sell 5 place 0")
    assert ordered(*lines, held="5") == ([lines[1], lines[0]], False)


def test_a_file_that_sells_what_is_not_held_is_not_followed_where_nothing_can_be_short() -> None:
    lines = ("sell 5 place 0", "buy 5 place 1")
    assert ordered(*lines) == ([lines[1], lines[0]], False)
    assert ordered(*lines, shorts=True) == (list(lines), False)


def test_places_of_two_files_that_say_nothing_leave_it_to_what_is_possible() -> None:
    assert ordered("sell 5", "buy 5") == (["buy 5", "sell 5"], False)


def test_a_position_returns_to_flat_first_and_that_is_a_guess() -> None:
    assert ordered("buy 5", "sell 5", held="5") == (["sell 5", "buy 5"], True)
    assert ordered("sell 5", "buy 5", held="-5", shorts=True) == (["buy 5", "sell 5"], True)


def test_an_order_that_ends_no_trade_is_no_guess() -> None:
    assert ordered("buy 5", "sell 5", held="20") == (["sell 5", "buy 5"], False)
    assert ordered("sell 5", "buy 5", held="-20", shorts=True) == (["buy 5", "sell 5"], False)


def test_from_flat_where_shorts_are_possible_a_long_is_a_guess() -> None:
    assert ordered("sell 5", "buy 5", shorts=True) == (["buy 5", "sell 5"], True)


def test_fills_of_one_side_stay_as_they_stand() -> None:
    assert ordered("buy 5 #2", "buy 7 #1") == (["buy 5 #2", "buy 7 #1"], False)


PIECES = st.lists(
    st.tuples(st.sampled_from(["buy", "sell"]), st.integers(1, 9)), min_size=1, max_size=5
)


@given(PIECES, st.integers(0, 20), st.booleans())
def test_every_fill_is_taken_once_whatever_is_held(
    pieces: list[tuple[str, int]], held: int, shorts: bool
) -> None:
    lines = [f"{side} {size} #{number:x}g" for number, (side, size) in enumerate(pieces)]
    found, _ = ordered(*lines, held=str(held), shorts=shorts)
    assert sorted(found) == sorted(lines)


@given(st.lists(st.sampled_from(["buy", "sell"]), min_size=2, max_size=4), st.integers(0, 9))
def test_places_decide_whatever_order_the_fills_come_in(sides: list[str], held: int) -> None:
    lines = [f"{side} 1 place {number}" for number, side in enumerate(sides)]
    results = {
        tuple(ordered(*shuffled, held=str(held), shorts=True)[0])
        for shuffled in permutations(lines)
        if len(set(sides)) > 1
    }
    assert len(results) <= 1

"""Fills that carry one time happened in some order, and a guess is told as one."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.instants import MOST_WEIGHED, FillInInstant, counting_id, order_instant

if TYPE_CHECKING:
    from random import Random

    from coach.model.fills import Side


def tied(line: str) -> FillInInstant:
    """Read `buy 5 [#id]`."""
    side: Side = "buy" if line.startswith("buy") else "sell"
    words = line.split()
    native_id = next((word[1:] for word in words if word[0] == "#"), "")
    return FillInInstant(side, Decimal(words[1]), native_id)


def ordered(
    *lines: str,
    held: str = "0",
    shorts: bool = False,
    files: Sequence[Sequence[int]] = (),
    ids_count: bool = True,
) -> tuple[list[str], bool]:
    fills = [tied(line) for line in lines]
    found = order_instant(fills, Decimal(held), shorts=shorts, files=files, ids_count=ids_count)
    return [lines[place] for place in found.places], found.guessed


def test_ids_that_count_decide_as_numbers() -> None:
    assert ordered("buy 5 #10", "sell 5 #9", shorts=True) == (["sell 5 #9", "buy 5 #10"], False)


def test_ids_that_count_may_share_a_prefix() -> None:
    assert ordered("buy 5 #n10", "sell 5 #n9", shorts=True)[0] == ["sell 5 #n9", "buy 5 #n10"]


def test_parts_of_one_side_may_share_a_counting_id() -> None:
    lines = ("buy 2 #8", "buy 3 #8", "sell 5 #7")
    assert ordered(*lines, held="5")[0] == ["sell 5 #7", "buy 2 #8", "buy 3 #8"]


@pytest.mark.parametrize(
    ("one", "other"), [("1b77e9c4", "f3c2a0d1"), ("a1", "b2"), ("7", ""), ("7", "07")]
)
def test_ids_that_do_not_count_decide_nothing(one: str, other: str) -> None:
    lines = (f"sell 5 #{one}", f"buy 5 #{other}" if other else "buy 5")
    assert ordered(*lines)[0] == [lines[1], lines[0]]


def test_ids_of_a_book_in_which_they_do_not_rise_decide_nothing() -> None:
    lines = ("buy 5 #9", "sell 5 #10")
    assert ordered(*lines, held="5", ids_count=False)[0] == [lines[1], lines[0]]


def test_a_word_is_no_counting_id() -> None:
    assert counting_id("abc") is None
    assert counting_id("a-12") == ("a-", 12)


def test_the_order_of_the_file_decides_where_ids_do_not() -> None:
    assert ordered("buy 5", "sell 5", held="5", files=[[0, 1]]) == (["buy 5", "sell 5"], False)
    assert ordered("buy 5", "sell 5", files=[[1, 0]], shorts=True)[0] == ["sell 5", "buy 5"]


def test_a_file_that_sells_what_is_not_held_is_not_followed_where_nothing_can_be_short() -> None:
    lines = ("sell 5", "buy 5")
    assert ordered(*lines, files=[[0, 1]]) == ([lines[1], lines[0]], False)
    assert ordered(*lines, files=[[0, 1]], shorts=True) == (list(lines), False)


def test_a_sale_of_dust_more_than_is_held_follows_the_file() -> None:
    lines = ("sell 5", "buy 5")
    assert ordered(*lines, held="4.995", files=[[0, 1]]) == (list(lines), False)


def test_files_that_overlap_tell_one_order() -> None:
    lines = ("buy 1", "buy 2", "sell 1", "sell 2")
    files = [[0, 2, 1], [2, 1, 3]]
    assert ordered(*lines, files=files) == (["buy 1", "sell 1", "buy 2", "sell 2"], False)


def test_files_that_contradict_each_other_tell_nothing() -> None:
    lines = ("buy 5", "sell 5")
    assert ordered(*lines, held="5", files=[[0, 1], [1, 0]]) == (["sell 5", "buy 5"], True)


def test_a_fill_that_no_file_places_leaves_it_to_what_is_possible() -> None:
    lines = ("buy 5", "buy 6", "sell 5")
    assert ordered(*lines, held="5", files=[[0, 2]]) == (["sell 5", "buy 5", "buy 6"], True)


def test_what_nothing_tells_is_left_to_what_is_possible() -> None:
    assert ordered("sell 5", "buy 5") == (["buy 5", "sell 5"], False)


def test_a_position_returns_to_flat_first_and_that_is_a_guess() -> None:
    assert ordered("buy 5", "sell 5", held="5") == (["sell 5", "buy 5"], True)
    assert ordered("sell 5", "buy 5", held="-5", shorts=True) == (["buy 5", "sell 5"], True)


def test_a_close_in_parts_comes_before_the_next_entry() -> None:
    lines = ("buy 5", "sell 2", "sell 3")
    assert ordered(*lines, held="5") == (["sell 2", "sell 3", "buy 5"], True)


def test_a_scalp_after_the_close_is_closed_again() -> None:
    lines = ("buy 3", "sell 5", "sell 3")
    assert ordered(*lines, held="5") == (["sell 5", "buy 3", "sell 3"], True)


def test_two_scalps_from_flat_are_two_trades_and_a_guess() -> None:
    lines = ("buy 5", "buy 6", "sell 5", "sell 6")
    assert ordered(*lines) == (["buy 5", "sell 5", "buy 6", "sell 6"], True)


def test_an_order_that_ends_no_trade_is_no_guess() -> None:
    assert ordered("buy 5", "sell 5", held="20") == (["sell 5", "buy 5"], False)
    assert ordered("sell 5", "buy 5", held="-20", shorts=True) == (["buy 5", "sell 5"], False)


def test_the_only_order_that_a_spot_account_can_have_is_no_guess() -> None:
    assert ordered("sell 5", "buy 2", "buy 3") == (["buy 2", "buy 3", "sell 5"], False)
    assert ordered("sell 2", "sell 3", "buy 5") == (["buy 5", "sell 2", "sell 3"], False)


def test_from_flat_where_shorts_are_possible_a_long_is_a_guess() -> None:
    assert ordered("sell 5", "buy 5", shorts=True) == (["buy 5", "sell 5"], True)


def test_fills_of_one_side_stay_as_they_stand() -> None:
    assert ordered("buy 5 #2", "buy 7 #1") == (["buy 5 #2", "buy 7 #1"], False)


def test_very_many_fills_of_an_instant_are_taken_side_by_side_and_that_is_a_guess() -> None:
    lines = ["buy 1", "sell 1"] * MOST_WEIGHED
    found, guessed = ordered(*lines)
    assert found == ["buy 1"] * MOST_WEIGHED + ["sell 1"] * MOST_WEIGHED
    assert guessed


PIECES = st.lists(
    st.tuples(st.sampled_from(["buy", "sell"]), st.integers(1, 9)), min_size=1, max_size=6
)


@given(PIECES, st.integers(-9, 20), st.booleans())
def test_every_fill_is_taken_once_whatever_is_held(
    pieces: list[tuple[str, int]], held: int, shorts: bool
) -> None:
    lines = [f"{side} {size} #{number:x}g" for number, (side, size) in enumerate(pieces)]
    found, _ = ordered(*lines, held=str(held if shorts else abs(held)), shorts=shorts)
    assert sorted(found) == sorted(lines)


@given(PIECES, st.integers(0, 20))
def test_spot_sells_nothing_before_its_purchase_where_an_order_allows_that(
    pieces: list[tuple[str, int]], held: int
) -> None:
    moves = [size if side == "buy" else -size for side, size in pieces]
    found, _ = ordered(*(f"{side} {size}" for side, size in pieces), held=str(held))
    position, lowest = held, held
    for line in found:
        side, size = line.split()
        position += int(size) if side == "buy" else -int(size)
        lowest = min(lowest, position)
    assert lowest >= min(0, held + sum(moves))


@given(PIECES, st.integers(0, 9), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_files_are_listed(
    pieces: list[tuple[str, int]], held: int, dice: "Random"
) -> None:
    lines = [f"{side} {size}" for side, size in pieces]
    places = [*range(len(lines))]
    files = [sorted(dice.sample(places, dice.randint(1, len(places)))) for _ in range(3)]
    results = {
        tuple(ordered(*lines, held=str(held), shorts=True, files=listed)[0])
        for listed in permutations(files)
    }
    assert len(results) == 1


@given(st.lists(st.sampled_from(["buy", "sell"]), min_size=2, max_size=5), st.integers(0, 9))
def test_one_file_decides_alone_where_an_account_can_be_short(sides: list[str], held: int) -> None:
    lines = [f"{side} {number}" for number, side in enumerate(sides, 1)]
    files = [[*range(len(lines))]]
    assert ordered(*lines, held=str(held), shorts=True, files=files) == (lines, False)

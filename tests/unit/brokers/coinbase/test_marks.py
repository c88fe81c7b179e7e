"""A set of marks is a set, however it is kept."""

from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.coinbase import marks
from coach.brokers.coinbase.marks import SeenMarks, mark_of


@given(st.lists(st.integers(0, 2**64 - 1), unique=True), st.lists(st.integers(0, 2**64 - 1)))
def test_it_holds_what_was_added_and_nothing_else(added: list[int], others: list[int]) -> None:
    seen = SeenMarks()
    for mark in added:
        seen.add(mark)
    assert len(seen) == len(added)
    assert all(mark in seen for mark in added)
    assert all((mark in seen) == (mark in added) for mark in others)


def test_marks_that_moved_into_the_array_are_still_found() -> None:
    seen = SeenMarks()
    added = [number * 11_400_714_819_323_198_485 % 2**64 for number in range(120_000)]
    for mark in added:
        seen.add(mark)
    assert len(seen) == len(added)
    assert len(seen._recent) < marks.MOST_RECENT
    assert all(mark in seen for mark in added[::97])
    assert 1 not in seen


def test_equal_entries_share_a_mark_in_any_order_of_their_fields() -> None:
    assert mark_of({"a": 1, "b": "\ud800"}) == mark_of({"b": "\ud800", "a": 1})
    assert mark_of({"a": 1}) != mark_of({"a": 2})

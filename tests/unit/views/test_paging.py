"""A list, page by page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.api.pages import ListPage, part_of
from coach.errors import NotFound, UsageError
from coach.model.events import Json
from coach.views.paging import list_page, rows_of_page

ROWS: list[dict[str, Json]] = [{"id": name} for name in ("a", "b", "c", "d")]


def names(after: str | None, limit: int | None) -> list[object]:
    return [row["id"] for row in rows_of_page(ROWS, "id", after, limit)]


def test_pages_one_after_the_other_are_the_list() -> None:
    assert names(None, 3) + names("c", 3) == ["a", "b", "c", "d"]


def test_after_the_last_row_there_is_nothing() -> None:
    assert names("d", None) == []


def test_a_number_is_named_as_it_is_written() -> None:
    assert rows_of_page([{"n": 1}, {"n": 2}], "n", "1", None) == [{"n": 2}]


def test_a_row_may_be_named_by_several_fields_of_which_those_without_a_value_are_left_out() -> None:
    rows: list[dict[str, Json]] = [
        {"rule": "a", "revision": 1},
        {"rule": "a", "revision": None},
        {"rule": "b", "revision": 1},
    ]
    assert rows_of_page(rows, "rule:revision", "a:1", 1) == rows[1:2]
    assert rows_of_page(rows, "rule:revision", "a", None) == rows[2:]


@pytest.mark.parametrize("more", [["new"], ["new", "newer"]])
def test_rows_that_arrive_at_the_head_repeat_nothing_and_hide_nothing(more: list[str]) -> None:
    """The newest stand first: a, b | arrivals | c, d"""
    arrived: list[dict[str, Json]] = [{"id": name} for name in more]
    grown = [*arrived, *ROWS]
    assert names(None, 2) == ["a", "b"]
    assert [row["id"] for row in rows_of_page(grown, "id", "b", 2)] == ["c", "d"]


def test_a_row_that_is_gone_is_told_and_not_taken_for_the_beginning() -> None:
    with pytest.raises(NotFound, match="no row 'x'"):
        names("x", 1)


@pytest.mark.parametrize(("after", "limit"), [(None, 2), ("a", None), ("a", 2)])
def test_the_newest_rows_are_no_page(after: str | None, limit: int | None) -> None:
    with pytest.raises(UsageError, match="last stands beside"):
        list_page(after, limit, 2)


@given(st.integers(0, 12), st.none() | st.integers(0, 11), st.none() | st.integers(1, 13))
def test_what_is_cut_before_its_rows_are_made_is_the_page_of_them(
    count: int, after: int | None, limit: int | None
) -> None:
    listed = [f"{number}" for number in range(count)]
    wanted = None if after is None else f"{after}"
    if after is not None and after >= count:
        with pytest.raises(NotFound):
            part_of(listed, ListPage(wanted, limit), str)
        return
    rows: list[dict[str, Json]] = [{"id": name} for name in listed]
    page = rows_of_page(rows, "id", wanted, limit)
    assert part_of(listed, ListPage(wanted, limit), str) == [row["id"] for row in page]


def test_the_newest_are_the_last_of_a_list() -> None:
    assert part_of("abc", ListPage(newest=2), str) == "bc"
    assert part_of("abc", ListPage(newest=9), str) == "abc"

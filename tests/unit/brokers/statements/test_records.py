"""Physical lines to rows: none lost, none twice."""

from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.statements.records import ENDLESS, Dialect, cells, records


def read(text: str, width: int) -> list[tuple[int, list[str]]]:
    lines = text.splitlines(keepends=True)
    return [
        (line, row if row is ENDLESS else row[:-1])
        for line, row in records(lines, Dialect(","), width, 1)
    ]


def test_every_row_has_the_header_s_width_and_its_own_line() -> None:
    assert read("a,b\nc\n\nd,e\n", 2) == [
        (1, ["a", "b"]),
        (2, ["c", ""]),
        (3, ["", ""]),
        (4, ["d", "e"]),
    ]


def test_a_quote_that_never_closes_swallows_no_other_row() -> None:
    assert read('a,"b\nc,d\ne,f\n', 2) == [(1, ["a", "b\n"]), (2, ["c", "d"]), (3, ["e", "f"])]


def test_a_cell_over_two_lines_stays_one_row() -> None:
    assert read('a,"hello\nworld"\nc,d\n', 2) == [(1, ["a", "hello\nworld"]), (3, ["c", "d"])]


def test_a_row_inside_a_swallowed_one_is_read_by_itself() -> None:
    assert read('a,"b\nc,d"\ne,f\n', 2) == [(1, ["a", "b\n"]), (2, ["c", 'd"']), (3, ["e", "f"])]


def test_a_row_wrapped_in_quotes_is_unwrapped() -> None:
    assert read('"a,""1,5"",c"\n', 3) == [(1, ["a", "1,5", "c"])]


def test_doubled_quotes_outside_a_wrapped_row_are_understood() -> None:
    assert read('a,""1,5"",c\n', 3) == [(1, ["a", "1,5", "c"])]


def test_an_endless_field_costs_its_own_row_only() -> None:
    found = read("a," + "x" * 200_000 + "\nc,d\n", 2)
    assert found[0][1] is ENDLESS
    assert found[1] == (2, ["c", "d"])


def test_an_endless_quoted_run_gives_back_every_row() -> None:
    text = 'a,"b\n' + "c,d\n" * 50_000
    assert len(read(text, 2)) == 50_001


def test_empty_cells_beyond_the_header_are_dropped_and_full_ones_kept() -> None:
    assert read("a,b,,\nc,d,e\n", 2) == [(1, ["a", "b"]), (2, ["c", "d", "e"])]


@given(st.lists(st.text(st.characters(blacklist_characters="\r\n", codec="utf-8"), max_size=20)))
def test_no_line_is_lost_or_read_twice(texts: list[str]) -> None:
    lines = [text + "\n" for text in texts]
    starts = [line for line, _ in records(lines, Dialect(","), 3, 1)]
    joined = [i for i in range(1, len(texts) + 1) if i not in starts]
    assert starts == sorted(set(starts))
    assert all('"' in "".join(texts[:line]) for line in joined)
    assert not joined or len(texts) > 1


def test_cells_takes_one_line_apart() -> None:
    assert cells(' a, "b,c" ,d\n', Dialect(",")) == ["a", "b,c ", "d"]

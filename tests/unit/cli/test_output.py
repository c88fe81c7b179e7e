"""The same answer on a terminal, in a pipe and as JSON."""

from collections.abc import Iterator
from io import StringIO

import pytest

from coach.cli.show.answers import Answer
from coach.cli.show.output import Output, enveloped
from coach.cli.show.screen import Screen, wrapped
from coach.model.events import Json
from coach.views.table import Column, Table

ROWS: list[dict[str, Json]] = [
    {"symbol": "BTC-USD", "quote": "USD", "net": "-1234.5", "note": "a\tb"},
    {"symbol": "ETH-BTC", "quote": "BTC", "net": "0.000012345", "note": None},
]
TABLE = Table(
    (Column("symbol", "symbol"), Column("net", "net", "money"), Column("note")), ROWS, "no trades"
)
ANSWER = Answer("trades", list(ROWS), TABLE, below=("in all 2",), warnings=("mind the gap",))
PLAIN = Screen(width=80, color=False)


def shown(stream: StringIO, answer: Answer, *, json: bool = False, screen: Screen = PLAIN) -> str:
    Output(stream, json=json).show(answer, screen)
    return stream.getvalue()


def test_a_pipe_gets_tsv() -> None:
    assert shown(StringIO(), ANSWER) == (
        "symbol\tnet\tnote\nBTC-USD\t-1234.5\ta\\tb\nETH-BTC\t0.000012345\t\n"
    )


def test_json_is_one_object_on_one_line() -> None:
    assert shown(StringIO(), ANSWER, json=True) == (
        '{"schema_version":1,"command":"trades","data":['
        '{"symbol":"BTC-USD","quote":"USD","net":"-1234.5","note":"a\\tb"},'
        '{"symbol":"ETH-BTC","quote":"BTC","net":"0.000012345","note":null}],'
        '"warnings":["mind the gap"]}\n'
    )


def test_rows_one_by_one_are_the_same_answer() -> None:
    for found in (ROWS, []):
        whole = Answer("trades", list(found), Table(TABLE.columns, found))
        by_rows = StringIO()
        Output(by_rows, json=True).write_each("trades", TABLE.columns, iter(found))
        assert by_rows.getvalue() == shown(StringIO(), whole, json=True)
        by_rows = StringIO()
        Output(by_rows, json=False).write_each("trades", TABLE.columns, iter(found))
        assert by_rows.getvalue() == shown(StringIO(), whole)


def test_no_row_waits_for_the_next() -> None:
    """The third row fails: the first two were asked for and written before it."""

    def failing() -> Iterator[dict[str, Json]]:
        yield from ROWS
        raise LookupError

    pieces = enveloped("trades", failing())
    assert '"BTC-USD"' in next(pieces) + next(pieces)
    assert '"ETH-BTC"' in next(pieces)
    with pytest.raises(LookupError):
        next(pieces)


def test_a_terminal_gets_a_table_with_signs_and_cents(terminal: StringIO) -> None:
    assert shown(terminal, ANSWER) == (
        "symbol           net\nBTC-USD    -1,234.50\nETH-BTC  +0.00001234\nin all 2\n"
    )


def test_json_on_a_terminal_is_the_same_object(terminal: StringIO) -> None:
    assert shown(terminal, ANSWER, json=True) == shown(StringIO(), ANSWER, json=True)


def test_colour_only_decorates(terminal: StringIO) -> None:
    colored = shown(terminal, ANSWER, screen=Screen(width=80, color=True))
    assert "\x1b[" in colored
    assert "-1,234.50" in colored


def test_without_colour_there_is_no_escape(terminal: StringIO) -> None:
    assert "\x1b" not in shown(terminal, ANSWER)


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_table_fits_its_screen(terminal: StringIO, width: int) -> None:
    text = shown(terminal, ANSWER, screen=Screen(width=width, color=False))
    assert max(map(len, text.splitlines())) <= width


def test_an_empty_table_says_so_to_a_person(terminal: StringIO) -> None:
    empty = Answer("trades", [], Table(TABLE.columns, [], "no trades"))
    assert shown(terminal, empty) == "no trades\n"


def test_an_empty_table_is_a_header_in_a_pipe() -> None:
    assert (
        shown(StringIO(), Answer("trades", [], Table(TABLE.columns, []))) == "symbol\tnet\tnote\n"
    )


def test_text_is_written_as_it_stands(terminal: StringIO) -> None:
    answer = Answer("digest", {}, text="one\ntwo\n")
    assert shown(terminal, answer) == shown(StringIO(), answer) == "one\ntwo\n"


def test_a_number_is_never_folded(terminal: StringIO) -> None:
    assert shown(terminal, ANSWER, screen=Screen(width=19, color=False)).startswith(
        "symbol  BTC-USD\nnet     -1,234.50\n\nsymbol  ETH-BTC\nnet     +0.00001234\n"
    )


def test_texts_give_way_to_numbers(terminal: StringIO) -> None:
    columns = (Column("note", "note"), Column("net", "net", "money"))
    row: dict[str, Json] = {"note": "a long story of a trade", "net": "-1234567.5", "quote": "USD"}
    text = shown(terminal, Answer("x", [], Table(columns, [row])), screen=Screen(24, color=False))
    assert max(map(len, text.splitlines())) <= 24
    assert "-1,234,567.50" in text


def test_a_number_keeps_its_percent_sign_where_a_line_is_folded() -> None:
    line = "typically at +1.2 %. Is that a rule of yours?"
    for width in range(12, len(line)):
        folded = wrapped(line, width)
        assert not any(part.lstrip().startswith("%") for part in folded), width
        assert " ".join(part.strip() for part in folded) == line

"""Nothing that others wrote touches the terminal, whichever way it takes."""

from __future__ import annotations

import json
import re
import sys
from io import StringIO
from typing import TYPE_CHECKING
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.cells import cell
from coach.cli.show.answers import Answer
from coach.cli.show.output import Output
from coach.cli.show.progress import progress
from coach.cli.show.screen import Screen
from coach.cli.show.talk import Talk
from coach.views.table import Column, Table
from coach.wording.json_text import compact
from coach.wording.visible import visible, visible_json, visible_lines

if TYPE_CHECKING:
    from coach.model.events import Json

NASTY = (
    "a\x1b[31mred\x1b[0m\x07\x00\x08\x7f\x9b2J\x85b\u200b\u200d\u200e\u202a\u202e\u2066\u2069"
    "\u061c\u2028\u2029\ufeff\ufff9\ue000\udc9b\U000e0041\t\r\x0bz"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
SCREENS = [
    Screen(width=200, color=False),
    Screen(width=200, color=True),
    Screen(width=20, color=False),
]


def is_safe(text: str) -> bool:
    """Return whether a text has only characters that show, line feeds and our own colours."""
    return all(
        sign == "\n" or category(sign) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        for sign in COLOUR.sub("", text)
    )


def answer() -> Answer:
    note: Json = {NASTY: [NASTY]}
    row = {"symbol": NASTY, "quote": NASTY, "net": "1.5", "note": note, "id": NASTY}
    rest: dict[str, Json] = {"symbol": "BTC", "quote": "USD", "net": "-2", "note": [NASTY]}
    table = Table(
        (
            Column("symbol", "symbol"),
            Column("net", "net", "money", currency="quote"),
            Column("note", "note"),
            Column("id", "id", "key"),
        ),
        [row, rest],
        "nothing",
    )
    return Answer("x", [dict(row)], table, below=(NASTY,), warnings=(NASTY,), hints=(NASTY,))


def test_the_text_to_try_with_is_not_safe() -> None:
    assert not is_safe(NASTY)
    assert is_safe("née 币安人生 ½ 🚀 a\u00a0b\u3000c\nd")


@pytest.mark.parametrize("screen", SCREENS)
def test_a_table_on_a_terminal_is_safe(terminal: StringIO, screen: Screen) -> None:
    Output(terminal, json=False).show(answer(), screen)
    written = terminal.getvalue()
    assert is_safe(written)
    assert "\\x1b" in written
    assert COLOUR.search(written) is None or screen.color


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("as_text", [True, False])
def test_lines_and_texts_on_a_terminal_are_safe(
    terminal: StringIO, screen: Screen, *, as_text: bool
) -> None:
    said = Answer("x", {}, text=f"{NASTY}\nb") if as_text else Answer("x", {}, lines=(NASTY, "b"))
    Output(terminal, json=False).show(said, screen)
    assert is_safe(terminal.getvalue())
    assert terminal.getvalue().endswith("b\n")


def test_lines_as_they_come_are_safe(terminal: StringIO) -> None:
    Output(terminal, json=False).as_they_come([NASTY, compact({"label": NASTY})])
    assert is_safe(terminal.getvalue())
    assert json.loads(terminal.getvalue().splitlines()[1]) == {"label": NASTY}


def test_a_pipe_gets_one_line_a_row_and_cells_without_tabs() -> None:
    stream = StringIO()
    Output(stream, json=False).show(answer(), SCREENS[0])
    header, *lines = stream.getvalue().removesuffix("\n").split("\n")
    assert header == "symbol\tnet\tnote\tid"
    assert [line.count("\t") for line in lines] == [3, 3]
    assert is_safe(stream.getvalue().replace("\t", ""))


@pytest.mark.parametrize("terminal_or_pipe", ["terminal", "pipe"])
def test_json_is_safe_and_says_the_same(terminal: StringIO, terminal_or_pipe: str) -> None:
    stream = terminal if terminal_or_pipe == "terminal" else StringIO()
    Output(stream, json=True).show(answer(), SCREENS[0])
    assert is_safe(stream.getvalue())
    said = json.loads(stream.getvalue())
    assert said["data"][0]["symbol"] == NASTY
    assert said["warnings"] == [NASTY]


def test_an_error_as_json_is_safe(terminal: StringIO) -> None:
    Output(terminal, json=True).refuse("E_X", NASTY, NASTY)
    assert is_safe(terminal.getvalue())
    assert json.loads(terminal.getvalue())["error"]["message"] == NASTY


def test_talk_is_safe_whatever_it_tells(terminal: StringIO) -> None:
    talk = Talk(terminal, quiet=False, json=False)
    talk.error(NASTY, NASTY)
    talk.warning(NASTY)
    talk.hint(NASTY)
    talk.trace(NASTY)
    talk.ask(NASTY, NASTY)
    assert is_safe(terminal.getvalue())
    assert terminal.getvalue().count("\\u202e") == 7


def test_an_error_in_a_log_is_safe() -> None:
    stream = StringIO()
    Talk(stream, quiet=False, json=False).error(f"{NASTY}\nmore", "do so")
    assert is_safe(stream.getvalue())
    assert stream.getvalue().endswith("\nmore\nhint: do so\n")


def test_a_bar_says_no_more_than_its_words(terminal: StringIO) -> None:
    with progress(Talk(terminal, quiet=False, json=False), f"[red]{NASTY}") as tell:
        assert tell is not None
        tell(1, 2)
    said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", terminal.getvalue())
    assert is_safe(said)
    assert "[red]a\\x1b" in said


@given(st.text(st.characters() | st.sampled_from(NASTY)))
def test_a_cell_and_json_give_back_every_text(text: str) -> None:
    assert json.loads(compact(text)) == text
    assert is_safe(cell(text))
    assert is_safe(visible_json(text).replace("\n", ""))


@given(st.text(st.characters() | st.sampled_from(NASTY)))
def test_what_shows_stays_as_it_is(text: str) -> None:
    assert is_safe(visible(text))
    assert visible(visible(text)) == visible(text)
    if text.isprintable():
        assert visible(text) == text


def test_only_a_line_feed_ends_a_line() -> None:
    assert visible_lines("a\nb\u2028c\x0bd\r\n") == ["a", "b\\u2028c\\x0bd\\x0d", ""]


def test_every_character_there_is_is_safe_or_escaped() -> None:
    written = set[str]().union(
        *(visible(chr(code)) for code in range(sys.maxunicode + 1) if code != ord("\n"))
    )
    assert all(map(is_safe, written))
    assert "\n" not in written

"""The only writer to stdout: a table on a terminal, TSV in a pipe, one JSON object on request."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coach.advice.cells import cell
from coach.cli.show.screen import without_columns, wrapped
from coach.errors import CoachError
from coach.settings.redaction import redact
from coach.wording.json_text import compact, envelope, error_object
from coach.wording.visible import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TextIO

    from coach.cli.show.answers import Answer
    from coach.cli.show.screen import Screen
    from coach.views.table import Column, Row, Table


class Output:
    """Standard output, and the manner it was asked to speak in."""

    def __init__(self, stream: TextIO, *, json: bool) -> None:
        self.stream = stream
        self.json = json
        self.terminal = stream.isatty()

    def show(self, answer: Answer, screen: Screen) -> None:
        """Write an answer; only a terminal minds the screen."""
        self._write(self._rendered(answer, screen))

    @property
    def as_a_table(self) -> bool:
        """Say whether a person reads the answer as a table, whose widths all of its rows decide."""
        return self.terminal and not self.json

    def write_each(self, command: str, columns: Sequence[Column], rows: Iterable[Row]) -> None:
        """Write the rows of an answer one by one as JSON or TSV: none has to stay in memory."""
        if not self.json:
            self._write(tsv_lines(columns, rows))
            return
        with self._complaints():
            self.stream.writelines(enveloped(command, rows))
            self.stream.flush()

    def refuse(self, code: str, message: str, hint: str) -> None:
        """Write an error as an object; talk.py tells it to people."""
        self._write([compact(error_object(code, redact(message), redact(hint)))])

    def lines(self, lines: Iterable[str]) -> None:
        """Write lines, safe to print, and let the reader have them when all are written."""
        self._write(map(visible, lines))

    def _write(self, lines: Iterable[str]) -> None:
        """Write lines of which every part that others wrote is safe to print."""
        with self._complaints():
            self.stream.writelines(f"{line}\n" for line in lines)
            self.stream.flush()

    def as_they_come(self, lines: Iterable[str]) -> None:
        """Write lines, and let the reader have each at once."""
        for line in lines:
            self.lines([line])

    def give_up(self) -> None:
        """Send all further output nowhere: what is buffered would fail once more at the end."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())

    @contextmanager
    def _complaints(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as full:
            self.give_up()
            raise CoachError(what=f"cannot write the answer: {full.strerror}") from full

    def _rendered(self, answer: Answer, screen: Screen) -> Iterable[str]:
        if self.json:
            return [compact(envelope(answer.command, answer.data, answer.warnings))]
        if answer.text is not None:
            text = answer.text.removesuffix("\n")
            return visible_lines(text) if self.terminal else [text]
        if not self.terminal:
            return tsv(answer.table) if answer.table else map(visible, answer.lines)
        return for_a_person(answer, screen)


def enveloped(command: str, rows: Iterable[Row]) -> Iterator[str]:
    """Yield, in pieces, the one object that `--json` prints of an answer with these rows."""
    whole = compact(envelope(command, []))
    before, brackets, after = whole.partition("[]")
    yield before + brackets[0]
    for number, row in enumerate(rows):
        yield ("," if number else "") + compact(dict(row))
    yield f"{brackets[1]}{after}\n"


def for_a_person(answer: Answer, screen: Screen) -> Iterator[str]:
    """Yield what a terminal shows."""
    table = answer.for_people or answer.table
    if answer.lines or not table:
        yield from (part for line in answer.lines for part in _folded(line, screen))
    elif not table.rows:
        yield table.empty
    else:
        from coach.cli.show.terminal import drawn

        yield from drawn(table, screen)
    for line in answer.below:
        yield from _folded(line, screen)


def _folded(line: str, screen: Screen) -> list[str]:
    shown = visible(without_columns(line) if screen.accessible else line)
    return wrapped(shown, screen.width)


def tsv(table: Table) -> Iterator[str]:
    """Return a header and one line per row, nothing cut off."""
    return tsv_lines(table.columns, table.rows)


def tsv_lines(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    """Yield a header and one line per row."""
    yield "\t".join(column.key for column in columns)
    for row in rows:
        yield "\t".join(cell(row.get(column.key)) for column in columns)

"""What every source of fills offers: an iterator of rows, and a summary of where they came from.

A statement reader and a broker adapter yield the same things in file order: a `Fill`, an `Other` (a
row that is no trade and is counted by its kind), or a `SkippedRow` (a trade row we could not read),
and beside them a `StatedBalance` wherever the source says how much is there. Nothing is raised for
a bad row; an error is raised only when the source as a whole is unusable.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

from coach.model.accounts import SkippedRow
from coach.model.fills import Fill
from coach.model.movements import Movement, StatedBalance
from coach.values import dataclass


class Other(NamedTuple):
    """A row that is no trade: a deposit, a reward, a transfer, a convert still to come.

    `movements` are the coins that came or left with it, as far as the source tells.
    """

    kind: str
    line: int
    movements: tuple[Movement, ...] = ()


Row = Fill | Other | SkippedRow | StatedBalance

LONGEST_KIND = 60
LONGEST_ID = 200


def kind_of(text: str) -> str:
    """Return a source's own word for a row that is no trade, fit to be shown and stored."""
    return printable(" ".join(text.split())[:LONGEST_KIND])


def printable(text: str) -> str:
    """Return a text with a mark in the place of every character that cannot be shown."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def is_id(text: str) -> bool:
    """Return whether a text can be a source's own id, or none: short and printable."""
    return len(text) <= LONGEST_ID and text.isprintable()


def row_on_line(row: Row, line: int) -> Row:
    """Return a row as the one that came so far down the list."""
    return replace(row, line=line) if isinstance(row, SkippedRow) else row._replace(line=line)


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Who speaks.

    `family` groups sources whose native ids agree; `rank` decides between two readings of one
    fill (higher wins: API 30, exchange fills 20, history or report 10); `shorts` says whether a
    sell from flat can be a short; `account` is the default name.
    """

    name: str
    family: str
    broker: str
    account: str
    rank: int
    shorts: bool


class Source(Protocol):
    """A statement that was recognised, or a broker that was connected."""

    @property
    def info(self) -> SourceInfo:
        """Return who speaks."""

    def rows(self) -> Iterator[Row]:
        """Yield rows in source order; may be called again for a fresh pass."""

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader should know, after `rows` is exhausted."""

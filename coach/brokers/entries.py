"""What a broker tells of an account beside fills, where that is a list for each wallet.

A list runs from the newest transaction to the oldest. Of each wallet a mark is kept: the newest
transaction that was seen, and those that were not in force then. A reading ends at the mark, and
asks for each of those by its id. A list that is read for the first time may be long: its pages are
kept as they come, so that a reading that breaks off goes on behind the last of them. What came
meanwhile stands before the first page, and is read by the reading after that.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from coach.brokers.base import Row

RawTransaction = dict[str, object]


class EntryMark(NamedTuple):
    """Up to where a wallet's transactions are known, and which of them were not in force."""

    newest: str
    at: datetime
    pending: tuple[str, ...] = ()


class TransactionPage(NamedTuple):
    """A page of a wallet's list; `following` is what the next one begins after, if there is one."""

    rows: Sequence[RawTransaction]
    following: str


class EntryPlace(Protocol):
    """Where marks stand, and pages are kept until the reading of their wallet was imported.

    A `brief` reading passes over wallets where nothing is and nothing was: whoever reads every
    minute leaves them to the others.
    """

    @property
    def brief(self) -> bool:
        """Return whether the reading is brief."""

    def mark(self, wallet: str) -> EntryMark | None:
        """Return up to where a wallet is known."""

    def pages(self, wallet: str) -> Iterable[TransactionPage]:
        """Return the pages of a wallet that a reading before this one kept, the newest first."""

    def keep(self, wallet: str, page: TransactionPage) -> None:
        """Keep the next page of a wallet."""


class EntryReading(Protocol):
    """The entries of an account; all but `rows` is known once `rows` is exhausted.

    `marks` are those of wallets that were read to their marks, or to their ends. `moving` are coins
    of which something is not in force yet, or was not at the last look. `unread` says why entries
    could not be read, and is empty where they were.
    """

    marks: dict[str, EntryMark]
    moving: set[str]
    unread: str

    def rows(self) -> Iterator[Row]:
        """Yield what is no fill, in any order."""

    def notes(self) -> Iterator[str]:
        """Yield what a reader should know."""

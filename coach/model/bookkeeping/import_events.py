"""What happens to accounts, imports and candles and may be told."""

from datetime import datetime
from typing import ClassVar, Literal

from coach.model.accounts import RunId
from coach.model.events import BOOKS, CONCLUSIONS, EventType, NewEvent, Stale
from coach.values import dataclass

AccountChange = Literal[
    "connected",
    "disconnected",
    "reauth_required",
    "removed",
    "shorts",
    "equity",
    "sync_hours",
    "pairs",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(NewEvent):
    """An account was connected, left, removed or needs you, or what you declared has changed."""

    type: ClassVar[EventType] = "account.changed"
    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    account: str
    what: AccountChange


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress(NewEvent):
    """An import goes on, at most once a second; `of` is the number of rows where it is known."""

    type: ClassVar[EventType] = "import.progress"
    stale: ClassVar[tuple[Stale, ...]] = ("imports", "jobs")
    run_id: RunId
    rows: int
    of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDone(NewEvent):
    """An import is done: how many rows it read and what became of them."""

    type: ClassVar[EventType] = "import.done"
    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    run_id: RunId
    account: str
    source: str
    fetched: int
    new: int
    known: int
    changed: int
    skipped: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportUndone(NewEvent):
    """An import was taken back, and so many fills with it."""

    type: ClassVar[EventType] = "import.undone"
    stale: ClassVar[tuple[Stale, ...]] = BOOKS
    run_id: RunId
    account: str
    removed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CandlesStored(NewEvent):
    """Candles came, and all conclusions were drawn again."""

    type: ClassVar[EventType] = "candles.stored"
    stale: ClassVar[tuple[Stale, ...]] = ("candles", "checks", "profit", *CONCLUSIONS)

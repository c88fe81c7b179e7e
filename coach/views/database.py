"""The database: the months that events are kept in, and the epoch of each user's events."""

from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.database import MonthOfEvents, StreamEpoch

MONTHS = (
    Column("month", "month"),
    Column("events", "events", "number"),
    Column("size", "bytes", "number"),
    Column("state", "state"),
    Column("first"),
    Column("next"),
    Column("partition"),
)
EPOCHS = (
    Column("user", "user"),
    Column("epoch", "epoch", "key"),
    Column("events", "events", "number"),
)


class EventMonthRow(TypedDict):
    """A month for events, in UTC: from `first` to before `next`.

    `events` is the server's estimate, `size` in bytes. A month that is `leaving` is older than
    events are kept for.
    """

    month: str
    events: int
    size: int
    state: Literal["open", "leaving"]
    first: datetime
    next: datetime
    partition: str


class EventEpochRow(TypedDict):
    """The epoch of a user's events; `events` is the number of the newest one."""

    user: str
    epoch: str
    events: int


def event_month(month: "MonthOfEvents") -> EventMonthRow:
    """Return a month for events."""
    return {
        "month": f"{month.first:%Y-%m}",
        "events": month.events,
        "size": month.size,
        "state": "leaving" if month.leaving else "open",
        "first": month.first,
        "next": month.next,
        "partition": month.name,
    }


def event_epoch(stream: "StreamEpoch") -> EventEpochRow:
    """Return the epoch of a user's events."""
    return {"user": stream.user, "epoch": stream.epoch, "events": stream.events}

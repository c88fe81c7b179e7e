"""What a person may be told: rows of the outbox."""

from datetime import datetime
from typing import ClassVar, Final, Literal, NewType

from coach.model.accounts import UserId
from coach.values import dataclass

EventId = NewType("EventId", str)
"""A ULID minted under the user's lock: its order is commit order."""

EventType = Literal[
    "account.changed",
    "channel.changed",
    "import.progress",
    "import.done",
    "import.undone",
    "fill.left_out",
    "fill.taken_back",
    "candles.stored",
    "bias.tagged",
    "trait.announced",
    "trait.withdrawn",
    "rule.changed",
    "rule.breached",
    "rule.proposed",
    "rule.dismissed",
    "rule.moved",
    "rule.muted",
    "rule.rolled_back",
    "rule.waiting",
    "check.asked",
    "commitment.signed",
    "commitment.removed",
    "commitment.restored",
    "confidence.given",
    "experiment.changed",
    "label.given",
    "label.removed",
    "plan.changed",
    "question.asked",
    "question.answered",
    "digest.ready",
    "digest.sent",
    "coach.reflect",
    "note.added",
    "note.edited",
    "note.removed",
    "note.restored",
    "setting.waiting",
    "zone.changed",
]
Stale = Literal[
    "accounts",
    "breaches",
    "candles",
    "channels",
    "deliveries",
    "checks",
    "commitments",
    "coverage",
    "digests",
    "experiments",
    "fills",
    "findings",
    "imports",
    "jobs",
    "labels",
    "notes",
    "plans",
    "profit",
    "proposals",
    "questions",
    "reflections",
    "revisions",
    "rules",
    "status",
    "tags",
    "trades",
    "zone",
]
"""What a follower may have read before and reads again."""

CONCLUSIONS: Final[tuple[Stale, ...]] = (
    "breaches",
    "experiments",
    "findings",
    "questions",
    "rules",
    "status",
    "tags",
    "trades",
)
"""What is concluded from fills, candles and what was declared; trades bear tags."""
RULES: Final[tuple[Stale, ...]] = ("breaches", "experiments", "rules", "status")
BOOKS: Final[tuple[Stale, ...]] = (
    "accounts",
    "checks",
    "coverage",
    "fills",
    "imports",
    "jobs",
    "labels",
    "notes",
    "profit",
    *CONCLUSIONS,
)
"""What follows from fills: an answer or a note may be about a trade that is gone.

What was done after a check follows from the fills after it.
"""
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event on its way into the outbox; id and place are given there.

    Each type is a dataclass that `model/event_types` lists; its fields are the payload. `stale`
    names what a follower reads again, where it has read it before.
    """

    type: ClassVar[EventType]
    v: ClassVar[int] = 1
    stale: ClassVar[tuple[Stale, ...]]


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it was committed. `seq` has no gap within a user and an epoch.

    `epoch` is that of the user's events when this one was read.
    """

    id: EventId
    user_id: UserId
    seq: int
    type: str
    v: int
    ts: datetime
    payload: dict[str, Json]
    epoch: str = ""


@dataclass(frozen=True, slots=True)
class StreamHead:
    """What is kept of a user's events: an epoch, the first number that is kept, and the last.

    Where nothing is kept `floor` is `head` + 1; who never had an event has no epoch.
    """

    epoch: str
    floor: int
    head: int

"""An event's id: a ULID that also says its place.

48 bits of milliseconds, 40 of the user's sequence, 40 random. Minted under the user's lock,
so within a user the order of ids is the order of commits, and an id leads to its month and
its place without a search.
"""

from datetime import UTC, datetime, timedelta

from coach.model.events import EventId
from coach.values import dataclass

MILLISECOND = timedelta(milliseconds=1)
START = datetime(1970, 1, 1, tzinfo=UTC)
RANDOM_BYTES = 5
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's, of five bits each; the library that reads ids takes 15 ms to load."""
SHIFTS = range(125, -1, -5)


@dataclass(frozen=True, slots=True)
class EventPlace:
    """What an id says: when, and which in the user's row of events."""

    ts: datetime
    seq: int


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970."""
    return (moment - START) // MILLISECOND


def time_of(ms: int) -> datetime:
    """Return the moment these milliseconds stand for."""
    return START + ms * MILLISECOND


def mint(ms: int, seq: int, random: bytes) -> EventId:
    """Write an id; `random` has five bytes."""
    number = int.from_bytes(ms.to_bytes(6) + seq.to_bytes(5) + random)
    return EventId("".join([DIGITS[number >> shift & 31] for shift in SHIFTS]))


def after_unknown(seq: int) -> EventId:
    """Return the id of a place after an event that is not known: of its number, without a time."""
    return mint(0, seq, bytes(RANDOM_BYTES))


def is_of_unknown(event_id: str) -> bool:
    """Say whether an id names a place, as `after_unknown` writes it, and no event."""
    found = place(event_id)
    return found is not None and event_id.upper() == after_unknown(found.seq)


def place(text: str) -> EventPlace | None:
    """Read an id, in either case; None where it is none."""
    from ulid import ULID

    try:
        raw = ULID.from_str(text.upper()).bytes
        return EventPlace(time_of(int.from_bytes(raw[:6])), int.from_bytes(raw[6:11]))
    except (ValueError, OverflowError):
        return None

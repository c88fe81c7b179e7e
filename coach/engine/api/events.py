"""Events: what changed for a user, in order and without gaps."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from coach.engine.api.session import Session
from coach.engine.outbox import devices, read
from coach.engine.outbox.devices import DevicePosition
from coach.engine.outbox.ids import is_of_unknown
from coach.engine.outbox.read import EVERYTHING, EventChoice
from coach.engine.relay.devices import DeviceCursor
from coach.engine.relay.follow import follow_over
from coach.engine.relay.tail import Tail
from coach.errors import Invalid
from coach.model.events import Event, EventId, EventType

__all__ = ["EVERYTHING", "DevicePosition", "EventChoice"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where followed events go: to a named device or just here, and after how many that ends."""

    device: str | None = None
    limit: int | None = None


ANYWHERE = Destination()


def every(
    session: Session, after: str | None = None, choice: EventChoice = EVERYTHING
) -> Iterator[Event]:
    """Yield the chosen events after that id up to now, oldest first."""
    start = _start(after)
    return read.chosen(session.connection, session.user.id, start, choice)


def newest(session: Session, count: int) -> list[Event]:
    """Return the newest events, so many at most, oldest first."""
    return read.newest(session.connection, session.user.id, count)


def follow(
    session: Session,
    after: str | None,
    choice: EventChoice = EVERYTHING,
    destination: Destination = ANYWHERE,
    stop: Callable[[], bool] = lambda: False,
) -> Generator[Event, None, None]:
    """Yield the chosen events after that id and then each as it is committed, until `stop`.

    A `device` acknowledges each event when the next one is asked for, and without an id it goes on
    where it acknowledged.
    """
    start, left = _start(after), destination.limit
    name, device = destination.device, None
    if name is not None:
        devices.check_name(name)

    def over() -> bool:
        return left == 0 or stop()

    with Tail(session.connect) as tail:
        if name is not None:
            device = DeviceCursor(tail.readers, session.user.id, name, session.clock)
        for event in follow_over(tail, session.user.id, start, over, device):
            if event.ts >= choice.since and (not choice.types or event.type in choice.types):
                left = None if left is None else left - 1
                yield event


def _start(after: str | None) -> EventId | None:
    """Return the event to go on after; None where the follower has none that is kept."""
    return None if after is None or is_of_unknown(after) else EventId(after)


def device_positions(session: Session) -> list[DevicePosition]:
    """Return how far each of the user's devices is, the one that was heard of last first."""
    return devices.positions(session.connection, session.user.id)


def forget_device(session: Session, device: str) -> None:
    """Forget how far a device is: it begins anew. NotFound for one that acknowledged nothing."""
    devices.forget(session.connection, session.user.id, device)


def types_named(names: Sequence[str]) -> tuple[EventType, ...]:
    """Return the types that these names stand for: a type, or the beginning that several share.

    `rule` and `rule.*` are all types that begin with `rule.`. Invalid for a name of none.
    """
    return tuple(found for name in names for found in _types_of(name))


def _types_of(name: str) -> list[EventType]:
    wanted = name.strip().lower()
    family = wanted.removesuffix("*").rstrip(".") + "."
    found = [one for one in EVENT_TYPES if one == wanted or one.startswith(family)]
    if not found:
        raise Invalid("type", f"not {name!r}", f"a type of event: {', '.join(EVENT_TYPES)}")
    return found

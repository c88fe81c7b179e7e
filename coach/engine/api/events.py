"""Events: what changed for a user, in order and without gaps."""

from collections.abc import Callable, Iterator, Sequence
from typing import get_args

from coach.engine.api.session import Session
from coach.engine.outbox import read
from coach.engine.outbox.read import EVERYTHING, EventChoice
from coach.engine.relay.follow import follow as follow_stream
from coach.errors import Invalid
from coach.model.events import Event, EventId, EventType

__all__ = ["EVERYTHING", "EventChoice"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


def every(
    session: Session, after: str | None = None, choice: EventChoice = EVERYTHING
) -> Iterator[Event]:
    """Yield the chosen events after that id up to now, oldest first."""
    start = None if after is None else EventId(after)
    return read.chosen(session.connection, session.user.id, start, choice)


def follow(
    session: Session,
    after: str | None,
    choice: EventChoice = EVERYTHING,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Yield the chosen events after that id and then each as it is committed, until `stop`."""
    start = None if after is None else EventId(after)
    for event in follow_stream(session.connect, session.user.id, start, stop=stop):
        if event.ts >= choice.since and (not choice.types or event.type in choice.types):
            yield event


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

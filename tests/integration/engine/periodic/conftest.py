"""A session whose clock is put where a test wants it, and what is due by that clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.engine.periodic.due import what_is_due
from coach.engine.periodic.possible import PeriodicWishes
from coach.engine.rules.steady import ClockReading
from coach.model.accounts import UserId

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
"""Ten days after the first month for events of the tests' databases begins."""
WISHES = PeriodicWishes(event_months=24, run_months=12, fetch_candles=False)
EVERYTHING = replace(WISHES, fetch_candles=True)


class Clock:
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def later(self, **how_long: float) -> None:
        self.now += timedelta(**how_long)


Due = Callable[..., list[tuple[UserId, str, object]]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def at(session: Session, clock: Clock) -> Session:
    partitions.ensure(session.connection, MONDAY, months_ahead=12)
    return replace(session, clock=clock)


@pytest.fixture
def due(at: Session) -> Due:
    """Return a function that says what is due of some kinds, or of all: for whom, and what."""

    def found(
        *kinds: str, now: datetime | None = None, wishes: PeriodicWishes = WISHES
    ) -> list[tuple[UserId, str, object]]:
        reading = ClockReading(now or at.clock(), at.ticks() if at.ticks else None)
        return [
            (one.user_id, one.order.kind, dict(one.order.request))
            for one in what_is_due(at.connection, reading, wishes)
            if not kinds or one.order.kind in kinds
        ]

    return found

"""Counting the weeks of an experiment, and ending it as was registered.

While an experiment runs every command asks what week it is; only counting needs numpy.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coach.engine.digest.week import span
from coach.engine.experiments.outcomes import ExperimentWeek, weeks
from coach.engine.experiments.registered import read
from coach.engine.store import trades
from coach.engine.store.promises import experiments as store

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.experiments.outcomes import CountedWeek
    from coach.engine.experiments.registered import RegistrationRecord
    from coach.engine.history.inputs import MarketReader
    from coach.model.accounts import User
    from coach.model.experiments import Experiment, ExperimentState
    from coach.model.trades import TradeId


def spans(registered: RegistrationRecord) -> list[ExperimentWeek]:
    """Return the registered weeks as times."""
    times = [span(week, registered.zone) for week in registered.weeks]
    ends = registered.block_ends()
    return [
        ExperimentWeek(week, on, since, until, times[ends[place]][1])
        for place, (week, on, (since, until)) in enumerate(
            zip(registered.weeks, registered.on, times, strict=True)
        )
    ]


def countable(registered: RegistrationRecord, now: datetime, known_until: datetime | None) -> int:
    """Return how many whole blocks are over and known."""
    if known_until is None:
        return 0
    seen = min(now, known_until)
    return registered.whole(sum(one.until <= seen for one in spans(registered)))


def count(
    connection: Connection[Any],
    user: User,
    registered: RegistrationRecord,
    blocks: int,
    read_market: MarketReader,
) -> list[CountedWeek]:
    """Count the weeks of the first so many blocks."""
    from coach.engine.promises import judge
    from coach.engine.rules.evaluate import breaches

    counted = spans(registered)[: sum(registered.blocks[:blocks])]
    if not counted:
        return []
    past = judge.whole(connection, user, [registered.rule], read_market)
    broken: dict[TradeId, datetime] = {}
    for one in breaches([registered.rule], past, registered.zone):
        broken[one.trade_id] = min(one.at, broken.get(one.trade_id, one.at))
    trips = trades.touching(connection, user.id, counted[0].since, counted[-1].until)
    return weeks(counted, trips, broken, registered.quote)


def count_weeks(
    connection: Connection[Any],
    user: User,
    one: Experiment,
    now: datetime,
    read_market: MarketReader,
) -> Experiment:
    """Count the blocks that ended since the last count; end the experiment where it is over."""
    registered = read(one)
    blocks = countable(registered, now, store.known_until(connection, user.id))
    if blocks <= one.looked:
        return one
    from coach.engine.experiments.card import decided_after

    seen = count(connection, user, registered, blocks, read_market)
    decided = decided_after(registered, seen)
    if decided is not None:
        seen = seen[: sum(registered.blocks[:decided])]
        done = ended(replace(one, looked=decided), seen, "decided", now)
        return store.end(connection, user.id, done)
    if blocks == len(registered.blocks):
        done = ended(replace(one, looked=blocks), seen, "complete", now)
        return store.end(connection, user.id, done)
    store.note(connection, user.id, one, {"looked": blocks})
    return replace(one, looked=blocks)


def ended(
    one: Experiment, seen: list[CountedWeek], state: ExperimentState, now: datetime
) -> Experiment:
    """Return the experiment as it is with the card of these weeks, at its end."""
    from coach.engine.experiments.card import card

    result = card(read(one), seen, state)
    return replace(one, state=state, ended_at=now, card=result)

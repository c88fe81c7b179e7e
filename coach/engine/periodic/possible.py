"""What a look at the clock finds: runs of the present period, and what the settings wish."""

from collections.abc import Callable
from dataclasses import dataclass

from coach.engine.jobs.run import JobOrder
from coach.model.accounts import UserId


@dataclass(frozen=True, slots=True)
class PeriodicWishes:
    """What the settings say of periodic work.

    Events and finished runs are kept for so many months, None for ever. `fetch_candles` lets coach
    ask sources for candles of its own accord, `sync`
    read connected brokers.
    """

    event_months: int | None
    run_months: int | None
    fetch_candles: bool
    sync: bool = False


@dataclass(frozen=True, slots=True)
class PossibleRun:
    """A run of the present period; `is_needed` says whether it would find anything to do."""

    user_id: UserId
    order: JobOrder
    is_needed: Callable[[], bool]

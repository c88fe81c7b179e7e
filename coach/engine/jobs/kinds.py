"""The kinds of long work: how long one may take, and what its name adds to the ids of its runs."""

from datetime import timedelta

from coach.model.accounts import JobKind
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class JobLimits:
    """How long a run of this kind may take with a worker before it counts as hung.

    `hashed_as` is the name that goes into the ids of its runs. It never changes, so that the same
    work asked for again is found under the id that it always had.
    """

    hashed_as: str
    longest: timedelta


LIMITS: dict[JobKind, JobLimits] = {
    "import.trades": JobLimits("import", timedelta(hours=2)),
    "fetch.candles": JobLimits("candles", timedelta(hours=2)),
    "score.bias": JobLimits("score.bias", timedelta(hours=1)),
    "digest.weekly": JobLimits("digest", timedelta(minutes=30)),
    "send.digest": JobLimits("send.digest", timedelta(minutes=10)),
    "calibrate.rules": JobLimits("calibration", timedelta(hours=1)),
    "simulate.trades": JobLimits("simulation", timedelta(hours=1)),
    "reflect.question": JobLimits("reflection", timedelta(minutes=30)),
    "evaluate.detectors": JobLimits("evaluation", timedelta(days=1)),
    "settle.promises": JobLimits("settle.promises", timedelta(hours=1)),
    "make.months": JobLimits("make.months", timedelta(hours=1)),
    "purge.expired": JobLimits("purge.expired", timedelta(hours=2)),
    "prune.candles": JobLimits("prune.candles", timedelta(hours=2)),
}
MOST_TRIES = 5
"""How often workers try a run that was asked for once, before it is dead."""
FIRST_PAUSE = timedelta(seconds=30)
GROWTH = 4


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many failed tries: 30 s, 2 min, 8 min, 32 min."""
    return FIRST_PAUSE * int(GROWTH ** (tries - 1))

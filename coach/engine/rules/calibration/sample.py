"""The judged events of a window, weighted, and counted between the thresholds.

Two weights, because they answer two questions. How often the answer is yes at a given score
does not depend on which events were asked about, so an answer there weighs
.5^(age / 45 days), times .3 for a proxy. How many events have that score does depend on it, so
there the weight is divided by the inclusion probability, at most 5 times (Horvitz & Thompson
1952, JASA 47:663).
"""

from collections.abc import Iterable
from operator import attrgetter

import numpy as np

from coach.engine.rules.calibration.values import THRESHOLDS, WINDOW_DAYS, LabelledEvent, Mix, State
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import DAY_US
from coach.values import dataclass

HALF_LIFE_DAYS = 45
LARGEST_INVERSE = 5.0
FIELDS = attrgetter("at_us", "score", "answer", "inclusion", "proxy")


@dataclass(frozen=True, slots=True)
class CalibrationSample:
    """Events in order of time. `worth` is an answer's weight, `weight` the event's.

    `bins` says in which of the ten bins that nine thresholds make an event lies. `asked` and
    `said_yes` are sums over the bins: of `worth`, and of `worth` where the answer was yes.
    """

    events: tuple[LabelledEvent, ...]
    scores: Floats
    answers: Flags
    worth: Floats
    weight: Floats
    bins: Integers
    asked: Floats
    said_yes: Floats

    @property
    def n_eff(self) -> float:
        """Return the effective sample size (sum w)^2 / sum w^2 of Kish (1965)."""
        return kish(self.weight)

    @property
    def n_eff_of_trader(self) -> float:
        """Return the effective sample size of the trader's own answers."""
        return kish(self.weight[[not event.proxy for event in self.events]])

    @property
    def mix(self) -> Mix:
        """Count the answers."""
        kinds = [(event.proxy, event.answer) for event in self.events]
        return Mix(
            yes=kinds.count((False, True)),
            no=kinds.count((False, False)),
            proxy_yes=kinds.count((True, True)),
            proxy_no=kinds.count((True, False)),
        )


def windowed(events: Iterable[LabelledEvent], now_us: int) -> tuple[LabelledEvent, ...]:
    """Return the events of the last 120 days in one order, whatever order they came in."""
    oldest = now_us - WINDOW_DAYS * DAY_US
    in_time = (event for event in events if oldest < event.at_us <= now_us)
    return tuple(sorted(in_time, key=FIELDS))


def sample(events: tuple[LabelledEvent, ...], now_us: int, state: State) -> CalibrationSample:
    """Weigh events in order of time and count them between the thresholds."""
    ages = np.array([now_us - event.at_us for event in events], np.float64) / DAY_US
    worth = np.exp2(-ages / HALF_LIFE_DAYS) * [event.weight for event in events]
    inverse = [min(1.0 / event.inclusion, LARGEST_INVERSE) for event in events]
    scores = np.array([event.score for event in events], np.float64)
    answers = np.array([event.answer for event in events], np.bool_)
    bins = np.searchsorted(np.array(state.grid), scores, side="right")
    return CalibrationSample(
        events=events,
        scores=scores,
        answers=answers,
        worth=worth,
        weight=worth * inverse,
        bins=bins,
        asked=_sums(bins, worth),
        said_yes=_sums(bins, worth * answers),
    )


def _sums(bins: Integers, weights: Floats) -> Floats:
    sums: Floats = np.bincount(bins, weights, THRESHOLDS + 1).astype(np.float64)
    return sums


def kish(weights: Floats) -> float:
    """Return (sum w)^2 / sum w^2; 0 without weights."""
    squares = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / squares if squares else 0.0

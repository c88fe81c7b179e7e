"""How the calibration of thresholds behaves on traders whose best threshold is known.

    python -m bench.calibration [--users 80] [--as-written] [SECTION ...]

Sections: table, chance, drift, coverage, useless, proxies, watched, speed; all without one. The
traders are bench.labellers, every proposal is accepted at once, the start is 2.0 on
the grid 1 to 3.5. The table runs the weekly job, monitor included. --as-written runs what the
design first said: a floor of .8 and neither a look at the newest labels nor a monitor.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.pool import Pool
from statistics import mean, median
from time import perf_counter
from typing import Literal

import numpy as np

from bench.labellers import Labeller, WeeklyStep, true_f, walk, week_of
from coach.engine.rules.calibration import belief
from coach.engine.rules.calibration import calibrate as shipped
from coach.engine.rules.calibration.belief import Belief, believe, table
from coach.engine.rules.calibration.sample import CalibrationSample, sample, windowed
from coach.engine.rules.calibration.values import State, fresh
from coach.engine.statistics.arrays import Floats
from coach.model.times import WEEK_US

START = fresh(2.0)
LABELS, OPTIMA = (4, 10, 25), (1.5, 2.25, 3.0)
WEEKS = 26
BINS = len(START.grid) + 1
Journey = tuple[Labeller, State, int, bool]


class Bench:
    """The workers, how many users a cell has, and whether the job watches its moves."""

    def __init__(self, pool: Pool, users: int, as_written: bool) -> None:
        self.pool, self.users, self.watched = pool, users, not as_written

    def walks(
        self, who: Labeller, weeks: int = WEEKS, start: State = START
    ) -> list[list[WeeklyStep]]:
        """Return the runs of every user of a cell, all of them like `who`."""
        journeys: list[Journey] = [
            (replace(who, name=f"{who} {user}"), start, weeks, self.watched)
            for user in range(self.users)
        ]
        return self.pool.map(_walked, journeys, chunksize=2)


def _walked(journey: Journey) -> list[WeeklyStep]:
    who, start, weeks, watched = journey
    return list(walk(who, start, weeks, watched))


def operating(bench: Bench) -> Iterator[str]:
    """Labels a week by optimum: F before and after, how near, how many moves."""
    yield "labels optimum  F start -> after (optimum)  within a step  worse  moves  taken back"
    for labels in LABELS:
        for optimum in OPTIMA:
            walks = bench.walks(Labeller("table", labels=labels, optimum=optimum))
            ends = [steps[-1].state for steps in walks]
            f = {theta: true_f(theta, optimum) for theta in START.grid}
            near = [abs(START.place(end.theta) - START.place(optimum)) <= 1 for end in ends]
            yield (
                f"{labels:6} {optimum:7}  {f[2.0]:.3f} -> {mean(f[end.theta] for end in ends):.3f}"
                f" ({f[optimum]:.3f})        {mean(near):10.2f}"
                f" {mean(f[end.theta] < f[2.0] for end in ends):9.2f}"
                f" {mean(end.moves for end in ends):6.2f}"
                f" {mean(any(step.taken_back for step in steps) for steps in walks):8.2f}"
            )


def chance(bench: Bench) -> Iterator[str]:
    """Labels that know nothing of the score: how often anything moves in 26 weeks."""
    yield "share of yes  labels  any move  muted"
    for rate in (0.2, 0.35, 0.5):
        for labels in LABELS:
            walks = bench.walks(Labeller("chance", labels, optimum=None, rate=rate))
            yield f"{rate:12} {labels:7} {_any(walks, 'move'):9.3f} {_any(walks, 'mute'):6.2f}"


def _any(walks: list[list[WeeklyStep]], kind: str) -> float:
    return mean(any(step.decision.kind == kind for step in steps) for steps in walks)


def drift(bench: Bench) -> Iterator[str]:
    """Mean threshold when the optimum goes from 1.5 to 2.8 at week 16, 15 labels a week."""
    walks = bench.walks(Labeller("drift", 15, optimum=1.5, turns_at=16), 40)
    for week in (15, 20, 28, 32, 39):
        yield f"week {week}: {mean(steps[week - 1].state.theta for steps in walks):.2f}"


def coverage(bench: Bench) -> Iterator[str]:
    """Say how often the 90 % interval of F holds the true F, after 80 labels."""
    askings: tuple[Literal["any"], Literal["fired"]] = ("any", "fired")
    for asking in askings:
        for how, belief_of in BELIEFS.items():
            held = []
            for optimum in OPTIMA:
                for user in range(bench.users):
                    who = Labeller(f"cover {user}", 10, optimum, asking=asking)
                    held += _held(who, optimum, belief_of)
            yield f"asked about {asking}, {how}: {mean(held):.3f}"


def _held(
    who: Labeller, optimum: float, belief_of: Callable[[CalibrationSample], Belief]
) -> list[bool]:
    now_us = 8 * WEEK_US
    events = [event for week in range(8) for event in week_of(who, week, START.theta)]
    seen = sample(windowed(events, now_us), now_us, START)
    shares = [row.f for row in table(belief_of(seen), seen, START)]
    truths = [true_f(theta, optimum) for theta in START.grid]
    return [s.low <= f <= s.high for s, f in zip(shares, truths, strict=True) if s]


def _as_shipped(seen: CalibrationSample) -> Belief:
    return believe(seen, START, seed=len(seen.events))


def _population_as_seen(seen: CalibrationSample) -> Belief:
    """Believe that the candidates are exactly those judged."""
    shipped_population = vars(belief)["_population"]
    vars(belief)["_population"] = _as_seen
    try:
        return _as_shipped(seen)
    finally:
        vars(belief)["_population"] = shipped_population


def _as_first_written(seen: CalibrationSample) -> Belief:
    """Believe besides that an answer asked for with inclusion .2 is five answers."""
    said_yes = np.bincount(seen.bins, seen.weight * seen.answers, BINS)
    asked = np.bincount(seen.bins, seen.weight, BINS)
    return _population_as_seen(
        replace(seen, asked=asked.astype(np.float64), said_yes=said_yes.astype(np.float64))
    )


def _as_seen(seen: CalibrationSample, _: int) -> Floats:
    return np.tile(np.bincount(seen.bins, seen.weight, BINS), (belief.DRAWS, 1))


BELIEFS: dict[str, Callable[[CalibrationSample], Belief]] = {
    "as shipped": _as_shipped,
    "population as seen": _population_as_seen,
    "as first written": _as_first_written,
}


def useless(bench: Bench) -> Iterator[str]:
    """Traders who mostly or always say no, and one who always says yes: 10 labels a week."""
    yield "share of yes  any move  highest  lowest  muted  in week"
    for rate in (0.0, 0.1, 0.2, 1.0):
        walks = bench.walks(Labeller("useless", 10, optimum=None, rate=rate))
        thetas = [step.state.theta for steps in walks for step in steps]
        weeks = [
            next((step.week for step in steps if step.decision.kind == "mute"), WEEKS)
            for steps in walks
        ]
        muted = _any(walks, "mute")
        yield (
            f"{rate:12} {_any(walks, 'move'):9.2f} {max(thetas):8} {min(thetas):7}"
            f" {muted:6.2f} {median(weeks) if muted else '-':>8}"
        )


def proxies(bench: Bench) -> Iterator[str]:
    """Fifteen outcomes a week and not one answer: how far from the default it ever gets."""
    for optimum in OPTIMA:
        walks = bench.walks(Labeller("proxies", 0, optimum=optimum, proxies=15))
        places = [START.place(step.state.theta) for steps in walks for step in steps]
        yield f"optimum {optimum}: at most {max(abs(place - 4) for place in places)} step"


def watched(bench: Bench) -> Iterator[str]:
    """How often a move just made, the wrong or the right way, is taken back within 8 weeks."""
    yield "optimum  moved            labels  taken back"
    for optimum, theta, right in ((1.5, 2.5, "no"), (1.5, 1.75, "yes"), (3.0, 1.75, "no"),
                                  (3.0, 2.25, "yes")):  # fmt: skip
        moved = replace(START, theta=theta, previous=2.0, last_move_us=0,
                        cooling_until_us=99 * WEEK_US, moves=1)  # fmt: skip
        for labels in LABELS:
            walks = bench.walks(Labeller("watched", labels, optimum=optimum), 8, moved)
            back = mean(any(step.taken_back for step in steps) for steps in walks)
            yield f"{optimum:7}  2.0 -> {theta:4} ({right:3}) {labels:6} {back:10.2f}"


def speed(_: Bench) -> Iterator[str]:
    """One call with 200 events in the window."""
    who = Labeller("speed", labels=20)
    events = [event for week in range(10) for event in week_of(who, week, 2.0)]
    times = []
    for _repeat in range(20):
        begin = perf_counter()
        shipped.calibrate("speed", events, 10 * WEEK_US, START, "bench")
        times.append(perf_counter() - begin)
    yield f"{len(events)} events: {1000 * median(times):.1f} ms"


SECTIONS = {
    "table": operating,
    "chance": chance,
    "drift": drift,
    "coverage": coverage,
    "useless": useless,
    "proxies": proxies,
    "watched": watched,
    "speed": speed,
}


def as_first_written() -> None:
    """Let this process calibrate as the design first said."""
    vars(shipped).update(SURE_TO_LOOSEN=0.8, WORSE_LATELY=2.0, FEWEST_DENIED=10**9)
    vars(belief).update(_population=_as_seen)


def main() -> None:
    """Print section after section."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION")
    parser.add_argument("--users", type=int, default=80)
    parser.add_argument("--as-written", action="store_true")
    given = parser.parse_args()
    setup = as_first_written if given.as_written else None
    with get_context("spawn").Pool(initializer=setup) as pool:
        bench = Bench(pool, given.users, given.as_written)
        for name in given.sections or SECTIONS:
            print(f"{name}: {SECTIONS[name].__doc__}", flush=True)
            for line in SECTIONS[name](bench):
                print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()

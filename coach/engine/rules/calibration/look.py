"""One look at a rule: what the labels of a window say about the threshold it has now."""

import numpy as np

from coach.engine.rules.calibration.belief import Belief, believe, table
from coach.engine.rules.calibration.sample import CalibrationSample, sample
from coach.engine.rules.calibration.stored import case_sha256
from coach.engine.rules.calibration.values import (
    WINDOW_DAYS,
    CalibrationCase,
    Decision,
    Direction,
    Kind,
    Reason,
)
from coach.engine.statistics.draws import seed_of
from coach.engine.statistics.words import significant
from coach.model.times import DAY_US
from coach.values import dataclass

GAIN = 0.02
SURELY_WRONG = 0.2
FEWEST_EFFECTIVE = 20.0


@dataclass(frozen=True, slots=True)
class CalibrationVerdict:
    """What is concluded: `to` is the new threshold of a move or a rollback."""

    kind: Kind
    reason: Reason
    need: int = 0
    to: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A case with its sample and what is believed; there is no belief without events.

    `here` and `best` are indexes in the grid: of the threshold now, and of the highest mean F.
    """

    case: CalibrationCase
    seed: int
    sample: CalibrationSample
    belief: Belief | None
    here: int
    best: int | None
    useless_since_us: int | None

    @property
    def upwards(self) -> bool:
        """Tell whether the best threshold lies above the one now."""
        return self.best is not None and self.best > self.here

    @property
    def direction(self) -> Direction:
        """Return the sign of the way to the best threshold."""
        if self.best is None or self.best == self.here:
            return 0
        return 1 if self.upwards else -1


def weigh(case: CalibrationCase) -> Look:
    """Weigh the events of a case and draw the posterior."""
    state = case.state
    seed = seed_of(case.rule_id.encode(), str(case.now_us).encode(), case.engine_version.encode())
    seen = sample(case.events, case.now_us, state)
    belief = believe(seen, state, seed) if case.events else None
    return Look(
        case=case,
        seed=seed,
        sample=seen,
        belief=belief,
        here=state.place(state.theta),
        best=None if belief is None else int(np.argmax(belief.f.mean(axis=0))),
        useless_since_us=_useless_since(case, seen, belief),
    )


def decision(this: Look, verdict: CalibrationVerdict) -> Decision:
    """Put a verdict down with everything it rests on."""
    case, sample_ = this.case, this.sample
    to = case.state.theta if verdict.to is None else verdict.to
    p_best = p_improve = None
    if this.belief is not None and this.best is not None:
        p_best = this.belief.better(this.best, this.here, GAIN)
        p_improve = this.belief.better(case.state.place(to), this.here, 0.0)
    return Decision(
        rule_id=case.rule_id,
        kind=verdict.kind,
        reason=verdict.reason,
        need=verdict.need,
        theta_from=case.state.theta,
        theta_to=to,
        window_start_us=case.now_us - WINDOW_DAYS * DAY_US,
        window_end_us=case.now_us,
        n=len(case.events),
        n_eff=significant(sample_.n_eff),
        mix=sample_.mix,
        grid=table(this.belief, sample_, case.state),
        best=None if this.best is None else case.state.grid[this.best],
        p_best=p_best,
        p_improve=p_improve,
        useless_since_us=this.useless_since_us,
        seed=this.seed,
        engine_version=case.engine_version,
        input_sha256=case_sha256(case),
    )


def _useless_since(
    case: CalibrationCase, seen: CalibrationSample, belief: Belief | None
) -> int | None:
    """Return since when no threshold is right more often than not, by P(precision > .5) < .2."""
    if case.question == "monitor":
        return case.state.useless_since_us
    if belief is None or seen.n_eff < FEWEST_EFFECTIVE:
        return None
    if max(belief.right(index) for index in range(len(case.state.grid))) >= SURELY_WRONG:
        return None
    return case.now_us if case.state.useless_since_us is None else case.state.useless_since_us

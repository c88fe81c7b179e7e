"""What calibration reads and what it answers: labelled events, a rule's state, a decision.

A rule fires where a score is at or above its threshold theta. Scores and thresholds share one
unit, the rule's own (a size ratio, a z-move, 1/minutes). Times are microseconds since 1970 UTC.
"""

from itertools import pairwise
from math import isfinite
from typing import Final, Literal

from coach.model.times import DAY_US
from coach.values import dataclass

WINDOW_DAYS: Final = 120
PIN_DAYS: Final = 30
LABEL_WEIGHT: Final = 1.0
PROXY_WEIGHT: Final = 0.3
THRESHOLDS: Final = 9
STEPS: Final = (0.5, 0.625, 0.75, 0.875, 1.0, 1.125, 1.25, 1.5, 1.75)
"""A grid around a default of 2.0 is 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5."""

Kind = Literal["keep", "move", "mute", "rollback"]
Reason = Literal[
    "pinned",
    "insufficient",
    "cooling",
    "steady",
    "not_sure",
    "step_may_hurt",
    "imprecise",
    "worse_lately",
    "proxies_alone",
    "holds",
    "better",
    "false_alarms",
    "useless",
    "worse_since",
]
Direction = Literal[-1, 0, 1]
Question = Literal["calibrate", "monitor"]


@dataclass(frozen=True, slots=True)
class LabelledEvent:
    """A candidate, where the rule could fire, and whether firing there was judged right.

    `at_us` is when it happened. `inclusion` is the probability, in (0, 1], with which it came to
    be judged. `proxy` marks an answer by outcome instead of by the trader; where both exist, give
    the trader's alone.
    """

    at_us: int
    score: float
    answer: bool
    inclusion: float = 1.0
    proxy: bool = False

    def __post_init__(self) -> None:
        if not (0.0 < self.inclusion <= 1.0 and isfinite(self.score)):
            raise ValueError(f"score {self.score} with probability {self.inclusion}")
        # 2 and 2.0 are equal and must be the same bytes
        object.__setattr__(self, "score", float(self.score))
        object.__setattr__(self, "inclusion", float(self.inclusion))

    @property
    def weight(self) -> float:
        """Return what the answer is worth beside one of the trader's."""
        return PROXY_WEIGHT if self.proxy else LABEL_WEIGHT


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule's threshold stands, and what holds it there.

    `grid` holds nine rising thresholds above 0. `theta` need not be one of them: a trader may
    set what they like. `pinned` lasts until the trader unpins; `edited_at_us`, their last word,
    pins for 30 days. `previous` is the threshold before the last move, while that is watched.
    `useless_since_us` is the first run since when no threshold was right more often than not.
    """

    grid: tuple[float, ...]
    default: float
    theta: float
    pinned: bool = False
    edited_at_us: int | None = None
    last_move_us: int | None = None
    cooling_until_us: int | None = None
    last_direction: Direction = 0
    previous: float | None = None
    moves: int = 0
    useless_since_us: int | None = None

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.grid))
        if len(self.grid) != THRESHOLDS or not rising or self.grid[0] <= 0.0:
            raise ValueError(f"{self.grid} are no {THRESHOLDS} rising thresholds above 0")
        for name in ("default", "theta"):
            object.__setattr__(self, name, float(getattr(self, name)))
        object.__setattr__(self, "grid", tuple(float(theta) for theta in self.grid))

    def place(self, theta: float) -> int:
        """Return the index of the nearest threshold, the lower of two."""
        return min(range(THRESHOLDS), key=lambda index: abs(self.grid[index] - theta))

    def beyond(self, theta: float, upwards: bool) -> float:
        """Return the first threshold past `theta`; `theta` itself where there is none."""
        if upwards:
            return min((one for one in self.grid if one > theta), default=theta)
        return max((one for one in self.grid if one < theta), default=theta)

    def pinned_at(self, now_us: int) -> bool:
        """Tell whether the trader's own word still holds."""
        edited = self.edited_at_us
        return self.pinned or (edited is not None and now_us < edited + PIN_DAYS * DAY_US)


def fresh(default: float, theta: float | None = None) -> State:
    """Return the state of a rule that was never calibrated, on the grid around its default."""
    grid = tuple(default * step for step in STEPS)
    return State(grid=grid, default=default, theta=default if theta is None else theta)


@dataclass(frozen=True, slots=True)
class CalibrationCase:
    """Everything a decision is computed from; `events` are those that count, in order of time."""

    question: Question
    rule_id: str
    events: tuple[LabelledEvent, ...]
    now_us: int
    state: State
    engine_version: str


@dataclass(frozen=True, slots=True)
class CredibleMean:
    """A mean with its 90 % credible interval."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class GridRow:
    """One threshold: how many judged events reach it, and how right it would be.

    `p_right` = P(precision > .5 | labels). No precision where nothing reaches the threshold,
    none of the three where nothing was judged.
    """

    theta: float
    fired: int
    precision: CredibleMean | None
    recall: CredibleMean | None
    f: CredibleMean | None
    p_right: float


@dataclass(frozen=True, slots=True)
class Mix:
    """How many answers of which kind lie in the window."""

    yes: int
    no: int
    proxy_yes: int
    proxy_no: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What one run concluded, with everything it rests on.

    `theta_to` equals `theta_from` unless the kind is move or rollback. `need` is how many more
    labels must come, 0 when enough. `best` is the threshold with the highest mean F;
    `p_best` = P(F(best) > F(from) + .02), `p_improve` = P(F(to) > F(from)). `window_end_us` is
    the time of the run. `useless_since_us` goes into the next state.
    """

    rule_id: str
    kind: Kind
    reason: Reason
    need: int
    theta_from: float
    theta_to: float
    window_start_us: int
    window_end_us: int
    n: int
    n_eff: float
    mix: Mix
    grid: tuple[GridRow, ...]
    best: float | None
    p_best: float | None
    p_improve: float | None
    useless_since_us: int | None
    seed: int
    engine_version: str
    input_sha256: str

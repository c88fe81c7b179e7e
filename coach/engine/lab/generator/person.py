"""Who a made-up trader is: where, when, how often, how long, how much, and which coins."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Floats, Integers
from coach.engine.lab.generator.chance import Stream, one_by_one
from coach.engine.lab.generator.market import BARS_A_DAY, BARS_AN_HOUR, GeneratedMarket
from coach.engine.lab.generator.plans import Archetype, Hours

OFFSETS = (-8.0, -7.0, -6.0, -5.0, -4.0, -3.0, 0.0, 1.0, 2.0, 3.0, 5.5, 8.0, 9.0, 9.5, 10.0)
POPULAR = (2.2, 1.6, 1.2, 0.7, 0.7, 0.9)
AFTER_SESSION = 3 * BARS_AN_HOUR
AWAKE, ASLEEP = 0.4, 0.03


@dataclass(frozen=True, slots=True)
class Way:
    """What sets a kind apart. Rates are entries a day, holds mean hours awake.

    `prompt` traders act within seconds, as programs do; a resting order costs them `maker_fee`
    times the fee of one at the market.
    """

    rate: float = 2.4
    hold_h: float = 4.5
    stake: float = 0.06
    session_h: tuple[float, float] = (6.0, 12.0)
    start_h: tuple[float, float] = (7.0, 11.0)
    adds: float = 0.15
    unevenness: float = 0.5
    prompt: bool = False
    maker_fee: float = 1.0


WAYS: dict[Archetype, Way] = {
    "noise": Way(),
    "momentum_rule": Way(rate=4.2, adds=0.0),
    "meanrev_rule": Way(rate=6.0, adds=0.0),
    "voltarget": Way(rate=2.7),
    "compounder": Way(stake=0.15),
    "eventdriven": Way(rate=2.9, hold_h=1.5),
    "nightshift": Way(rate=2.8, session_h=(6.0, 9.0), start_h=(21.0, 23.5)),
    "scalper": Way(rate=9.0, hold_h=0.5, session_h=(5.0, 8.0), adds=0.1),
    "dca_plan": Way(hold_h=60.0, stake=0.02),
    "btc_only": Way(rate=4.6, hold_h=1.5, stake=0.12),
}
BY_HAND = Way(rate=4.0, maker_fee=0.6)
BY_MACHINE = Way(
    rate=5.0,
    session_h=(24.0, 24.0),
    unevenness=0.1,
    prompt=True,
    maker_fee=0.6,
)


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A trader's constants, and their day seen from each bar.

    `since` counts the bars since the last session began, `day` those sessions; `awake` is how ready
    the trader is to act in a bar, 1 in a session.
    """

    key: str
    way: Way
    utc_offset_h: float
    start_equity: float
    stake: float
    rate: float
    hold_bars: float
    fee_rate: float
    taste: Floats
    session_bars: int
    since: Integers
    day: Integers
    awake: Floats

    def stream(self, purpose: str) -> Stream:
        """Return this trader's own chance for one purpose."""
        return Stream("trader", self.key, purpose)


def person(
    market: GeneratedMarket, archetype: Archetype, key: str, hours: Hours = "human_hours"
) -> Person:
    """Return somebody of a kind; nothing here depends on what the market does."""
    by_rule = BY_MACHINE if hours == "round_the_clock" else BY_HAND
    way, stream = WAYS.get(archetype, by_rule), Stream("trader", key, "person")
    dice = one_by_one(Stream("trader", key, "habits").uniforms)
    offset = OFFSETS[int(next(dice) * len(OFFSETS))]
    session = round(_between(way.session_h, dice) * BARS_AN_HOUR)
    start = round(_between(way.start_h, dice) * BARS_AN_HOUR)
    local = np.arange(market.bars) + round(offset * BARS_AN_HOUR) - start + BARS_A_DAY
    since = local % BARS_A_DAY
    awake = np.where(since < session + AFTER_SESSION, AWAKE, ASLEEP)
    rate, hold, stake, money = arithmetic.exp(
        np.array([0.25, 0.35, 0.30, 0.60]) * stream.normals(4)
    ).tolist()
    return Person(
        key=key,
        way=way,
        utc_offset_h=offset,
        start_equity=float(round(20_000 * money, -2)),
        stake=way.stake * stake,
        rate=way.rate * rate,
        hold_bars=max(way.hold_h * hold * BARS_AN_HOUR, 1.2),
        fee_rate=round(0.0008 + 0.0004 * next(dice), 5),
        taste=_taste(archetype, stream),
        session_bars=session,
        since=since,
        day=local // BARS_A_DAY,
        awake=np.where(since < session, 1.0, awake),
    )


def _between(ends: tuple[float, float], dice: Iterator[float]) -> float:
    return ends[0] + (ends[1] - ends[0]) * next(dice)


def _taste(archetype: Archetype, stream: Stream) -> Floats:
    """Return how much of their entries each symbol gets; sums to 1."""
    liking = np.array(POPULAR) * arithmetic.exp(0.7 * stream.normals(len(POPULAR)))
    if archetype == "btc_only":
        liking = np.eye(len(POPULAR))[0]
    taste: Floats = liking / np.cumsum(liking)[-1]
    return taste

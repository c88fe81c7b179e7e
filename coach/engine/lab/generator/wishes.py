"""When a trader wants to enter, before anything is known of how the last trade ended.

All of them are Poisson processes over bars and symbols. Days are uneven (gamma), the rule of a
rational kind shapes the rest; the habits that come from the market or the clock add theirs.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.lab.generator import habits
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.chance import Stream
from coach.engine.lab.generator.intensity import hazard, intensity
from coach.engine.lab.generator.market import BARS_AN_HOUR, GeneratedMarket
from coach.engine.lab.generator.person import Person
from coach.engine.lab.generator.plans import Archetype, Habit, TraderPlan

WEEKEND = 0.7
SATURDAY_AND_SUNDAY = (6, 0)  # the market begins on a Monday, in the session after day 0
TREND = 1.35  # usual hourly moves after which a rule acts
EVENT = 2.2
BURST = 9.0
TIRED = 5 * BARS_AN_HOUR
OF_THE_MARKET_OR_THE_CLOCK: tuple[Habit, ...] = ("overtrading", "fomo", "fatigue")


@dataclass(frozen=True, slots=True)
class WishedEntry:
    """An entry somebody wants: when, in bars; in which symbol; from which habit, if any."""

    at: float
    symbol: int
    habit: Habit | None = None


def wishes(market: GeneratedMarket, plan: TraderPlan, who: Person) -> list[WishedEntry]:
    """Return the wishes of a whole history, in no order."""
    if plan.archetype == "dca_plan":
        usual, planned = np.zeros((market.bars, len(market.symbols))), _by_the_clock(market, who)
    else:
        usual = _usual(market, plan, who)
        planned = _arrivals(usual, None, who.stream("entries"))
    return [*planned, *_habitual(market, plan, who, usual)]


def _usual(market: GeneratedMarket, plan: TraderPlan, who: Person) -> Floats:
    """Return the expected wishes per bar and symbol, (bars, symbols)."""
    shape = _rule(market, plan.archetype) * who.taste
    shape = shape * (who.since < who.session_bars)[:, None]
    shape[: market.first] = 0.0
    total = np.cumsum(shape)[-1]
    shape *= who.rate * market.days / total if total else 0.0
    stream = who.stream("days")
    days = int(who.day[-1]) + 1
    shape_of_gamma = round(1.0 / who.way.unevenness)
    moods = np.cumsum(stream.exponentials(shape_of_gamma, days), axis=0)[-1] / shape_of_gamma
    moods[np.isin(np.arange(days) % 7, SATURDAY_AND_SUNDAY)] *= WEEKEND
    shape *= moods[who.day][:, None]
    return shape


def _rule(market: GeneratedMarket, archetype: Archetype) -> Floats:
    """Return what a kind's rule makes of the hour before each bar, (bars, symbols)."""
    known = np.roll(market.hour, 1, axis=1).T
    if archetype == "momentum_rule":
        return (known > TREND).astype(np.float64)
    if archetype == "meanrev_rule":
        return (known < -TREND).astype(np.float64)
    if archetype == "eventdriven":
        return np.repeat(1.0 + BURST * (np.abs(known).max(1) > EVENT)[:, None], known.shape[1], 1)
    return np.ones(known.shape)


def _by_the_clock(market: GeneratedMarket, who: Person) -> list[WishedEntry]:
    """Return a saving plan: the two favourites in turn, daily, at the session's beginning."""
    favourites = np.argsort(-who.taste, kind="stable")[:2].tolist()
    begins = np.flatnonzero(who.since == 0)
    return [
        WishedEntry(float(bar) + 0.2, favourites[number % 2])
        for number, bar in enumerate(begins[begins >= market.first].tolist())
    ]


def _habitual(
    market: GeneratedMarket, plan: TraderPlan, who: Person, usual: Floats
) -> list[WishedEntry]:
    found: list[WishedEntry] = []
    for habit in OF_THE_MARKET_OR_THE_CLOCK:
        strength = intensity(market, plan, habit)
        if strength is not None:
            stream = who.stream(habit)
            if habit == "fomo":
                rates = _chases(market, plan, who, strength[:, None])
            else:
                rates = _habit_rates(habit, who, usual, strength[:, None], stream)
            rates[: market.first] = 0.0
            found += _arrivals(rates, habit, stream)
    return found


def _habit_rates(
    habit: Habit, who: Person, usual: Floats, strength: Floats, stream: Stream
) -> Floats:
    if habit == "overtrading":
        wild = stream.uniforms(int(who.day[-1]) + 1) < habits.OVERTRADED_DAYS
        return usual * wild[who.day][:, None] * habits.more_entries(strength)
    tired = ((who.since > TIRED) & (who.since < who.session_bars))[:, None]
    return hazard(habits.FATIGUE_A_BAR * strength) * tired * who.taste


def _chases(market: GeneratedMarket, plan: TraderPlan, who: Person, strength: Floats) -> Floats:
    """Return the rates of entries after a large hour, or a large bar."""
    lines = habits.personal_lines(who.stream("lines"))
    moves, line = market.hour, lines.chase
    if plan.way("fomo") == "single_bar":
        moves, line = market.bar, lines.spike
    known = line < np.roll(moves, 1, axis=1).T
    session = (who.since < who.session_bars)[:, None]
    chased = known & session & (who.taste > 0.0)
    return hazard(habits.FOMO_A_BAR * strength) * chased


def _arrivals(rates: Floats, habit: Habit | None, stream: Stream) -> list[WishedEntry]:
    """Return the arrivals of a Poisson process with these rates per bar and symbol."""
    total = np.cumsum(rates)
    expected = float(total[-1])
    waits = stream.exponentials(int(expected + 8.0 * expected**0.5 + 30.0))
    at = np.cumsum(waits)
    cells = np.searchsorted(total, at[at < expected], side="right")
    symbols = rates.shape[1]
    bars = cells // symbols + stream.uniforms(cells.size)
    return [
        WishedEntry(bar, symbol, habit)
        for bar, symbol in zip(bars.tolist(), (cells % symbols).tolist(), strict=True)
    ]

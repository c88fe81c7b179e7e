"""The planted habits in numbers; k is the intensity, 0 is nobody and 1 is blatant.

Most habits are planted in more than one way. "Usual" moves are those of the market's own measure;
each trader has lines of their own, drawn once, where a move is large or a loss is deep.

revenge            back_soon: after a loss, with chance .1 + .35 k, back after a personal pause
                   rampage: with chance .05 + .15 k two or three entries within an hour and a half
                   both: size x (1.4 + .5 k)
fomo               large_hour: enters after an hour beyond the personal line, .22 k a bar
                   single_bar: the same after one bar; both: size x (1 + .5 k)
overtrading        wild_days: on 12 % of the days wants 1.5 k more entries for each usual one
disposition        leaning: hazard of leaving x (1 + .8 k) in a gain, / (1 + .6 k) in a loss
                   profit_limits: rests a sell limit at a gain with chance .3 + .6 k; the hazard
                   of leaving a loss as above
averaging_down     deep_adds: adds below the personal depth under the average cost, .10 k a bar
                   new_lows: adds at new lows since the entry, .3 k each
size_after_loss    streak: size x (1 + .35 k) to the power of the losses in a row, at most 5
                   in_proportion: size x (1 + .5 k per per cent of the last loss), 2.2 at most
size_after_win     the same after wins
panic_selling      own_fall: sells all after three hours below the personal line, .45 k a bar
                   market_falls: the same when all coins together fall
fatigue            late_entries: enters after five hours of a session, .05 k a bar
regret_repurchase  bought_back: a day long buys a sold winner back a fifth of a usual day's move
                   lower, .08 k a bar
lottery            wild_coin: .25 k of the planned entries go into the wildest coin not held
"""

from typing import NamedTuple

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.arithmetic import Floats
from coach.engine.lab.generator.chance import Stream

OVERTRADED_DAYS = 0.12
FOMO_A_BAR = 0.22
NEW_LOW = 0.3
PROFIT_SPREAD = 0.5
RAMPAGE_BARS = 6
FATIGUE_A_BAR = 0.05
ADDS_A_BAR = 0.10
PANIC_A_BAR = 0.45
REGRET_A_BAR = 0.08
LOTTERY_SHARE = 0.25
LONGEST_STREAK = 5
MOST_PERCENT = 2.2


class PersonalLines(NamedTuple):
    """Where one trader's lines lie.

    `chase`, `spike` and `crash` are in usual moves of an hour, a bar and three hours; `depth` and
    `profit` in usual moves of a day; `pause` is a mean in bars.
    """

    chase: float
    spike: float
    crash: float
    depth: float
    profit: float
    pause: float


LOWEST = PersonalLines(1.8, 2.2, 2.0, 0.3, 0.15, 0.5)
HIGHEST = PersonalLines(3.2, 3.6, 3.4, 0.6, 0.45, 2.7)


def personal_lines(stream: Stream) -> PersonalLines:
    """Draw the lines of a trader."""
    dice = stream.uniforms(len(LOWEST)).tolist()
    ends = zip(dice, LOWEST, HIGHEST, strict=True)
    return PersonalLines(*(low + (high - low) * share for share, low, high in ends))


def revenge_chance(k: float) -> float:
    """Return how often a loss is followed by revenge."""
    return 0.1 + 0.35 * k if k else 0.0


def rampage_chance(k: float) -> float:
    """Return how often a loss is followed by several entries at once."""
    return 0.05 + 0.15 * k if k else 0.0


def revenge_size(k: float) -> float:
    """Return the factor on the size of revenge."""
    return 1.4 + 0.5 * k


def fomo_size(k: float) -> float:
    """Return the factor on the size of a chase."""
    return 1.0 + 0.5 * k


def streak_size(k: float, streak: int) -> float:
    """Return the factor on the size after so many losses, or wins, in a row."""
    factor = 1.0
    for _ in range(min(streak, LONGEST_STREAK)):
        factor *= 1.0 + 0.35 * k
    return factor


def proportional_size(k: float, percent: float) -> float:
    """Return the factor on the size after a loss, or a win, of so many per cent."""
    return 1.0 + 0.5 * k * min(percent, MOST_PERCENT)


def profit_chance(k: float) -> float:
    """Return how often a sell limit is placed at a gain."""
    return min(0.3 + 0.6 * k, 0.95) if k else 0.0


def profit_distances(stream: Stream, count: int) -> Floats:
    """Return how far from the personal line single limits lie, as factors."""
    return arithmetic.exp(PROFIT_SPREAD * stream.normals(count))


def more_entries(k: Floats) -> Floats:
    """Return how many entries come on top of each usual one, on an overtraded day."""
    return 1.5 * k


def sooner(k: Floats) -> Floats:
    """Return the factor on the hazard of leaving a gain."""
    return 1.0 + 0.8 * k


def later(k: Floats) -> Floats:
    """Return the factor on the hazard of leaving a loss."""
    return 1.0 / (1.0 + 0.6 * k)

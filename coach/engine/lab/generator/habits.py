"""The planted habits in numbers; k is the intensity, 0 is nobody and 1 is blatant.

revenge            after a loss, with chance .1 + .35 k: back in 1-2 bars later, size x (1.3 + .5 k)
fomo               enters after an hour above 2.5 usual ones, .22 k a bar, size x (1 + .5 k)
overtrading        on 12 % of the days wants 1.5 k more entries for each usual one
disposition        hazard of leaving x (1 + .8 k) in a gain, / (1 + .6 k) in a loss
averaging_down     adds below one usual four-hour move from the average cost, .10 k a bar
size_after_loss    size x (1 + .35 k) to the power of the losses in a row, at most 4
size_after_win     the same after wins
panic_selling      sells all after two hours below -2.5 usual ones, .45 k a bar
fatigue            enters after five hours of a session, .05 k a bar
regret_repurchase  a day long buys a sold winner back half a four-hour move lower, .08 k a bar
lottery            .25 k of the planned entries go into the wildest coin that is not held
"""

from coach.engine.lab.generator.arithmetic import Floats

OVERTRADED_DAYS = 0.12
CHASED = 2.5
FREAK_OUT = -2.5
FOMO_A_BAR = 0.22
FATIGUE_A_BAR = 0.05
ADDS_A_BAR = 0.10
PANIC_A_BAR = 0.45
REGRET_A_BAR = 0.08
LOTTERY_SHARE = 0.25
LONGEST_STREAK = 4


def revenge_chance(k: float) -> float:
    """Return how often a loss is followed by revenge."""
    return 0.1 + 0.35 * k if k else 0.0


def revenge_size(k: float) -> float:
    """Return the factor on the size of revenge."""
    return 1.3 + 0.5 * k


def fomo_size(k: float) -> float:
    """Return the factor on the size of a chase."""
    return 1.0 + 0.5 * k


def streak_size(k: float, streak: int) -> float:
    """Return the factor on the size after so many losses, or wins, in a row."""
    factor = 1.0
    for _ in range(min(streak, LONGEST_STREAK)):
        factor *= 1.0 + 0.35 * k
    return factor


def more_entries(k: Floats) -> Floats:
    """Return how many entries come on top of each usual one, on an overtraded day."""
    return 1.5 * k


def sooner(k: Floats) -> Floats:
    """Return the factor on the hazard of leaving a gain."""
    return 1.0 + 0.8 * k


def later(k: Floats) -> Floats:
    """Return the factor on the hazard of leaving a loss."""
    return 1.0 / (1.0 + 0.6 * k)

"""Which traders are made: rational ones, one habit at a time, or a crowd as in real life."""

from collections.abc import Iterator, Sequence

from coach.engine.lab.generator.chance import Stream
from coach.engine.lab.generator.plans import (
    ARCHETYPES,
    BY_RULE,
    BY_TIME_ALONE,
    HABITS,
    MACHINES,
    WAYS,
    Archetype,
    Habit,
    Hours,
    TraderPlan,
    Way,
)

ACTIVE_BELOW = -0.38532046640756773  # the normal quantile of .35
INTENSITIES = (0.15, 0.3, 0.6, 1.0)
STORMY = 1.15
# how far two habits go together (Yee & Koh 2026): loss aversion, and opinion against the herd's
TOGETHER: dict[Habit, tuple[Habit, float]] = {
    "averaging_down": ("disposition", 0.42),
    "fomo": ("overtrading", -0.31),
}


def rational(count: int, kinds: Sequence[Archetype] = ARCHETYPES) -> Iterator[TraderPlan]:
    """Yield traders without a habit, each kind in its turn.

    Kinds that follow a rule keep human hours and trade round the clock by turns, where both exist.
    """
    for number in range(count):
        turn, place = divmod(number, len(kinds))
        archetype = kinds[place]
        yield TraderPlan(f"{archetype}-{number:04d}", archetype, hours=_hours(archetype, turn))


def _hours(archetype: Archetype, turn: int) -> Hours:
    if archetype in MACHINES or (archetype in BY_RULE and turn % 2):
        return "round_the_clock"
    return "human_hours"


def cell(
    biases: dict[Habit, float], count: int, archetype: Archetype = "noise"
) -> Iterator[TraderPlan]:
    """Yield traders of one kind with the same habits, each planted in its ways by turns."""
    names = "+".join(f"{habit}-{strength:g}" for habit, strength in biases.items())
    for number in range(count):
        ways = {habit: WAYS[habit][number % len(WAYS[habit])] for habit in biases}
        yield TraderPlan(f"{names}-{number:04d}", archetype, dict(biases), ways=ways)


def crowd(count: int, seed: int) -> Iterator[TraderPlan]:
    """Yield traders of the kinds that leave by time alone; each habit is active in 35 % of them.

    Some habits go together.
    """
    for number in range(count):
        name = f"crowd-{number:04d}"
        stream = Stream("crowd", seed, number)
        deviates = dict(zip(HABITS, stream.normals(len(HABITS)).tolist(), strict=True))
        strengths = stream.uniforms(len(HABITS)).tolist()
        dice = stream.uniforms(len(HABITS)).tolist()
        biases = {
            habit: INTENSITIES[int(strength * len(INTENSITIES))]
            for habit, strength in zip(HABITS, strengths, strict=True)
            if _leaning(habit, deviates) < ACTIVE_BELOW
        }
        ways = {
            habit: _drawn(WAYS[habit], share)
            for habit, share in zip(HABITS, dice, strict=True)
            if habit in biases
        }
        archetype = BY_TIME_ALONE[number % len(BY_TIME_ALONE)]
        yield TraderPlan(name, archetype, biases, regime=STORMY, ways=ways)


def _drawn(ways: tuple[Way, ...], share: float) -> Way:
    return ways[int(share * len(ways))]


def _leaning(habit: Habit, deviates: dict[Habit, float]) -> float:
    if habit not in TOGETHER:
        return deviates[habit]
    other, correlation = TOGETHER[habit]
    own = (1.0 - correlation * correlation) ** 0.5
    leaning: float = correlation * deviates[other] + own * deviates[habit]
    return leaning

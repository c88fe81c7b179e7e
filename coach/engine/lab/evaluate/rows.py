"""Rows of the lab's tables, and the choices of traders that all tables share."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from coach.engine.lab.evaluate.trial import HabitStatement, Trial
from coach.engine.lab.generator.plans import BY_TIME_ALONE
from coach.engine.statistics.distributions.beta import exact_interval
from coach.model.insights import Bias

Value = str | int | float | bool | None
Row = dict[str, Value]
Voice = Callable[[Trial, int], Mapping[Bias, HabitStatement]]
USUAL = (0.15, 0.3, 0.6, 1.0)
MOST = 8
BLIND = frozenset({*BY_TIME_ALONE, "session_exit", "clock_exit"})
"""The lab's kinds whose exits look at no price: together they are a group of their own."""
ALL = "all"
ANY = "any"


def coach(trial: Trial, days: int) -> Mapping[Bias, HabitStatement]:
    """Return what the detectors said of a window."""
    return trial.statements[days]


def fixed(trial: Trial, days: int) -> Mapping[Bias, HabitStatement]:
    """Return what the fixed cut-offs said of a window."""
    return trial.naive[days]


def rational(trials: Iterable[Trial]) -> list[Trial]:
    """Return the traders without a habit that stand for all kinds."""
    return [
        one
        for one in trials
        if one.truth and one.truth.rational and one.group in {"given", "rational", "year"}
    ]


def controls(trials: Iterable[Trial]) -> list[Trial]:
    """Return the rational traders with whom scores are compared.

    A score says how far something depends on profit, and the exits of a rule do; so of the lab's
    own kinds those whose exits look at no price are taken, of given traders all.
    """
    quiet = rational(trials)
    return [
        one for one in quiet if one.group == "given" or (one.truth and one.truth.archetype in BLIND)
    ]


def having(trials: Iterable[Trial], bias: str) -> list[Trial]:
    """Return the traders in whom the habit was planted."""
    return [one for one in trials if one.truth and bias in one.truth.biases]


def by_intensity(trials: Sequence[Trial], bias: str) -> list[tuple[float, list[Trial]]]:
    """Return traders with the habit by its intensity, weakest first.

    More than eight different intensities are gathered round .15, .3, .6 and 1.
    """
    strengths = [(_strength(one, bias), one) for one in trials]
    if len({strength for strength, _ in strengths}) > MOST:
        strengths = [
            (min(USUAL, key=lambda k: abs(k - strength)), one) for strength, one in strengths
        ]
    return [
        (level, [one for strength, one in strengths if strength == level])
        for level in sorted({strength for strength, _ in strengths})
    ]


def _strength(trial: Trial, bias: str) -> float:
    assert trial.truth is not None
    return round(trial.truth.biases[bias], 6)


def share(hits: int, trials: int) -> Row:
    """Return a proportion with its exact 95 % interval; no rate where nobody was asked."""
    low, high = exact_interval(hits, trials)
    return {
        "rate": rounded(hits / trials) if trials else None,
        "low": rounded(low),
        "high": rounded(high),
    }


def rounded(value: float) -> float | None:
    """Return four decimals, None for nan."""
    return None if value != value else round(value, 4)  # noqa: PLR0124 -- nan differs from itself

"""Whether traders with a habit score higher than traders without any."""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.rows import ALL, Row, Voice, by_intensity, controls, having, rounded
from coach.engine.lab.evaluate.trial import HabitStatement, Trial
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.ranking import area
from coach.model.insights import Bias


def areas(trials: Sequence[Trial], days: Sequence[int], voice: Voice) -> list[Row]:
    """Return the area under the curve per habit, for all intensities and for each.

    What was not tested scores 0, ties count half; the controls are rational traders without a rule
    that looks at prices.
    """
    quiet = controls(trials)
    found: list[Row] = []
    for bias in HABITS:
        own = having(trials, bias)
        groups: list[tuple[str | float, list[Trial]]] = [(ALL, own)]
        groups += by_intensity(own, bias)
        for strength, cases in groups:
            for window in days:
                if cases and quiet:
                    statements = (
                        _statements(cases, bias, window, voice),
                        _statements(quiet, bias, window, voice),
                    )
                    row: Row = {"bias": bias, "intensity": strength, "days": window}
                    found.append(row | _area(*statements))
    return found


def _statements(
    trials: Sequence[Trial], bias: Bias, days: int, voice: Voice
) -> list[HabitStatement]:
    return [voice(one, days)[bias] for one in trials]


def _area(cases: Sequence[HabitStatement], controls: Sequence[HabitStatement]) -> Row:
    found = area(_scores(cases), _scores(controls))
    return {
        "auc": rounded(found.value),
        "low": rounded(found.interval[0]),
        "high": rounded(found.interval[1]),
        "cases": found.cases,
        "controls": found.controls,
        "tested": sum(claim.tested for claim in (*cases, *controls)),
    }


def _scores(statements: Sequence[HabitStatement]) -> Floats:
    return np.array([claim.score for claim in statements], np.float64)

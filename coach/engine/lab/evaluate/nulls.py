"""Whether p-values are uniform where nothing was planted."""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.rows import ALL, Row, rounded
from coach.engine.lab.evaluate.trial import Trial
from coach.engine.statistics import uniformity

NOISE = "noise"
PLAIN, SHUFFLED = "noise traders", "shuffled"


def uniform(trials: Sequence[Trial], days: int) -> list[Row]:
    """Test p per habit and over all habits.

    Once over rational traders of the kind `noise`, once over everybody with the outcomes of the
    trader's own closes shuffled. A p of few events takes few values: `ks` then rejects what errs
    on the safe side, and `ks_small` alone says whether small p come too often.
    """
    quiet = [
        one for one in trials if one.truth and one.truth.rational and one.truth.archetype == NOISE
    ]
    found: list[Row] = []
    everything: list[float] = []
    for bias in HABITS:
        p = [
            claim.p
            for one in quiet
            for claim in [one.statements[days][bias]]
            if claim.p is not None
        ]
        everything += p
        found += _rows(PLAIN, bias, p)
    found += _rows(PLAIN, ALL, everything)
    for bias in HABITS:
        found += _rows(
            SHUFFLED, bias, [one.shuffled[bias] for one in trials if bias in one.shuffled]
        )
    return found


def _rows(source: str, bias: str, p_values: Sequence[float]) -> list[Row]:
    if not p_values:
        return []
    p = np.array(p_values, np.float64)
    return [
        {
            "source": source,
            "bias": bias,
            "traders": len(p),
            "values": len(np.unique(p)),
            "below_05": rounded(float(np.mean(p < 0.05))),  # noqa: PLR2004 -- the usual line
            "distance": rounded(uniformity.two_sided(p)[0]),
            "ks": rounded(uniformity.two_sided(p)[1]),
            "ks_small": rounded(uniformity.too_small(p)[1]),
        }
    ]

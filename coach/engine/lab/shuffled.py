"""A null made of real trading: who won and who lost is shuffled among a trader's own closes.

Times, sizes and prices stay as they were, so everything that is not about the outcome of the
close before is still there; a habit after losses or wins is gone.
"""

from dataclasses import replace

import numpy as np

from coach.engine.biases.detection import findings
from coach.engine.biases.habits import revenge, size_after_loss, size_after_win
from coach.engine.features.history import OPEN
from coach.engine.lab.judge import Past
from coach.engine.statistics.draws import seed_of, uniforms
from coach.model.insights import Bias
from coach.model.times import DAY_US

DETECTORS = (revenge.DETECTOR, size_after_loss.DETECTOR, size_after_win.DETECTOR)


def p_values(past: Past, days: int) -> dict[Bias, float]:
    """Return p of each tested habit that is about outcomes, after the shuffle.

    The shuffle is named by the trader, so it is always the same one.
    """
    history = past.history
    closed = np.flatnonzero(history.closed_us != OPEN)
    seed = seed_of(b"shuffled", past.profile.name.encode())
    outcome, net = history.outcome.copy(), history.net.copy()
    drawn = closed[np.argsort(uniforms(seed, (len(closed),)), kind="stable")]
    outcome[closed], net[closed] = history.outcome[drawn], history.net[drawn]
    mixed = replace(history, outcome=outcome, net=net)
    found = findings(mixed, past.end_us - days * DAY_US, past.end_us, DETECTORS)
    return {one.bias: one.p for one in found if one.p is not None}

"""How near each entry came to breaking a rule, so that its threshold can be learned.

A score rises with what the rule forbids, and the rule fires where it reaches theta. Both are made
from what the rule promises: a ratio and a z are their own theta, a pause of so many minutes is
1 / minutes, a limit of so many trades is broken by the one after it. Only kinds that some habit of
`coach label` answers for can be learned.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np

from coach.engine.features.local_time import places_in_day
from coach.engine.features.orders import ADD
from coach.engine.rules.calibration.values import STEPS, THRESHOLDS, State
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds import (
    cooldown_after_loss,
    no_entry_after_spike,
    stop_after_losses_in_a_row,
)
from coach.engine.rules.kinds.catalogue import SPECS
from coach.engine.rules.kinds.pace import YEAR_MINUTES
from coach.engine.rules.kinds.spec import Params, count, number
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.words import significant
from coach.model.insights import Bias
from coach.model.rules import Rule, RuleKind

Unit = Literal["as it is", "pause", "limit", "count"]
WHOLE = 100.0
A_SECOND = 1 / 60
NEAR_THE_LEAST = (0.1, 0.25, 0.5, 0.75)
LOWER = 4
WHOLE_STEPS = 8


@dataclass(frozen=True, slots=True)
class Scale:
    """How the threshold of a kind is learned: from answers about which habit, in which unit.

    `score` returns (n,) with nan for entries at which the rule could not fire.
    """

    bias: Bias
    unit: Unit
    score: Callable[[Params, Ground], Floats]

    def theta(self, value: float) -> float:
        """Return the theta of what a rule promises."""
        if self.unit == "pause":
            return 1.0 / value
        return float(value + 1 if self.unit == "limit" else value)

    def value(self, theta: float) -> float:
        """Return what a rule promises at a theta: a whole number where it takes no other."""
        value = significant(1.0 / theta if self.unit == "pause" else theta)
        whole = round(value) if value.is_integer() else value
        return whole - (self.unit == "limit")

    def grid(self, values: tuple[float, ...]) -> tuple[float, ...]:
        """Return the thetas of these promises, rising."""
        return tuple(sorted(self.theta(value) for value in values))


def scale_of(kind: RuleKind) -> Scale | None:
    """Return how a kind is learned; None where nothing that is labelled answers for it."""
    return SCALES.get(kind)


def why_not(rule: Rule) -> str:
    """Say why a rule cannot be calibrated, empty where it can."""
    if not SPECS[rule.kind].threshold:
        return "it has no threshold"
    if rule.kind not in SCALES:
        return "no habit that you can label says where its threshold should lie"
    if begin(rule) is None:
        return f"its {SPECS[rule.kind].threshold} leaves no room for steps on both sides"
    return ""


def begin(rule: Rule) -> State | None:
    """Return the state of a rule that was never calibrated; None where no grid fits around it."""
    spec, scale = SPECS[rule.kind], SCALES[rule.kind]
    value, bounds = number(rule.params, spec.threshold), spec.params[spec.threshold]
    least = bounds.get("exclusiveMinimum", bounds.get("minimum"))
    most = bounds["maximum"]
    assert isinstance(least, int | float)
    assert isinstance(most, int | float)
    whole = bounds["type"] == "integer"
    values = _whole_steps(int(value), int(least)) if whole else _steps(value, least)
    if values[-1] > most or any(low >= high for low, high in pairwise(values)):
        return None
    theta = scale.theta(value)
    return State(grid=scale.grid(values), default=theta, theta=theta)


def _steps(value: float, least: float) -> tuple[float, ...]:
    """Return nine promises around one, all above the least."""
    if value * STEPS[0] > least:
        return tuple(significant(value * step) for step in STEPS)
    lower = (least + (value - least) * share for share in NEAR_THE_LEAST)
    upper = (value * step for step in STEPS[LOWER:])
    return tuple(significant(one) for one in (*lower, *upper))


def _whole_steps(value: int, least: int) -> tuple[float, ...]:
    """Return nine whole numbers, the promise among them, an eighth of it apart."""
    step = max(1, round(value / WHOLE_STEPS))
    first = max(least, value - LOWER * step)
    return tuple(float(first + step * place) for place in range(THRESHOLDS))


def _waits(_params: Params, ground: Ground) -> Floats:
    widest = cooldown_after_loss.hits({"minutes": YEAR_MINUTES}, ground)
    found = _told(ground, widest, "minutes_since")
    return 1.0 / np.maximum(found, A_SECOND)


def _moves(params: Params, ground: Ground) -> Floats:
    widest = {"z": 0, "horizon": params["horizon"]}
    return _told(ground, no_entry_after_spike.hits(widest, ground), "z")


def _runs(_params: Params, ground: Ground) -> Floats:
    return _told(ground, stop_after_losses_in_a_row.hits({"losses": 1}, ground), "losses_in_a_row")


def _sizes(params: Params, ground: Ground) -> Floats:
    sizes: Floats = ground.history.notional / ground.usual(count(params, "window"))
    return np.where(np.isfinite(sizes), sizes, np.nan)


def _sizes_after(params: Params, ground: Ground) -> Floats:
    after = ground.losses_before >= count(params, "losses")
    return np.where(after, _sizes(params, ground), np.nan)


def _places(_params: Params, ground: Ground) -> Floats:
    return places_in_day(ground.entry_days).astype(np.float64)


def _behind(_params: Params, ground: Ground) -> Floats:
    """Return how far each trade that was added to while behind was behind, in percent."""
    orders = ground.history.orders
    adds = np.flatnonzero((orders.kind == ADD) & (orders.average > 0))
    away = (orders.average[adds] - orders.price[adds]) / orders.average[adds]
    behind = ground.signs[orders.trip[adds]] * away * WHOLE
    found = np.zeros(len(ground.history))
    np.maximum.at(found, orders.trip[adds], behind)
    return np.where(found > 0, found, np.nan)


def _told(ground: Ground, hits: Iterable[Hit], fact: str) -> Floats:
    found = np.full(len(ground.history), np.nan)
    for hit in hits:
        value = hit.facts[fact]
        assert isinstance(value, int | float)
        found[hit.row] = value
    return found


SCALES: Final[Mapping[RuleKind, Scale]] = {
    "max_trades_per_day": Scale("overtrading", "limit", _places),
    "cooldown_after_loss": Scale("revenge", "pause", _waits),
    "max_size_vs_median": Scale("size_after_loss", "as it is", _sizes),
    "size_cap_after_losses": Scale("size_after_loss", "as it is", _sizes_after),
    "stop_after_losses_in_a_row": Scale("revenge", "count", _runs),
    "no_entry_after_spike": Scale("fomo", "as it is", _moves),
    "no_averaging_down": Scale("averaging_down", "as it is", _behind),
}

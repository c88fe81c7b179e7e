"""How near each entry came to breaking a rule, so that its threshold can be learned.

A score rises with what the rule forbids, and the rule fires where it reaches theta. Both are made
from what the rule promises: a ratio and a z are their own theta, a pause of so many minutes is
1 / minutes, a limit of so many trades is broken by the one after it. Only kinds that some habit of
`coach label` answers for can be learned.
"""

from itertools import pairwise

from coach.engine.rules.calibration.values import STEPS, THRESHOLDS, State
from coach.engine.rules.kinds.catalogue import kind_of
from coach.engine.rules.kinds.kind import Scale
from coach.engine.rules.params import number
from coach.engine.statistics.words import significant
from coach.model.rules import Rule, RuleKind

NEAR_THE_LEAST = (0.1, 0.25, 0.5, 0.75)
LOWER = 4
WHOLE_STEPS = 8


def scale_of(kind: RuleKind) -> Scale:
    """Return how a kind is learned; ValueError where `why_not` says that it cannot be."""
    scale = kind_of(kind).scale
    if scale is None:
        raise ValueError(f"no habit that is labelled answers for {kind}")
    return scale


def why_not(rule: Rule) -> str:
    """Say why a rule cannot be calibrated, empty where it can."""
    kind = kind_of(rule.kind)
    if not kind.threshold:
        return "it has no threshold"
    if kind.scale is None:
        return "no habit that you can label says where its threshold should lie"
    if begin(rule) is None:
        return f"its {kind.threshold} leaves no room for steps on both sides"
    return ""


def begin(rule: Rule) -> State | None:
    """Return the state of a rule that was never calibrated; None where no grid fits around it."""
    kind, scale = kind_of(rule.kind), scale_of(rule.kind)
    value, bounds = number(rule.params, kind.threshold), kind.params[kind.threshold]
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

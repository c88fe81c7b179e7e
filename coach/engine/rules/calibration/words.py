"""A decision in one sentence, with its sample and its uncertainty."""

from collections.abc import Callable
from typing import Final

from coach.engine.rules.calibration.values import Decision, GridRow, Reason
from coach.model.times import DAY_US
from coach.wording.numbers import whole_percent
from coach.wording.rules import describe_share

KEPT: Final[dict[Reason, str]] = {
    "pinned": "you set it yourself, so it stays",
    "cooling": "it moved or was asked about lately, so it stays for now",
    "steady": "no other threshold looks better",
    "not_sure": "too unsure that another threshold is better",
    "step_may_hurt": "the first step towards a better threshold might hurt",
    "imprecise": "whatever fires more often may be wrong more often than right",
    "worse_lately": "the newest labels speak against the step",
    "proxies_alone": "outcomes alone do not move it further from its default",
    "holds": "nothing speaks against the last move",
}
NEARLY_SURE = 0.995


def plainly(theta: float) -> str:
    """Write a threshold as it stands."""
    return f"{theta:g}"


def sentence(decision: Decision, say: Callable[[float], str] = plainly) -> str:
    """Say what was concluded and why: "in your last 120 days, 31 labelled: ...".

    `say` writes a threshold in the unit of the rule.
    """
    days = (decision.window_end_us - decision.window_start_us) // DAY_US
    outcomes = decision.mix.proxy_yes + decision.mix.proxy_no
    labelled = f"{decision.n - outcomes} labelled"
    sample = f"{labelled} and {outcomes} judged by outcome" if outcomes else labelled
    return f"in your last {days} days, {sample}: {_conclusion(decision, say)}"


def _conclusion(decision: Decision, say: Callable[[float], str]) -> str:
    to = say(decision.theta_to)
    if decision.kind in ("move", "rollback") and decision.reason != "false_alarms":
        return f"{_comparison(decision, say)}; {_sure(decision.p_improve)} that {to} is better"
    if decision.kind == "move":
        return f"{_right(decision, say)}; {to} would say less"
    if decision.kind == "mute":
        return "no threshold is right more often than not, for eight weeks; better to mute the rule"
    return _kept_reason(decision)


def _kept_reason(decision: Decision) -> str:
    if decision.reason == "insufficient":
        return f"{_more(decision.need)} needed before anything can be said"
    words = KEPT[decision.reason]
    return f"{words}; {_more(decision.need)} needed" if decision.need else words


def _more(need: int) -> str:
    return "1 more is" if need == 1 else f"{need} more are"


def _comparison(decision: Decision, say: Callable[[float], str]) -> str:
    was, new = _row(decision, decision.theta_from), _row(decision, decision.theta_to)
    words = f"at {say(was.theta)} right {_precision(was)}, at {say(new.theta)} {_precision(new)}"
    if new.theta > was.theta or new.recall is None or was.recall is None:
        return words
    catches = f"{whole_percent(new.recall.mean)} instead of {whole_percent(was.recall.mean)}"
    return f"{words} but catching {catches}"


def _right(decision: Decision, say: Callable[[float], str]) -> str:
    row = _row(decision, decision.theta_from)
    return f"at {say(row.theta)} right {_precision(row)}"


def _row(decision: Decision, theta: float) -> GridRow:
    return min(decision.grid, key=lambda row: abs(row.theta - theta))


def _precision(row: GridRow) -> str:
    share = row.precision
    if share is None:
        return "never yet"
    return describe_share(share.mean, share.low, share.high)


def _sure(probability: float | None) -> str:
    assert probability is not None
    if probability > NEARLY_SURE:
        return "more than 99 % sure"
    return f"{whole_percent(probability)} sure"

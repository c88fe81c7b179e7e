"""Which reasons may explain a habit, given what the trader answered about them.

"Yes" explains the habit while the reason holds: its share is at least .3 and its typical number is
within half of what the trader confirmed. For 90 days it is taken for granted, so that one bad month
asks nothing again. "No" sets the reason aside for 180 days, and with it the others that explain the
same orders: whoever closes by no rule need not deny each rule there is. All times are of the data;
an answer counts also for what came before it, as a plan does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from coach.engine.biases.reasons.exits import HOLDS, MOST, SIGNAL
from coach.engine.biases.standing import has_evidence, standing_of
from coach.model.insights import Bias, Finding
from coach.model.plans import ReasonAnswer
from coach.model.reasons import OF_EVERY_HABIT, Reason, ReasonKind

CLEAR: dict[ReasonKind, float] = {"target": MOST, "stop": MOST, "signal": SIGNAL, "ladder": MOST}
"""The share from which on a rule is asked about; what the trader confirmed holds with less."""
HALF = 0.5
GRANTED = timedelta(days=90)
SET_ASIDE = timedelta(days=180)
IN_PAIRS = ("hedge", "yes")
"""The one answer that explains nothing that is left: the pairs themselves are tested no more."""
OF_CLOSING: frozenset[ReasonKind] = frozenset({"target", "stop", "signal", "clock"})
"""Reasons that explain the same orders: those that close."""


class Explanation(NamedTuple):
    """The reasons that may explain a habit; `confirmed` says that the trader called it a rule.

    The first reason is the one to ask about, or the confirmed one.
    """

    reasons: tuple[Reason, ...]
    confirmed: bool = False


def weigh(
    finding: Finding, reasons: Sequence[Reason], answers: Sequence[ReasonAnswer], as_of: datetime
) -> Finding:
    """Return a finding beside what may explain it, and what is done with it.

    `reasons` are those that may explain its habit. What a rule explains or may has no cost. Of an
    account that is a machine no habit is looked for, nor of one whose trades are all legs of a
    hedge.
    """
    explained = explain(finding.bias, reasons, answers, as_of)
    if finding.kind == "test" and explained.confirmed and explained.reasons[0].kind == "machine":
        return replace(finding, reasons=explained.reasons, standing="style", costs=())
    if not has_evidence(finding):
        return _hedged(finding, answers)
    weighed = replace(finding, reasons=explained.reasons)
    standing = standing_of(weighed, confirmed=explained.confirmed)
    return replace(weighed, standing=standing, costs=finding.costs if standing == "told" else ())


def is_confirmed(kind: ReasonKind, answers: Sequence[ReasonAnswer]) -> bool:
    """Say whether the trader called a reason that speaks for every habit a rule of theirs."""
    return any(one.reason.kind == kind and one.answer == "yes" for one in answers)


def _hedged(finding: Finding, answers: Sequence[ReasonAnswer]) -> Finding:
    """Return a finding that no trade was left for as explained by the confirmed hedge."""
    if finding.kind != "test" or finding.n or finding.lacks:
        return finding
    hedges = [one.reason for one in answers if one.reason.kind == "hedge" and one.answer == "yes"]
    return replace(finding, reasons=(hedges[0],), standing="style") if hedges else finding


def explain(
    bias: Bias, reasons: Sequence[Reason], answers: Sequence[ReasonAnswer], as_of: datetime
) -> Explanation:
    """Return the reasons that may explain a habit as of the end of the data.

    `reasons` are those of its orders, the first one to ask about first; a rule that was confirmed
    for some habit is among them from a lower share on.
    """
    about = [
        one
        for one in answers
        if one.is_about(bias, one.reason.kind) and (one.reason.kind, one.answer) != IN_PAIRS
    ]
    own_answers = sorted(about, key=lambda one: one.reason.kind not in OF_EVERY_HABIT)
    now = {reason.kind: reason for reason in reasons}
    doubtful = []
    for answer in own_answers:
        if answer.answer == "yes":
            seen = now.get(answer.reason.kind)
            if stands(answer, seen, as_of):
                return Explanation((seen or answer.reason,), confirmed=True)
            doubtful.append(seen or answer.reason)
    aside = _set_aside(own_answers, as_of)
    again = {reason.kind for reason in doubtful}
    others = [one for one in reasons if one.kind not in again | aside and _is_clear(one)]
    return Explanation((*doubtful, *others))


def stands(answer: ReasonAnswer, now: Reason | None, as_of: datetime) -> bool:
    """Say whether a "yes" still explains the habit; `now` is the reason as it is, None if gone."""
    if as_of - answer.as_of < GRANTED:
        return True
    if now is None or has_moved(answer.reason, now):
        return False
    return now.kind not in CLEAR or now.share >= HOLDS


def has_moved(then: Reason, now: Reason) -> bool:
    """Say whether the typical number is half as large again as it was, or half as small."""
    if then.typical is None or now.typical is None:
        return False
    return abs(now.typical - then.typical) >= HALF * abs(then.typical)


def _is_clear(reason: Reason) -> bool:
    return reason.share >= CLEAR.get(reason.kind, 0.0)


def _set_aside(own_answers: Sequence[ReasonAnswer], as_of: datetime) -> frozenset[ReasonKind]:
    denied = {
        one.reason.kind
        for one in own_answers
        if one.answer == "no" and as_of - one.as_of < SET_ASIDE
    }
    return frozenset(denied | OF_CLOSING if denied & OF_CLOSING else denied)

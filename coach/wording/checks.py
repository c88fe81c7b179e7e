"""Sentences about checks before a trade: the size that breaks nothing, what was done, how right."""

from collections.abc import Iterator
from typing import Final

from coach.model.promises.checks import CheckTally, LargestSize
from coach.model.promises.confidence import FEWEST_SCORED, BrierScore
from coach.wording import numbers

OUTCOMES: Final = {
    "followed": "followed",
    "not followed": "not followed",
    "traded": "no objection, traded",
    "not traded": "no objection, not traded",
    "pending": "not known yet",
}
"""What was done after a check, in a table."""


def describe_largest(largest: LargestSize, judged: int, rules: int) -> str:
    """Say which is the largest size that breaks no rule; empty where no rule could be judged."""
    of = "" if judged == rules else " of those that could be judged"
    limits = ", ".join(largest.limited_by)
    if largest.limit == "size" and largest.quantity is not None:
        return f"largest size that breaks no rule{of}: {largest.quantity:f} (limited by {limits})"
    if largest.limit == "no size":
        return f"any size breaks a rule: {limits}"
    return f"no rule{of} limits the size" if largest.limit == "no limit" else ""


def describe_tally(tally: CheckTally) -> Iterator[str]:
    """Yield how often the question was asked before a trade, and how often the answer followed."""
    trades = numbers.counted(tally.trades, "trade")
    asked = numbers.limit(tally.asked_before)
    yield f"asked before {asked} of {trades} opened since the first check"
    if not tally.warned:
        yield "no answer named a broken rule, so there was nothing to follow"
        return
    known = tally.followed + tally.not_followed
    answers = numbers.counted(known, "answer")
    waits = f"; {numbers.limit(tally.pending)} not known yet" if tally.pending else ""
    yield f"followed {numbers.limit(tally.followed)} of {answers} that named a broken rule{waits}"


def describe_score(score: BrierScore) -> str:
    """Say how right the confidence was; empty where none was given."""
    if not score.given:
        return ""
    of = f"{numbers.limit(score.scored)} of {FEWEST_SCORED} closed trades"
    if score.score is None or score.interval is None or score.mean is None:
        return f"confidence: not enough yet, {of} that a score needs"
    low, high = (f"{end:.2f}" for end in score.interval)
    right = numbers.whole_percent(score.right / score.scored)
    return (
        f"confidence: Brier score {score.score:.2f} (likely {low} to {high}) over"
        f" {numbers.counted(score.scored, 'closed trade')}; you said"
        f" {numbers.whole_percent(score.mean)} on average, {right} closed with a profit after fees"
        " (0 is perfect, 0.25 is a coin)"
    )

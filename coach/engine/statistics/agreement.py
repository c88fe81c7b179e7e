"""How well tags agree with what the trader says: precision and recall, each with its sample.

Precision: of the tagged trades that were answered with yes or no, the share of yes. Recall: of
the trades that are that habit, the share that is tagged. What was never tagged is only known
through random questions; each answer stands for 1 / inclusion trades (Horvitz & Thompson 1952,
JASA 47:663). Weights are not capped: that would call the recall better than it is.

Both are read again with every answer, so their intervals are confidence sequences
(`confidence_sequence`): they hold at all looks together, not at each one.
"""

from collections.abc import Sequence
from typing import NamedTuple

from coach.engine.statistics.confidence_sequence import always_valid
from coach.model.labels import LabelShare


class UntaggedAnswer(NamedTuple):
    """One answered question about a trade without the tag."""

    yes: bool
    inclusion: float


class TagPrecision(NamedTuple):
    """The precision of the tags, and how many there are in the weeks that were asked about."""

    precision: LabelShare
    tags: int


def precision(yes: int, no: int) -> LabelShare | None:
    """Return the share of yes with its confidence sequence, None without answers."""
    if yes + no == 0:
        return None
    return LabelShare(yes / (yes + no), always_valid(yes, no), yes + no)


def recall(
    tagged: TagPrecision, asked: Sequence[UntaggedAnswer], answered_share: float = 1.0
) -> LabelShare | None:
    """Return found / (found + missed), None without answers or where nothing was there to find.

    found = precision x tags, missed = sum of 1 / inclusion over the answers yes. A question that
    nobody answered is taken to be like those that were: each inclusion is lowered by
    `answered_share`. The interval joins the ends of both shares, the missed one at Kish's effective
    sample (sum w)^2 / sum w^2: wider than it need be.
    """
    if not asked:
        return None
    weights = [1 / (one.inclusion * answered_share) for one in asked]
    untagged = sum(weights)
    missed = sum(weight for weight, one in zip(weights, asked, strict=True) if one.yes) / untagged
    effective = untagged**2 / sum(weight**2 for weight in weights)
    low, high = always_valid(missed * effective, (1 - missed) * effective)
    found_low, found_high = tagged.precision.interval
    best = _recalled(found_high * tagged.tags, low * untagged)
    worst = _recalled(found_low * tagged.tags, high * untagged)
    estimate = _recalled(tagged.precision.estimate * tagged.tags, missed * untagged)
    if estimate is None:
        return None
    return LabelShare(estimate, (worst or 0.0, 1.0 if best is None else best), len(asked))


def _recalled(found: float, missed: float) -> float | None:
    return found / (found + missed) if found + missed > 0 else None

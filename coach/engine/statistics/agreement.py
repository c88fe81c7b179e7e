"""How well tags agree with what the trader says: precision and recall, each with its sample.

Precision: of the tagged trades that were answered with yes or no, the share of yes. Recall: of
the trades that are that habit, the share that is tagged. What was never tagged is only known
through random questions; each answer stands for 1 / inclusion trades (Horvitz & Thompson 1952,
JASA 47:663). Weights are not capped: that would call the recall better than it is.

Both are read again with every answer, so their intervals are confidence sequences. An ordinary
interval of 90 % is wrong at one look in ten, and at some look of a year of weekly ones in about
every second case. A confidence sequence is wrong at any look ever in one case of ten at
most. With yes answers k and no answers m the likelihood, mixed over a uniform share, is divided by
that of a share p: a martingale that starts at 1 if p is the true one, and so reaches 1 / alpha with
probability alpha at most (Ville 1939). Those p are kept for which it stays below.
Sources: Robbins (1970), Ann. Math. Statist. 41:1397; Howard, Ramdas, McAuliffe & Sekhon (2021),
Ann. Statist. 49:1055, for the beta-binomial mixture.
"""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from coach.model.labels import LabelShare

WRONG_AT_ANY_LOOK = 0.10
HALVINGS = 50


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


def always_valid(yes: float, no: float, wrong: float = WRONG_AT_ANY_LOOK) -> tuple[float, float]:
    """Return the shares p with Beta(1 + yes, 1 + no) / (p^yes (1 - p)^no) < 1 / wrong."""
    mixture = math.lgamma(yes + 1) + math.lgamma(no + 1) - math.lgamma(yes + no + 2)
    least = mixture + math.log(wrong)

    def kept(share: float) -> bool:
        return yes * _log(share) + no * _log(1 - share) > least

    middle = yes / (yes + no) if yes + no else 0.5
    return _edge(middle, 0.0, kept), _edge(middle, 1.0, kept)


def _edge(inside: float, outside: float, kept: Callable[[float], bool]) -> float:
    """Return where the kept shares end between one of them and an end of [0, 1], by halving."""
    if kept(outside):
        return outside
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if kept(middle) else (inside, middle)
    return outside


def _log(share: float) -> float:
    """Return ln(share), so small at 0 that it leaves no likelihood but of no answers."""
    return math.log(share) if share > 0 else -1e300

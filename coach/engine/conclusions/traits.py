"""When a habit is announced, and when it is taken back.

Announced: the finding is told, that is, its evidence stands (`statistics/levels`) and no rule of
the trader's may explain it (`Finding.standing`). Withdrawn: P(effect > minimum) fell below one
half, or that of the newest six weeks alone below 0.3, or the habit could not be tested for eight
weeks of data, or the data that it rested on are gone, or a rule of the trader's explains it or
may. What an earlier version of the rule announced is withdrawn if the present one would not
announce it. All times are of the data: the same imports announce the same.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from coach.model.traits import Trait
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from coach.model.insights import Bias, Finding
    from coach.model.traits import WithdrawalReason

AS_LIKELY_AS_NOT = 50.0
LONGEST_UNTESTED = timedelta(weeks=8)
TEST = 2
"""The version of the rule: 1 asked for two of the last three weekly runs, whatever the habit."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A trait that was taken back, why, and what the finding says now."""

    trait: Trait
    reason: WithdrawalReason
    finding: Finding


@dataclass(frozen=True, slots=True)
class Announcements:
    """What is told now; `still` are standing traits that were tested again."""

    made: Sequence[Finding]
    withdrawn: Sequence[Withdrawal]
    still: Sequence[Trait] = ()
    as_of: datetime | None = None

    @property
    def changed(self) -> Iterator[Trait]:
        """Yield every trait as it is to be kept."""
        yield from (one.trait for one in self.withdrawn)
        yield from self.still
        if self.as_of is not None:
            for finding in self.made:
                yield Trait(finding.bias, self.as_of, self.as_of, finding.level, test=TEST)


def compare(
    standing: Mapping[Bias, Trait], findings: Sequence[Finding], as_of: datetime
) -> Announcements:
    """Hold what stands against what was found as of the end of the data."""
    made, withdrawn, still = [], [], []
    for finding in findings:
        trait = standing.get(finding.bias)
        if trait is None:
            if finding.standing == "told":
                made.append(finding)
            continue
        reason = why_not(trait, finding, as_of)
        if reason is not None:
            withdrawn.append(Withdrawal(replace(trait, withdrawn_at=as_of), reason, finding))
        elif finding.score is not None:
            still.append(replace(trait, as_of=as_of, level=finding.level, test=TEST))
    return Announcements(made, withdrawn, still, as_of)


def why_not(trait: Trait, finding: Finding, as_of: datetime) -> WithdrawalReason | None:
    """Return why a standing trait is to be withdrawn, None when it stands."""
    if finding.score is not None:
        return _why_not_tested(trait, finding, finding.score)
    if as_of < trait.announced_at:
        return "its trades are gone"
    if as_of - trait.as_of >= LONGEST_UNTESTED:
        return "not testable for 8 weeks"
    return None


def _why_not_tested(trait: Trait, finding: Finding, score: float) -> WithdrawalReason | None:
    if score < AS_LIKELY_AS_NOT:
        return "no longer likely"
    if finding.facts.get("fading"):
        return "fading for six weeks"
    if finding.standing == "style":
        return "a rule of yours explains it"
    if finding.standing == "asked":
        return "a rule of yours may explain it"
    if trait.test < TEST and finding.standing == "untold":
        return "coach's test is stricter now"
    return None

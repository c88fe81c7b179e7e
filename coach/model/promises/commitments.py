"""Commitments: what the calm trader signs, to be read at the moment of a breach.

A commitment is never edited: who means something else signs another one. A removed commitment is
kept, so that the removal can be undone and a digest of before still says what stood then.
"""

from datetime import datetime
from typing import Final, NewType

from coach.model.rules import RuleId
from coach.values import dataclass

CommitmentId = NewType("CommitmentId", int)
"""1, 2, 3… of each user; a number is never given again."""
LONGEST_COMMITMENT: Final = 4_000
"""Characters."""
SHORT_COMMITMENT: Final = 280
"""Characters of a commitment that stand where others stand beside it: in an event, in a digest."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """A signed text; `rule_id` is the rule at whose breach it is shown, None for every rule.

    `changes` are the moments at which it was removed and restored, in turn.
    """

    id: CommitmentId
    text: str
    rule_id: RuleId | None
    signed_at: datetime
    changes: tuple[datetime, ...] = ()

    @property
    def removed_at(self) -> datetime | None:
        """Return since when it is removed, None while it stands."""
        return self.changes[-1] if len(self.changes) % 2 else None

    def stood_at(self, moment: datetime) -> bool:
        """Say whether it was signed and not removed just before a moment."""
        before = sum(change < moment for change in self.changes)
        return self.signed_at < moment and before % 2 == 0

    def is_about(self, rule_id: RuleId) -> bool:
        """Say whether it is shown when that rule is broken."""
        return self.rule_id in {None, rule_id}


def in_short(text: str) -> str:
    """Return a commitment on one line, cut at a word where it is long."""
    line = " ".join(text.split())
    if len(line) <= SHORT_COMMITMENT:
        return line
    return f"{line[:SHORT_COMMITMENT].rpartition(' ')[0] or line[:SHORT_COMMITMENT]} …"

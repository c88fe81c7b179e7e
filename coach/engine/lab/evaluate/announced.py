"""What the product says of a finding to its trader: exactly that is counted here."""

from typing import Literal

from coach.model.insights import Finding

Announcement = Literal["told", "asked", "nothing"]
"""told: as a habit; asked: whether a rule is behind it; nothing: neither, or it is a known style"""


def announced(finding: Finding) -> Announcement:
    """Return what the trader hears of a finding."""
    if finding.standing in {"told", "asked"}:
        return "told" if finding.standing == "told" else "asked"
    return "nothing"

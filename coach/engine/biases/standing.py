"""What is done with a finding: nothing, told as a habit, asked about, or known as a style."""

from coach.model.insights import Finding
from coach.model.reasons import Standing


def has_evidence(finding: Finding) -> bool:
    """Return whether a finding would be told, were there no reason for what it found."""
    return finding.kind == "test" and finding.held and finding.level != "none"


def standing_of(finding: Finding, *, confirmed: bool = False) -> Standing:
    """Return what is done with a finding.

    `finding.reasons` are the reasons that the trader did not deny; `confirmed` says that the trader
    called one of them a rule of theirs.
    """
    if not has_evidence(finding):
        return "untold"
    if not finding.reasons:
        return "told"
    return "style" if confirmed else "asked"

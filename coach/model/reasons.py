"""A rule of the trader's own that may stand behind what looks like a habit."""

from dataclasses import field
from typing import Literal

from coach.values import dataclass

ReasonKind = Literal["target", "stop", "signal", "ladder", "clock", "hedge", "machine"]
Standing = Literal["untold", "told", "asked", "style"]
"""What is done with a finding that has evidence.

untold  nothing is claimed
told    announced as a habit
asked   a rule may explain it, and the trader has not said whether it is theirs: a pattern
style   the trader said that it is their rule
"""
Level = Literal["insufficient", "none", "possible", "likely", "strong"]
ShownLevel = Level | Literal["pattern", "style"]
"""What a person reads of a finding: one that a rule explains, or may, shows no level."""
OF_EVERY_HABIT: frozenset[ReasonKind] = frozenset({"hedge", "machine"})
"""Reasons that speak for every habit: they are asked about once, whichever habit has evidence."""
ReasonFact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Events that come where a rule would put them, more often than chance would.

    `n` is how many events were looked at and `share` which part of them stands where the rule
    would act, beyond chance (kappa) or plainly, by `kind`. `typical` and `quartiles` are the
    trader's own numbers in `unit`, None where the rule has none. `facts` are further numbers of
    the question, such as the hours of a moving mean. Which habits it may explain, their detectors
    say.
    """

    kind: ReasonKind
    n: int
    share: float
    typical: float | None = None
    quartiles: tuple[float, float] | None = None
    unit: str = ""
    facts: dict[str, ReasonFact] = field(default_factory=dict)

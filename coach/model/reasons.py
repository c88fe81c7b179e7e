"""A rule of the trader's own that may stand behind what looks like a habit."""

from dataclasses import dataclass, field
from typing import Literal

ReasonKind = Literal["target", "stop", "signal", "ladder", "clock", "hedge", "machine"]
Standing = Literal["untold", "told", "asked", "style"]
"""What is done with a finding that has evidence.

untold  nothing is claimed
told    announced as a habit
asked   a rule may explain it, and the trader has not said whether it is theirs: a pattern
style   the trader said that it is their rule
"""
ReasonFact = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Events that come where a rule would put them, more often than chance would.

    `biases` are the habits that it may explain, none for a reason that explains every habit, also
    those of other packages; `n` is how many events were looked at and `share`
    which part of them stands where the rule would act, beyond chance (kappa) or plainly, by
    `kind`. `typical` and `quartiles` are the trader's own numbers in `unit`, None where the rule
    has none. `facts` are further numbers of the question, such as the hours of a moving mean.
    """

    kind: ReasonKind
    biases: tuple[str, ...]
    n: int
    share: float
    typical: float | None = None
    quartiles: tuple[float, float] | None = None
    unit: str = ""
    facts: dict[str, ReasonFact] = field(default_factory=dict)

    def speaks_for(self, bias: str) -> bool:
        """Return whether it may explain a habit."""
        return not self.biases or bias in self.biases

"""Notes on a finding for a terminal, with the command that helps, and what the columns mean."""

from typing import TYPE_CHECKING

from coach.advice.hints import remedy_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.habits import HabitWords
    from coach.model.insights import Finding

LEGEND = (
    "score: probability (%) that the effect exceeds the minimum; p: how often luck does as much",
    "n: sample size; held: the evidence stands, of the year too. coach why BIAS shows it",
)
"""What the columns of the table mean."""


def notes(finding: "Finding", habits: "HabitWords") -> "Iterator[str]":
    """Yield what a person needs to read a finding, each with the command that helps."""
    for note in habits.notes(finding):
        if note.remedy is None:
            yield note.text
        else:
            between = " " if note.text.endswith("?") else ": "
            yield f"{note.text}{between}{remedy_text(note.remedy, note.facts)}"


def legend(shown: "Sequence[Finding]") -> tuple[str, ...]:
    """Return what the columns mean, where something was tested."""
    return LEGEND if any(finding.score is not None for finding in shown) else ()

"""Sentences about an experiment: what was registered, and how its result stands.

The verdict itself is part of the result's card, which is stored as it was first said.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from coach.wording.numbers import counted, limit, measure


def describe_start(experiment: str, rule: str, weeks: Sequence[str]) -> str:
    """Say that an experiment was registered, and which weeks it takes."""
    count = counted(len(weeks), "week")
    return f"registered {experiment}: {count} from {weeks[0]} on, half of them with {rule}"


def describe_running(experiment: str, rule: str, last_week: str) -> str:
    """Say that an experiment runs on a rule that was just changed."""
    return (
        f"experiment {experiment} runs on {rule} until {last_week}:"
        " what you change now stands in its result"
    )


def describe_overlap(experiment: str, rule: str, outcome: str, since: str, until: str) -> str:
    """Say that another experiment counts the same outcome at the same time."""
    return (
        f"experiment {experiment} on {rule} counts the same outcome ({outcome}) from {since} to"
        f" {until}: what one of them does shows in the other"
    )


def describe_registration(registration: Mapping[str, Any], sha256: str) -> Iterator[str]:
    """Yield what was registered, a sentence each: the outcome, the blocks, the end, the hash."""
    blocks = ", ".join(limit(size) for size in registration["blocks"])
    yield f"registered {registration['registered_at'][:10]}: {registration['outcome_means']}"
    yield f"{counted(len(registration['weeks']), 'week')}, blocks of {blocks}"
    yield f"ends {registration['stopping']}"
    yield f"sha256 {sha256}"


def describe_evidence(evidence: float, needed: float) -> str:
    """Say how much evidence there is, and how much decides."""
    return f"evidence {measure(evidence)}, {measure(needed)} would decide"


def describe_early_end(weeks: int) -> str:
    """Say that an experiment was ended by hand."""
    return f"stopped by hand, of {counted(weeks, 'week')} registered"

"""A registration as it was kept, read back.

It is canonical JSON (sorted keys, no spaces, ASCII) beside its SHA-256: whoever holds the text can
make the hash again. Every command reads it while an experiment runs, so nothing heavy is imported.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from coach.model.experiments import Experiment, Measure
from coach.model.rules import Rule


def hashed(text: str) -> str:
    """Return the SHA-256 of a registration's text, in hex."""
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class RegistrationRecord:
    """What a registration says, read back."""

    rule: Rule
    measure: Measure
    quote: str | None
    zone: str
    weeks: tuple[str, ...]
    on: tuple[bool, ...]
    blocks: tuple[int, ...]
    alpha: float

    def whole(self, weeks: int) -> int:
        """Return how many blocks lie wholly within the first so many weeks."""
        return sum(sum(self.blocks[: n + 1]) <= weeks for n in range(len(self.blocks)))

    def block_ends(self) -> Sequence[int]:
        """Return for every week the place of the last week of its block."""
        ends: list[int] = []
        for size in self.blocks:
            ends += [len(ends) + size - 1] * size
        return ends


def read(experiment: Experiment) -> RegistrationRecord:
    """Return what was registered."""
    terms: dict[str, Any] = json.loads(experiment.registration)
    rule = terms["rule"]
    return RegistrationRecord(
        Rule(rule["id"], rule["kind"], rule["params"], True, revision=rule["revision"]),
        terms["outcome"],
        terms["quote"],
        terms["zone"],
        tuple(terms["weeks"]),
        tuple(terms["on"]),
        tuple(terms["blocks"]),
        terms["alpha"],
    )


def was_active(experiment: Experiment) -> bool:
    """Say whether the rule was active when the experiment was registered."""
    return bool(json.loads(experiment.registration)["rule"]["active"])

"""Experiments of a trader on one rule: what was registered, and how far it has come."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NewType

from coach.model.events import Json
from coach.model.rules import RuleId
from coach.values import dataclass

ExperimentId = NewType("ExperimentId", str)
Measure = Literal["net", "return", "breaches", "entries"]
ExperimentState = Literal["running", "decided", "complete", "stopped"]


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment.

    `registration` is canonical JSON and never changes, `sha256` the hash it was kept under.
    `switched` is the week that the rule was last switched for, `looked` how many blocks the last
    look counted, `card` the result as it stood when the experiment ended.
    """

    id: ExperimentId
    rule_id: RuleId
    registration: str
    sha256: str
    state: ExperimentState
    started_at: datetime
    ended_at: datetime | None = None
    switched: str = ""
    looked: int = 0
    card: Mapping[str, Json] | None = None

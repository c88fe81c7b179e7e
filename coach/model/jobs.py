"""Long work as a run: what was asked, how often it was tried, how far it is, what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coach.model.accounts import RunId, RunState
from coach.model.events import Json

JobKind = Literal["import", "candles", "simulation", "calibration", "digest", "evaluation"]


@dataclass(frozen=True, slots=True)
class JobRun:
    """One long work; what it keeps when it is done is the same after however many attempts.

    `progress` is how many steps are done, and of how many where that is known; None once done.
    """

    id: RunId
    kind: JobKind
    label: str
    state: RunState
    attempt: int
    progress: dict[str, int | None] | None
    result: dict[str, Json] | None
    error: str
    started_at: datetime
    finished_at: datetime | None

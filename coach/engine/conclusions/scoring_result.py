"""What scoring a history found, as an import hands it on; loads nothing that scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.conclusions.traits import Announcements
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.model.insights import Finding, Tag
    from coach.model.plans import ReasonQuestion
    from coach.model.rules import Breach

NOTHING_ANNOUNCED = Announcements((), ())


@dataclass(frozen=True, slots=True)
class ScoringResult:
    """What scoring found, and what of it is new; `due` says that only breaches were looked for."""

    findings: Sequence[Finding] = ()
    new_tags: Sequence[Tag] = ()
    new_breaches: Sequence[Breach] = ()
    announced: Announcements = NOTHING_ANNOUNCED
    warnings: tuple[str, ...] = ()
    asked: Sequence[ReasonQuestion] = ()
    due: bool = False

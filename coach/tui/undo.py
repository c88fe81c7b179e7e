"""Changes that can be taken back, the newest first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.api.session import Session

MOST = 100


@dataclass(frozen=True, slots=True)
class UndoStep:
    """What was done, in words, and what takes it back."""

    said: str
    work: "Callable[[Session], Any]"


class UndoStack:
    """The changes of this panel since it was opened."""

    def __init__(self) -> None:
        self._steps: list[UndoStep] = []

    def push(self, step: UndoStep) -> None:
        """Keep a change."""
        self._steps = [*self._steps, step][-MOST:]

    def pop(self) -> UndoStep | None:
        """Return the newest change and forget it; None where there is none."""
        return self._steps.pop() if self._steps else None

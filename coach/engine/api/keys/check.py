"""What a doctor found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from coach.values import dataclass

if TYPE_CHECKING:
    from coach.remedies import Remedy

State = Literal["ok", "info", "warning", "error", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the doctor looked at.

    `hint` says what to do where that is the same on every face; for a `remedy` the face has the
    words.
    """

    name: str
    state: State
    detail: str
    hint: str = ""
    remedy: Remedy | None = None

"""The screen an answer is shown on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """How wide, whether in colour, and in whose time."""

    width: int
    color: bool
    zone: str = "UTC"

"""A clock that nobody can set: how long this machine has been up."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ticks:
    """Microseconds since this boot, asleep or not; `boot` names the boot."""

    boot: str
    us: int

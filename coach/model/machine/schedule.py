"""The last run of a job that a timer starts, as it is kept in the state folder."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from coach.model.events import Json
from coach.model.plain import plain


@dataclass(frozen=True, slots=True)
class LastRun:
    """When a job began and ended, its exit code, and what it said.

    `exit_code` is None while it runs, and for ever where it was killed. `pinged` says whether a
    healthcheck heard of its end.
    """

    began_at: datetime
    ended_at: datetime | None = None
    exit_code: int | None = None
    said: str = ""
    pinged: bool | None = None

    def as_json(self) -> dict[str, Json]:
        """Return the run as it is written."""
        return {name: plain(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, written: dict[str, str | int | bool | None]) -> Self:
        """Return the run that was written; ValueError or KeyError where it is none."""
        ended, code, pinged = (written[name] for name in ("ended_at", "exit_code", "pinged"))
        return cls(
            datetime.fromisoformat(str(written["began_at"])),
            datetime.fromisoformat(str(ended)) if ended else None,
            None if code is None else int(code),
            str(written["said"]),
            None if pinged is None else bool(pinged),
        )

"""Backups: how many are kept, where, and for whom they are sealed."""

from pathlib import Path
from typing import Final

from coach.values import dataclass

KEPT: Final = 14
"""Of the backups in a folder: two weeks, where one is made each day."""


@dataclass(frozen=True, slots=True)
class BackupWishes:
    """Where backups go, and the age recipients for whom they are sealed."""

    folder: Path
    recipients: tuple[str, ...]

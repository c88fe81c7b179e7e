"""Where coach keeps its things on disk."""

from pathlib import Path

from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """Four folders: what the user wrote, what coach knows, what it remembers, what it can lose."""

    config: Path
    data: Path
    state: Path
    cache: Path


def private_folder(path: Path) -> Path:
    """Return `path`, made with its missing parents for the owner alone; never touch one that is."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
    return path

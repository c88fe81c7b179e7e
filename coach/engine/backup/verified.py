"""When a backup was last verified, kept in a small file beside it.

It counts only for the file that was verified: one of another size, or written since, was not.
"""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from coach.files import write_private
from coach.model.canonical import canonical_json


def note(path: Path, now: datetime) -> None:
    """Keep that a backup was verified; nothing is kept beside a file in a folder of others."""
    with suppress(OSError):
        write_private(_beside(path), canonical_json({**_identity(path), "at": now.isoformat()}))


def verified_at(path: Path) -> datetime | None:
    """Return when a backup was last verified as it is now, None where it was not."""
    try:
        said = json.loads(_beside(path).read_bytes())
        at = datetime.fromisoformat(said.pop("at")).astimezone(UTC)
        return at if said == _identity(path) else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def forget(path: Path) -> None:
    """Remove what is kept about a backup that was removed."""
    _beside(path).unlink(missing_ok=True)


def _identity(path: Path) -> dict[str, int]:
    found = path.stat()
    return {"size": found.st_size, "written_ns": found.st_mtime_ns}


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.verified")

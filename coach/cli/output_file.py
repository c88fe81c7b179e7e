"""A file or folder that a person named, where something is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coach.errors import UsageError

HINT = "choose another place, or see to its permissions"


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Say which place cannot be written, and why, where one cannot be on the way to the target."""
    try:
        yield
    except OSError as trouble:
        if trouble.strerror is None:
            raise
        names = (trouble.filename2, trouble.filename)
        place = next((name for name in names if isinstance(name, str)), target)
        raise UsageError(HINT, what=f"{place} cannot be written: {trouble.strerror}") from trouble

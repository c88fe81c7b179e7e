"""A file or folder that a person named, where something is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path

from coach.errors import UsageError

DENIALS = frozenset((EACCES, EPERM, EROFS, ENOSPC, EDQUOT))
"""What whoever runs a command tells of coach's own folders, with what to do about them."""
HINT = "choose another place, or see to its permissions"


@contextmanager
def writing(target: Path, *, of_home: bool = False) -> Iterator[None]:
    """Say which place cannot be written, and why, where one cannot be on the way to the target.

    Nobody named a place of the home: what is denied there stays what it is.
    """
    try:
        yield
    except OSError as trouble:
        if trouble.strerror is None or (of_home and trouble.errno in DENIALS):
            raise
        names = (trouble.filename2, trouble.filename)
        place = next((name for name in names if isinstance(name, str)), target)
        raise UsageError(HINT, what=f"{place} cannot be written: {trouble.strerror}") from trouble

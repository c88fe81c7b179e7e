"""Several fill keys in one column: sixteen bytes each, side by side, in order."""

from coach.model.fills import FillKey

LENGTH = 16


def together(keys: tuple[FillKey, ...]) -> str:
    """Return the keys as the text of a bytea."""
    return "\\x" + b"".join(keys).hex()


def apart(stored: bytes) -> tuple[FillKey, ...]:
    """Return the keys of such a column."""
    return tuple(FillKey(stored[start : start + LENGTH]) for start in range(0, len(stored), LENGTH))

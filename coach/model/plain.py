"""Values as JSON carries them, the same for every face.

Money and quantities are strings in plain decimal, times RFC 3339 UTC, keys lower-case hex.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from coach.model.events import Json


def amount(value: Decimal) -> str:
    """Return a decimal without exponent and without trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def time_text(value: datetime) -> str:
    """Return RFC 3339 in UTC: `2026-04-01T09:00:00Z`, with a fraction only where there is one."""
    text = value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    if value.microsecond:
        text += f".{value.microsecond:06d}".rstrip("0")
    return f"{text}Z"


def plain(value: object) -> Json:
    """Return `value` as JSON can carry it."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return amount(value)
        case date():
            return time_text(value) if isinstance(value, datetime) else value.isoformat()
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case Sequence():
            return [plain(item) for item in value]
        case _:
            raise TypeError(type(value).__name__)

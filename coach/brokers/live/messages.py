"""Messages of streams as JSON: objects and lists of them, and numbers that count messages.

What is not of the shape that was expected is nothing, and no error: a stream may send anything.
"""

import json
from dataclasses import dataclass

Message = dict[str, object]


def read_message(text: str) -> Message:
    """Return the object that a message holds, an empty one for anything else."""
    try:
        return object_of(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def object_of(value: object) -> Message:
    """Return a value that is an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects_of(value: object) -> list[Message]:
    """Return the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


@dataclass(slots=True)
class MessageCount:
    """The highest number of a connection's messages so far."""

    number: int | None = None

    def skips_to(self, number: object) -> bool:
        """Say whether numbers were left out before this one; an older one comes too late."""
        before = self.number
        if not isinstance(number, int) or isinstance(number, bool):
            return False
        self.number = number if before is None else max(number, before)
        return before is not None and number > before + 1

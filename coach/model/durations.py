"""Durations as people write them: `90s`, `30m`, `4h`, `1h30m`, `7d`, `2 weeks`."""

import re
from collections.abc import Mapping
from typing import Final

from coach.model.times import DAY_S, HOUR_S, MINUTE_S

UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), MINUTE_S),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), HOUR_S),
    **dict.fromkeys(("d", "day", "days"), DAY_S),
    **dict.fromkeys(("w", "week", "weeks"), 7 * DAY_S),
}
SECONDS_OF: Final[Mapping[str, int]] = {"minutes": MINUTE_S, "hours": HOUR_S, "days": DAY_S}
PIECE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]{1,7})\s*", re.ASCII)


def duration(text: str, unit: str) -> float | None:
    """Return a span of time (`90s`, `4h`, `1h30m`, `2 weeks`) in this unit; None for another text.

    A whole number of the unit is an int.
    """
    word = text.strip().lower()
    seconds, place = 0.0, 0
    while place < len(word):
        piece = PIECE.match(word, place)
        if piece is None or piece[2] not in UNITS:
            return None
        seconds += float(piece[1]) * UNITS[piece[2]]
        place = piece.end()
    if not word:
        return None
    found = seconds / SECONDS_OF[unit]
    return int(found) if found.is_integer() else found

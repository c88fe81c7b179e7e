"""Time zones by name, their offset at a second, and the second it changes."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from coach.errors import Invalid
from coach.model.times import EPOCH


def zone_named(name: str) -> ZoneInfo:
    """Open an IANA time zone by its name, or raise Invalid."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as trouble:
        raise Invalid(
            "zone",
            f"not {name!r}",
            "a time zone",
            hint="use a name of the IANA list, such as Europe/Berlin or UTC",
        ) from trouble


def offset(zone: ZoneInfo, second: int) -> int:
    """Return the zone's offset from UTC in seconds at a second since 1970."""
    there = (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    assert there is not None
    return there // timedelta(seconds=1)


def change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first second after `before` that has the offset of `after`.

    Between the two the offset may change once.
    """
    settled = offset(zone, after)
    while after - before > 1:
        middle = (before + after) // 2
        if offset(zone, middle) == settled:
            after = middle
        else:
            before = middle
    return after

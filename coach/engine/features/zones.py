"""Time zones by name, their offset at a second, and the second it changes."""

from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

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


def is_zone(name: str) -> bool:
    """Say whether a time zone has that name."""
    try:
        zone_named(name)
    except Invalid:
        return False
    return True


def zone_spelled(name: str) -> str:
    """Return the name of a zone as the IANA list spells it; what is no zone stays as it is."""
    if is_zone(name):
        return name
    letters = name.strip().replace(" ", "_").lower()
    return next((zone for zone in available_timezones() if zone.lower() == letters), name)


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

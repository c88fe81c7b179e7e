"""How a rule just broken and a pause are said: in one line, the same on every screen."""

from datetime import datetime

BROKEN = "RULE BROKEN"


def broken_words(sentence: str) -> str:
    """Return the warning of a breach, from its sentence."""
    return f"{BROKEN}  {sentence}"


def pause_words(rule_id: str, until: datetime, zone: str) -> str:
    """Return which rule asks for a pause, and until when on the clock of a zone."""
    from zoneinfo import ZoneInfo

    return f"{rule_id}: pause until {until.astimezone(ZoneInfo(zone)):%H:%M}"

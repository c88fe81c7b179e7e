"""Whose working day a moment falls into: Asia's, Europe's or that of the US.

Hours are those of the offices of Tokyo, London and New York, 08:00 to 17:00 on their own clocks,
so that summer time moves them. They overlap, and between New York and Tokyo nobody is at work.
"""

from datetime import datetime, time
from typing import Final

from coach.engine.features.zones import zone_named
from coach.model.journal.trade_context import TradingSession

OFFICES: Final[dict[TradingSession, str]] = {
    "Asia": "Asia/Tokyo",
    "Europe": "Europe/London",
    "US": "America/New_York",
}
OPENS, CLOSES = time(8), time(17)
SATURDAY = 5


def sessions_at(moment: datetime) -> tuple[TradingSession, ...]:
    """Return in whose hours a moment is: none, one or two; at a weekend of theirs in none."""
    return tuple(name for name, zone in OFFICES.items() if _is_at_work(moment, zone))


def _is_at_work(moment: datetime, zone: str) -> bool:
    there = moment.astimezone(zone_named(zone))
    return there.weekday() < SATURDAY and OPENS <= there.time() < CLOSES

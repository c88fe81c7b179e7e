"""What happened on each day of the week: money realised in its main currency, and entries."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from coach.engine.digest import figures
from coach.engine.digest.conversion.week_sums import (
    cite_conversion,
    net_in_base,
    week_in_base,
)
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DayRow, WeekDays
from coach.engine.digest.week import monday
from coach.engine.ledger.conversion.rates import Rates

DAYS_OF_A_WEEK = 7


def week_days(scene: Scene, citations: Citations) -> WeekDays:
    """Return the days of the week; none where nothing was closed or opened.

    Money is told in the trader's base currency, as far as stored candles convert it. Without one it
    is that of the quote currency with most trades: the others stand in the table of changes.
    """
    quotes = scene.now.closed.quotes()
    if not quotes and not scene.now.entries:
        return {"currency": "", "money": "", "entries": "", "rows": []}
    in_base = week_in_base(scene, scene.now)
    if in_base is not None and in_base.sums.closes:
        quote, money = in_base.currency, cite_conversion(scene.now, in_base, citations)
    else:
        in_base, quote = None, quotes[0] if quotes else ""
        money = scene.now.cite_closed(citations) if quote else ""
    rates = Rates(quote) if in_base is None else scene.inputs.rates
    entries = scene.now.cite_entries(citations)
    first = monday(scene.inputs.week)
    days = [first + timedelta(days=number) for number in range(DAYS_OF_A_WEEK)]
    return {
        "currency": quote,
        "money": money,
        "entries": entries,
        "rows": [_row(scene, day, rates, (money, entries)) for day in days],
    }


def _row(scene: Scene, day: date, rates: Rates | None, cited: tuple[str, str]) -> DayRow:
    money, entries = cited
    row: DayRow = {
        "day": day.isoformat(),
        "entries": figures.number(_entries(scene, day), entries),
    }
    if money and rates is not None:
        row["net"] = figures.result(_realised(scene, day, rates), rates.currency, money)
    return row


def _entries(scene: Scene, day: date) -> int:
    return sum(_day(scene, trip.opened_at) == day for trip in scene.now.entries)


def _realised(scene: Scene, day: date, rates: Rates) -> Decimal:
    parts = [one for one in scene.now.closed.parts if _day(scene, one[1].at) == day]
    return net_in_base(parts, rates)


def _day(scene: Scene, moment: datetime) -> date:
    return scene.local(moment).date()

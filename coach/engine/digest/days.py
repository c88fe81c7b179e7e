"""What happened on each day of the week: money realised in its main currency, and entries."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DayRow, WeekDays
from coach.engine.digest.tally import NO_MONEY, quote_of
from coach.engine.digest.week import monday
from coach.engine.ledger.realised import realisations

DAYS_OF_A_WEEK = 7


def week_days(scene: Scene, citations: Citations) -> WeekDays:
    """Return the days of the week; none where nothing was closed or opened.

    Money is that of the quote currency with most trades: the others stand in the table of changes.
    """
    quotes = scene.now.closed.quotes()
    if not quotes and not scene.now.entries:
        return {"currency": "", "money": "", "entries": "", "rows": []}
    quote = quotes[0] if quotes else ""
    money = scene.now.cite_closed(citations) if quote else ""
    entries = scene.now.cite_entries(citations)
    first = monday(scene.inputs.week)
    days = [first + timedelta(days=number) for number in range(DAYS_OF_A_WEEK)]
    return {
        "currency": quote,
        "money": money,
        "entries": entries,
        "rows": [_row(scene, day, quote, (money, entries)) for day in days],
    }


def _row(scene: Scene, day: date, quote: str, cited: tuple[str, str]) -> DayRow:
    money, entries = cited
    row: DayRow = {
        "day": day.isoformat(),
        "entries": figures.number(_entries(scene, day), entries),
    }
    if quote:
        row["net"] = figures.result(_realised(scene, day, quote), quote, money)
    return row


def _entries(scene: Scene, day: date) -> int:
    return sum(_day(scene, trip.opened_at) == day for trip in scene.now.entries)


def _realised(scene: Scene, day: date, quote: str) -> Decimal:
    sums = NO_MONEY
    for trip in (*scene.now.closed.trades, *scene.now.closed.left_open):
        if quote_of(trip) == quote:
            for part in realisations(trip):
                if scene.start <= part.at < scene.end and _day(scene, part.at) == day:
                    sums = sums.plus(part)
    return sums.net


def _day(scene: Scene, moment: datetime) -> date:
    return scene.local(moment).date()

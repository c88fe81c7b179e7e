"""Interactive Brokers: how much of each currency an activity statement says is there at its ends.

    Statement,Data,Period,"January 5, 2026 - January 9, 2026"
    Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures,...
    Cash Report,Data,Starting Cash,USD,10000,10000,0,...
    Cash Report,Data,Ending Cash,USD,8998,8998,0,...

Ending Cash counts trades from their day on, Ending Settled Cash only once they are paid: the first
is what trades and entries come to. The row of the base currency sums the others up. The moment is
the end of the last day of the period, on the clock of the account. Starting Cash is what was there
before its first day began: the Ending Cash of the statement before, at the same moment.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from coach.brokers.statements import pairs
from coach.brokers.statements.mapping import dates, figures
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.unreadable import Unreadable
from coach.model.movements import EVERY_WALLET, StatedBalance

CASH_REPORT, STARTING, ENDING = "cash report", "starting cash", "ending cash"
PERIOD = ("statement", "data", "period")
ALL_CURRENCIES = "base currency summary"
DAY = re.compile(r"([a-z]+) +(\d{1,2}), *(\d{4})")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
SHORTEST = 5
A_DAY = timedelta(days=1)
UNREAD = {
    STARTING: "the cash at the start of the statement could not be read: its period or its amount"
    " is odd",
    ENDING: "the cash at the end of the statement could not be read: its period or its amount is"
    " odd",
}


class CashReport:
    """Reads the rows of an activity statement that say how much money is there at its ends."""

    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._sheet, self._notices = sheet, notices
        self._days: dict[str, date] = {}
        self._at: dict[str, int] = {}

    def read(self, row: Sequence[str], line: int) -> StatedBalance | None:
        """Return a row as the balance that it states, None where it states none."""
        words = [tidy(cell) for cell in row[:3]]
        if tuple(words) == PERIOD and len(row) > len(PERIOD):
            self._days = _days(row[len(PERIOD)])
        if words[:1] != [CASH_REPORT] or len(row) < SHORTEST:
            return None
        if words[1] == "header":
            self._at = {tidy(cell): place for place, cell in enumerate(row)}
        columns = {"currency", "total"} <= self._at.keys()
        if words[1] != "data" or words[2] not in UNREAD or not columns:
            return None
        if tidy(row[self._at["currency"]]) == ALL_CURRENCIES:
            return None
        try:
            return self._balance(row, words[2], line)
        except Unreadable:
            self._notices.add(UNREAD[words[2]], line)
            return None

    def _balance(self, row: Sequence[str], word: str, line: int) -> StatedBalance:
        currency, total = self._at["currency"], self._at["total"]
        coin = pairs.coin(figures.bare(row[currency]), currency)
        amount, _ = figures.figure(row[total], total, "dot")
        if amount is None or word not in self._days:
            raise Unreadable(total, "expected an amount")
        moment, _ = dates.read(f"{self._days[word]} 23:59:59", total, "ymd", self._sheet.zone)
        return StatedBalance(coin, amount, moment, EVERY_WALLET, line)


def _days(period: str) -> dict[str, date]:
    """Return the day at whose end there was what a word names; nothing where it is unknown.

    A period is `January 5, 2026 - January 9, 2026`, or one day.
    """
    found = [_day(one) for one in DAY.findall(tidy(period))]
    if not found or found[0] is None or found[-1] is None:
        return {}
    return {STARTING: found[0] - A_DAY, ENDING: found[-1]}


def _day(words: tuple[str, str, str]) -> date | None:
    month, day, year = words
    if month not in MONTHS:
        return None
    try:
        return date(int(year), MONTHS.index(month) + 1, int(day))
    except ValueError:
        return None

"""Interactive Brokers: how much of each currency an activity statement says is there at its end.

    Statement,Data,Period,"January 5, 2026 - January 9, 2026"
    Cash Report,Header,Currency Summary,Currency,Total,Securities,Futures,...
    Cash Report,Data,Ending Cash,USD,8998,8998,0,...

Ending Cash counts trades from their day on, Ending Settled Cash only once they are paid: the first
is what trades and entries come to. The row of the base currency sums the others up. The moment is
the end of the last day of the period, on the clock of the account.
"""

import re
from collections.abc import Sequence

from coach.brokers.statements import pairs
from coach.brokers.statements.mapping import dates, figures
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.unreadable import Unreadable
from coach.model.movements import EVERY_WALLET, StatedBalance

CASH_REPORT, ENDING = "cash report", "ending cash"
PERIOD = ("statement", "data", "period")
ALL_CURRENCIES = "base currency summary"
DAY = re.compile(r"([a-z]+) +(\d{1,2}), *(\d{4})$")
MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
SHORTEST = 5
UNREAD = "the cash at the end of the statement could not be read: its period or its amount is odd"


class CashReport:
    """Reads the rows of an activity statement that say how much money is there at its end."""

    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._sheet, self._notices = sheet, notices
        self._until = ""
        self._at: dict[str, int] = {}

    def read(self, row: Sequence[str], line: int) -> StatedBalance | None:
        """Return a row as the balance that it states, None where it states none."""
        words = [tidy(cell) for cell in row[:3]]
        if tuple(words) == PERIOD and len(row) > len(PERIOD):
            self._until = _last_day(row[len(PERIOD)])
        if words[:1] != [CASH_REPORT] or len(row) < SHORTEST:
            return None
        if words[1] == "header":
            self._at = {tidy(cell): place for place, cell in enumerate(row)}
        if words[1:] != ["data", ENDING] or not {"currency", "total"} <= self._at.keys():
            return None
        if tidy(row[self._at["currency"]]) == ALL_CURRENCIES:
            return None
        try:
            return self._balance(row, line)
        except Unreadable:
            self._notices.add(UNREAD, line)
            return None

    def _balance(self, row: Sequence[str], line: int) -> StatedBalance:
        currency, total = self._at["currency"], self._at["total"]
        coin = pairs.coin(figures.bare(row[currency]), currency)
        amount, _ = figures.figure(row[total], total, "dot")
        if amount is None or not self._until:
            raise Unreadable(total, "expected an amount")
        moment, _ = dates.read(f"{self._until} 23:59:59", total, "ymd", self._sheet.zone)
        return StatedBalance(coin, amount, moment, EVERY_WALLET, line)


def _last_day(period: str) -> str:
    """Return the last day of a period, as 2026-01-09; empty where it is none that coach knows."""
    found = DAY.search(tidy(period))
    if found is None or found[1] not in MONTHS:
        return ""
    return f"{found[3]}-{MONTHS.index(found[1]) + 1:02d}-{int(found[2]):02d}"

"""Interactive Brokers: splits and new names of shares, and what else a company did.

In an activity statement they are a section, in a Flex query a file:

    Corporate Actions,Header,Asset Category,Currency,Report Date,Date/Time,Description,Quantity,
    Proceeds,Value,Realized P/L,Code
    ClientAccountID,CurrencyPrimary,AssetClass,Symbol,...,Date/Time,ActionDescription,Amount,
    Proceeds,Value,Quantity,...,Type

A description says who did what, and of which share the row's quantity is:

    ABC(US0000000001) Split 1 for 10 (ABC.OLD, ABC INC, US0000000001)      -100
    ABC(US0000000001) Split 1 for 10 (ABC, ABC INC, US0000000002)            10

One action is a row or several: what left under an old number, what came under a new one, what was
taken back and told again. So the rows of an action and a moment are added up for each share, of
which `.OLD` is no other. A split and a new name become entries; nothing else is guessed, it is
named with what it changed.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import takewhile
from typing import NamedTuple

from coach.brokers.base import Other, Row, SourceInfo, kind_of, printable
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.ledgers.legs import rows_of
from coach.brokers.statements.mapping import dates, figures, instruments
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.statement import Format
from coach.brokers.statements.times import Moment
from coach.brokers.statements.unreadable import Unreadable
from coach.model.movements import Movement
from coach.model.notices import Notice

SECTION, SHARES = "corporate actions", frozenset(("stocks", "stk"))
TEXTS = ("actiondescription", "description")
TIMES = ("date/time", "datetime", "report date", "reportdate")
REQUIRED = ("currencyprimary", "type", "quantity", "proceeds", "time", "action")
OF_TRADES = frozenset(("tradeprice", "buy/sell", "tradeid"))
ACTION = re.compile(
    r"(?P<who>[^()]+?) ?(?:\([A-Z0-9]+\))? (?P<what>[^ ].*?) ?"
    r"\((?P<symbol>[^(),]+), (?P<name>.+), (?P<id>[^(),]*)\)"
)
SPLIT = re.compile(
    r"(?:forward |reverse )?split (\d+(?:\.\d+)?) for (\d+(?:\.\d+)?)", re.IGNORECASE
)
NEW_NUMBER = re.compile(
    r"(?P<what>(?:CUSIP/ISIN|CUSIP|ISIN|symbol) change)(?: to \(?[A-Z0-9]+\)?)?", re.IGNORECASE
)
CASH = "Cash in lieu"
NEW_NAME = "Rename"
LONGEST, SHORTEST = 120, 6
UNREAD = "what a company did could not be read in a row, and is not counted"
COUNTED_AGAIN = "summary"


class _ActionRow(NamedTuple):
    """A row of an action: who did what, and what it changed of a share and of money."""

    who: str
    what: str
    coin: str
    is_share: bool
    quantity: Decimal
    currency: str
    proceeds: Decimal
    at: Moment
    line: int


class CorporateActions:
    """Collects rows of actions, and says what they were once all are there."""

    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._sheet, self._notices = sheet, notices
        self._at: Mapping[str, int] = {}
        self._actions: dict[tuple[object, ...], list[_ActionRow]] = {}

    def read(self, row: Sequence[str], line: int) -> Other | None:
        """Take a row of the section of an activity statement, and return one that is unreadable."""
        if len(row) < SHORTEST or tidy(row[0]) != SECTION:
            return None
        kind = tidy(row[1])
        if kind == "header":
            self.columns(row)
        is_sum = any(tidy(cell).startswith("total") for cell in row[2:4])
        return None if kind != "data" or is_sum else self.take(row, line)

    def columns(self, names: Sequence[str]) -> None:
        """Note where the columns stand from here on."""
        self._at = {tidy(name): place for place, name in enumerate(names)}

    def take(self, row: Sequence[str], line: int) -> Other | None:
        """Take a row of an action, and return one that is unreadable."""
        try:
            one = self._row(row, line)
        except Unreadable:
            self._notices.add(Notice(UNREAD, "action_not_read"), line)
            return Other("corporate action", line)
        action = one.at, one.who, one.what.lower(), one.is_share
        self._actions.setdefault(action, []).append(one)
        return None

    def _row(self, row: Sequence[str], line: int) -> _ActionRow:
        text = " ".join(self._cell(row, *TEXTS).split())
        found = ACTION.fullmatch(text)
        if found is None:
            raise Unreadable(-1, "expected who did what, and the share in brackets")
        currency = figures.bare(self._cell(row, "currency", "currencyprimary")).upper()
        category = self._cell(row, "asset category", "assetclass", "assetcategory")
        moment = self._cell(row, *TIMES).replace(",", " ").strip()
        return _ActionRow(
            _share(found["who"], currency),
            found["what"],
            _share(found["symbol"], currency),
            tidy(category) in SHARES,
            self._number(row, "quantity"),
            currency,
            self._number(row, "proceeds"),
            dates.read(moment, -1, "ymd", self._sheet.zone),
            line,
        )

    def _number(self, row: Sequence[str], name: str) -> Decimal:
        cell = self._cell(row, name)
        return figures.figure(cell, -1, self._sheet.mark("dot"))[0] or ZERO

    def _cell(self, row: Sequence[str], *names: str) -> str:
        """Return the first of these cells that is not empty."""
        places = [self._at[name] for name in names if name in self._at]
        found = [row[place] for place in places if place < len(row) and row[place].strip()]
        return found[0] if found else ""

    def rows(self) -> Iterator[Other]:
        """Yield what the actions were, in the order of their first rows."""
        for rows in self._actions.values():
            changes, money = _changes(rows)
            entries = _entries(rows[0], changes)
            if entries is None:
                self._notices.add(
                    _not_read(rows[0], self._day(rows[0]), {**changes, **money}), rows[0].line
                )
                yield Other(_kind(rows[0].what), rows[0].line)
                continue
            yield from entries
            for currency, amount in money.items():
                came = Movement(currency, amount, rows[0].at[0])
                yield Other(CASH, rows[0].line, (came,))

    def _day(self, one: _ActionRow) -> str:
        """Return the day of a row on the clock of the account."""
        return one.at[0].astimezone(self._sheet.zone).date().isoformat()


def _share(symbol: str, currency: str) -> str:
    """Return a share as its trades name it; one that was replaced is called .OLD from then on."""
    name = symbol.strip().upper().removesuffix(".OLD")
    return instruments.market(name, -1, "instrument", currency)[0]


def _changes(rows: Sequence[_ActionRow]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Return what an action changed of each share, and of each currency."""
    changes: dict[str, Decimal] = {}
    money: dict[str, Decimal] = {}
    for one in rows:
        changes[one.coin] = EXACT.add(changes.get(one.coin, ZERO), one.quantity)
        money[one.currency] = EXACT.add(money.get(one.currency, ZERO), one.proceeds)
    return (
        {coin: change for coin, change in changes.items() if change},
        {coin: amount for coin, amount in money.items() if amount},
    )


def _entries(first: _ActionRow, changes: Mapping[str, Decimal]) -> list[Other] | None:
    """Return a split or a new name as entries; None for what is neither, or not plainly."""
    split, number = SPLIT.fullmatch(first.what), NEW_NUMBER.fullmatch(first.what)
    if not first.is_share:
        return None
    if split is not None:
        return _of_split(first, changes, (Decimal(split[1]), Decimal(split[2])))
    if number is not None:
        return _of_new_number(first, changes, kind_of(number["what"]))
    return [] if first.what.lower().startswith(CASH.lower()) and not changes else None


def _of_split(
    first: _ActionRow, changes: Mapping[str, Decimal], ratio: tuple[Decimal, Decimal]
) -> list[Other] | None:
    """Return a split, after its new name where it brought one: a split comes last in its moment."""
    word, at = kind_of(first.what), first.at[0]
    if set(changes) <= {first.who}:
        changed = tuple(Movement(coin, change, at) for coin, change in changes.items())
        return [Other(word, first.line, changed)]
    names = _old_and_new(first, changes)
    if names is None:
        return None
    old, new = names
    left, came = changes[old], changes[new]
    off = EXACT.add(EXACT.multiply(came, ratio[1]), EXACT.multiply(left, ratio[0]))
    if off.copy_abs() >= ratio[1]:
        return None
    renamed = (Movement(old, left, at), Movement(new, -left, at))
    more = Movement(new, EXACT.add(came, left), at)
    return [Other(NEW_NAME, first.line, renamed), Other(word, first.line, (more,))]


def _of_new_number(
    first: _ActionRow, changes: Mapping[str, Decimal], word: str
) -> list[Other] | None:
    """Return a new name of a share; no movement where it has a new number under the old name."""
    if not changes:
        return [Other(word, first.line)]
    names = _old_and_new(first, changes)
    if names is None or changes[names[0]] != -changes[names[1]]:
        return None
    moved = tuple(Movement(coin, changes[coin], first.at[0]) for coin in names)
    return [Other(word, first.line, moved)]


def _old_and_new(first: _ActionRow, changes: Mapping[str, Decimal]) -> tuple[str, str] | None:
    """Return the share that was replaced and the one that replaced it; None where it is not so."""
    others = [coin for coin in changes if coin != first.who]
    if first.who not in changes or len(others) != 1:
        return None
    (new,) = others
    return (first.who, new) if (changes[first.who] > ZERO) is not (changes[new] > ZERO) else None


def _kind(what: str) -> str:
    """Return the words of an action that name no company and no amount."""
    words = takewhile(_is_word, what.partition("(")[0].split())
    return kind_of(" ".join(words)) or "corporate action"


def _is_word(text: str) -> bool:
    return text.replace("/", "").isalpha()


def _not_read(first: _ActionRow, day: str, moved: Mapping[str, Decimal]) -> Notice:
    changes = ", ".join(f"{amount:+f} {coin}" for coin, amount in moved.items())
    changed = f" changed {changes}, which" if changes else ""
    what = printable(first.what[:LONGEST])
    return Notice(f"{what}, of {first.who} on {day},{changed} is not counted", "action_not_read")


def _canonical(names: Sequence[str]) -> list[str]:
    """Return the header with its columns of the time and the text by one name each."""
    found = list(names)
    if OF_TRADES & set(names):
        return found
    for own, printed in (("time", TIMES), ("action", TEXTS)):
        name = next((name for name in printed if name in found), None)
        if name is not None:
            found[found.index(name)] = own
    return found


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the entries of a Flex query of corporate actions."""
    actions = CorporateActions(sheet, notices)
    actions.columns(sheet.names)
    kind, detail = sheet.place("type"), sheet.place("levelofdetail")

    def other(row: list[str], line: int) -> Other | None:
        if tidy(row[detail]) == COUNTED_AGAIN or tidy(row[kind]) == "type":
            return Other(COUNTED_AGAIN, line)
        return actions.take(row, line)

    for _, _, said in rows_of(sheet, other):
        if said is not None:
            yield said
    yield from actions.rows()


FORMAT = Format(
    info=SourceInfo(
        *("interactive-brokers-actions", "interactive-brokers-actions", "interactive-brokers"),
        *("interactive-brokers", 10),
        shorts=True,
    ),
    about="Interactive Brokers Flex query of corporate actions, as CSV",
    required=REQUIRED,
    rows=read,
    canonical=_canonical,
    names_zone=dates.names_zone,
    nothing_redundant="what an action changed has one figure",
)

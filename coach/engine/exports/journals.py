"""Fills as a journal of plain-text accounting: for Beancount, and for hledger.

Each fill is one transaction, with the id of the fill beside it. What it opens is a lot at its
price; what it closes leaves at the price of the lot, first in, first out, and the difference is
income: the gross profit that coach counts. A split is a transaction that ends lots and opens them
anew, at the same cost; so is a new name of a coin. Coins in lots are in an account of their pair,
coins in none (sales of coins that were never bought, fees in another coin, money) in that of the
coin. A transaction balances exactly, to the last digit (of 28, for Beancount). A fee is an expense
in its own coin.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coach.engine.exports.lots import (
    FillLots,
    FillsAndLots,
    LotSplit,
    Restatements,
    Unknown,
    fee_in_coin,
    lots_of,
)
from coach.engine.store.exports.fills import ListedFill
from coach.model.fills import base_of
from coach.model.plain import amount, time_text

WriteJournal = Callable[[Path, Sequence[ListedFill], Unknown, Restatements, str], int]
EXACT = 200
"""Digits of a product: more than two amounts of the database have."""
OF_BEANCOUNT = 28
"""Digits to which Beancount multiplies: with more of them it would find a difference."""
FEES, GAINS = ("Expenses", "Coach", "Fees"), ("Income", "Coach", "Gains")
COIN = re.compile(r"[A-Z][A-Z0-9._-]{0,21}[A-Z0-9]|[A-Z]")
PLAIN = re.compile(r"[^A-Za-z0-9]+")


class Posting(NamedTuple):
    """An amount of a coin that goes to an account, at a price in another coin or none.

    `lot` is the fill that opened the lot, whose price the amount then counts at.
    """

    account: tuple[str, ...]
    quantity: Decimal
    coin: str
    price: Decimal | None = None
    price_coin: str = ""
    lot: ListedFill | None = None

    @property
    def counts_at(self) -> Decimal | None:
        """Return the price by which a transaction balances."""
        return self.price if self.lot is None else self.lot.price


def write_beancount(
    path: Path, listed: Sequence[ListedFill], unknown: Unknown, restated: Restatements, zone: str
) -> int:
    """Write a journal that `bean-check` accepts; days begin in `zone`. Return how many fills."""
    fills = list(lots_of(listed, unknown, OF_BEANCOUNT, restated))
    coins = _Names(_beancount_coin)
    parts = _Names(_beancount_part)
    days = ZoneInfo(zone)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('option "title" "coach"\n\n')
        for line in _beancount_openings(fills, days, parts):
            file.write(line)
        for fill, lots in fills:
            file.write(f"\n{_day(fill, days)} * {_quoted(_title(fill, lots))}\n")
            for key, value in _facts(fill, lots):
                file.write(f"  {key}: {_quoted(value)}\n")
            for one in postings(fill, lots, OF_BEANCOUNT):
                account = ":".join(map(parts.of, one.account))
                at = _beancount_price(one, coins, days)
                file.write(f"  {account}  {_digits(one.quantity)} {coins.of(one.coin)}{at}\n")
    return len(listed)


def _beancount_price(one: Posting, coins: "_Names", days: ZoneInfo) -> str:
    if one.price is None:
        return ""
    lot, coin = one.lot, coins.of(one.price_coin)
    cost = ""
    if lot is not None:
        cost = f' {{{_digits(lot.price)} {coin}, {_day(lot, days)}, "{lot.key.hex()}"}}'
    return f"{cost} @ {_digits(one.price)} {coin}"


def write_hledger(
    path: Path, listed: Sequence[ListedFill], unknown: Unknown, restated: Restatements, zone: str
) -> int:
    """Write a journal that `hledger check --strict` accepts. Return how many fills there are."""
    fills = list(lots_of(listed, unknown, EXACT, restated))
    days = ZoneInfo(zone)
    parts = _Names(_hledger_part)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("decimal-mark .\n\n")
        for line in _hledger_declarations(fills, parts):
            file.write(line)
        for fill, lots in fills:
            file.write(f"\n{_day(fill, days)} * {_one_line(_title(fill, lots))}\n")
            for key, value in _facts(fill, lots):
                file.write(f"    ; {key}: {_one_line(value)}\n")
            for one in postings(fill, lots):
                account = ":".join(map(parts.of, one.account)).lower()
                at = _hledger_price(one, days)
                file.write(f"    {account}  {_digits(one.quantity)} {_in_quotes(one.coin)}{at}\n")
    return len(listed)


def _hledger_price(one: Posting, days: ZoneInfo) -> str:
    if one.counts_at is None:
        return ""
    at = f" @ {_digits(one.counts_at)} {_in_quotes(one.price_coin)}"
    lot = "" if one.lot is None else f"  ; lot: {_day(one.lot, days)} {one.lot.key.hex()}"
    return at + lot


def _day(fill: ListedFill, days: ZoneInfo) -> str:
    return f"{fill.at.astimezone(days):%Y-%m-%d}"


def postings(fill: ListedFill, lots: FillLots | LotSplit, digits: int = EXACT) -> list[Posting]:
    """Return where the amounts of a fill go; their sum is zero, to so many digits of a product."""
    if isinstance(lots, LotSplit):
        return _of_split(fill, lots, digits)
    base, _, quote = fill.symbol.rpartition("-")
    here, price = ("Assets", "Coach", fill.account), fill.price
    with localcontext(prec=digits):
        found = _of_the_coin(fill, lots)
        paid = -fill.quantity if fill.side == "buy" else fill.quantity
        if fee_in_coin(fill):
            found.append(Posting(FEES, fill.fee, base, price, quote))
        if lots.closed:
            found.append(Posting((*here, quote), paid * price, quote))
            found.append(Posting(GAINS, _rest_of(found), quote))
        else:
            found.append(Posting((*here, quote), _rest_of(found), quote))
        if fill.fee and not fee_in_coin(fill):
            coin = fill.fee_currency or quote
            found.append(Posting(FEES, fill.fee, coin))
            found.append(Posting((*here, coin), -fill.fee, coin))
    return found


def _of_split(fill: ListedFill, lots: LotSplit, digits: int) -> list[Posting]:
    """Return the lots that a split ends and opens, and what the last digit of prices leaves.

    Of a coin with a new name those that are opened are in the book of that name.
    """
    quote = fill.symbol.rpartition("-")[2]
    there = fill._replace(symbol=lots.renamed or fill.symbol)
    with localcontext(prec=digits):
        found = [
            Posting(
                _book(here),
                sign * lot.quantity,
                base_of(here.symbol),
                lot.opening.price,
                quote,
                lot.opening,
            )
            for sign, side, here in ((-1, lots.closed, fill), (1, lots.opened, there))
            for lot in side
        ]
        rest = _rest_of(found)
        return [*found, Posting(GAINS, rest, quote)] if rest else found


def _book(fill: ListedFill) -> tuple[str, ...]:
    """Return the account of the lots of a fill's book."""
    margin = ["Margin"] if fill.margin else []
    return ("Assets", "Coach", fill.account, fill.symbol, *margin)


def _of_the_coin(fill: ListedFill, lots: FillLots) -> list[Posting]:
    """Return where the coins go that were traded: out of lots, into one, and past all."""
    base, _, quote = fill.symbol.rpartition("-")
    here, price = ("Assets", "Coach", fill.account), fill.price
    book = _book(fill)
    found = [Posting(book, -lot.quantity, base, price, quote, lot.opening) for lot in lots.closed]
    if lots.opened:
        found.append(Posting(book, lots.opened, base, price, quote, fill))
    if lots.rest:
        found.append(Posting((*here, base), lots.rest, base, price, quote))
    return found


def _rest_of(found: Iterable[Posting]) -> Decimal:
    """Return what brings the sum to zero, added up as a program adds it up."""
    total = Decimal(0)
    for one in found:
        total += one.quantity if one.counts_at is None else one.quantity * one.counts_at
    return -total


def _title(fill: ListedFill, lots: FillLots | LotSplit) -> str:
    if isinstance(lots, LotSplit) and lots.renamed:
        return f"rename {fill.symbol} to {lots.renamed}"
    return f"{'split' if isinstance(lots, LotSplit) else fill.side} {fill.symbol}"


def _facts(fill: ListedFill, lots: FillLots | LotSplit) -> Iterator[tuple[str, str]]:
    if isinstance(lots, LotSplit):
        yield "time", time_text(fill.at)
        yield "ratio", f"{lots.split.after}:{lots.split.before}"
        return
    yield "coach-id", fill.key.hex()
    yield "time", time_text(fill.at)
    if fill.native_id:
        yield "trade-id", fill.native_id
    if fill.order_id:
        yield "order-id", fill.order_id
    if fill.margin:
        yield "margin", fill.margin


def _beancount_openings(fills: FillsAndLots, days: ZoneInfo, parts: "_Names") -> Iterator[str]:
    opened: dict[str, str] = {}
    for fill, lots in fills:
        for one in postings(fill, lots):
            account = ":".join(map(parts.of, one.account))
            opened.setdefault(account, _day(fill, days))
    for account, day in sorted(opened.items()):
        yield f"{day} open {account}\n"


def _hledger_declarations(fills: FillsAndLots, parts: "_Names") -> Iterator[str]:
    accounts: set[str] = set()
    digits: Counter[str] = Counter()
    for fill, lots in fills:
        for one in postings(fill, lots):
            accounts.add(":".join(map(parts.of, one.account)).lower())
            digits[one.coin] = max(digits[one.coin], _decimals(one.quantity))
    for account in sorted(accounts):
        yield f"account {account}\n"
    for coin, shown in sorted(digits.items()):
        yield f"commodity 1000.{'0' * shown} {_in_quotes(coin)}\n"


class _Names:
    """Names as a program takes them; two that would look alike are told apart by a hash."""

    def __init__(self, spelled: Callable[[str], str]) -> None:
        self._spelled = spelled
        self._known: dict[str, str] = {}
        self._taken: dict[str, str] = {}

    def of(self, name: str) -> str:
        """Return how a name is spelled in the journal, always the same way."""
        if name not in self._known:
            spelled = self._spelled(name)
            if self._taken.setdefault(spelled.lower(), name) != name:
                spelled = f"{spelled}X{sha256(name.encode()).hexdigest()[:6].upper()}"
                self._taken[spelled.lower()] = name
            self._known[name] = spelled
        return self._known[name]


def _beancount_coin(name: str) -> str:
    if COIN.fullmatch(name):
        return name
    return f"C{PLAIN.sub('-', name).strip('-').upper()}"[:24].rstrip("-")


def _beancount_part(name: str) -> str:
    plain_name = PLAIN.sub("-", name).strip("-") or "X"
    return plain_name[:1].upper() + plain_name[1:]


def _hledger_part(name: str) -> str:
    return " ".join(PLAIN.sub(" ", name).split()) or "x"


def _digits(value: Decimal) -> str:
    return amount(value)


def _decimals(value: Decimal) -> int:
    return len(_digits(value).partition(".")[2])


def _quoted(text: str) -> str:
    escaped = _one_line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _in_quotes(coin: str) -> str:
    return f'"{coin}"'


def _one_line(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return shown.replace(";", ",")


JOURNALS: dict[str, tuple[str, WriteJournal]] = {
    "beancount": ("fills.beancount", write_beancount),
    "hledger": ("fills.journal", write_hledger),
}

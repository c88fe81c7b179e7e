"""Fills as a journal of plain-text accounting: for Beancount, and for hledger.

Each fill is one transaction at its price, with the id of the fill beside it. It balances exactly:
what was paid is quantity times price, to the last digit (of 28, for Beancount). A fee is an
expense in its own coin. Lots are not matched there, so a sale of coins that were never bought is no
error.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal, localcontext
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from coach.engine.store.exports.fills import ListedFill
from coach.model.plain import amount, time_text

WriteJournal = Callable[[Path, Sequence[ListedFill], str], int]
EXACT = 200
"""Digits of a product: more than two amounts of the database have."""
OF_BEANCOUNT = 28
"""Digits to which Beancount multiplies: with more of them it would find a difference."""
COIN = re.compile(r"[A-Z][A-Z0-9._-]{0,21}[A-Z0-9]|[A-Z]")
PLAIN = re.compile(r"[^A-Za-z0-9]+")


class Posting(NamedTuple):
    """An amount of a coin that goes to an account, at a price in another coin or none."""

    account: tuple[str, ...]
    quantity: Decimal
    coin: str
    price: Decimal | None = None
    price_coin: str = ""


def write_beancount(path: Path, fills: Sequence[ListedFill], zone: str) -> int:
    """Write a journal that `bean-check` accepts; days begin in `zone`. Return how many fills."""
    coins = _Names(_beancount_coin)
    parts = _Names(_beancount_part)
    days = ZoneInfo(zone)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write('option "title" "coach"\n\n')
        for line in _beancount_openings(fills, days, parts):
            file.write(line)
        for fill in fills:
            day = f"{fill.at.astimezone(days):%Y-%m-%d}"
            file.write(f"\n{day} * {_quoted(f'{fill.side} {fill.symbol}')}\n")
            for key, value in _facts(fill):
                file.write(f"  {key}: {_quoted(value)}\n")
            for one in postings(fill, OF_BEANCOUNT):
                at = (
                    ""
                    if one.price is None
                    else (f" @ {_digits(one.price)} {coins.of(one.price_coin)}")
                )
                account = ":".join(map(parts.of, one.account))
                file.write(f"  {account}  {_digits(one.quantity)} {coins.of(one.coin)}{at}\n")
    return len(fills)


def write_hledger(path: Path, fills: Sequence[ListedFill], zone: str) -> int:
    """Write a journal that `hledger check --strict` accepts. Return how many fills there are."""
    days = ZoneInfo(zone)
    parts = _Names(_hledger_part)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("decimal-mark .\n\n")
        for line in _hledger_declarations(fills, parts):
            file.write(line)
        for fill in fills:
            day = f"{fill.at.astimezone(days):%Y-%m-%d}"
            file.write(f"\n{day} * {_one_line(f'{fill.side} {fill.symbol}')}\n")
            for key, value in _facts(fill):
                file.write(f"    ; {key}: {_one_line(value)}\n")
            for one in postings(fill):
                at = (
                    ""
                    if one.price is None
                    else (f" @ {_digits(one.price)} {_in_quotes(one.price_coin)}")
                )
                account = ":".join(map(parts.of, one.account)).lower()
                file.write(f"    {account}  {_digits(one.quantity)} {_in_quotes(one.coin)}{at}\n")
    return len(fills)


def postings(fill: ListedFill, digits: int = EXACT) -> list[Posting]:
    """Return where the amounts of a fill go; their sum is zero, to so many digits of a product."""
    base, _, quote = fill.symbol.rpartition("-")
    here = "Assets", "Coach", fill.account
    with localcontext(prec=digits):
        bought = fill.quantity if fill.side == "buy" else -fill.quantity
        paid = -bought * fill.price
        found = [
            Posting((*here, base), bought, base, fill.price, quote),
            Posting((*here, quote), paid, quote),
        ]
        if fill.fee:
            coin = fill.fee_currency or quote
            found.append(Posting(("Expenses", "Coach", "Fees"), fill.fee, coin))
            found.append(Posting((*here, coin), -fill.fee, coin))
    return found


def _facts(fill: ListedFill) -> Iterator[tuple[str, str]]:
    yield "coach-id", fill.key.hex()
    yield "time", time_text(fill.at)
    if fill.native_id:
        yield "trade-id", fill.native_id
    if fill.order_id:
        yield "order-id", fill.order_id
    if fill.margin:
        yield "margin", fill.margin


def _beancount_openings(
    fills: Iterable[ListedFill], days: ZoneInfo, parts: "_Names"
) -> Iterator[str]:
    opened: dict[str, str] = {}
    for fill in fills:
        for one in postings(fill):
            account = ":".join(map(parts.of, one.account))
            opened.setdefault(account, f"{fill.at.astimezone(days):%Y-%m-%d}")
    for account, day in sorted(opened.items()):
        yield f"{day} open {account}\n"


def _hledger_declarations(fills: Iterable[ListedFill], parts: "_Names") -> Iterator[str]:
    accounts: set[str] = set()
    digits: Counter[str] = Counter()
    for fill in fills:
        for one in postings(fill):
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

"""Symbols of any export as base and quote: pairs, glued pairs, shares, contracts.

A share, an option or a future has no second coin in its name: its quote is the currency of its
price, from a column or from the mapping (`AAPL` in dollars is `AAPL-USD`). A contract's quantity
counts the underlying, so that quantity x price is money: `size_of` says how many units one is.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from coach.brokers.statements import pairs
from coach.brokers.statements.mapping.figures import bare
from coach.brokers.statements.mapping.layout import SymbolForm
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.coins import folded, market_base

ONE = Decimal(1)
OPTION_SHARES = Decimal(100)

FUTURES: Mapping[str, Decimal] = {
    root: Decimal(size)
    for root, size in (
        *(("ES", "50"), ("MES", "5"), ("NQ", "20"), ("MNQ", "2"), ("RTY", "50"), ("M2K", "5")),
        *(("YM", "5"), ("MYM", "0.5"), ("CL", "1000"), ("MCL", "100"), ("QM", "500")),
        *(("NG", "10000"), ("GC", "100"), ("MGC", "10"), ("SI", "5000"), ("SIL", "1000")),
        *(("HG", "25000"), ("MHG", "2500"), ("PL", "50"), ("ZB", "1000"), ("ZN", "1000")),
        *(("ZF", "1000"), ("ZT", "2000"), ("UB", "1000"), ("TN", "1000"), ("6E", "125000")),
        *(("M6E", "12500"), ("6B", "62500"), ("6J", "12500000"), ("6A", "100000")),
        *(("6C", "100000"), ("6S", "125000"), ("MBT", "0.1"), ("MET", "0.1"), ("ZC", "50")),
        *(("ZS", "50"), ("ZW", "50"), ("HE", "400"), ("LE", "400"), ("NKD", "5")),
    )
}
"""Units of the underlying in one contract of CME Group, as its contract specifications say."""

_FUTURE = re.compile(r"(?P<root>[A-Z0-9]{1,4}?)(?:[FGHJKMNQUVXZ]\d{1,2}|[12]!)")
_DATED = re.compile(r"(?P<root>[A-Z0-9]{1,4}) (?:\d\d-\d\d|[A-Z]{3}\s?\d\d)")
_OPTION = re.compile(r"[A-Z.]{1,6} *\d{6}[CP]\d{8}")
_FURTHER = re.compile(r"[-/_:]")
_DERIVATIVE = frozenset(("PERP", "SWAP", "PERPETUAL"))
_MONTH_LETTERS = dict(
    zip(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
        "FGHJKMNQUVXZ",
        strict=True,
    )
)


def market(text: str, where: int, form: SymbolForm, quote: str, fee: str = "") -> tuple[str, str]:
    """Read a symbol as (base, quote); `quote` is the currency of names without one.

    `fee` is the row's fee with its ticker, which tells where a glued pair is cut.
    """
    name = bare(text)
    if not name:
        raise expected(where, "a symbol", text)
    if form in {"pair", "pair reversed"}:
        base, other = _pair(name, where, quote)
        return (other, base) if form == "pair reversed" else (base, other)
    if form == "glued":
        return _glued(name, where, quote, fee)
    if form == "glued reversed":
        return _glued_reversed(name, where)
    if form == "either" and re.search(r"[-/_]", name) and not _OPTION.fullmatch(folded(name)):
        return _pair(name, where, quote)
    return _instrument(name, where, quote), quote


def size_of(text: str, own: Mapping[str, Decimal]) -> Decimal | None:
    """Return the units in one contract of a symbol; None for a future of an unknown root."""
    name = folded(bare(text)).lstrip("/")
    root = root_of(name)
    for key in (name, root):
        if key in own:
            return own[key]
    if _OPTION.fullmatch(name):
        return OPTION_SHARES
    return FUTURES.get(root) if root else ONE


def size_of_lot(text: str, own: Mapping[str, Decimal]) -> Decimal | None:
    """Return the units in one lot of a symbol, which nobody knows but the person's broker."""
    return own.get(folded(bare(text)))


def root_of(name: str) -> str:
    """Return the root of a future's name (`ESZ5`, `ES 12-25`, `CME_MINI:ES1!`), or nothing."""
    text = folded(name).rpartition(":")[2].lstrip("/").lstrip("@")
    found = _DATED.fullmatch(text) or _FUTURE.fullmatch(text)
    return found["root"] if found else ""


def _pair(name: str, where: int, quote: str) -> tuple[str, str]:
    parts = [folded(part) for part in _FURTHER.split(name)]
    if len(parts) > 2 or (len(parts) == 2 and parts[1] in _DERIVATIVE):  # noqa: PLR2004 -- a pair
        named = parts[1] if parts[1] not in _DERIVATIVE and not parts[1][:1].isdigit() else quote
        rest = [part for part in parts[1:] if part != named]
        return _instrument("".join((parts[0], *rest)), where, named), named
    if len(parts) == 1 and quote:
        return _instrument(name, where, quote), quote
    return pairs.joined("-".join(parts), where)


def _glued(name: str, where: int, quote: str, fee: str) -> tuple[str, str]:
    pair, _, dated = folded(name).partition("_")
    if dated and not dated.isdigit():
        return pairs.joined(name, where)
    try:
        base, other = pairs.glued(pair, where, ("", "", fee))
    except Unreadable:
        if not quote:
            raise
        return _instrument(name, where, quote), quote
    return (f"{base}{dated}", other)


def _glued_reversed(name: str, where: int) -> tuple[str, str]:
    pair = folded(name)
    for quote in pairs.QUOTES:
        if pair.startswith(quote) and len(pair) > len(quote):
            return pairs.base_of(pair.removeprefix(quote), where), quote
    raise expected(where, "a pair that begins with its quote, such as USDTLTC", name)


def _instrument(name: str, where: int, quote: str) -> str:
    """Read a name alone: without its exchange (`NASDAQ:AAPL`), its slash, the blanks of options."""
    text = folded(name).rpartition(":")[2].lstrip("/@^")
    if found := re.fullmatch(r"([A-Z0-9]{1,4}) ([A-Z]{3})\s?(\d\d)", text):
        text = f"{found[1]}{_MONTH_LETTERS.get(found[2], found[2])}{found[3]}"
    if found := re.fullmatch(r"([A-Z0-9]{1,4}) (\d\d)-(\d\d)", text):
        letter = "FGHJKMNQUVXZ"[int(found[2]) - 1] if 0 < int(found[2]) < 13 else "?"  # noqa: PLR2004
        text = f"{found[1]}{letter}{found[3]}"
    base = market_base(re.sub(r"[^\w.$*]|_", "", text))
    if not base:
        raise expected(where, "a symbol such as AAPL or ESZ5", name)
    if not quote:
        raise Unreadable(where, f"the currency of {base} is not said")
    if base == quote:
        raise expected(where, "two different coins", name)
    return base

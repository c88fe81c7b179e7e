"""Kraken "Trades" export. Times are UTC; the fee is in the quote.

Kraken's older names put X before coins and Z before currencies (`XXBTZEUR`, `XXDGZUSD`), newer
ones do not (`XBTEUR`, `POL/EUR`). The prefixes count only in the eight-letter form of both, because
`XTZUSD` is tezos and `AVAXETH` avalanche.

A trade on margin moves no coin of the spot account: it opens, adds to or closes a position of its
own, long or short. It is known by collateral (`margin`), by the state of the position that it
opened (`posstatus`), or by the words `closing` and `liquidated` (`misc`); `postxid` stands on spot
trades too, and `misc` once said other things of them.
"""

import re
from collections.abc import Iterator
from datetime import UTC

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, redundancy, times
from coach.brokers.statements.amounts import ZERO
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import VALUE, Redundancy, TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.unreadable import expected
from coach.model.coins import folded
from coach.model.fills import Fill, Margin

REQUIRED = ("txid", "ordertxid", "pair", "time", "type", "price", "fee", "vol")
OPTIONAL = ("cost", "margin", "misc", "posstatus", "ledgers")

LEDGER_ENTRIES_WITH_ANOTHER_FEE = 3
"""A trade moves two coins; a third entry is a fee in a third one."""

PAID_IN_SOMETHING_ELSE = (
    "three ledger entries: the fee was probably paid in something else than the quote, such as"
    " Kraken's fee credits (KFEE); it is booked as printed"
)
ROLLOVERS = (
    "a trade on margin, booked as a position of its own; the rollover fees of such positions stand"
    " only in Kraken's ledgers and are not counted"
)

_PREFIXED_QUOTES = ("ZUSD", "ZEUR", "ZGBP", "ZCAD", "ZJPY", "ZAUD", "ZKRW", "XXBT", "XETH")
_PREFIXED_LENGTH = 8
_QUOTES = (
    *("PYUSD", "RLUSD", "USDT", "USDC", "USDG", "USDQ", "USDR", "EURQ", "EURR"),
    *("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "DAI", "XBT", "BTC", "ETH", "DOT", "SOL"),
)
_OURS = {"XBT": "BTC", "XDG": "DOGE"}
_CLOSING = re.compile(r"\b(?:closing|liquidat)", re.IGNORECASE)


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a Kraken trades export."""
    return read_each(sheet, _KrakenReader(sheet, notices).read)


class _KrakenReader:
    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._mark = sheet.mark("dot")
        self._zone = sheet.zone
        self._width = len(sheet.names)
        self._notices = notices
        self._places = tuple(sheet.place(name) for name in REQUIRED)
        self._cost, self._margin, self._misc, self._status, self._ledgers = map(
            sheet.place, OPTIONAL
        )

    def read(self, row: list[str], line: int) -> Row:
        trade, order, pair, time, kind, rate, cost, size = self._places
        check_width(row, self._width)
        side = pairs.side_of(row[kind], kind)
        at, nanos = times.on_clock(row[time], time, self._zone)
        base, quote = split(row[pair], pair)
        quantity = amounts.number(row[size], size, self._mark)
        price = amounts.number(row[rate], rate, self._mark)
        amounts.above_zero(quantity, size, "quantity")
        amounts.above_zero(price, rate, "price")
        fee = amounts.number(row[cost], cost, self._mark)
        traded = TradedQuantity(base, quote, side, quantity, price)
        if row[self._cost].strip():
            worth = amounts.number(row[self._cost], self._cost, self._mark)
            redundancy.check(worth, traded, None, self._cost, row[self._cost])
        redundancy.check_fee(fee, quote, traded, cost)
        margin = self._on_margin(row, line)
        symbol = pairs.symbol(base, quote)
        order_id, trade_id = (
            pairs.identifier(row[order], order),
            pairs.identifier(row[trade], trade),
        )
        return Fill(
            *(symbol, side, quantity, price, fee, quote, at, nanos, order_id, trade_id, line),
            margin=margin,
        )

    def _on_margin(self, row: list[str], line: int) -> Margin:
        """Return how a row moves a position on margin, and note what a reader should know."""
        held = row[self._margin]
        collateral = amounts.number(held, self._margin, self._mark) if held.strip() else ZERO
        closing = _CLOSING.search(row[self._misc])
        if closing or collateral or row[self._status].strip():
            self._notices.add(ROLLOVERS, line)
            return "closing" if closing else "opening"
        entries = [entry for entry in row[self._ledgers].split(",") if entry.strip()]
        if len(entries) == LEDGER_ENTRIES_WITH_ANOTHER_FEE:
            self._notices.add(PAID_IN_SOMETHING_ELSE, line)
        return ""


def split(text: str, where: int) -> tuple[str, str]:
    """Read a Kraken pair as (base, quote) in everybody else's names."""
    pair = folded(text)
    if "/" in pair or "-" in pair:
        base, quote = pairs.joined(pair, where)
        return ours(base), ours(quote)
    if pair.split() != [pair]:
        raise expected(where, "a pair with a known quote such as XBTEUR", text)
    if pair == "USDTZUSD":
        return "USDT", "USD"
    if len(pair) == _PREFIXED_LENGTH and pair[0] in "XZ" and pair[4:] in _PREFIXED_QUOTES:
        return ours(pairs.coin(pair[1:4], where)), ours(pair[5:])
    for quote in _QUOTES:
        if pair.endswith(quote) and len(pair) > len(quote):
            return ours(pairs.base_of(pair.removesuffix(quote), where)), ours(quote)
    raise expected(where, "a pair with a known quote such as XBTEUR", text)


def ours(name: str) -> str:
    """Return a coin that Kraken names its own way by the name that everybody gives it."""
    bare = name[1:] if len(name) == len("XXBT") and name in _PREFIXED_NAMES else name
    return _OURS.get(bare, bare)


_PREFIXED_NAMES = frozenset(
    (*_PREFIXED_QUOTES, "XXDG", "XXRP", "XXLM", "XXMR", "XLTC", "XZEC", "XETC", "XREP", "XMLN")
)

FORMAT = Format(
    info=SourceInfo("kraken-trades", "kraken", "kraken", "kraken", 20, shorts=False),
    about='Kraken "Trades" export',
    required=REQUIRED,
    rows=read,
    documented_zone=UTC,
    redundant=(Redundancy("cost", VALUE),),
)

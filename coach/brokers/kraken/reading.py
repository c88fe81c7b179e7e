"""Kraken's trades in our words.

The fee is the ledger's where it tells one, else the estimate that stands on the trade. `cost` is
cut off in Kraken's answers and not read: what a trade was worth is price times volume. A trade on
margin moves no coin of the spot account: it is known by collateral, by the state of the position
that it opened, or by the words `closing` and `liquidated`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import NamedTuple

from coach.brokers.base import LONGEST_ID, Row, is_id, printable
from coach.brokers.bounds import in_range, read_number
from coach.brokers.kraken.ledger import EXCHANGED, OF_TRADES, Ledger, LedgerEntry, movement_row
from coach.brokers.kraken.moments import moment_of
from coach.brokers.kraken.names import KrakenNames
from coach.brokers.market.base import FIAT
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill, Margin, Side, Symbol

SIDES: dict[str, Side] = {"buy": "buy", "sell": "sell"}
CLOSING = re.compile(r"\b(?:closing|liquidat)", re.IGNORECASE)
PRICED_IN = (*sorted(FIAT), "USDT", "USDC", "PYUSD", "USDG", "EURQ", "DAI", "BTC", "ETH")
"""What may be a quote, the first ones before the later ones, where two coins were exchanged."""
PRICE_DIGITS = 28
LONGEST_NAME = 80
TWO_COINS = 2
ZERO = Decimal(0)

Raw = Mapping[str, object]


class UnreadableTrade(Exception):  # never leaves this module
    """A field that cannot be read, and what was expected there."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__()
        self.column = column
        self.reason = reason


class ChargedFee(NamedTuple):
    """What a trade cost, and in what."""

    quantity: Decimal
    coin: str


@dataclass(slots=True)
class TradeReader:
    """Reads trades with the ledger beside them, and counts what a reader should know."""

    names: KrakenNames
    ledger: Ledger
    counts: Counter[str] = field(default_factory=Counter)

    def trade(self, txid: str, raw: Raw) -> Row:
        """Return a trade, or the row that is skipped in its place."""
        try:
            return self._fill(txid, raw)
        except UnreadableTrade as trouble:
            named = (raw.get("pair"), raw.get("time"), txid)
            texts = (printable(str("" if one is None else one)[:LONGEST_NAME]) for one in named)
            return SkippedRow(1, trouble.column, trouble.reason, *texts)

    def exchange(self, refid: str, group: list[LedgerEntry]) -> Row:
        """Return an exchange of the app as a fill, anything else by its kind."""
        if {entry.kind for entry in group} <= EXCHANGED:
            made = self._exchanged(refid, group)
            if made is not None:
                self.counts["in the app"] += 1
                return made
        return movement_row(group)

    def _fill(self, txid: str, raw: Raw) -> Fill:
        moment = moment_of(raw.get("time"))
        if moment is None:
            raise UnreadableTrade("time", "expected seconds since 1970")
        side = SIDES.get(str(raw.get("type")))
        if side is None:
            raise UnreadableTrade("type", f"expected buy or sell, not {raw.get('type')!r:.40}")
        base, quote = self._coins(raw)
        quantity, price = _positive(raw, "vol"), _positive(raw, "price")
        fee = self._fee(txid, raw, quote)
        margin = self._on_margin(raw)
        order = str(raw.get("ordertxid") or "")
        if not is_id(order) or not is_id(txid):
            raise UnreadableTrade("ordertxid", f"expected an id of at most {LONGEST_ID} characters")
        symbol = Symbol(f"{base}-{quote}")
        money = (quantity, price, fee.quantity, fee.coin)
        return Fill(symbol, side, *money, *moment, order, txid, 1, margin)

    def _coins(self, raw: Raw) -> tuple[str, str]:
        pair = raw.get("pair")
        found = self.names.pair(pair) if isinstance(pair, str) and pair.isprintable() else None
        if found is None or found[0] == found[1]:
            raise UnreadableTrade("pair", "expected a pair of two coins, such as XXBTZUSD")
        return found

    def _fee(self, txid: str, raw: Raw, quote: str) -> ChargedFee:
        charged = self.ledger.fees_of(txid)
        if charged is not None and len(charged) == 1:
            ((coin, fee),) = charged.items()
            return ChargedFee(fee, coin)
        if charged is not None and not charged:
            return ChargedFee(ZERO, quote)
        estimate = read_number(raw.get("fee") or "0")
        if estimate is None:
            raise UnreadableTrade("fee", f"expected a number, not {raw.get('fee')!r:.40}")
        self.counts["fee estimated"] += estimate != 0
        return ChargedFee(estimate, quote)

    def _on_margin(self, raw: Raw) -> Margin:
        """Return how a trade moves a position on margin, and count that one does."""
        leverage, collateral = (read_number(raw.get(name, "0")) for name in ("leverage", "margin"))
        closing = CLOSING.search(str(raw.get("misc") or ""))
        if not (closing or leverage or collateral or raw.get("posstatus")):
            return ""
        self.counts["margin"] += 1
        return "closing" if closing else "opening"

    def _exchanged(self, refid: str, group: list[LedgerEntry]) -> Fill | None:
        totals: dict[str, Decimal] = {}
        fees: dict[str, Decimal] = {}
        for entry in group:
            totals[entry.coin] = totals.get(entry.coin, ZERO) + entry.amount
            fees[entry.coin] = fees.get(entry.coin, ZERO) + entry.fee
        quote = next((coin for coin in PRICED_IN if coin in totals), "")
        base = next((coin for coin in totals if coin != quote), "")
        if not quote or len(totals) != TWO_COINS or totals[base] * totals[quote] >= 0:
            return None
        with localcontext(prec=PRICE_DIGITS, rounding=ROUND_HALF_EVEN):
            price = -totals[quote] / totals[base]
        if not in_range(price) or not is_id(refid):
            return None
        charged = [(fee, coin) for coin, fee in fees.items() if fee]
        fee = charged[0] if len(charged) == 1 else (fees[quote], quote)
        side: Side = "buy" if totals[base] > 0 else "sell"
        symbol, at, nanos = Symbol(f"{base}-{quote}"), group[0].at, group[0].nanos
        return Fill(symbol, side, totals[base].copy_abs(), price, *fee, at, nanos, "", refid, 1)


def other_rows(reader: TradeReader) -> Iterator[tuple[str, list[LedgerEntry]]]:
    """Yield the groups of the ledger that are no part of a trade."""
    for refid, group in reader.ledger.groups.items():
        own = [entry for entry in group if entry.kind not in OF_TRADES]
        if own:
            yield refid, own


def _positive(raw: Raw, column: str) -> Decimal:
    number = read_number(raw.get(column))
    if number is None or number <= 0:
        raise UnreadableTrade(column, f"expected a number above zero, not {raw.get(column)!r:.40}")
    return number

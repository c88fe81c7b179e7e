"""Bybit unified account, asset change details: one row per fill of a contract, two of a spot trade.

    [Uid,]Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,
    Cash Flow,Change,Wallet Balance,Action,[OrderId,TradeId,]Time(UTC)

A contract's row says OPEN or CLOSE; `--` is spot, where the row of the base says what was traded
and either row what was charged. The newer file prints charges below zero, the one with a fee rate
above.
Contracts settled in the coin itself count money, not coins, and are refused.
"""

from collections.abc import Iterator
from decimal import Decimal

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.ledgers.legs import rows_of, skipped
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.mapping import figures, instruments
from coach.brokers.statements.mapping.reader import INVERSE
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import TradedQuantity, agree
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.fills import Fill

REQUIRED = (
    *("currency", "contract", "type", "direction", "quantity", "filled price", "fee paid"),
    *("cash flow", "change", "action", "time"),
)
IDS = (("orderid", "order id"), ("tradeid", "trade id"))
SETTLED_IN = ("USDT", "USDC", "USD", "EUR", "BRL", "TRY")


class BybitRow:
    """The cells of a row that is a trade, read."""

    def __init__(self, sheet: StatementSheet, row: list[str], line: int) -> None:
        self.line = line
        self._places = {name: sheet.place(name) for name in REQUIRED}
        self._row = row
        text = row[self._places["time"]].strip()
        self.at, self.nanos = times.on_clock(text, self._places["time"], sheet.zone)
        self.currency = pairs.coin(row[self._places["currency"]], self._places["currency"])
        self.amount = self._number("quantity")
        self.flow = self._number("cash flow")
        charge = self._number("fee paid")
        self.fee = charge if "fee rate" in sheet.names else EXACT.minus(charge)
        self.order_id, self.trade_id = (figures.bare(row[sheet.place(*names)]) for names in IDS)
        self.is_spot = figures.bare(row[self._places["action"]]).upper() not in {"OPEN", "CLOSE"}

    def _number(self, name: str) -> Decimal:
        value, _ = figures.figure(self._row[self._places[name]], self._places[name], "dot")
        return value or ZERO

    @property
    def market(self) -> tuple[str, str]:
        """Base and quote of the contract; what is settled in something else counts money."""
        place = self._places["contract"]
        known = self.currency if not self.is_spot else "USDC"
        base, quote = instruments.market(self._row[place], place, "glued", known)
        if not self.is_spot and (quote not in SETTLED_IN or self.currency != quote):
            raise Unreadable(place, INVERSE)
        return base, quote

    @property
    def traded(self) -> TradedQuantity:
        """What the row says was traded."""
        base, quote = self.market
        direction, price = self._places["direction"], self._number("filled price")
        side = known_side(self._row[direction])
        if side is None:
            raise expected(direction, "buy or sell", self._row[direction])
        amounts.above_zero(price, self._places["filled price"], "price")
        size = self.amount.copy_abs()
        amounts.above_zero(size, self._places["quantity"], "quantity")
        return TradedQuantity(base, quote, side, size, price)

    def fill(self, fee: Decimal, coin: str) -> Fill:
        """Return the row as a fill with this fee."""
        base, quote, side, size, price = self.traded
        symbol = pairs.symbol(base, quote)
        ids = self.order_id, self.trade_id
        return Fill(symbol, side, size, price, fee, coin, self.at, self.nanos, *ids, self.line)


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of a unified account, and what its other changes are."""
    kind = sheet.place("type")
    time, coin, change = map(sheet.place, ("time", "currency", "change"))
    entries = EntryReader(sheet, notices, EntryColumns(time, coin, change))

    def other(row: list[str], line: int) -> Other | None:
        word = row[kind].strip().lower()
        is_trade = word in {"trade", "liquidation"}
        return None if is_trade else entries.other(row, line, word)

    spot: list[BybitRow] = []
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        try:
            found = BybitRow(sheet, row, line)
            if found.is_spot:
                spot.append(found)
            else:
                yield found.fill(found.fee, found.currency)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
    yield from _spot_fills(sheet, spot)


def _spot_fills(sheet: StatementSheet, rows: list[BybitRow]) -> Iterator[Row]:
    """Pair the two rows of each spot trade: of one time, by the money that the price gives."""
    moments: dict[tuple[object, ...], list[BybitRow]] = {}
    for row in rows:
        moments.setdefault((row.at, row.nanos), []).append(row)
    for together in moments.values():
        left = list(together)
        for row in together:
            try:
                if row.currency != row.market[0]:
                    continue
                left.remove(row)
                quoted = next((one for one in left if _is_other_leg(row, one)), None)
                if quoted is None:
                    lost = Unreadable(sheet.place("cash flow"), "its other row was not found")
                    yield skipped(sheet, row.line, lost)
                    continue
                left.remove(quoted)
                fee, coin = (row.fee, row.currency) if row.fee else (quoted.fee, quoted.currency)
                yield row.fill(fee, coin)
            except Unreadable as trouble:
                yield skipped(sheet, row.line, trouble)
        lone = Unreadable(sheet.place("currency"), "the row of what was traded for it is missing")
        yield from (skipped(sheet, row.line, lone) for row in left)


def _is_other_leg(row: BybitRow, other: BybitRow) -> bool:
    moved = (other.flow or other.amount).copy_abs()
    traded = row.traded
    return other.currency == traded.quote and agree(moved, EXACT.plus(traded.value), traded)


FORMAT = Format(
    info=SourceInfo("bybit-account", "bybit-account", "bybit", "bybit", 20, shorts=True),
    about="Bybit unified account, asset change details",
    required=REQUIRED,
    rows=read,
    nothing_redundant="the two rows of a spot trade are held against each other",
)

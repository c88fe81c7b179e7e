"""Interactive Brokers activity statement: a file of sections, of which `Trades` is one.

    Statement,Header,Field Name,Field Value
    ...
    Trades,Header,DataDiscriminator,Asset Category,Currency,Symbol,Date/Time,Quantity,T. Price,
    C. Price,Proceeds,Comm/Fee,Basis,Realized P/L,MTM P/L,Code

Each asset class has a header of its own. Rows called Order are read; Trade and ClosedLot repeat
them, and SubTotal and Total are sums. The sign of the quantity is the side, a charge is below zero.
How many units one contract is follows from Proceeds or Notional Value. Times are on the clock of
the account, which the file does not name. Sections of money that moved otherwise are read by
`interactive_brokers_cash`, the cash at both ends by `interactive_brokers_balances`, splits and new
names by `interactive_brokers_actions`.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from coach.brokers.base import Other, Row, SourceInfo, kind_of
from coach.brokers.statements import amounts, pairs, redundancy
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.ledgers.interactive_brokers_actions import CorporateActions
from coach.brokers.statements.ledgers.interactive_brokers_balances import CashReport
from coach.brokers.statements.ledgers.interactive_brokers_cash import CashSections
from coach.brokers.statements.ledgers.legs import side_of, skipped
from coach.brokers.statements.mapping import dates, figures, instruments
from coach.brokers.statements.mapping.reader import DIVIDED, SIZED
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.records import ENDLESS
from coach.brokers.statements.redundancy import TradedQuantity
from coach.brokers.statements.sheet import StatementSheet, tidy
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import ROW, Unreadable, expected
from coach.model.fills import Fill

ACTIVITY, TRADES = "an activity statement", "trades"
NEEDED = ("asset category", "currency", "symbol", "date/time", "quantity", "t. price")
NO_TRADES = frozenset(("subtotal", "total", "closedlot", "trade"))
ORDERS = "rows are orders with their average price, unless executions were chosen for the statement"


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header with its first column as what the file is, where it is one."""
    found = list(names)
    sections = {"header", "field name", "field value"} <= set(names)
    if sections or {"header", "datadiscriminator", "asset category"} <= set(names):
        found[0] = ACTIVITY
    return found


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of an activity statement, other money that moved, and what is there.

    Splits and new names come last: several rows are one.
    """
    cash, report = CashSections(sheet, notices), CashReport(sheet, notices)
    actions = CorporateActions(sheet, notices)
    header = [tidy(label) for label in sheet.labels]
    for line, row in sheet.records():
        if row is ENDLESS:
            continue
        if len(row) < len(NEEDED) or tidy(row[0]) != TRADES:
            said = (cash.read(row, line), report.read(row, line), actions.read(row, line))
            yield from filter(None, said)
            continue
        if tidy(row[1]) == "header":
            header = [tidy(cell) for cell in row]
            continue
        word = tidy(row[2])
        if tidy(row[1]) != "data" or word in NO_TRADES:
            if word in {"trade", "closedlot"}:
                yield Other(kind_of(word), line)
            continue
        at = {name: place for place, name in reversed(list(enumerate(header))) if name}
        try:
            yield _fill(sheet, notices, row, line, at)
        except Unreadable as trouble:
            yield skipped(sheet, line, Unreadable(ROW, trouble.reason))
    yield from actions.rows()


def _fill(
    sheet: StatementSheet, notices: Notices, row: list[str], line: int, at: dict[str, int]
) -> Fill:
    lacks = [name for name in NEEDED if name not in at]
    if lacks:
        raise Unreadable(ROW, f"expected a column {lacks[0]!r}")
    notices.add(ORDERS)
    moment = row[at["date/time"]].replace(",", " ").strip()
    time, nanos = dates.read(moment, at["date/time"], "ymd", sheet.zone)
    currency = pairs.coin(row[at["currency"]], at["currency"])
    form = "either" if tidy(row[at["asset category"]]) == "forex" else "instrument"
    name = row[at["symbol"]].replace(".", "/") if form == "either" else row[at["symbol"]]
    base, quote = instruments.market(
        name, at["symbol"], "pair" if form == "either" else "instrument", currency
    )
    count, price = _number(row, at, "quantity") or ZERO, _number(row, at, "t. price") or ZERO
    amounts.above_zero(price, at["t. price"], "price")
    if not count:
        raise expected(at["quantity"], "a quantity", row[at["quantity"]])
    side = side_of(count)
    size = _size(row, at, TradedQuantity(base, quote, side, count.copy_abs(), price))
    symbol = pairs.symbol(base, quote)
    if size != 1:
        notices.sizes[symbol] = size
        notices.add(SIZED.format(symbol=symbol, size=f"{size.normalize():f}"))
    quantity = EXACT.multiply(count.copy_abs(), size)
    fee, coin = _fee(row, at, currency)
    return Fill(symbol, side, quantity, price, fee, coin, time, nanos, "", "", line)


def _number(row: list[str], at: dict[str, int], name: str) -> Decimal | None:
    return figures.figure(row[at[name]], at[name], "dot")[0] if name in at else None


def _size(row: list[str], at: dict[str, int], traded: TradedQuantity) -> Decimal:
    """Return the units in one contract, by what the row says it was worth."""
    worth = _number(row, at, "proceeds") or _number(row, at, "notional value")
    if not worth:
        return instruments.size_of(row[at["symbol"]], {}) or instruments.ONE
    if redundancy.agree(worth.copy_abs(), traded.value, traded):
        return instruments.ONE
    size = round(DIVIDED.divide(worth.copy_abs(), traded.value), 2).normalize()
    several = traded._replace(quantity=EXACT.multiply(traded.quantity, size))
    if size <= 0 or not redundancy.agree(worth.copy_abs(), several.value, several):
        found = f"{worth:f}"
        raise expected(ROW, "proceeds that quantity and price give", found)
    return size


def _fee(row: list[str], at: dict[str, int], currency: str) -> tuple[Decimal, str]:
    if "comm/fee" in at:
        return -(_number(row, at, "comm/fee") or ZERO) or ZERO, currency
    named = next((name for name in at if name.startswith("comm in ")), "")
    charged = _number(row, at, named) if named else None
    coin = named.removeprefix("comm in ").upper() or currency
    return -(charged or ZERO) or ZERO, coin


FORMAT = Format(
    info=SourceInfo(
        *("interactive-brokers", "interactive-brokers", "interactive-brokers"),
        *("interactive-brokers", 10),
        shorts=True,
    ),
    about="Interactive Brokers activity statement: its trades, money that came or left, splits",
    required=(ACTIVITY,),
    rows=read,
    canonical=canonical,
    time=ACTIVITY,
    names_zone=lambda _: False,
    nothing_redundant="proceeds prove how many units a contract is",
)

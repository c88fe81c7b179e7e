"""Binance's trades in our words.

Numbers are strings there and stay exact here. A trade names its pair without a separator, so that
its coins are those of the pair that was asked for. The fee is in whichever coin was charged, BNB as
often as not. Futures write a fee as a negative number; it is a cost either way. An id counts per
symbol and market, and is named together with both.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from coach.brokers.base import LONGEST_ID, Row, is_id, printable
from coach.brokers.binance.markets import TradedPair
from coach.brokers.bounds import read_number
from coach.model.accounts import SkippedRow
from coach.model.coins import coin_name
from coach.model.fills import Fill, Margin, Side
from coach.model.times import EPOCH

LAST_MS = 253_402_300_799_000
LONGEST_NAME = 80
SIDES: dict[object, Side] = {"BUY": "buy", "SELL": "sell"}
HEDGED = {"LONG": "sell", "SHORT": "buy"}
"""The side that closes a position of futures, where longs and shorts are held side by side."""

Raw = Mapping[str, object]


class UnreadableEntry(Exception):  # never leaves this module
    """A field that cannot be read, and what was expected there."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__()
        self.column = column
        self.reason = reason


def number_of(raw: Raw) -> int | None:
    """Return the id of a trade, by which pages go on; None where it has none."""
    return _whole(raw.get("id"), LAST_MS)


def time_of(raw: Raw) -> int | None:
    """Return when a trade was, in milliseconds; None where that is not said."""
    return _whole(raw.get("time"), LAST_MS)


def read_trade(raw: Raw, pair: TradedPair, counts: Counter[str]) -> Row:
    """Return a trade, or the row that is skipped in its place."""
    try:
        return _fill(raw, pair, counts)
    except UnreadableEntry as trouble:
        named = (pair.name, raw.get("time"), raw.get("id"))
        texts = (printable(str("" if one is None else one)[:LONGEST_NAME]) for one in named)
        return SkippedRow(1, trouble.column, trouble.reason, *texts)


def _fill(raw: Raw, pair: TradedPair, counts: Counter[str]) -> Fill:
    number, time_ms = number_of(raw), time_of(raw)
    if number is None:
        raise UnreadableEntry("id", "expected a whole number")
    if time_ms is None:
        raise UnreadableEntry("time", "expected milliseconds since 1970")
    if raw.get("symbol") != pair.listed_as:
        raise UnreadableEntry("symbol", f"expected {pair.listed_as}, which was asked for")
    side = _side(raw)
    quantity, price = _positive(raw, "qty"), _positive(raw, "price")
    fee, coin = _fee(raw, pair)
    order = str(raw.get("orderId") or "")
    if not is_id(order):
        raise UnreadableEntry("orderId", f"expected an id of at most {LONGEST_ID} characters")
    margin = _on_margin(raw, pair, side, counts)
    counts["other coin"] += bool(fee) and coin not in {pair.base, pair.quote}
    at = EPOCH + timedelta(milliseconds=time_ms)
    name = f"{pair.market}:{pair.listed_as}:{number}"
    return Fill(pair.symbol, side, quantity, price, fee, coin, at, 0, order, name, 1, margin)


def _side(raw: Raw) -> Side:
    """Return the side: futures write it, the other markets say whether it was the buyer."""
    buys = raw.get("isBuyer")
    if "side" in raw:
        side = SIDES.get(raw["side"])
        if side is None:
            raise UnreadableEntry("side", f"expected BUY or SELL, not {raw['side']!r:.40}")
        return side
    if not isinstance(buys, bool):
        raise UnreadableEntry("isBuyer", f"expected true or false, not {buys!r:.40}")
    return "buy" if buys else "sell"


def _fee(raw: Raw, pair: TradedPair) -> tuple[Decimal, str]:
    fee = read_number(raw.get("commission"))
    if fee is None:
        raise UnreadableEntry("commission", f"expected a number, not {raw.get('commission')!r:.40}")
    coin = coin_name(str(raw.get("commissionAsset") or ""))
    if not coin and fee:
        raise UnreadableEntry("commissionAsset", "expected the coin that the fee was taken in")
    return (fee.copy_abs() if pair.market == "futures" else fee), coin or pair.quote


def _on_margin(raw: Raw, pair: TradedPair, side: Side, counts: Counter[str]) -> Margin:
    """Return how a trade moves a position on margin, and count that one does."""
    if pair.market == "spot":
        return ""
    counts[pair.market] += 1
    held = str(raw.get("positionSide") or "BOTH")
    if held not in HEDGED:
        return "opening"
    counts["hedged"] += 1
    return "closing" if side == HEDGED[held] else "opening"


def _positive(raw: Raw, column: str) -> Decimal:
    number = read_number(raw.get(column))
    if number is None or number <= 0:
        raise UnreadableEntry(column, f"expected a number above zero, not {raw.get(column)!r:.40}")
    return number


def _whole(value: object, most: int) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 <= value <= most else None  # type: ignore[operator, return-value]

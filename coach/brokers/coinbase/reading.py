"""Coinbase's JSON in our words.

All numbers are strings there and stay exact here. What Coinbase leaves out: the fee's currency (it
is the quote), and the coins of a product, which its id does not reveal (`BIP-20DEC30-CDE`).
Where `size_in_quote` is true the size is money: the quantity is size / price, rounded half-even to
the product's increment, or to 18 decimals when that is not known.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import NamedTuple

from coach.brokers.base import LONGEST_ID, Other, Row, is_id, kind_of, printable
from coach.brokers.bounds import RANGE, in_range, read_number
from coach.model.accounts import SkippedRow
from coach.model.coins import coin_name, market_base
from coach.model.fills import Fill, Side, Symbol

DECIMALS = Decimal(1).scaleb(-18)
WORKING_DIGITS = 100
LONGEST_NAME = 80
SIDES: dict[str, Side] = {"BUY": "buy", "SELL": "sell"}
MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)

Raw = dict[str, object]


@dataclass(frozen=True, slots=True)
class Product:
    """A market: its coins, what it is (`SPOT`, `FUTURE`) and the smallest step of its quantity."""

    base: str
    quote: str
    kind: str
    increment: Decimal | None


class BrokerTime(NamedTuple):
    """A time to the nanosecond: UTC to the microsecond, and what nine digits add to it."""

    at: datetime
    nanos: int


class UnreadableField(Exception):  # never leaves this module
    """A field that cannot be read, and what was expected there."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__()
        self.column = column
        self.reason = reason


def read_fill(raw: Raw, product: Product | None, line: int) -> Row:
    """Read one entry of a fills page; `product` is None where Coinbase does not know it any more.

    Only a FILL is a trade: reversals, corrections and synthetic entries are counted by their kind.
    """
    try:
        kind = _text(raw, "trade_type")
        if kind != "FILL":
            return Other(kind_of(kind.lower()), line)
        return _fill(raw, product, line)
    except UnreadableField as trouble:
        return skipped_fill(raw, line, trouble.column, trouble.reason)


def skipped_fill(raw: Raw, line: int, column: str, reason: str) -> SkippedRow:
    """Return a fill that is left out, named by its product, its time and its id."""
    name = raw.get("entry_id") or raw.get("trade_id")
    named = (raw.get("product_id"), raw.get("trade_time"), name)
    product, at, native_id = (printable(str(text or "")[:LONGEST_NAME]) for text in named)
    return SkippedRow(line, column, reason, product, at, native_id)


def read_product(raw: Raw) -> Product:
    """Read a product; a coin that is missing stays empty."""
    increment = raw.get("base_increment")
    step = read_number(increment) if isinstance(increment, str) else None
    return Product(
        base=str(raw.get("base_currency_id") or "").upper(),
        quote=str(raw.get("quote_currency_id") or "").upper(),
        kind=str(raw.get("product_type") or ""),
        increment=step if step is not None and step > 0 else None,
    )


def read_moment(text: object) -> BrokerTime | None:
    """Read RFC 3339 with none to nine digits of a second."""
    match = MOMENT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    second, fraction, zone = match.groups()
    digits = (fraction or "").ljust(9, "0")
    try:
        at = datetime.fromisoformat(second.upper() + zone.upper().replace("Z", "+00:00"))
        moment = at.astimezone(UTC).replace(microsecond=int(digits[:6]))
    except (ValueError, OverflowError):
        return None
    return BrokerTime(moment, int(digits[6:]))


def native_id(raw: Raw) -> str:
    """Return the name that a fill keeps for ever, or nothing.

    It is `entry_id`. Fills of one order may share a `trade_id`, so where only that is given it is
    drawn together with what tells such fills apart.
    """
    entry, trade = raw.get("entry_id"), raw.get("trade_id")
    if isinstance(entry, str) and entry:
        return entry
    if not isinstance(trade, str) or not trade:
        return ""
    fields = ("order_id", "trade_time", "sequence_timestamp", "side", "price", "size", "commission")
    rest = "|".join(f"{raw.get(field)}" for field in fields)
    digest = hashlib.sha256(rest.encode(errors="backslashreplace"))
    return f"{trade}#{digest.hexdigest()[:12]}"


def _fill(raw: Raw, product: Product | None, line: int) -> Row:
    product_id = _text(raw, "product_id")
    if product is None:
        product = _from_its_name(product_id)
    if product.kind != "SPOT":
        return Other(kind_of(f"{product.kind.lower() or 'unknown product'} {product_id}"), line)
    moment = read_moment(raw.get("trade_time"))
    if moment is None:
        raise UnreadableField("trade_time", "expected a time such as 2026-01-31T09:59:59.123456Z")
    side = SIDES.get(_text(raw, "side"))
    if side is None:
        raise UnreadableField("side", f"expected BUY or SELL, not {raw['side']!r:.40}")
    price = _positive(raw, "price")
    base, quote = _coins(product)
    return Fill(
        symbol=Symbol(f"{base}-{quote}"),
        side=side,
        quantity=_quantity(raw, price, product.increment),
        price=price,
        fee=_fee(raw),
        fee_currency=quote,
        at=moment.at,
        nanos=moment.nanos,
        order_id=_id("order_id", str(raw.get("order_id") or "")),
        native_id=_id("entry_id", native_id(raw)),
        line=line,
    )


def _from_its_name(product_id: str) -> Product:
    """Take `BASE-QUOTE` apart; a derivative's id has three parts and tells nothing."""
    parts = product_id.split("-")
    if len(parts) == len(("base", "quote")):
        return Product(parts[0].upper(), parts[1].upper(), "SPOT", None)
    return Product("", "", "", None)


def _coins(product: Product) -> tuple[str, str]:
    base, quote = market_base(product.base), coin_name(product.quote)
    if not base or not quote or base == quote:
        raise UnreadableField("product_id", "expected a product with two coins, such as BTC-USD")
    return base, quote


def _id(column: str, text: str) -> str:
    if not is_id(text):
        raise UnreadableField(
            column, f"expected an id of at most {LONGEST_ID} printable characters"
        )
    return text


def _quantity(raw: Raw, price: Decimal, increment: Decimal | None) -> Decimal:
    size = _positive(raw, "size")
    if not is_in_quote(raw):
        return size
    with localcontext(prec=WORKING_DIGITS, rounding=ROUND_HALF_EVEN):
        step = increment or DECIMALS
        quantity = (size / price / step).quantize(Decimal(1)) * step
    if quantity <= 0:
        raise UnreadableField("size", "expected a size of at least one step of the product")
    if not in_range(quantity):
        raise UnreadableField("size", f"expected a size that makes a quantity {RANGE}")
    return quantity


def is_in_quote(raw: Raw) -> bool:
    """Return whether the size is money and not coins: a bool, or its name as some clients got."""
    value = raw.get("size_in_quote", False)
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise UnreadableField("size_in_quote", f"expected true or false, not {value!r:.40}")


def _fee(raw: Raw) -> Decimal:
    value = raw.get("commission")
    fee = Decimal(0) if value == "" else read_number(value)
    if fee is None:
        raise UnreadableField("commission", f"expected a number, not {value!r:.40}")
    return fee


def _positive(raw: Raw, column: str) -> Decimal:
    number = read_number(raw.get(column))
    if number is None or number <= 0:
        raise UnreadableField(column, f"expected a number above zero, not {raw.get(column)!r:.40}")
    return number


def _text(raw: Raw, column: str) -> str:
    value = raw.get(column)
    if not isinstance(value, str) or not value or not value.isprintable():
        raise UnreadableField(column, f"expected a word, not {value!r:.40}")
    return value

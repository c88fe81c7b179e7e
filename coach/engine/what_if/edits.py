"""Fills made smaller, later or at another price, with the fee at the trader's own rate."""

from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, multiply, quotient, rounded, share, subtract
from coach.engine.ledger.restate import in_quote
from coach.model.fills import BookFill
from coach.model.times import instant

WHOLE = Decimal(1)
SMALLEST = Decimal("1E-18")


class Coins(NamedTuple):
    """The two currencies of a symbol."""

    base: str
    quote: str


def smaller(fill: BookFill, part: Decimal) -> BookFill | None:
    """Return that part of a fill, its fee pro rata; None where nothing is left of it."""
    if part == WHOLE:
        return fill
    quantity = multiply(fill.quantity, part).quantize(SMALLEST, ROUND_DOWN)
    if quantity <= 0:
        return None
    fee = rounded(share(fill.fee, quantity, fill.quantity))
    return fill._replace(quantity=quantity, fee=fee)


def closing(fill: BookFill, coins: Coins, moved: Decimal, wanted: Decimal) -> BookFill:
    """Return a closing fill that moves `wanted` instead of `moved`, to the last digit."""
    if fill.fee_currency != coins.base or not fill.fee:
        fee = rounded(share(fill.fee, wanted, moved))
        return fill._replace(quantity=wanted, fee=fee)
    quantity = rounded(share(fill.quantity, wanted, moved))
    signed = subtract(wanted, quantity) if fill.side == "sell" else subtract(quantity, wanted)
    return fill._replace(quantity=quantity, fee=signed)


def repriced(fill: BookFill, coins: Coins, quantity: Decimal, price: Decimal) -> BookFill:
    """Return a fill of another size and price; its fee keeps its share of the notional."""
    if fill.fee_currency == coins.base:
        fee = share(fill.fee, quantity, fill.quantity)
    else:
        paid = multiply(fill.quantity, fill.price)
        fee = share(fill.fee, multiply(quantity, price), paid) if paid else ZERO
    return fill._replace(quantity=quantity, price=price, fee=rounded(fee))


def at_moment(fill: BookFill, at_us: int) -> BookFill:
    """Return the fill at another time, microseconds since 1970 UTC."""
    return fill._replace(at=instant(at_us))


def paid_in_quote(fill: BookFill, coins: Coins) -> Decimal:
    """Return the fee of a fill in the quote currency; one in a third coin is none there."""
    quoted = in_quote(fill, coins.base, coins.quote)
    return quoted.fee if quoted.fee_currency == coins.quote else ZERO


def third_coin(fill: BookFill, coins: Coins) -> tuple[str, Decimal] | None:
    """Return the fee of a fill that was paid in a third coin."""
    if not fill.fee or fill.fee_currency in {"", *coins}:
        return None
    return fill.fee_currency, fill.fee


def part_of(amount: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return amount x part / whole, rounded to 18 decimals; the amount itself for the whole."""
    return amount if part == whole else rounded(quotient(multiply(amount, part), whole))

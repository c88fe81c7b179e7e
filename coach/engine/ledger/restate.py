"""Fills said another way, with the same effect on coins and money."""

from decimal import Decimal

from coach.engine.ledger.exact import add, multiply, share, subtract
from coach.engine.ledger.orders import opposite
from coach.model.fills import BookFill


def in_quote(fill: BookFill, base: str, quote: str) -> BookFill:
    """Say a fee in the base coin, or in no named currency, as a fee in the quote currency.

    What moves is quantity - fee for a buy and quantity + fee for a sell, and the coin that went
    to the broker is a fee at the fill's price: the money paid or received stays what it was. A
    rebate in the coin moves the other way. A buy whose fee is more coin than it bought is a sale
    of the difference. A fee without a currency is taken to be in the quote, as statements mean
    it. A fee in a third coin stays as it is.
    """
    if fill.fee_currency == "":
        return fill._replace(fee_currency=quote)
    if fill.fee_currency != base:
        return fill
    signed = subtract if fill.side == "buy" else add
    moved = signed(fill.quantity, fill.fee)
    return fill._replace(
        side=fill.side if moved >= 0 else opposite(fill.side),
        quantity=moved.copy_abs(),
        fee=multiply(fill.fee, fill.price),
        fee_currency=quote,
    )


def split(fill: BookFill, first: Decimal) -> tuple[BookFill, BookFill]:
    """Cut a fill in two, the first of the given quantity; the fee is shared pro rata.

    The two fees add up to the fill's fee exactly.
    """
    fee = share(fill.fee, first, fill.quantity)
    return (
        fill._replace(quantity=first, fee=fee),
        fill._replace(quantity=subtract(fill.quantity, first), fee=subtract(fill.fee, fee)),
    )

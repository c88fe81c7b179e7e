"""Whether two sources tell one execution, as far as the digits go that they print.

Reports round: a price of 0.4698 is printed as 0.47, a total of 5.00675 as 5.01. Two fills of one
market, side and second are the same when the quantity agrees and the money that moved (quantity x
price and the fee) agrees within half a unit of the last digit that the coarser one prints. Zeros
at the end tell nothing about that digit (`0.450000` is 0.45 with zeros behind), so money counts
as printed at least to the cent; in currencies without cents, to the whole unit.

Where a source prints no total, price and fee must agree instead, each within its own digits, and
where it prints no fee, the price exactly.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, multiply, plain, subtract
from coach.model.fills import Side, Symbol

HALF, HALF_A_CENT = Decimal("0.5"), Decimal("0.005")
NO_CENTS = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF", "IDR", "COP", "TWD", "UGX", "PYG"})
SPREAD = Decimal("0.03")
"""How far prices may be apart where the money agrees: a fee or a spread may be inside one."""
TELLING = Decimal("0.005")
"""A rounding beyond this share of the money could hide another price."""
SAME_QUANTITY = Decimal("0.001")
"""A quantity that differs by a larger share was not rounded: it is another quantity."""
SAME_SUM = Decimal("0.0001")
"""The same for the sum of several quantities beside one."""
MOST_PRINTED = 12
"""A price with more decimals was computed from money and quantity, and is no sign of precision."""


class PrintedFill(NamedTuple):
    """A fill as a source prints it; `has_total` where the source prints the money that moved."""

    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    has_total: bool


def same_execution(one: PrintedFill, other: PrintedFill) -> bool:
    """Return whether two sources tell one execution, where time and side are the same.

    In two names of one market (BTC-USD, BTC-USDC) quantity and price must be equal.
    """
    equal = one[2:4] == other[2:4]
    if one.symbol != other.symbol and not equal:
        return False
    if not equal and not _quantities_agree(one, other):
        return False
    return _money_agrees(one, other) or (
        one.quantity == other.quantity and _price_and_fee_agree(one, other)
    )


def is_rounded(coarse: PrintedFill, fine: PrintedFill) -> bool:
    """Return whether one fill is the other, printed with fewer digits of everything.

    For two fills without ids of one source, which are different fills otherwise.
    """
    if coarse.symbol != fine.symbol or coarse.quantity != fine.quantity:
        return False
    amounts = [(coarse.price, fine.price)]
    if coarse.has_total:
        amounts.append((money(coarse), money(fine)))
    else:
        amounts.append((coarse.fee, fine.fee))
    digits = [(decimals(one), decimals(other)) for one, other in amounts]
    return (
        all(one <= other for one, other in digits)
        and any(one < other for one, other in digits)
        and all(_within(one, other, _quote(coarse)) for one, other in amounts)
    )


def money(fill: PrintedFill) -> Decimal:
    """Return what left the account for a buy and what came in for a sell, in the quote.

    A fee in another coin is left out.
    """
    worth = multiply(fill.quantity, fill.price)
    if not _fee_in_quote(fill):
        return worth
    return add(worth, fill.fee) if fill.side == "buy" else subtract(worth, fill.fee)


def precision(fill: PrintedFill) -> tuple[int, int]:
    """Return how precisely a fill is printed: the decimals of the money, then of the price."""
    of_price = decimals(fill.price)
    return decimals(money(fill)), of_price if of_price <= MOST_PRINTED else 0


def decimals(number: Decimal) -> int:
    """Return the decimals of a number without the zeros at its end."""
    exponent = plain(number).as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent


def is_sum(whole: PrintedFill, parts: Sequence[PrintedFill]) -> bool:
    """Return whether one source prints in one row what the other prints in several.

    Quantity and money must add up, or price and fee where the one row has no total.
    """
    if not quantities_add_up(whole, parts):
        return False
    quantity, worth, fee, moved = ZERO, ZERO, ZERO, ZERO
    for part in parts:
        quantity = add(quantity, part.quantity)
        worth = add(worth, multiply(part.quantity, part.price))
        fee = add(fee, part.fee)
        moved = add(moved, money(part))
    quote = _quote(whole)
    if whole.has_total:
        alike = {_fee_in_quote(part) for part in parts} == {_fee_in_quote(whole)}
        return alike and _within(money(whole), moved, quote)
    apart = abs(subtract(multiply(whole.price, quantity), worth))
    return apart <= multiply(_half_of_last(whole.price, quote), quantity) and (
        not whole.fee or _within(whole.fee, fee, quote)
    )


def quantities_add_up(whole: PrintedFill, parts: Sequence[PrintedFill]) -> bool:
    """Return whether the quantities of several fills make up that of one, but for rounding."""
    missing = whole.quantity
    for part in parts:
        missing = subtract(missing, part.quantity)
    return abs(missing) <= multiply(whole.quantity, SAME_SUM)


def _quantities_agree(one: PrintedFill, other: PrintedFill) -> bool:
    difference = abs(subtract(one.quantity, other.quantity))
    if difference > multiply(one.quantity, SAME_QUANTITY):
        return False
    digits = min(decimals(one.quantity), decimals(other.quantity))
    return difference <= HALF.scaleb(-digits)


def _money_agrees(one: PrintedFill, other: PrintedFill) -> bool:
    """Whether the money agrees within the coarser total, which must be printed, and prices fit.

    Prices fit where their own digits allow it, and within the spread where their difference is
    the rounding of the money (one was computed from it), or where the money leaves no room for
    another price (one holds the fee that the other tells).
    """
    moved, other_moved = money(one), money(other)
    if _fee_in_quote(one) != _fee_in_quote(other) or not _coarser_has_total(
        (one, decimals(moved)), (other, decimals(other_moved))
    ):
        return False
    quote = _quote(one)
    rounding = _rounding(moved, other_moved, quote)
    if abs(subtract(moved, other_moved)) > rounding:
        return False
    apart = abs(subtract(one.price, other.price))
    return apart <= _rounding(one.price, other.price, quote) or (
        apart <= multiply(one.price, SPREAD)
        and (multiply(one.quantity, apart) <= rounding or rounding <= multiply(moved, TELLING))
    )


def _price_and_fee_agree(one: PrintedFill, other: PrintedFill) -> bool:
    """Whether price and fee agree: the price exactly, or within its digits without a total."""
    if one.price != other.price and (
        _coarser_has_total((one, decimals(one.price)), (other, decimals(other.price)))
        or not _within(one.price, other.price, _quote(one))
    ):
        return False
    fees_comparable = one.fee and other.fee and _fee_in_quote(one) == _fee_in_quote(other)
    return not fees_comparable or _within(one.fee, other.fee, _quote(one))


def _coarser_has_total(one: tuple[PrintedFill, int], other: tuple[PrintedFill, int]) -> bool:
    """Whether the fill with fewer decimals of two has a total; on a par, either."""
    if one[1] == other[1]:
        return one[0].has_total or other[0].has_total
    return min(one, other, key=lambda pair: pair[1])[0].has_total


def _within(one: Decimal, other: Decimal, quote: str) -> bool:
    return abs(subtract(one, other)) <= _rounding(one, other, quote)


def _rounding(one: Decimal, other: Decimal, quote: str) -> Decimal:
    """Return half a unit of the last digit that the coarser of two amounts prints."""
    return max(_half_of_last(one, quote), _half_of_last(other, quote))


def _half_of_last(amount: Decimal, quote: str) -> Decimal:
    at_most = HALF if quote in NO_CENTS else HALF_A_CENT
    return min(HALF.scaleb(-decimals(amount)), at_most)


def _quote(fill: PrintedFill) -> str:
    return fill.symbol.rpartition("-")[2]


def _fee_in_quote(fill: PrintedFill) -> bool:
    return not fill.fee or fill.fee_currency in {"", _quote(fill)}

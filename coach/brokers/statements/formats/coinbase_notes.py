"""The Notes column of a Coinbase history: where the truth about a trade's market stands.

    Bought 0.00166779 BTC for 70 EUR
    Bought 1 SHIB for 0.00002336544 EUR on SHIB-EUR at 0.00002318 EUR/SHIB

The amount after "for" is what moved, fee included. Notes in another language say nothing here.
"""

import re
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.statements import amounts
from coach.brokers.statements.unreadable import Unreadable

_MONEY = re.compile(
    r"\bfor\s+[^\d\s.,+-]{0,5}\s*(?P<money>[0-9][0-9.,]*(?:[eE]-?[0-9]+)?)\s+(?P<currency>\w{2,10})\b"
)
_MARKET = re.compile(r"\bon\s+(?P<base>\w{1,20})-(?P<quote>\w{1,20})\b")
_PRICE = re.compile(
    r"\bat\s+[^\d\s.,+-]{0,5}\s*(?P<price>[0-9][0-9.,]*(?:[eE]-?[0-9]+)?)\s+(?P<quote>\w{1,20})/\w"
)


class Note(NamedTuple):
    """What a note says; empty or None where it does not. `money` and `price` are in `quote`."""

    base: str = ""
    quote: str = ""
    money: Decimal | None = None
    price: Decimal | None = None


def read_note(text: str, where: int) -> Note:
    """Read a note as far as it speaks; it never makes a row unreadable."""
    money, market = _MONEY.search(text), _MARKET.search(text)
    if not money and not market:
        return Note()
    paid_in = money["currency"].upper() if money else ""
    base = market["base"].upper() if market else ""
    quote = market["quote"].upper() if market else paid_in
    price = _PRICE.search(text) if market else None
    return Note(
        base,
        quote,
        _amount(money["money"], where) if money and paid_in == quote else None,
        _amount(price["price"], where) if price and price["quote"].upper() == quote else None,
    )


def _amount(text: str, where: int) -> Decimal | None:
    try:
        return amounts.number(text, where) or None
    except Unreadable:
        return None

"""The header of a Coinbase "Transaction history", every version of it since 2018.

v5 `ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,
Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes`; v4 has no ID; v3 and v2
say `Spot Price …`; v1 has the currency in its columns (`EUR Subtotal`); v0 has dates without times
and one amount that includes the fees.
"""

import re
from collections.abc import Sequence

from coach.values import dataclass

REQUIRED = (
    "timestamp",
    "transaction type",
    "asset",
    "quantity transacted",
    "price at transaction",
    "price currency",
)

_MONEY = re.compile(
    r"(?:(?!spot )(?P<currency>[a-z]{3,5}) )?(?:spot )?"
    r"(?P<name>price at transaction|price currency|subtotal|fees|total|amount transacted)"
    r"(?: and/or spread| \(inclusive of .*\))?"
)


@dataclass(frozen=True, slots=True)
class CoinbaseColumns:
    """Where each column stands, -1 where the version has none; `currency_name` is v0's and v1's."""

    time: int
    kind: int
    asset: int
    size: int
    rate: int
    currency: int
    subtotal: int
    total: int
    fee: int
    note: int
    id: int
    currency_name: str
    has_dates_only: bool


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header in the words of v5; a currency in the header counts as its column."""
    read = [_name(name) for name in names]
    plain = [name for name, _ in read]
    if "price currency" not in plain and any(currency for _, currency in read):
        plain.append("price currency")
    return plain


def places(names: Sequence[str]) -> CoinbaseColumns:
    """Find the columns of a header that has the required ones."""
    read = [_name(name) for name in names]
    found = {name: place for place, (name, _) in reversed(list(enumerate(read)))}
    return CoinbaseColumns(
        time=found["timestamp"],
        kind=found["transaction type"],
        asset=found["asset"],
        size=found["quantity transacted"],
        rate=found["price at transaction"],
        currency=found.get("price currency", -1),
        subtotal=found.get("subtotal", -1),
        total=found.get("total", found.get("amount transacted", -1)),
        fee=found.get("fees", -1),
        note=found.get("notes", -1),
        id=found.get("id", -1),
        currency_name=next((currency for _, currency in read if currency), ""),
        has_dates_only="amount transacted" in found,
    )


def _name(name: str) -> tuple[str, str]:
    match = _MONEY.fullmatch(name)
    return (match["name"], (match["currency"] or "").upper()) if match else (name, "")

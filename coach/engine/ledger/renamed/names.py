"""Under which names the fills of a trade were made, and their quantities in the last units."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from coach.engine.ledger.exact import scaled
from coach.engine.ledger.splits import in_units_of_today
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey, Symbol, base_of


class EarlierName(NamedTuple):
    """Under which symbol a fill was traded, and all that made other units of it since."""

    symbol: Symbol
    splits: tuple[Split, ...] = ()


EarlierNames = Mapping[FillKey, EarlierName]
NO_NAMES: EarlierNames = MappingProxyType({})


def in_last_units(
    fills: Iterable[BookFill], splits: Sequence[Split], earlier: EarlierNames
) -> Iterator[BookFill]:
    """Yield fills in the units after all splits of their book and of its earlier names."""
    for fill in fills:
        named = earlier.get(fill.key)
        yield from in_units_of_today([fill], splits if named is None else named.splits)


def under_last_name(fill: BookFill, named: EarlierName, last: str) -> BookFill:
    """Return a fill as if it had been traded under the coin's last name, in the units given.

    A fee in the coin is one in the coin's last name.
    """
    [found] = in_units_of_today([fill], named.splits)
    if fill.fee_currency != base_of(named.symbol):
        return found
    fee = fill.fee
    for split in named.splits:
        fee = scaled(fee, Decimal(split.after), Decimal(split.before))
    return found._replace(fee=fee, fee_currency=last)

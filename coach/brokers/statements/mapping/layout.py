"""A mapping: what each column of a layout means, and what the file itself does not say.

It is data: written by hand for a known product, proposed for an unknown file, answered by a person,
kept and shared as TOML (`toml_text`). Headers are compared tidied and without their clocks, as
`sheet.tidy` and `clocks.in_label` leave them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import Literal, NamedTuple

from coach.brokers.statements.mapping.dates import DateOrder
from coach.model.fills import Side
from coach.values import dataclass

VERSION = 1

RowKind = Literal["fill", "closed", "swap"]
"""What a row is: an execution; a closed trade, entry and exit in one; an exchange of two coins."""

SymbolForm = Literal["pair", "pair reversed", "glued", "glued reversed", "instrument", "either"]
"""How a symbol is written: `BTC/EUR`; `EUR/BTC` for it; `BTCEUR`; `EURBTC` for it; a share's or a
contract's name without its currency; or a pair where it has two parts, else glued or a name."""

FeeSign = Literal["charge", "credit", "absolute"]
"""Whether a positive fee is a charge, a credit (so that charges are negative), or signs lie."""

TotalMeaning = Literal["value", "moved", "either", "unproved"]
"""What the total is: quantity x price, that with the fee, one of both, or nothing to be checked."""

ProfitMeaning = Literal["gross", "net", ""]

Seen = Literal["real", "parser", "example", "own"]
"""Where the layout was read: a real file, another program's check of its header, a made-up example,
or a person's own file."""

FIELDS = (
    *("time", "symbol", "base", "quote", "side", "quantity", "price", "total", "fee"),
    *("rebate", "fee_currency", "id", "order", "account", "zone", "contract_size", "position"),
    *("exit_time", "exit_price", "exit_fee", "profit"),
    *("received", "received_currency", "sent", "sent_currency"),
)
"""What a column can mean. `timestamp` and `trade_id` of coach's template are `time` and `id`."""

ALSO_CALLED = {"timestamp": "time", "trade_id": "id", "order_id": "order", "entry_price": "price"}

NEEDED: Mapping[RowKind, tuple[str, ...]] = {
    "fill": ("time", "quantity"),
    "closed": ("time", "exit_time", "quantity", "price", "exit_price"),
    "swap": ("time", "received", "sent"),
}


class ColumnRef(NamedTuple):
    """A column by its names in the versions of an export; `optional` where some lack it."""

    names: tuple[str, ...]
    optional: bool = False


Columns = Mapping[str, tuple[ColumnRef, ...]]
"""The columns of each field: several of a time are joined, several of a fee are added."""


@dataclass(frozen=True, slots=True)
class RowRule:
    """Which rows are trades: those whose cell in a column is one of these words, or is none."""

    column: ColumnRef
    words: tuple[str, ...]
    keep: bool

    def takes(self, cell: str) -> bool:
        """Return whether a row with this cell is a trade; a word ending in `*` is a beginning."""
        text = " ".join(cell.lower().split())
        fits = any(
            text.startswith(word[:-1]) if word.endswith("*") else text == word
            for word in self.words
        )
        return fits is self.keep


@dataclass(frozen=True, slots=True)
class StatementMapping:
    """A mapping; an empty text or tuple says that the file or the usual words decide.

    `header` are all the columns of the file that a person's mapping was learnt on. `requires` are
    further columns that tell a product's layout from others, `never` those that it has not; an
    `exact` one has no others at all. Rows in an `inverse` quote count money and are refused.
    `orders` are the orders of a date that the layout is known to use; more than one is settled
    by each file. `decimal` is the sign before the fraction, `zone` the clock of the product's
    times. `buy` and `sell` are the side's words, and with `signed` the quantity's sign is the side.
    `contracts` are how many units of the underlying one contract of a symbol or root is; where
    quantities are `lots`, those of each symbol are asked.
    """

    name: str
    columns: Columns
    product: str = ""
    about: str = ""
    kind: RowKind = "fill"
    seen: Seen = "own"
    account: str = ""
    shorts: bool = True
    header: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    exact: bool = False
    orders: tuple[DateOrder, ...] = ()
    zone: str = ""
    zone_names: Mapping[str, str] = field(default_factory=dict)
    decimal: Literal["", ".", ","] = ""
    form: SymbolForm = "either"
    quote: str = ""
    inverse: tuple[str, ...] = ()
    buy: tuple[str, ...] = ()
    sell: tuple[str, ...] = ()
    signed: bool = False
    fee_sign: FeeSign = "charge"
    fee_currency: str = ""
    total: TotalMeaning = "value"
    profit: ProfitMeaning = ""
    rules: tuple[RowRule, ...] = ()
    contracts: Mapping[str, Decimal] = field(default_factory=dict)
    lots: bool = False
    note: str = ""

    def places(self, names: Sequence[str]) -> dict[str, tuple[int, ...]] | None:
        """Return where each field's columns stand in a header; None where one is missing."""
        here = set(names)
        if not here.issuperset(self.requires) or here.intersection(self.never):
            return None
        if self.exact and not {name for name in here if name} <= self.known_names():
            return None
        found: dict[str, tuple[int, ...]] = {}
        for name, refs in self.columns.items():
            places = [place_of(ref, names) for ref in refs]
            if any(at < 0 and not ref.optional for at, ref in zip(places, refs, strict=True)):
                return None
            if kept := tuple(at for at in places if at >= 0):
                found[name] = kept
        rules = (rule for rule in self.rules if not rule.column.optional)
        return None if any(place_of(rule.column, names) < 0 for rule in rules) else found

    def side_of(self, text: str) -> Side | None:
        """Return the side that a word means here, or None."""
        word = " ".join(text.lower().split())
        for side, words in (("buy", self.buy), ("sell", self.sell)):
            if _is_among(word, words):
                return "buy" if side == "buy" else "sell"
        return None

    def known_names(self) -> frozenset[str]:
        """Return all columns that the mapping reads or is known by."""
        names = (name for refs in self.columns.values() for ref in refs for name in ref.names)
        ruled = (name for rule in self.rules for name in rule.column.names)
        return frozenset((*names, *ruled, *self.requires))

    def required_names(self) -> frozenset[str]:
        """Return the columns without which a file is not of this layout."""
        refs = [ref for refs in self.columns.values() for ref in refs if not ref.optional]
        refs += [rule.column for rule in self.rules if not rule.column.optional]
        return frozenset((*(name for ref in refs for name in ref.names), *self.requires))


def place_of(ref: ColumnRef, names: Sequence[str]) -> int:
    """Return where a column stands, or -1.

    `unit#2` is the second column of that name, `price+1` the unnamed one behind `price`.
    """
    for name in ref.names:
        if name in names:
            return list(names).index(name)
        stem, sign, number = name.rpartition("#")
        if sign and number.isdigit():
            same = [at for at, one in enumerate(names) if one == stem]
            if len(same) >= int(number) > 0:
                return same[int(number) - 1]
        stem, sign, number = name.rpartition("+")
        if sign and number.isdigit() and stem in names:
            at = list(names).index(stem) + int(number)
            if at < len(names) and not names[at]:
                return at
    return -1


def _is_among(word: str, words: Sequence[str]) -> bool:
    return any(
        word.startswith(one[:-1]) if one.endswith("*") and len(one) > 1 else word == one
        for one in words
    )

"""Kraken's ledger: what moved, and the fees that were really charged.

A trade's own `fee` is an estimate in the quote; what was taken, in the base or in Kraken's fee
credits too, stands in the ledger under the id of the trade. Buys and sells of Kraken's app stand
only here, as a spend and a receive with one id.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.base import LONGEST_ID, Other, Row, kind_of
from coach.brokers.bounds import read_number
from coach.brokers.kraken.earn import of_earn
from coach.brokers.kraken.moments import moment_of
from coach.brokers.kraken.names import KrakenNames
from coach.model.movements import Movement

OF_TRADES = frozenset({"trade", "margin", "rollover", "settled"})
"""Entries that belong to a trade, or to a position on margin."""
EXCHANGED = frozenset({"spend", "receive"})
ZERO = Decimal(0)


class LedgerEntry(NamedTuple):
    """One movement of one coin; `fee` is in that coin and comes on top of the amount."""

    kind: str
    coin: str
    amount: Decimal
    fee: Decimal
    at: datetime
    nanos: int
    txid: str = ""


@dataclass(slots=True)
class Ledger:
    """The entries of a time by what they refer to; `unreadable` counts the others."""

    groups: dict[str, list[LedgerEntry]] = field(default_factory=lambda: defaultdict(list))
    unreadable: int = 0

    def fees_of(self, refid: str) -> dict[str, Decimal] | None:
        """Return what was charged for a trade, coin by coin; None where no entry tells."""
        entries = self.groups.get(refid)
        if entries is None:
            return None
        fees: dict[str, Decimal] = defaultdict(Decimal)
        for entry in entries:
            fees[entry.coin] += entry.fee
        return {coin: fee for coin, fee in fees.items() if fee}

    def count_of(self, kind: str) -> int:
        """Return how many entries are of a kind."""
        return sum(entry.kind == kind for group in self.groups.values() for entry in group)


def read_ledger(entries: Iterable[tuple[str, Mapping[str, object]]], names: KrakenNames) -> Ledger:
    """Return the entries that can be read, by the id that they refer to."""
    found = Ledger()
    for name, raw in entries:
        entry = read_entry(raw, names)
        if entry is None:
            found.unreadable += 1
            continue
        entry = entry._replace(txid=name)
        refid = raw.get("refid")
        found.groups[refid if isinstance(refid, str) and refid else name].append(entry)
    return found


def read_entry(raw: Mapping[str, object], names: KrakenNames) -> LedgerEntry | None:
    """Return an entry, None where its coin, amount or time cannot be read."""
    asset, moment = raw.get("asset"), moment_of(raw.get("time"))
    coin = names.coin(asset) if isinstance(asset, str) else ""
    amount, fee = read_number(raw.get("amount")), read_number(raw.get("fee", "0"))
    if not coin or moment is None or amount is None or fee is None:
        return None
    kind = of_earn(str(raw.get("type") or "?"), str(raw.get("subtype") or ""))
    return LedgerEntry(kind, coin, amount, fee, *moment)


def movement_row(group: list[LedgerEntry]) -> Row:
    """Return entries that are no trade, counted by their kind, with the coins that moved."""
    kind = kind_of(group[0].kind)
    moved = [
        Movement(one.coin, one.amount - one.fee, one.at, one.fee, one.txid[:LONGEST_ID])
        for one in group
    ]
    return Other(kind, 1, tuple(one for one in moved if one.quantity))

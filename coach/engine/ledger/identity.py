"""Which fill is which: every fill once, whatever the order, overlap or repetition of imports.

A fill is named by its source's own id where it has one, else by its content and a counter of
equal contents within the file: two equal fills in one second are legal and both are kept. What
cannot be told apart is a file cut between two equal fills from two files that overlap in one.

A source's id may stand on several rows with different contents (partial fills that share a
trade id): the first is named by the id, each further one by the id and its content. An id on a
row with the same content is the same fill again.
"""

from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from coach.model.fills import Fill, FillKey


class NamedFill(NamedTuple):
    """A fill under its key; `words` is what it says, tab-separated."""

    key: FillKey
    words: str
    fill: Fill


class Namer:
    """Names the fills of one import, in file order."""

    def __init__(self, family: str) -> None:
        self._family = family
        self._by_id: dict[bytes, int] = {}
        self._copies: dict[bytes, int] = {}

    def name(self, fill: Fill) -> NamedFill | None:
        """Return the fill under its key, or None when this import already held it."""
        words = words_of(fill)
        if not fill.native_id:
            return NamedFill(self._key_of_copy(words), words, fill)
        key = _digest(f"id\0{self._family}\0{fill.symbol}\0{fill.side}\0{fill.native_id}")
        said = hash(words)
        earlier = self._by_id.setdefault(key, said)
        if earlier is not said:
            if earlier == said:
                return None
            key = _digest(f"part\0{key.hex()}\0{words}")
            if self._by_id.setdefault(key, said) is not said:
                return None
        return NamedFill(FillKey(key), words, fill)

    def _key_of_copy(self, words: str) -> FillKey:
        key = _digest(words)
        copy = self._copies.get(key, 0)
        self._copies[key] = copy + 1
        return FillKey(key if copy == 0 else _digest(f"copy\0{copy}\0{words}"))


def words_of(fill: Fill) -> str:
    """Return what the fill says, its numbers written shortest: `1.0` and `1.00` say the same."""
    return (
        f"{fill.symbol}\t{fill.side}\t{_plain(fill.quantity)}\t{_plain(fill.price)}"
        f"\t{_plain(fill.fee)}\t{fill.fee_currency}\t{fill.at.isoformat()}\t{fill.nanos}"
    )


def says(fill: Fill) -> tuple[object, ...]:
    """Return what the fill says as values, in the order of its words."""
    return (
        fill.symbol,
        fill.side,
        fill.quantity,
        fill.price,
        fill.fee,
        fill.fee_currency,
        fill.at,
        fill.nanos,
    )


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def _plain(number: Decimal) -> str:
    text = str(number)
    if text[-1] != "0" and "E" not in text:
        return text
    if "E" in text:
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

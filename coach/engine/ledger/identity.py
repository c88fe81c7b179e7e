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
    """A fill under its key. `words` is what it says, tab-separated; `content` their digest."""

    key: FillKey
    content: bytes
    words: str
    fill: Fill


class Namer:
    """Names the fills of one import, in file order."""

    def __init__(self, family: str) -> None:
        self._family = family
        self._by_id: dict[bytes, bytes] = {}
        self._copies: dict[bytes, int] = {}

    def name(self, fill: Fill) -> NamedFill | None:
        """Return the fill under its key, or None when this import already held it."""
        words = words_of(fill)
        content = _digest(words.encode())
        if not fill.native_id:
            copy = self._copies.get(content, 0)
            self._copies[content] = copy + 1
            key = content if copy == 0 else _digest(b"copy\0%d\0%b" % (copy, content))
            return NamedFill(FillKey(key), content, words, fill)
        key = _digest(f"id\0{self._family}\0{fill.symbol}\0{fill.side}\0{fill.native_id}".encode())
        earlier = self._by_id.setdefault(key, content)
        if earlier is not content:
            if earlier == content:
                return None
            key = _digest(b"part\0%b%b" % (key, content))
            if self._by_id.setdefault(key, content) is not content:
                return None
        return NamedFill(FillKey(key), content, words, fill)


def words_of(fill: Fill) -> str:
    """Return what the fill says, its numbers written shortest: `1.0` and `1.00` say the same."""
    return (
        f"{fill.symbol}\t{fill.side}\t{_plain(fill.quantity)}\t{_plain(fill.price)}"
        f"\t{_plain(fill.fee)}\t{fill.fee_currency}\t{fill.at.isoformat()}\t{fill.nanos}"
    )


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()


def _plain(number: Decimal) -> str:
    text = str(number)
    if "E" in text:
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text

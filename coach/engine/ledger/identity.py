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

from coach.model.fills import Fill, FillKey


class Namer:
    """Names the fills of one import, in file order."""

    def __init__(self, family: str) -> None:
        self._family = family
        self._by_id: dict[bytes, bytes] = {}
        self._copies: dict[bytes, int] = {}

    def name(self, fill: Fill) -> tuple[FillKey, bytes, bool]:
        """Return (key, content, repeated); `repeated` when this import already held the fill."""
        content = content_of(fill)
        if not fill.native_id:
            copy = self._copies.get(content, 0)
            self._copies[content] = copy + 1
            key = content if copy == 0 else _digest(b"copy\0%d\0%b" % (copy, content))
            return FillKey(key), content, False
        key = _digest(f"id\0{self._family}\0{fill.symbol}\0{fill.side}\0{fill.native_id}".encode())
        earlier = self._by_id.setdefault(key, content)
        if earlier is content:
            return FillKey(key), content, False
        if earlier != content:
            key = _digest(b"part\0%b%b" % (key, content))
            repeated = self._by_id.setdefault(key, content) is not content
            return FillKey(key), content, repeated
        return FillKey(key), content, True


def content_of(fill: Fill) -> bytes:
    """Return sixteen bytes of what the fill says; `1.0` and `1.00` say the same."""
    return _digest(
        f"{fill.at.isoformat()}\0{fill.nanos}\0{fill.symbol}\0{fill.side}\0{_plain(fill.quantity)}"
        f"\0{_plain(fill.price)}\0{_plain(fill.fee)}\0{fill.fee_currency}".encode()
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

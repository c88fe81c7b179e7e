"""Which fill is which: every fill once, whatever the order, overlap or repetition of imports.

A fill is known by its source's own id where it has one, else by its content and a counter of
equal contents within the file: two equal fills in one second are legal and both are kept. What
cannot be told apart is a file cut between two equal fills from two files that overlap in one.

A source's id may stand on several fills (partial fills that share a trade id, ids that begin
anew each month). An id that is seen with two contents is no id: each fill is then known by the id
and its content, whichever was read first (`resolve_id`). Both kinds of key begin with the same
eight bytes, so that one look-up by a range of keys finds all fills of an id. Ids that a
spreadsheet rounded (`6.15E+14`) or somebody masked (`xxx`) are treated as absent.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from typing import NamedTuple

from coach.model.fills import BookFill, Fill, FillKey, Side, Symbol
from coach.model.times import iso_text

PREFIX = 8
"""Bytes with which all keys of one id begin."""

Content = tuple[object, ...]
"""What a fill says: the fields that `words_of` writes."""

_MASKS = "0xX*#-_.,:;/|?!~+= \u00b7\u00d7\u2013\u2014\u2022\u2026\u25a0\u25cf\u2588"
_WORDS = frozenset(
    {"n/a", "#n/a", "na", "nan", "nil", "null", "none", "empty", "unknown", "undefined", "#ref!"}
    | {
        "#value!",
        "#name?",
        "#num!",
        "#div/0!",
        "redacted",
        "removed",
        "deleted",
        "hidden",
        "masked",
    }
    | {"private", "secret", "censored", "confidential", "anon", "anonym", "anonymous", "anonymized"}
    | {
        "anonymised",
        "id",
        "txid",
        "tx id",
        "trade id",
        "trade_id",
        "tradeid",
        "order id",
        "orderid",
    }
)
_LONGEST_WORD = 12
_ROUNDED = re.compile(r"[0-9]+(?:[.,][0-9]+[eE]\+?|[eE]\+)[0-9]{1,3}")


class NamedFill(NamedTuple):
    """A fill under its key; `words` is what it says, tab-separated."""

    key: FillKey
    words: str
    fill: Fill


class Namer:
    """Names the fills of one import, in file order.

    `shared` are the keys of ids that stood on two contents in this import, `copies` the number of
    each row that came again under the same id, `unusable` counts the ids that name no fill and
    `example` is the first of them.
    """

    def __init__(self, family: str) -> None:
        self.family = family
        self._by_id: dict[bytes, int] = {}
        self._equal: dict[bytes, int] = {}
        self.shared: set[FillKey] = set()
        self.copies: dict[FillKey, int] = {}
        self.unusable = 0
        self.example = ""

    def name(self, fill: Fill) -> NamedFill:
        """Return the fill under a key that no other row of this import has."""
        words, native_id = words_of(fill), fill.native_id
        if not native_id:
            return NamedFill(self._key_of_copy(words), words, fill)
        if is_placeholder(native_id):
            self.unusable += 1
            self.example = self.example or native_id
            return NamedFill(self._key_of_copy(words), words, fill._replace(native_id=""))
        key = id_key(self.family, fill.symbol, fill.side, native_id)
        mark = hash(words)
        first = self._by_id.setdefault(key, mark)
        if first is mark:
            return tuple.__new__(NamedFill, (key, words, fill))
        if first != mark:
            self.shared.add(key)
        return NamedFill(self._key_of_content(key, words, mark, again=first == mark), words, fill)

    def key_of_id(self, fill: Fill) -> FillKey:
        """Return the key that the fill has when its id is its own."""
        return id_key(self.family, fill.symbol, fill.side, fill.native_id)

    def _key_of_content(self, key: FillKey, words: str, mark: int, *, again: bool) -> FillKey:
        named = content_key(key, words)
        if not again and self._by_id.setdefault(named, mark) is mark:
            return named
        copy = self._equal[named] = self._equal.get(named, 0) + 1
        named = content_key(key, words, copy)
        self.copies[named] = copy
        return named

    def _key_of_copy(self, words: str) -> FillKey:
        key = _digest(words)
        copy = self._equal.get(key, 0)
        self._equal[key] = copy + 1
        return FillKey(key if copy == 0 else _digest(f"copy\0{copy}\0{words}"))


def is_placeholder(native_id: str) -> bool:
    """Return whether an id was rounded by a spreadsheet or masked, so that it names no fill."""
    return (
        not native_id.strip(_MASKS)
        or (len(native_id) <= _LONGEST_WORD and native_id.lower() in _WORDS)
        or (
            ("." in native_id or "," in native_id or "+" in native_id)
            and bool(_ROUNDED.fullmatch(native_id))
        )
    )


def id_key(family: str, symbol: Symbol, side: Side, native_id: str) -> FillKey:
    """Return the key of the one fill of an id."""
    text = f"id\0{family}\0{symbol}\0{side}\0{native_id}"
    return FillKey(blake2b(text.encode(), digest_size=16).digest())


def content_key(key: FillKey, words: str, copy: int = 0) -> FillKey:
    """Return the key of a fill whose id is not its own: the id's prefix, then its content."""
    content = f"copy\0{copy}\0{words}" if copy else words
    return FillKey(key[:PREFIX] + blake2b(content.encode(), digest_size=16 - PREFIX).digest())


def former_key(key: FillKey, words: str) -> FillKey:
    """Return the key that earlier versions gave to all contents of an id but the first."""
    return FillKey(_digest(f"part\0{key.hex()}\0{words}"))


class StoredReading(NamedTuple):
    """One content under an id; `n` counts readings as they were stored, `runs` hold this one."""

    n: int
    content: Content
    rank: int
    runs: frozenset[int]


def resolve_id(readings: Iterable[StoredReading], *, shared: bool = False) -> dict[int, int]:
    """Return for each reading of an id the one that stands for it: itself, or what replaced it.

    A later reading replaces the one before when it is a corrected row (`_is_correction`). As soon
    as two contents stand, the id is shared: nothing is replaced any more, and rows that are equal
    are several fills; else an equal row is the same fill again. `shared` says that more contents
    stand under the id than these. The result does not depend on the order of the imports, but
    for corrections.
    """
    stored = sorted(readings)
    first: dict[Content, StoredReading] = {}
    for reading in stored:
        first.setdefault(reading.content, reading)
    stands: list[StoredReading] = []
    winner: dict[int, int] = {}
    for reading in first.values():
        if len(stands) != 1 or not _is_correction(reading, stands[0], stored):
            stands.append(reading)
        elif reading.rank < stands[0].rank:
            winner[reading.n] = stands[0].n
        else:
            winner[stands[0].n] = reading.n
            stands = [reading]
    shared = shared or len(stands) > 1
    found = {}
    for reading in stored:
        original = first[reading.content].n
        final = _last(winner, original)
        found[reading.n] = reading.n if shared and final == original else final
    return found


def _is_correction(
    later: StoredReading, standing: StoredReading, stored: Iterable[StoredReading]
) -> bool:
    """Whether a reading is a corrected row of the standing one, and not another fill.

    It says the same in two of time, quantity and price; no import holds both; and the import that
    brought it holds nothing else under the id.
    """
    brought_by = min(later.runs)
    return (
        agree(later.content, standing.content)
        and not later.runs & standing.runs
        and all(brought_by not in other.runs for other in stored if other.content != later.content)
    )


def agree(one: Content, other: Content) -> bool:
    """Return whether two contents say the same in at least two of time, quantity and price."""
    _, _, quantity, price, _, _, at, nanos = one
    _, _, other_quantity, other_price, _, _, other_at, other_nanos = other
    same_time = at == other_at and nanos == other_nanos
    return same_time + (quantity == other_quantity) + (price == other_price) > 1


def _last(winner: dict[int, int], n: int) -> int:
    while n in winner:
        n = winner[n]
    return n


def words_of(fill: Fill) -> str:
    """Return what the fill says, its numbers written shortest: `1.0` and `1.00` say the same."""
    return _words(fill[:8])


def words_of_book_fill(symbol: Symbol, fill: BookFill, nanos: int) -> str:
    """Return what a fill of a book says, as `words_of` writes it."""
    return _words((symbol, *fill[1:7], nanos))


def _words(content: tuple[str, Side, Decimal, Decimal, Decimal, str, datetime, int]) -> str:
    symbol, side, quantity, price, fee, currency, at, nanos = content
    return (
        f"{symbol}\t{side}\t{_plain(quantity)}\t{_plain(price)}\t{_plain(fee)}\t{currency}"
        f"\t{iso_text(at)}\t{nanos}"
    )


def content_of(fill: Fill) -> Content:
    """Return what the fill says as values, in the order of its words."""
    return fill[:8]


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

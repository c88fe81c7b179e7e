"""One hash over the fills of a book in their order, which further fills are added to.

Fills are hashed some at a time, each time together with the hash so far: one hash for each fill
costs several times as much. Those that wait for the next time are part of what is saved, so the
hash of a book does not depend on how often its matching went on.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.model.fills import BookFill

FILLS_A_LINK = 16
SEPARATOR = "\0"
"""Stands in no text that PostgreSQL stores, so that no two lists of fills are the same text."""


class SavedChain(TypedDict):
    """The hash of all fills that were hashed, as hex, and the texts of those that wait."""

    link: str
    waiting: list[str]


class FillChain:
    """The hash of the fills that were taken so far."""

    __slots__ = ("_link", "_waiting")

    def __init__(self) -> None:
        self._link = b""
        self._waiting: list[str] = []

    def go_on_from(self, saved: SavedChain) -> None:
        """Go on where a chain was when it was saved."""
        self._link, self._waiting = bytes.fromhex(saved["link"]), [*saved["waiting"]]

    def saved(self) -> SavedChain:
        """Return where the chain is, as plain JSON."""
        return {"link": self._link.hex(), "waiting": self._waiting}

    def take(self, fill: BookFill, words: str) -> None:
        """Take the next fill; `words` is what it says, as `identity.words_of` writes it."""
        waiting = self._waiting
        waiting.append(f"{fill.key.hex()}\0{words}\0{fill.order_id}\0{fill.margin}")
        if len(waiting) == FILLS_A_LINK:
            self._go_on()

    def take_split(self, words: Sequence[str]) -> None:
        """Take a split that comes next; `words` is what it says."""
        self._waiting.append("\0".join(("split", *words)))
        if len(self._waiting) == FILLS_A_LINK:
            self._go_on()

    def take_rename(self, words: Sequence[str]) -> None:
        """Take a rename that comes next; `words` is what it says, and which fills came by it."""
        self._waiting.append("\0".join(("rename", *words)))
        if len(self._waiting) == FILLS_A_LINK:
            self._go_on()

    def _go_on(self) -> None:
        self._link = self._linked()
        self._waiting.clear()

    def sha256(self) -> str:
        """Return the hash of all fills that were taken, as hex."""
        return self._linked().hex()

    def _linked(self) -> bytes:
        return sha256(self._link + SEPARATOR.join(self._waiting).encode()).digest()

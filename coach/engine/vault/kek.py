"""What wraps data keys: a ring that coach holds, or a service that never gives its key away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from coach.engine.vault.ring import KekRing, WrapContext, new_ring, unwrap, wrap
from coach.errors import KekUnavailable
from coach.files import only_one
from coach.model.machine.home import private_folder
from coach.model.machine.keys import KekProvider

LOCK = "lock"


class Kek(Protocol):
    """A key of keys, opened."""

    @property
    def provider(self) -> KekProvider:
        """Return who keeps the key."""

    @property
    def current(self) -> str:
        """Return the id of the key that wraps now."""

    def wrap(self, dek: bytes | bytearray, context: WrapContext) -> bytes:
        """Return a data key wrapped by the current key."""

    def unwrap(self, wrapped: bytes, by: str, context: WrapContext) -> bytearray:
        """Return a data key that the key `by` wrapped; KekUnavailable where that is not to be."""


class RingPlace(Protocol):
    """Where a ring lies; `load` and `save` raise KekUnavailable where it cannot be had or put."""

    @property
    def provider(self) -> KekProvider:
        """Return who keeps the ring."""

    def load(self) -> KekRing | None:
        """Return the ring, None where none was ever made."""

    def save(self, ring: KekRing) -> None:
        """Put a ring there, whole or not at all."""


@dataclass(frozen=True, slots=True)
class LocalKek:
    """A ring that was loaded from its place; `folder` holds the lock of whoever changes it."""

    place: RingPlace
    folder: Path
    ring: KekRing

    @property
    def provider(self) -> KekProvider:
        """Return what keeps the ring."""
        return self.place.provider

    @property
    def current(self) -> str:
        """Return the id of the key that wraps now."""
        return self.ring.current

    def wrap(self, dek: bytes | bytearray, context: WrapContext) -> bytes:
        """Return a data key wrapped by the current key."""
        return wrap(self.ring, dek, context)

    def unwrap(self, wrapped: bytes, by: str, context: WrapContext) -> bytearray:
        """Return a data key; KekUnavailable where its key is not on the ring."""
        return unwrap(self.ring, wrapped, by, context)


def open_ring(place: RingPlace, folder: Path, may_make: Callable[[], bool]) -> LocalKek:
    """Return the KEK of a place; made there only if nothing was ever wrapped by another.

    `folder` holds the lock that lets one process at a time make or change a ring.
    """
    ring = place.load()
    if ring is None:
        with changing(folder):
            ring = place.load() or _made(place, may_make)
    return LocalKek(place, folder, ring)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Let one process at a time make or change a ring; KekUnavailable where no lock can be had."""
    try:
        lock = private_folder(folder) / LOCK
        with only_one(lock):
            yield
    except OSError as trouble:
        raise KekUnavailable(what=f"{folder} cannot be written: {trouble.strerror}") from None


def _made(place: RingPlace, may_make: Callable[[], bool]) -> KekRing:
    if not may_make():
        what = "the key of keys is gone, and data keys in the database are wrapped by it"
        raise KekUnavailable(remedy="restore_keys", what=what)
    ring = new_ring()
    place.save(ring)
    return ring

"""The keyring of a process: data keys, unwrapped when they are first needed and kept in memory.

A user has one active data key, made when the first secret is sealed. The key of keys is opened when
the first data key is made or unwrapped and not before, so that coach starts without it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_bytes
from typing import Any

from psycopg import Connection

from coach.engine.store.vault import deks
from coach.engine.store.vault.deks import WrappedDek
from coach.engine.vault.kek import Kek
from coach.engine.vault.ring import WrapContext
from coach.engine.vault.seal import ID_BYTES, KEY_BYTES, DataKey
from coach.errors import KekUnavailable
from coach.model.accounts import UserId
from coach.model.machine.keys import KekProvider

KekOpener = Callable[[KekProvider, Callable[[], bool]], Kek]
"""Opens a key of keys; the function says whether one may be made where there is none."""
FIRST_USE = "first use"


@dataclass(slots=True)
class Keyring:
    """The keys of this process; `provider` wraps new data keys, others only unwrap."""

    provider: KekProvider
    open_kek: KekOpener = field(repr=False)
    clock: Callable[[], datetime] = field(repr=False)
    _keks: dict[KekProvider, Kek] = field(default_factory=dict, repr=False)
    _keys: dict[tuple[UserId, bytes], DataKey] = field(default_factory=dict, repr=False)

    def kek(self, connection: Connection[Any], provider: KekProvider | None = None) -> Kek:
        """Return a provider's key of keys, opened once; KekUnavailable where that cannot be."""
        wanted = provider or self.provider
        if wanted not in self._keks:
            self._keks[wanted] = self.open_kek(
                wanted, lambda: not deks.any_wrapped(connection, wanted)
            )
        return self._keks[wanted]

    def forget_keks(self) -> None:
        """Open the keys of keys anew when they are next needed."""
        self._keks.clear()

    def active_key(self, connection: Connection[Any], user_id: UserId) -> DataKey:
        """Return the key that seals for a user, in the transaction that writes what it seals."""
        while True:
            found = deks.active(connection, user_id)
            if found is not None:
                return self._unwrapped(connection, found)
            self.make_active(connection, user_id, FIRST_USE)

    def make_active(self, connection: Connection[Any], user_id: UserId, reason: str) -> bool:
        """Make a new active key for a user who has none; False where another coach was first."""
        kek, dek_id = self.kek(connection), token_bytes(ID_BYTES)
        key = DataKey(dek_id, bytearray(token_bytes(KEY_BYTES)))
        wrapped = kek.wrap(key.key, WrapContext(user_id, dek_id))
        now = self.clock()
        row = WrappedDek(
            user_id=user_id,
            id=dek_id,
            state="active",
            wrapped=wrapped,
            kek_id=kek.current,
            kek_provider=kek.provider,
            reason=reason,
            created_at=now,
            finished_at=now if reason == FIRST_USE else None,
        )
        return deks.add_active(connection, row)

    def key_named(self, connection: Connection[Any], user_id: UserId, dek_id: bytes) -> DataKey:
        """Return a user's key by its id; KekUnavailable where it is gone or cannot be unwrapped."""
        if (user_id, dek_id) in self._keys:
            return self._keys[user_id, dek_id]
        found = deks.by_id(connection, user_id, dek_id)
        if found is None:
            what = f"there is no data key {dek_id.hex()}"
            raise KekUnavailable(remedy="restore_keys", what=what)
        return self._unwrapped(connection, found)

    def unwrap(self, connection: Connection[Any], found: WrappedDek) -> bytearray:
        """Return a data key from its wrapping, by whichever provider wrapped it."""
        if found.wrapped is None:
            what = f"the data key {found.id.hex()} was destroyed"
            raise KekUnavailable(remedy="restore_keys", what=what)
        kek = self.kek(connection, found.kek_provider)
        return kek.unwrap(found.wrapped, found.kek_id, WrapContext(found.user_id, found.id))

    def _unwrapped(self, connection: Connection[Any], found: WrappedDek) -> DataKey:
        place = (found.user_id, found.id)
        if place not in self._keys:
            self._keys[place] = DataKey(found.id, self.unwrap(connection, found))
        return self._keys[place]

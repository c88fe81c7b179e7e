"""The keys with which coach's services sign: listed, made, ended, and read anew as they change."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Literal, NamedTuple

from coach.engine.api import sight
from coach.engine.api.session import Session
from coach.engine.keyring import service_keys
from coach.engine.keyring.service_keys import ENGINE, SealedKey
from coach.engine.signing.service_keys import ServiceKey, ServiceKeys, keys_of
from coach.engine.vault.kek import Kek
from coach.errors import Invalid
from coach.model.machine.engine_service import EngineWishes

LONGEST_DAYS = 366
USUAL_DAYS = 90
State = Literal["waits", "signs", "counts", "ended"]


class ListedKey(NamedTuple):
    """A key without its secret. Of those that count the newest one signs."""

    id: str
    caller: str
    audience: str
    not_before: datetime
    not_after: datetime
    state: State


def listed(wishes: EngineWishes, now: datetime) -> list[ListedKey]:
    """Return the keys of the file, the oldest first."""
    found = service_keys.read(wishes.keys_file)
    counting = [one for one in found if one.not_before <= now < one.not_after]
    signing = max(counting, key=lambda one: (one.not_before, one.id), default=None)
    ordered = sorted(found, key=lambda one: (one.not_before, one.id))
    return [_listed(one, now, signs=one is signing) for one in ordered]


def make(wishes: EngineWishes, kek: Kek, now: datetime, days: int = USUAL_DAYS) -> ListedKey:
    """Make a key, and return it as it is listed; Invalid for a life that is none."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", f"not {days}", f"1 to {LONGEST_DAYS}", example=str(USUAL_DAYS))
    new = service_keys.add(wishes.keys_file, kek, now, days)
    return next(one for one in listed(wishes, now) if one.id == new.id)


def key_of_keys(session: Session) -> Kek:
    """Return the key of keys of this installation, made where there is none."""
    return sight.keyring(session).kek(session.connection)


def end(wishes: EngineWishes, key_id: str, now: datetime) -> ListedKey:
    """Let a key count no more; NotFound for one that is not there."""
    service_keys.end(wishes.keys_file, key_id, now)
    return next(one for one in listed(wishes, now) if one.id == key_id)


def _listed(key: SealedKey, now: datetime, *, signs: bool) -> ListedKey:
    state: State = "signs" if signs else "counts"
    if now < key.not_before:
        state = "waits"
    elif key.not_after <= now:
        state = "ended"
    return ListedKey(key.id, *key.service, key.not_before, key.not_after, state)


class KeysOfFile:
    """The keys of a file, opened when they are first needed and again when the file changes.

    Safe in several threads. What the file or the key of keys raises is raised at the next use.
    """

    def __init__(self, file: Path, open_kek: Callable[[], Kek]) -> None:
        self._file = file
        self._open_kek = open_kek
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._keys = ServiceKeys(())

    def signing(self, at: datetime) -> ServiceKey | None:
        """Return the key to sign with, None where none counts."""
        return self._now().signing(at)

    def known(self, key_id: str, at: datetime) -> ServiceKey | None:
        """Return the key of that id if it counts."""
        return self._now().known(key_id, at)

    def _now(self) -> ServiceKeys:
        seen = self._stamp()
        with self._lock:
            if seen != self._seen:
                sealed = service_keys.read(self._file)
                opened = [one.opened(self._open_kek()) for one in sealed] if sealed else []
                self._keys, self._seen = keys_of(opened, ENGINE), seen
            return self._keys

    def _stamp(self) -> tuple[int, int]:
        try:
            found = self._file.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino

"""The file of the keys with which coach's services sign: sealed by the key of keys, key by key.

It holds no secret in the clear, so it may be copied to the machine of the other service, which
opens it by the same key of keys. Several keys count at once: a new one begins later than it is
made, so that both sides have it by then, and the former ones end a day after.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Final, NamedTuple

from coach.engine.signing.service_keys import KEY_BYTES, SCHEME, Service, ServiceKey
from coach.engine.vault.kek import Kek
from coach.engine.vault.ring import WrapContext
from coach.errors import KekUnavailable, MalformedFile, NotFound, UnreadableFile
from coach.files import only_one, write_private
from coach.model.canonical import canonical_json
from coach.model.machine.engine_service import AUDIENCE, CALLER
from coach.model.machine.home import private_folder

FORM: Final = 1
LARGEST: Final = 1_000_000
OVERLAP: Final = timedelta(days=1)
BEGINS_AFTER: Final = timedelta(hours=1)
ENGINE: Final = Service(CALLER, AUDIENCE)


class SealedKey(NamedTuple):
    """A key as the file has it: its secret is wrapped by the key of keys `kek`."""

    id: str
    service: Service
    not_before: datetime
    not_after: datetime
    kek: str
    wrapped: bytes

    def opened(self, kek: Kek) -> ServiceKey:
        """Return the key; KekUnavailable where this key of keys does not open it."""
        secret = bytes(kek.unwrap(self.wrapped, self.kek, _context(self.id, self.service)))
        return ServiceKey(self.id, self.service, secret, self.not_before, self.not_after)


def read(file: Path) -> list[SealedKey]:
    """Return the keys of a file, none where there is no file.

    UnreadableFile where the system does not let us, MalformedFile where it is no such file.
    """
    try:
        with file.open("rb") as opened:
            text = opened.read(LARGEST)
    except FileNotFoundError:
        return []
    except OSError as trouble:
        raise UnreadableFile(str(file), trouble.strerror or "unknown reason") from None
    try:
        whole = json.loads(text)
        found = [_sealed(one) for one in whole["keys"]]
        known_form = whole["version"] == FORM
    except (ValueError, KeyError, TypeError, RecursionError):
        known_form, found = False, []
    if not known_form:
        hint = "copy it again from where it was made"
        raise MalformedFile(str(file), "this is no file of service keys of this coach", hint)
    return found


def add(file: Path, kek: Kek, now: datetime, days: int) -> SealedKey:
    """Make a key that counts for so many days, and let those before it end a day after it begins.

    The first key begins at once.
    """
    with _changing(file):
        known = read(file)
        begins = now + BEGINS_AFTER if any(now < one.not_after for one in known) else now
        begins = begins.astimezone(UTC).replace(microsecond=0)
        id_ = f"k{begins:%Y%m%d}-{token_hex(3)}"
        wrapped = kek.wrap(token_bytes(KEY_BYTES), _context(id_, ENGINE))
        new = SealedKey(id_, ENGINE, begins, begins + timedelta(days=days), kek.current, wrapped)
        kept = [_ending(one, begins + OVERLAP) for one in known if now < one.not_after]
        _write(file, [*kept, new])
    return new


def end(file: Path, key_id: str, now: datetime) -> SealedKey:
    """Let a key count no more, from now on; NotFound for one that is not there."""
    with _changing(file):
        known = read(file)
        found = next((one for one in known if one.id == key_id), None)
        if found is None:
            raise NotFound(kind="service key", name=key_id, remedy="list_service_keys")
        ended = _ending(found, now.astimezone(UTC).replace(microsecond=0))
        _write(file, [ended if one.id == key_id else one for one in known])
    return ended


def wrap_anew(file: Path, kek: Kek) -> bool:
    """Wrap every key of the file by the current key of keys; False where one does not open."""
    if not file.exists():
        return True
    with _changing(file):
        known = read(file)
        try:
            wrapped = [_wrapped_anew(one, kek) for one in known]
        except KekUnavailable:
            return False
        if wrapped != known:
            _write(file, wrapped)
    return True


def _wrapped_anew(key: SealedKey, kek: Kek) -> SealedKey:
    if key.kek == kek.current:
        return key
    secret = key.opened(kek).secret
    return key._replace(kek=kek.current, wrapped=kek.wrap(secret, _context(key.id, key.service)))


def _ending(key: SealedKey, at: datetime) -> SealedKey:
    return key._replace(not_after=min(key.not_after, at))


def _context(key_id: str, service: Service) -> WrapContext:
    return WrapContext(service.caller, sha256(key_id.encode()).digest()[:16], service.audience)


@contextmanager
def _changing(file: Path) -> Iterator[None]:
    """Let one process at a time change the file."""
    with only_one(private_folder(file.parent) / f".{file.name}.lock"):
        yield


def _sealed(one: dict[str, str]) -> SealedKey:
    if one["scheme"] != SCHEME:
        raise ValueError(one["scheme"])
    begins, ends = (datetime.fromisoformat(one[name]) for name in ("not_before", "not_after"))
    service = Service(one["caller"], one["audience"])
    wrapped = b64decode(one["wrapped"], validate=True)
    return SealedKey(one["id"], service, begins, ends, one["kek"], wrapped)


def _write(file: Path, keys: Sequence[SealedKey]) -> None:
    rows = [
        {
            "id": one.id,
            "scheme": SCHEME,
            "caller": one.service.caller,
            "audience": one.service.audience,
            "not_before": one.not_before.isoformat(),
            "not_after": one.not_after.isoformat(),
            "kek": one.kek,
            "wrapped": b64encode(one.wrapped).decode(),
        }
        for one in keys
    ]
    write_private(file, canonical_json({"version": FORM, "keys": rows}) + b"\n")

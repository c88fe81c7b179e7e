"""Keys with which a service signs for another: several count at once, so that one can follow.

What signs is not the key itself but one derived from it for a day and a direction (HKDF-SHA256,
RFC 5869): a day's key that leaks signs nothing on another day, and no answer passes as a request.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final, Literal, NamedTuple, Protocol

SCHEME: Final = "hmac-2"
KEY_BYTES: Final = 32
Direction = Literal["request", "answer"]


class Service(NamedTuple):
    """Who signs requests, and for whom: `caller` asks `audience`."""

    caller: str
    audience: str


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A key of `service`: it counts from `not_before` up to but not including `not_after`.

    Times are in UTC. It prints without its secret.
    """

    id: str
    service: Service
    secret: bytes = field(repr=False)
    not_before: datetime
    not_after: datetime

    def counts(self, at: datetime) -> bool:
        """Say whether it counts at a moment."""
        return self.not_before <= at < self.not_after

    def signature(self, direction: Direction, timestamp: str, message: bytes) -> str:
        """Return the signature of a message of that second, as 64 lower-case hexadecimal digits."""
        day = datetime.fromtimestamp(int(timestamp), UTC).date().isoformat()
        return hmac.digest(
            _of_day(self.secret, self.service, direction, day), message, "sha256"
        ).hex()


class KeyBook(Protocol):
    """The keys of one service, as they are now."""

    def signing(self, at: datetime) -> ServiceKey | None:
        """Return the key to sign with, None where none counts."""

    def known(self, key_id: str, at: datetime) -> ServiceKey | None:
        """Return the key of that id if it counts."""


@dataclass(frozen=True, slots=True)
class ServiceKeys:
    """The keys of one service; ids are unique."""

    keys: Sequence[ServiceKey]

    def signing(self, at: datetime) -> ServiceKey | None:
        """Return the key to sign with: of those that count, the one that began last."""
        counting = [key for key in self.keys if key.counts(at)]
        return max(counting, key=lambda key: (key.not_before, key.id), default=None)

    def known(self, key_id: str, at: datetime) -> ServiceKey | None:
        """Return the key of that id if it counts, as older ones do until they end."""
        return next((key for key in self.keys if key.id == key_id and key.counts(at)), None)


def keys_of(keys: Iterable[ServiceKey], service: Service) -> ServiceKeys:
    """Return those keys that are of a service."""
    return ServiceKeys([key for key in keys if key.service == service])


@lru_cache(maxsize=64)
def _of_day(secret: bytes, service: Service, direction: Direction, day: str) -> bytes:
    """Return the key of a day and a direction: HKDF with one block of SHA-256."""
    extracted = hmac.digest(sha256(b"coach/service/v2").digest(), secret, "sha256")
    info = f"{SCHEME}|{day}|{service.caller}|{service.audience}|{direction}"
    return hmac.digest(extracted, info.encode() + b"\x01", "sha256")

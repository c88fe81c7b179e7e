"""A request that may be sent more than once, and the answer that is kept for it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request by the key that its sender gave it; the fingerprint tells another one with it."""

    route: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent: its status, the headers of its own, and its body."""

    status: int
    headers: Mapping[str, str]
    body: str

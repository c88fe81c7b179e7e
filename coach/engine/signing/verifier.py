"""Whether a request is one that a known service signed for us, now, and for the first time.

In this order: each header once and in its form, an address and a key that are allowed, the time
within five minutes, the signature in constant time, and then the nonce. Only a request with a right
signature costs a place in the hot store, so strangers fill nothing. Where the hot store does not
answer nothing is believed. Where it lost what it knew (or was just started), requests that were
signed before that are not believed: nobody could say whether they came already.
"""

import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Final, Literal

from coach.engine.hot.base import DatedClaim, NonceStore
from coach.engine.signing.message import (
    FORMS,
    HEADERS,
    KEY_ID,
    NONCE,
    SIGNATURE,
    TIMESTAMP,
    SignedPart,
    Stamp,
    answer_message,
    request_message,
)
from coach.engine.signing.networks import Network, is_within
from coach.engine.signing.service_keys import KeyBook, ServiceKey
from coach.errors import HotStoreDown

SKEW_S: Final = 300
REMEMBERED_S: Final = 660.0
"""A nonce is known for longer than its request could be believed: twice the skew, and a minute."""
BEGAN: Final = "signing|kept since"

Reason = Literal[
    "header missing",
    "header twice",
    "header malformed",
    "address",
    "unknown key",
    "identity",
    "time",
    "signature",
    "replay",
    "nonces unknown",
    "nonces lost",
]
NOT_NOW: Final[frozenset[Reason]] = frozenset({"nonces unknown", "nonces lost"})
"""What is no fault of the request: it may be signed and sent again later."""


class NotBelieved(Exception):
    """A request is not believed; `reason` is for the security log, never for the answer."""

    def __init__(self, reason: Reason, key_id: str = "") -> None:
        super().__init__(reason)
        self.reason: Reason = reason
        self.key_id = key_id


@dataclass(frozen=True, slots=True)
class Believed:
    """A request that was believed: which key signed it, and what its answer is signed with."""

    key: ServiceKey
    stamp: Stamp

    @property
    def name(self) -> str:
        """Return the id of the key."""
        return self.key.id

    def answer_headers(
        self, at: datetime, status: int, content_type: str, body: bytes
    ) -> dict[str, str]:
        """Return the headers that sign an answer."""
        stamp = Stamp(f"{int(at.timestamp()):010d}", self.key.id, self.stamp.nonce)
        message = answer_message(stamp, status, content_type, body)
        signature = self.key.signature("answer", stamp.timestamp, message)
        return {SIGNATURE: signature, TIMESTAMP: stamp.timestamp, KEY_ID: stamp.key_id}


@dataclass(frozen=True, slots=True)
class Verifier:
    """Believes requests for the audience of `keys` from these networks, by a clock in UTC."""

    keys: KeyBook
    networks: Sequence[Network]
    nonces: NonceStore
    clock: Callable[[], datetime]

    def begin(self) -> None:
        """Begin to keep nonces now, so that the first request finds that they are kept."""
        with suppress(HotStoreDown):
            self._claimed("start")

    def believe(
        self, headers: Sequence[tuple[str, str]], part: SignedPart, address: str
    ) -> Believed:
        """Return who signed it; NotBelieved otherwise. Names of `headers` are in lower case."""
        found, stamp = self.admit(headers, address)
        key = self.keys.known(stamp.key_id, self.clock())
        assert key is not None
        try:
            message = request_message(stamp, key.service.audience, part)
        except ValueError:
            raise NotBelieved("header malformed", stamp.key_id) from None
        right = key.signature("request", stamp.timestamp, message)
        if not hmac.compare_digest(right.encode(), found.encode()):
            raise NotBelieved("signature", stamp.key_id)
        self._first_time(stamp)
        return Believed(key, stamp)

    def admit(self, headers: Sequence[tuple[str, str]], address: str) -> tuple[str, Stamp]:
        """Return signature and stamp as they stand, before a byte of the body is read.

        NotBelieved where no signature could be right: a header, the address, the key, the time.
        """
        found = _single(headers)
        stamp = Stamp(found[TIMESTAMP], found[KEY_ID], found[NONCE])
        if not is_within(address, self.networks):
            raise NotBelieved("address", stamp.key_id)
        now = self.clock()
        if self.keys.known(stamp.key_id, now) is None:
            raise NotBelieved("unknown key")
        if abs(floor(now.timestamp()) - int(stamp.timestamp)) > SKEW_S:
            raise NotBelieved("time", stamp.key_id)
        return found[SIGNATURE], stamp

    def _first_time(self, stamp: Stamp) -> None:
        try:
            claim = self._claimed(f"{stamp.key_id}|{stamp.nonce}")
        except HotStoreDown:
            raise NotBelieved("nonces unknown", stamp.key_id) from None
        if int(stamp.timestamp) <= claim.since:
            raise NotBelieved("nonces lost", stamp.key_id)
        if not claim.first:
            raise NotBelieved("replay", stamp.key_id)

    def _claimed(self, what: str) -> DatedClaim:
        """Claim a nonce, and learn since when nonces are kept; it is one question."""
        now_s = floor(self.clock().timestamp())
        return self.nonces.claim_dated(BEGAN, f"signing|{what}", now_s, REMEMBERED_S)


def _single(headers: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return each header of a signature, which must be there once and in its form."""
    found: dict[str, str] = {}
    for name in HEADERS:
        values = [value for given, value in headers if given == name]
        if not values:
            raise NotBelieved("header missing")
        if len(values) > 1:
            raise NotBelieved("header twice")
        if not FORMS[name].fullmatch(values[0]):
            raise NotBelieved("header malformed")
        found[name] = values[0]
    return found

"""Signing a request, and believing an answer."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Final

from coach.engine.signing.message import (
    FORMS,
    KEY_ID,
    NONCE,
    SIGNATURE,
    TIMESTAMP,
    SignedPart,
    Stamp,
    answer_message,
    request_message,
)
from coach.engine.signing.service_keys import KeyBook

NONCE_BYTES: Final = 16


class NoKeyCounts(Exception):
    """No key of this service counts now, so nothing can be signed."""


class AnswerNotSigned(Exception):
    """An answer is not the one that the other side gave to this request."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one service, by a clock in UTC, with nonces from `random`."""

    keys: KeyBook
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = token_bytes

    def sign(self, part: SignedPart) -> dict[str, str]:
        """Return the headers of a request; NoKeyCounts where there is no key to sign with."""
        now = self.clock()
        key = self.keys.signing(now)
        if key is None:
            raise NoKeyCounts
        nonce = urlsafe_b64encode(self.random(NONCE_BYTES)).rstrip(b"=").decode("ascii")
        stamp = Stamp(f"{int(now.timestamp()):010d}", key.id, nonce)
        message = request_message(stamp, key.service.audience, part)
        return {
            SIGNATURE: key.signature("request", stamp.timestamp, message),
            TIMESTAMP: stamp.timestamp,
            KEY_ID: stamp.key_id,
            NONCE: stamp.nonce,
        }

    def believe(
        self, sent: Mapping[str, str], status: int, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Return where an answer is signed for the request with these headers.

        AnswerNotSigned otherwise. Names of `headers` are in lower case.
        """
        timestamp, key_id = headers.get(TIMESTAMP, ""), headers.get(KEY_ID, "")
        if not FORMS[TIMESTAMP].fullmatch(timestamp) or key_id != sent[KEY_ID]:
            raise AnswerNotSigned
        key = self.keys.known(key_id, self.clock())
        if key is None:
            raise AnswerNotSigned
        stamp = Stamp(timestamp, key_id, sent[NONCE])
        message = answer_message(stamp, status, headers.get("content-type", ""), body)
        right = key.signature("answer", timestamp, message)
        if not hmac.compare_digest(right.encode(), headers.get(SIGNATURE, "").encode()):
            raise AnswerNotSigned

"""What a signature covers, byte for byte: COACH-HMAC-2.

A request's signature covers the version, the time, the key's id, the nonce, the service that it is
meant for, method, path and query as they are sent, the hash of the body and its content type, each
on a line of its own. No field can hold a line break, so no two requests have one message. An answer
covers the nonce of its request, so it belongs to that request alone.

Source: record 003, whose headers stay; what it left open (path, query, audience, nonce) is covered.
"""

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

REQUEST: Final = "COACH-HMAC-2"
ANSWER: Final = "COACH-HMAC-2-ANSWER"
SIGNATURE, TIMESTAMP, KEY_ID, NONCE = "x-signature", "x-timestamp", "x-keyid", "x-nonce"
HEADERS: Final = (SIGNATURE, TIMESTAMP, KEY_ID, NONCE)
FORMS: Final = {
    SIGNATURE: re.compile(r"[0-9a-f]{64}"),
    TIMESTAMP: re.compile(r"[0-9]{10}"),
    KEY_ID: re.compile(r"[a-z0-9][a-z0-9-]{0,63}"),
    NONCE: re.compile(r"[A-Za-z0-9_-]{22}"),
}
LINE: Final = re.compile(r"[\x20-\x7e]*")
"""What a line of the message may hold: visible ASCII and blanks, so no line break."""


class Stamp(NamedTuple):
    """When a message was signed (seconds since 1970 UTC, as ten digits), by which key, once."""

    timestamp: str
    key_id: str
    nonce: str


@dataclass(frozen=True, slots=True)
class SignedPart:
    """What is said of a request: path and query as the line of the request has them."""

    method: str
    path: str
    query: str
    content_type: str
    body: bytes


def request_message(stamp: Stamp, audience: str, part: SignedPart) -> bytes:
    """Return what the signature of a request covers; ValueError where a field breaks the line."""
    target = (part.method, part.path, part.query)
    return _lines(REQUEST, *stamp, audience, *target, _digest(part.body), part.content_type)


def answer_message(stamp: Stamp, status: int, content_type: str, body: bytes) -> bytes:
    """Return what the signature of an answer covers; the nonce is that of its request."""
    return _lines(ANSWER, *stamp, str(status), _digest(body), content_type)


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def _lines(*fields: str) -> bytes:
    if not all(map(LINE.fullmatch, fields)):
        raise ValueError("a line of a signed message holds printable ASCII alone")
    return "\n".join(fields).encode("ascii")

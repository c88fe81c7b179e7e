"""A digest to an address on the web: a topic of ntfy, or a webhook of one's own, signed.

The address of a topic is a secret and never quoted. No redirect is followed. The body and the
signature of a webhook are described in docs/notify.md; `signature` is all that a receiver needs.
"""

import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from coach.brokers.net.client import HttpAnswer, HttpClient, HttpLimits, NoAnswer
from coach.engine.notify.failure import SendFailure
from coach.engine.notify.letter import Letter
from coach.model.canonical import canonical_json

LIMITS = HttpLimits(connect_s=5.0, silence_s=10.0, answer_s=20.0, body_bytes=65_536)
REFUSED = frozenset({401, 403})
LATER = frozenset({408, 425, 429})
SERVER_FAULT = 500
LARGEST_NTFY = 4_000
"""A topic takes 4,096 bytes; more would become a file."""
LETTERS_OF_A_SEQUENCE = 32


def send_to_topic(letter: Letter, url: str, token: str) -> SendFailure | None:
    """Publish a letter's first lines to a topic of ntfy.

    The sequence id lets a server that knows it replace a message that it has already.
    """
    headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Title": letter.title,
        "Tags": "ledger",
        "X-Sequence-ID": letter.id[:LETTERS_OF_A_SEQUENCE],
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return _post(url, _within(letter.summary, LARGEST_NTFY), headers)


def send_to_webhook(letter: Letter, url: str, key: str, now: datetime) -> SendFailure | None:
    """Post a letter to a webhook, with its id and a signature over the time and the body."""
    body = webhook_body(letter)
    seconds = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "coach",
        "Idempotency-Key": letter.id,
        "X-Coach-Signature": f"t={seconds},v1={signature(key, seconds, body)}",
    }
    return _post(url, body, headers)


def webhook_body(letter: Letter) -> bytes:
    """Return the body, to the byte the same for the same letter."""
    told = {
        "schema_version": 1,
        "id": letter.id,
        "kind": letter.kind,
        "week": letter.week,
        "title": letter.title,
        "summary": letter.summary,
        "digest": json.loads(letter.pack) if letter.pack else None,
    }
    return canonical_json(told)


def signature(key: str, seconds: int, body: bytes) -> str:
    """Return HMAC-SHA256 of `seconds.body` under the key, in hex."""
    return hmac.new(key.encode(), b"%d." % seconds + body, sha256).hexdigest()


def _post(url: str, body: bytes, headers: Mapping[str, str]) -> SendFailure | None:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with HttpClient(f"{parts.scheme}://{parts.netloc}", "channel", limits=LIMITS) as client:
        answer = client.post(path, body, headers)
    return _failure(answer)


def _failure(answer: HttpAnswer | NoAnswer) -> SendFailure | None:
    if isinstance(answer, NoAnswer):
        return SendFailure("down", answer.reason)
    status = answer.status
    if status // 100 == 2:  # noqa: PLR2004 -- the class of success
        return None
    if status in REFUSED:
        return SendFailure("login", f"it answers {status}")
    down = status >= SERVER_FAULT or status in LATER
    return SendFailure("down" if down else "rejected", f"it answers {status}")


def _within(words: str, most: int) -> bytes:
    """Return the words in UTF-8, cut between two letters where they are too many bytes."""
    return words.encode()[:most].decode("utf-8", "ignore").encode()

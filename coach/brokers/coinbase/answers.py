"""What an HTTP answer of Coinbase means: data, or trouble and how long to wait.

The status is believed first and the body second: an error may come as JSON of two kinds, as plain
text or as a proxy's HTML page. Coinbase documents no Retry-After; where it is missing the
`x-ratelimit-reset` header speaks, and where that is missing the caller's own patience.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import NoReturn

from httpx2 import Headers, Response

from coach.errors import AuthenticationFailed, BrokerTrouble, CoachError, TryLater

BROKER = "coinbase"
TRIES = 6
TRIES_WHEN_REFUSED = 2  # Coinbase refuses a good token now and then (coinbase-advanced-py, #132)
LONGEST_MESSAGE = 200
TOKEN = re.compile(r"eyJ[\w.-]+", re.ASCII)
A_MOMENT_NOT_A_SPAN = 1_000_000_000  # a reset header this large is seconds since 1970


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that may pass: how often it is worth trying, and the wait that was asked for."""

    error: CoachError
    tries: int = TRIES
    wait_s: float | None = None


def judge(response: Response, now: datetime) -> dict[str, object] | Trouble:
    """Return the JSON object of a good answer, or the trouble; raise what will not pass."""
    status = response.status_code
    if status == HTTPStatus.OK:
        return _data(response)
    reason = _reason(response)
    if status == HTTPStatus.UNAUTHORIZED:
        return Trouble(_refused(reason), TRIES_WHEN_REFUSED)
    if status == HTTPStatus.FORBIDDEN:
        raise _refused(reason)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Trouble(_later(reason), wait_s=wait_asked_for(response.headers, now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Trouble(_later(reason), wait_s=_retry_after(response.headers, now))
    raise BrokerTrouble(broker=BROKER, reason=reason, status=status)


def no_answer(reason: str) -> Trouble:
    """Return the trouble of a request that got no answer at all."""
    return Trouble(_later(reason))


def wait_asked_for(headers: Headers, now: datetime) -> float | None:
    """Return the seconds the broker asks us to wait, or None when it does not say."""
    after = _retry_after(headers, now)
    return after if after is not None else _seconds(headers.get("x-ratelimit-reset"), now)


def _retry_after(headers: Headers, now: datetime) -> float | None:
    value = headers.get("retry-after")
    seconds = _seconds(value, now)
    if value is None or seconds is not None:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def _seconds(value: str | None, now: datetime) -> float | None:
    if value is None or not value.strip().isdecimal():
        return None
    number = float(value)
    return max(0.0, number - now.timestamp()) if number >= A_MOMENT_NOT_A_SPAN else number


def _data(response: Response) -> dict[str, object] | Trouble:
    document = parse(response.content)
    if document is None:
        kind = response.headers.get("content-type", "no type").split(";")[0]
        reason = f"the answer is no JSON object ({kind}, {len(response.content)} bytes)"
        return Trouble(BrokerTrouble(broker=BROKER, reason=_printable(reason)))
    return document


def parse(body: bytes) -> dict[str, object] | None:
    """Read a JSON object with exact numbers, or None."""
    try:
        document = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _reason(response: Response) -> str:
    status = f"HTTP {response.status_code}"
    said = _said(parse(response.content))
    return f"{status}: {said}" if said else status


def _said(body: dict[str, object] | None) -> str:
    """Return the message of a v3 error, or of the first v2 error; a page of HTML says nothing."""
    if body is None:
        return ""
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        body = errors[0]
    for field in ("message", "error_details", "error"):
        value = body.get(field)
        if isinstance(value, str) and value:
            return _printable(value)
    return ""


def _printable(text: str) -> str:
    """Return a message fit for a terminal; a token thrown back at us is not repeated."""
    safe = TOKEN.sub("(a token)", text)[:LONGEST_MESSAGE]
    return "".join(letter if letter.isprintable() else " " for letter in safe)


def _refused(reason: str) -> AuthenticationFailed:
    hint = "check that the key still exists, and that this machine's clock is right"
    return AuthenticationFailed(hint, broker=BROKER, reason=reason)


def _later(reason: str) -> TryLater:
    return TryLater("run the same command again later", broker=BROKER, reason=reason)

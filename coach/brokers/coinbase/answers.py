"""What an HTTP answer of Coinbase means: data, or trouble and how long to wait.

The status is believed first and the body second: an error may come as JSON of two kinds, as plain
text or as a proxy's HTML page. Coinbase documents no Retry-After; where it is missing the
`x-ratelimit-reset` header speaks, and where that is missing the caller's own patience.
"""

import re
from datetime import datetime
from http import HTTPStatus

from httpx2 import Headers

from coach.brokers.net.client import HttpAnswer, NoAnswer
from coach.brokers.net.parsing import parse_json, printable, retry_after, seconds_from
from coach.brokers.net.patience import Trouble
from coach.brokers.net.verdicts import LONGEST_MESSAGE, later, of_no_answer, of_no_json
from coach.errors import AuthenticationFailed, BrokerTrouble

BROKER = "coinbase"
TRIES_WHEN_REFUSED = 2  # Coinbase refuses a good token now and then (coinbase-advanced-py, #132)
TOKEN = re.compile(r"eyJ[\w.-]+", re.ASCII)


def judge(answer: HttpAnswer | NoAnswer, now: datetime) -> dict[str, object] | Trouble:
    """Return the JSON object of a good answer, or the trouble; raise what will not pass."""
    if isinstance(answer, NoAnswer):
        return of_no_answer(BROKER, answer)
    status = answer.status
    if status == HTTPStatus.OK:
        return _data(answer)
    reason = _reason(answer)
    if status == HTTPStatus.UNAUTHORIZED:
        return Trouble(_refused(reason, status), TRIES_WHEN_REFUSED)
    if status == HTTPStatus.FORBIDDEN:
        raise _refused(reason, status)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Trouble(later(BROKER, reason, status), wait_s=wait_asked_for(answer.headers, now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return Trouble(later(BROKER, reason, status), wait_s=retry_after(answer.headers, now))
    raise BrokerTrouble(broker=BROKER, reason=reason, status=status)


def wait_asked_for(headers: Headers, now: datetime) -> float | None:
    """Return the seconds the broker asks us to wait, or None when it does not say."""
    after = retry_after(headers, now)
    return after if after is not None else seconds_from(headers.get("x-ratelimit-reset"), now)


def _data(answer: HttpAnswer) -> dict[str, object] | Trouble:
    document = parse_json(answer.body)
    if not isinstance(document, dict):
        return of_no_json(BROKER, answer, "JSON object")
    return document


def _reason(answer: HttpAnswer) -> str:
    status = f"HTTP {answer.status}"
    document = parse_json(answer.body)
    message = _message(document if isinstance(document, dict) else {})
    return f"{status}: {message}" if message else status


def _message(body: dict[str, object]) -> str:
    """Return the message of a v3 error, or of the first v2 error; a page of HTML says nothing."""
    errors = body.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        body = errors[0]
    for field in ("message", "error_details", "error"):
        value = body.get(field)
        if isinstance(value, str) and value:
            return printable(TOKEN.sub("(a token)", value), LONGEST_MESSAGE)
    return ""


def _refused(reason: str, status: int) -> AuthenticationFailed:
    hint = "check that the key still exists, and that this machine's clock is right"
    return AuthenticationFailed(hint, broker=BROKER, reason=reason, status=status)

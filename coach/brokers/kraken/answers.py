"""What an HTTP answer of Kraken means: a result, or trouble and how long to wait.

Kraken answers 200 with a list of errors (`EService:Busy`); W is a warning that comes with a result.
Any other status is a proxy's, whose body says nothing.
"""

import re
from datetime import datetime
from http import HTTPStatus

from coach.brokers.net.client import HttpAnswer, NoAnswer
from coach.brokers.net.parsing import parse_json, printable, retry_after, seconds_from
from coach.brokers.net.patience import Trouble
from coach.brokers.net.verdicts import LONGEST_MESSAGE, later, of_no_answer, of_no_json
from coach.errors import AuthenticationFailed, BrokerTrouble, TryLater

BROKER = "kraken"
OVER_THE_LIMIT_S = 15.0
"""So long after `Rate limit exceeded` the counter of the slowest tier has room again."""
TRIES_WITH_A_NEW_NONCE = 2
OVERLOADED = (
    *("EService:Unavailable", "EService:Busy", "EService:Timeout", "EService:Deadline elapsed"),
    *("EGeneral:Internal error", "EDatabase:Internal error", "EService:Market in cancel_only mode"),
)
OVER_THE_LIMIT = "EAPI:Rate limit exceeded"
THROTTLED = re.compile(r"EService: ?Throttled: ?(\d{1,15})", re.ASCII)
LOCKED_OUT = "EGeneral:Temporary lockout"
INVALID_NONCE = "EAPI:Invalid nonce"
REFUSALS = (
    *("EAPI:Invalid key", "EAPI:Invalid signature", "EGeneral:Permission denied"),
    *("EAuth:", "EAPI:Feature disabled"),
)
CHECK_THE_KEY = "check at Kraken that the key still exists and may query what coach reads"
CHECK_THE_STREAM = (
    "make a new key at Kraken with WebSocket interface ticked beside what reads, or go on without"
    " the stream: the account is asked then"
)
OWN_KEY = (
    "make a key at Kraken for coach alone: one that another program uses counts its requests apart"
)
WAIT_A_WHILE = "wait 15 minutes, then run the same command again"


def judge(answer: HttpAnswer | NoAnswer, now: datetime) -> dict[str, object] | Trouble:
    """Return the result of a good answer, or the trouble; raise what will not pass."""
    if isinstance(answer, NoAnswer):
        return of_no_answer(BROKER, answer)
    if answer.status != HTTPStatus.OK:
        return _of_status(answer, now)
    document = parse_json(answer.body)
    errors = document.get("error") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(errors, list):
        return of_no_json(BROKER, answer, "JSON object with errors")
    words = [printable(str(error), LONGEST_MESSAGE) for error in errors]
    fatal = [word for word in words if not word.startswith("W")]
    if fatal:
        return _of_error(fatal[0], now)
    result = document.get("result", {})
    return result if isinstance(result, dict) else {"rows": result}


def _of_status(answer: HttpAnswer, now: datetime) -> Trouble:
    status, reason = answer.status, f"HTTP {answer.status}"
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        raise AuthenticationFailed(CHECK_THE_KEY, broker=BROKER, reason=reason, status=status)
    passes = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
    if status in passes or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Trouble(later(BROKER, reason, status), wait_s=retry_after(answer.headers, now))
    raise BrokerTrouble(broker=BROKER, reason=reason, status=status)


def _of_error(error: str, now: datetime) -> Trouble:
    if error.startswith(REFUSALS):
        raise AuthenticationFailed(CHECK_THE_KEY, broker=BROKER, reason=error)
    if error.startswith(INVALID_NONCE):
        refused = AuthenticationFailed(OWN_KEY, broker=BROKER, reason=error)
        return Trouble(refused, TRIES_WITH_A_NEW_NONCE, wait_s=1.0)
    if error.startswith(LOCKED_OUT):
        raise TryLater(WAIT_A_WHILE, broker=BROKER, reason=error)
    if error.startswith(OVER_THE_LIMIT):
        return Trouble(later(BROKER, error), wait_s=OVER_THE_LIMIT_S)
    throttled = THROTTLED.match(error)
    if throttled:
        return Trouble(later(BROKER, error), wait_s=seconds_from(throttled[1], now))
    if error.startswith(OVERLOADED):
        return Trouble(later(BROKER, error))
    raise BrokerTrouble(broker=BROKER, reason=error)

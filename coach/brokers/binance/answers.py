"""What an HTTP answer of Binance means: JSON, or trouble and how long to wait.

The status is believed first, then the code of the body. A 429 that is ignored becomes a 418, a ban
of minutes to days; Retry-After has been seen to be 0, so the wait is never below ten seconds. A 451
is for ever: Binance does not serve the place that the request came from.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from coach.brokers.net.client import HttpAnswer
from coach.brokers.net.parsing import Json, parse_json, printable, retry_after
from coach.brokers.net.patience import Trouble
from coach.brokers.net.verdicts import LONGEST_MESSAGE, later, of_no_json
from coach.errors import AuthenticationFailed, BrokerTrouble, TryLater

BROKER = "binance"
SHORTEST_WAIT_S = 10.0
USUAL_BAN_S = 120.0
LONGEST_BAN_S = 3 * 86_400.0
BANNED_UNTIL = re.compile(r"until (\d{13})\b", re.ASCII)
SECRETS = re.compile(r"(signature|apiKey)=[^&\s]*|\b[0-9A-Za-z]{32,}\b", re.ASCII)
"""What a server might quote back of a request: a signature, a key."""
NO_SUCH_SYMBOL = -1121
WRONG_TIME = -1021
TRIES_WITH_THE_TIME_SET = 2
PASSES = frozenset({-1000, -1001, -1003, -1004, -1006, -1007, -1008, -1015, -1016, -1034})
REFUSES = frozenset({-1002, -1022, -2014, -2015})
CHECK_THE_KEY = (
    "check at Binance that the key still exists, may read, and may be used from this address"
)
SET_THE_CLOCK = "set this machine's clock: Binance takes no request that is off by some seconds"
NOT_SERVED = "Binance does not serve the place that this machine asks from; a statement file works"


@dataclass(frozen=True, slots=True)
class AnswerTrouble:
    """Trouble with an answer.

    `rest_s` is for how long nobody may ask, and `is_ban` says that it is for anything. `is_time` is
    that the time stamp was not accepted.
    """

    trouble: Trouble
    rest_s: float = 0.0
    is_ban: bool = False
    is_time: bool = False


def judge(answer: HttpAnswer, now: datetime) -> Json | AnswerTrouble:
    """Return the JSON of a good answer, or the trouble; raise what will not pass."""
    document = parse_json(answer.body)
    if answer.status == HTTPStatus.OK:
        is_error = isinstance(document, dict) and _code(document) < 0
        if document is not None and not is_error:
            return document
        if document is None:
            return AnswerTrouble(of_no_json(BROKER, answer, "JSON"))
    body = document if isinstance(document, dict) else {}
    reason = _reason(answer.status, body)
    if answer.status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT}:
        return _over_the_limit(answer, body, reason, now)
    if answer.status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
        raise BrokerTrouble(NOT_SERVED, broker=BROKER, reason=reason, status=answer.status)
    return _of_code(_code(body), reason, answer, now)


def _of_code(code: int, reason: str, answer: HttpAnswer, now: datetime) -> AnswerTrouble:
    status = answer.status
    if code == WRONG_TIME:
        refused = BrokerTrouble(SET_THE_CLOCK, broker=BROKER, reason=reason, status=status)
        return AnswerTrouble(Trouble(refused, TRIES_WITH_THE_TIME_SET), is_time=True)
    if code in REFUSES or status == HTTPStatus.UNAUTHORIZED:
        raise AuthenticationFailed(CHECK_THE_KEY, broker=BROKER, reason=reason, code=code)
    passes = status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.FORBIDDEN}
    if code in PASSES or passes or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        waits_s = retry_after(answer.headers, now)
        return AnswerTrouble(Trouble(later(BROKER, reason, status), wait_s=waits_s))
    raise BrokerTrouble(broker=BROKER, reason=reason, status=status, code=code)


def _over_the_limit(
    answer: HttpAnswer, body: dict[str, object], reason: str, now: datetime
) -> AnswerTrouble:
    """Return the trouble of a 429, which is waited for, or raise it where that takes too long."""
    wait_s = max(retry_after(answer.headers, now) or 0.0, SHORTEST_WAIT_S)
    if answer.status == HTTPStatus.IM_A_TEAPOT:
        wait_s = max(wait_s, _rest_of_the_ban_s(str(body.get("msg", "")), now))
        hint = f"wait {wait_s / 60:.0f} minutes, then run the same command again"
        banned = TryLater(hint, broker=BROKER, reason=reason, status=answer.status)
        return AnswerTrouble(Trouble(banned, tries=1, wait_s=wait_s), rest_s=wait_s, is_ban=True)
    over = Trouble(later(BROKER, reason, answer.status), wait_s=wait_s)
    return AnswerTrouble(over, rest_s=wait_s)


def _rest_of_the_ban_s(message: str, now: datetime) -> float:
    until = BANNED_UNTIL.search(message)
    if until is None:
        return USUAL_BAN_S
    return min(max(0.0, int(until[1]) / 1000 - now.timestamp()), LONGEST_BAN_S)


def _code(body: dict[str, object]) -> int:
    code = body.get("code")
    return code if isinstance(code, int) and not isinstance(code, bool) else 0


def _reason(status: int, body: dict[str, object]) -> str:
    code, message = _code(body), body.get("msg")
    words = f"HTTP {status}" + (f", code {code}" if code else "")
    if not isinstance(message, str) or not message:
        return words
    return f"{words}: {printable(SECRETS.sub('***', message), LONGEST_MESSAGE)}"

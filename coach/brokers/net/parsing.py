"""JSON and headers of a server, read without trust.

A number keeps its exact digits, up to MOST_DIGITS characters; a longer one is not a number.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import NoReturn

MOST_DIGITS = 60
NAN = Decimal("NaN")
LONGEST_WAIT_S = 86_400.0
"""A server that asks for more than a day is asked again after a day."""
LONGEST_DATE = 64
FIRST_MOMENT = 1_000_000_000
"""A number of seconds this large is counted from 1970 and not from now."""
DIGITS = re.compile(r"[0-9]{1,15}")

Json = dict[str, object] | list[object]


def parse_json(body: bytes) -> Json | None:
    """Return the object or array that a body holds, or None where it holds neither."""
    try:
        document = json.loads(
            body, parse_float=_number, parse_int=_whole_number, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else None


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks for, as a number or as a date; None without one.

    Never negative and never more than LONGEST_WAIT_S.
    """
    value = headers.get("retry-after")
    seconds = seconds_from(value, now)
    if value is None or seconds is not None or len(value) > LONGEST_DATE:
        return seconds
    try:
        moment = parsedate_to_datetime(value)
        wait_s = (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds()
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return None
    return _bounded(wait_s)


def seconds_from(value: str | None, now: datetime) -> float | None:
    """Return a header's seconds from now, whether it counts from now or from 1970; else None."""
    text = "" if value is None else value.strip()
    if not DIGITS.fullmatch(text):
        return None
    number = float(text)
    return _bounded(number - now.timestamp() if number >= FIRST_MOMENT else number)


def printable(text: str, longest: int) -> str:
    """Return a server's words as a terminal and a database can take them."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:longest])


def _bounded(wait_s: float) -> float:
    return min(max(0.0, wait_s), LONGEST_WAIT_S)


def _number(text: str) -> Decimal:
    if len(text) > MOST_DIGITS:
        return NAN
    try:
        return Decimal(text)
    except ArithmeticError:
        return NAN


def _whole_number(text: str) -> int | Decimal:
    return int(text) if len(text) <= MOST_DIGITS else NAN


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)

"""One GET, and what its status means: the same for every source that minds statuses.

No retry, no redirect, no cookie, no word in a log. An answer larger than MOST_BYTES is cut off as
a lie: no window asked for is that large.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from time import monotonic
from typing import NoReturn

import httpx2

from coach.brokers.address import is_here, safe_address
from coach.brokers.market.base import Failure, FailureKind

TIMEOUT = httpx2.Timeout(20.0, connect=5.0)
MOST_BYTES = 16_000_000
LONGEST_S = 60.0
"""For a whole answer; one that drips is none."""
LONGEST_REASON = 160
I_AM_A_TEAPOT = 418

Json = dict[str, object] | list[object]

MEANINGS: Mapping[int, FailureKind] = {
    HTTPStatus.BAD_REQUEST: "unfit",
    HTTPStatus.NOT_FOUND: "unfit",
    HTTPStatus.UNAUTHORIZED: "refused",
    HTTPStatus.FORBIDDEN: "refused",
    HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS: "refused",
    HTTPStatus.REQUEST_TIMEOUT: "down",
    HTTPStatus.TOO_MANY_REQUESTS: "busy",
    I_AM_A_TEAPOT: "busy",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `body` is None where it was no JSON object or array."""

    status: int
    headers: httpx2.Headers
    body: Json | None

    @property
    def ok(self) -> bool:
        """Whether the source says that all went well."""
        return self.status == HTTPStatus.OK

    def said(self, *fields: str) -> str:
        """Return the first of these fields that holds a text, fit for a terminal."""
        body = self.body if isinstance(self.body, dict) else {}
        texts = (body.get(field) for field in fields)
        text = next((text for text in texts if isinstance(text, str) and text), "")
        return "".join(letter if letter.isprintable() else " " for letter in text)[:LONGEST_REASON]

    def failure(self, *fields: str, wait_s: float | None = None) -> Failure:
        """Return what a status that is not 200 means; `fields` may hold the source's own words."""
        said = self.said(*fields)
        reason = f"HTTP {self.status}: {said}" if said else f"HTTP {self.status}"
        usual: FailureKind = (
            "down" if self.status >= HTTPStatus.INTERNAL_SERVER_ERROR else "refused"
        )
        kind = MEANINGS.get(self.status, usual)
        return Failure(kind, reason, wait_s if kind == "busy" else None)


class Wire:
    """The connections to one source; `transport` is the network unless a test gives another."""

    def __init__(
        self,
        base_url: str,
        name: str,
        headers: Mapping[str, str] | None = None,
        transport: httpx2.BaseTransport | None = None,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        address = safe_address(base_url, f"{name} url")
        self._ticks = ticks
        self._http = httpx2.Client(
            base_url=address,
            headers=dict(headers or {}),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=not is_here(address),
            transport=transport,
        )

    def get(self, path: str, params: Mapping[str, str]) -> Reply | Failure:
        """Ask once; a source that is not there, hangs or breaks off is down."""
        until = self._ticks() + LONGEST_S
        try:
            with self._http.stream("GET", path, params=dict(params)) as response:
                body = bytearray()
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MOST_BYTES:
                        return Failure("lied", f"an answer of more than {MOST_BYTES} bytes")
                    if self._ticks() > until:
                        return Failure("down", f"an answer that took more than {LONGEST_S:.0f} s")
                return Reply(response.status_code, response.headers, parse(bytes(body)))
        except httpx2.TimeoutException:
            return Failure("down", "no answer in time")
        except httpx2.DecodingError:
            return Failure("lied", "an answer that cannot be unpacked")
        except httpx2.RequestError:
            return Failure("down", "the connection failed or broke off")

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def parse(body: bytes) -> Json | None:
    """Read a JSON object or array with exact numbers, or None."""
    try:
        document = json.loads(body, parse_float=Decimal, parse_constant=_refuse)
    except (ValueError, ArithmeticError, RecursionError):
        return None
    return document if isinstance(document, dict | list) else None


def retry_after(headers: httpx2.Headers) -> float | None:
    """Return the whole seconds that a Retry-After asks for, or None."""
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdecimal() and len(value) < 10 else None  # noqa: PLR2004 -- a wait of more than 31 years


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)

"""What a source's status means: the same for every source that minds statuses."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx2

from coach.brokers.market.base import Failure, FailureKind
from coach.brokers.net.client import HttpClient, NoAnswer
from coach.brokers.net.parsing import Json, parse_json, printable

LONGEST_REASON = 160
I_AM_A_TEAPOT = 418

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
class VendorReply:
    """What came back: `body` is None where it was no JSON object or array."""

    status: int
    headers: httpx2.Headers
    body: Json | None

    @property
    def ok(self) -> bool:
        """Whether the source says that all went well."""
        return self.status == HTTPStatus.OK

    def first_text(self, *fields: str) -> str:
        """Return the first of these fields that holds a text, fit for a terminal."""
        body = self.body if isinstance(self.body, dict) else {}
        texts = (body.get(field) for field in fields)
        text = next((text for text in texts if isinstance(text, str) and text), "")
        return printable(text, LONGEST_REASON)

    def failure(self, *fields: str, wait_s: float | None = None) -> Failure:
        """Return what a status that is not 200 means; `fields` may hold the source's own words."""
        own_words = self.first_text(*fields)
        reason = f"HTTP {self.status}: {own_words}" if own_words else f"HTTP {self.status}"
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
    ) -> None:
        self._headers = dict(headers or {})
        self._http = HttpClient(base_url, name, transport)

    def get(self, path: str, params: Mapping[str, str]) -> VendorReply | Failure:
        """Ask once; a source that is not there, hangs or breaks off is down."""
        answer = self._http.get(path, tuple(params.items()), self._headers)
        if isinstance(answer, NoAnswer):
            return Failure(answer.fault, answer.reason)
        return VendorReply(answer.status, answer.headers, parse_json(answer.body))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

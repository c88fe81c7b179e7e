"""HTTP to Kraken: one signed request at a time, within the counter that Kraken keeps for a key.

The counter of the slowest tier holds 15 points and loses one every three seconds; a page of history
costs two. Which tier an account has cannot be asked. Each try has a nonce of its own: two requests
at once would arrive in any order, and a nonce that goes back is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import httpx2

from coach.brokers.adapter import BrokerPlace
from coach.brokers.address import is_here
from coach.brokers.kraken.answers import BROKER, judge
from coach.brokers.kraken.auth import KrakenKey, sign
from coach.brokers.net.client import HttpClient
from coach.brokers.net.patience import Patience, Trouble

BASE_URL = "https://api.kraken.com"
PRIVATE = "/0/private/"
PUBLIC = "/0/public/"
HISTORY_COST = 2.0
USUAL_COST = 1.0


@dataclass(frozen=True, slots=True)
class CounterLimit:
    """How many points a key's counter holds, and how many it loses in a second."""

    most: float
    per_s: float


STARTER = CounterLimit(15.0, 0.33)
OWN_MACHINE = CounterLimit(20.0, 20.0)
"""A sandbox is asked about as often as it answers."""


class KrakenClient:
    """A connection under one key; close it when done."""

    def __init__(self, key: KrakenKey, place: BrokerPlace) -> None:
        self._key = key
        self._place = place
        self._http = HttpClient(place.base_url, BROKER, place.transport)
        self._limit = OWN_MACHINE if is_here(httpx2.URL(place.base_url)) else STARTER
        self._patience = Patience(BROKER, place.now, place.sleep, place.patience_s)
        self._counter = 0.0
        self._counted_at = place.now()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def private(
        self, method: str, fields: Mapping[str, str] | None = None, cost: float = USUAL_COST
    ) -> dict[str, object]:
        """Return the result of a method that takes the key."""
        return self._patience.ask(lambda: self._ask(PRIVATE + method, fields or {}, cost))

    def public(self, method: str) -> dict[str, object]:
        """Return the result of a method that everybody may ask."""

        def ask() -> dict[str, object] | Trouble:
            return judge(self._http.get(PUBLIC + method), self._place.now())

        return self._patience.ask(ask)

    def _ask(
        self, path: str, fields: Mapping[str, str], cost: float
    ) -> dict[str, object] | Trouble:
        self._keep_below_the_limit(cost)
        nonce = self._place.next_nonce()
        body = urlencode([("nonce", str(nonce)), *fields.items()]).encode()
        headers = {
            "API-Key": self._key.public,
            "API-Sign": sign(self._key, path, nonce, body),
            "User-Agent": "coach",
        }
        return judge(self._http.post(path, body, headers), self._place.now())

    def _keep_below_the_limit(self, cost: float) -> None:
        now = self._place.now()
        passed_s = max(0.0, (now - self._counted_at).total_seconds())
        self._counter = max(0.0, self._counter - passed_s * self._limit.per_s)
        too_much = self._counter + cost - self._limit.most
        if too_much > 0:
            self._place.sleep(too_much / self._limit.per_s)
            self._counter -= too_much
        self._counter += cost
        self._counted_at = self._place.now()

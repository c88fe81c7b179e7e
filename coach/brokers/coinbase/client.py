"""HTTP to Coinbase: one signed GET at a time, paced, patient and within limits.

The clock and the sleep are given, so that nothing here waits in a test.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx2

from coach.brokers.coinbase.answers import BROKER, judge
from coach.brokers.coinbase.auth import CdpKey, sign
from coach.brokers.net.client import HttpClient, Params
from coach.brokers.net.patience import Patience, Trouble

BASE_URL = "https://api.coinbase.com"
PREFIX = "/api/v3/brokerage"
BETWEEN_REQUESTS = timedelta(milliseconds=40)  # 25 a second; Coinbase stops us at 30


class CoinbaseClient:
    """A connection under one key; close it, or use it as a context."""

    def __init__(
        self,
        key: CdpKey,
        base_url: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._key = key
        self._now = now
        self._sleep = sleep
        self._not_before: datetime | None = None
        self._patience = Patience(BROKER, now, sleep)
        self._http = HttpClient(base_url, BROKER, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, params: Params = ()) -> dict[str, object]:
        """Return the JSON object at a path below the API's prefix."""
        return self._patience.ask(lambda: self._ask(PREFIX + path, params))

    def _ask(self, path: str, params: Params) -> dict[str, object] | Trouble:
        self._keep_pace()
        token = sign(self._key, "GET", self._http.host, path, self._now())
        answer = self._http.get(path, params, {"Authorization": f"Bearer {token}"})
        return judge(answer, self._now())

    def _keep_pace(self) -> None:
        now = self._now()
        if self._not_before is not None:
            wait = min(self._not_before - now, BETWEEN_REQUESTS)
            if wait > timedelta():
                self._sleep(wait.total_seconds())
                now += wait
        self._not_before = now + BETWEEN_REQUESTS

"""HTTP to Coinbase: one signed GET at a time, paced, patient and within limits.

The clock and the sleep are given, so that nothing here waits in a test.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx2

from coach.brokers.coinbase.answers import BROKER, Trouble, judge
from coach.brokers.coinbase.auth import CdpKey, sign
from coach.brokers.net.client import HttpClient, Params
from coach.errors import BrokerTrouble

BASE_URL = "https://api.coinbase.com"
PREFIX = "/api/v3/brokerage"
BETWEEN_REQUESTS = timedelta(milliseconds=40)  # 25 a second; Coinbase stops us at 30
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
PATIENCE_S = 60.0
"""For one question: its answers and the pauses between them, all together."""
COMMAND_S = 3_600.0
"""For all that one command asks."""


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
        self._began: datetime | None = None
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
        """Return the JSON object at a path below the API's prefix.

        Trouble that may pass is retried with growing pauses, or with those the broker asks for, as
        long as the answers and pauses together stay within PATIENCE_S.
        """
        self._check_command_time()
        began, attempt = self._now(), 0
        while True:
            answer = self._ask(PREFIX + path, params)
            if isinstance(answer, dict):
                return answer
            attempt += 1
            wait = _pause(attempt) if answer.wait_s is None else answer.wait_s
            waited = (self._now() - began).total_seconds() + wait
            if attempt >= answer.tries or waited > PATIENCE_S:
                raise answer.error
            self._sleep(wait)

    def _check_command_time(self) -> None:
        now = self._now()
        self._began = self._began or now
        if (now - self._began).total_seconds() > COMMAND_S:
            raise BrokerTrouble(
                remedy="shorten_sync",
                broker=BROKER,
                reason=f"its answers take more than {COMMAND_S:.0f} s (limit)",
            )

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


def _pause(attempt: int) -> float:
    return min(FIRST_WAIT_S * 2.0 ** (attempt - 1), LONGEST_WAIT_S)

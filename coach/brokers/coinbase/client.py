"""HTTP to Coinbase: one signed GET at a time, paced, patient and never redirected.

The clock and the sleep are given, so that nothing here waits in a test.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx2

from coach.brokers.address import is_here, safe_address
from coach.brokers.coinbase.answers import Trouble, judge, no_answer
from coach.brokers.coinbase.auth import CdpKey, sign

BASE_URL = "https://api.coinbase.com"
PREFIX = "/api/v3/brokerage"
TIMEOUT = httpx2.Timeout(20.0, connect=5.0)
BETWEEN_REQUESTS = timedelta(milliseconds=40)  # 25 a second; Coinbase stops us at 30
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 8.0
PATIENCE_S = 60.0

Params = Sequence[tuple[str, str]]


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
        address = safe_address(base_url, "coinbase url")
        self._key = key
        self._host = address.netloc.decode("ascii")
        self._now = now
        self._sleep = sleep
        self._not_before: datetime | None = None
        self._http = httpx2.Client(
            base_url=address,
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=not is_here(address),
            transport=transport,
        )

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
        long as all pauses together stay within PATIENCE_S.
        """
        waited, attempt = 0.0, 0
        while True:
            answer = self._ask(PREFIX + path, params)
            if isinstance(answer, dict):
                return answer
            attempt += 1
            wait = _pause(attempt) if answer.wait_s is None else answer.wait_s
            waited += wait
            if attempt >= answer.tries or waited > PATIENCE_S:
                raise answer.error
            self._sleep(wait)

    def _ask(self, path: str, params: Params) -> dict[str, object] | Trouble:
        self._keep_pace()
        token = sign(self._key, "GET", self._host, path, self._now())
        headers = {"Authorization": f"Bearer {token}"}
        try:
            response = self._http.get(path, params=list(params), headers=headers)
        except httpx2.TimeoutException:
            return no_answer("no answer in time")
        except httpx2.NetworkError as error:
            return no_answer(str(error) or "the connection broke off")
        except httpx2.RequestError:
            return no_answer("the connection broke off")
        return judge(response, self._now())

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

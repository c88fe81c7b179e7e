"""HTTP to Coinbase: one GET at a time, signed or with a token, paced, patient and within limits.

The clock and the sleep are given, so that nothing here waits in a test.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Self

import httpx2

from coach.brokers.coinbase.answers import BROKER, judge
from coach.brokers.coinbase.auth import CdpKey, sign
from coach.brokers.coinbase.grants import GrantTokens
from coach.brokers.net.client import HttpAnswer, HttpClient, Params
from coach.brokers.net.patience import PATIENCE_S, Patience, Trouble
from coach.errors import AuthenticationFailed

BASE_URL = "https://api.coinbase.com"
PREFIX = "/api/v3/brokerage"
BETWEEN_REQUESTS = timedelta(milliseconds=40)  # 25 a second; Coinbase stops us at 30


class CoinbaseClient:
    """A connection under one key, or one grant; close it, or use it as a context."""

    def __init__(
        self,
        key: CdpKey | GrantTokens,
        base_url: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._key = key
        self._now = now
        self._sleep = sleep
        self._not_before: datetime | None = None
        self._patience = Patience(BROKER, now, sleep, patience_s)
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
        return self.get_at(PREFIX + path, params)

    def get_at(self, path: str, params: Params = ()) -> dict[str, object]:
        """Return the JSON object at a path of the host."""
        try:
            return self._patience.ask(lambda: self._ask(path, params))
        except AuthenticationFailed as refused:
            if isinstance(self._key, GrantTokens) and not refused.remedy:
                raise self._key.ended(str(refused.facts["reason"])) from None
            raise

    def _ask(self, path: str, params: Params) -> dict[str, object] | Trouble:
        self._keep_pace()
        token = self._token(path)
        answer = self._http.get(path, params, {"Authorization": f"Bearer {token}"})
        if isinstance(self._key, GrantTokens) and isinstance(answer, HttpAnswer):
            refused = answer.status == HTTPStatus.UNAUTHORIZED
            self._key.note_answer(token, refused=refused)
        return judge(answer, self._now())

    def _token(self, path: str) -> str:
        if isinstance(self._key, GrantTokens):
            return self._key.token(self._now())
        return sign(self._key, "GET", self._http.host, path, self._now())

    def _keep_pace(self) -> None:
        now = self._now()
        if self._not_before is not None:
            wait = min(self._not_before - now, BETWEEN_REQUESTS)
            if wait > timedelta():
                self._sleep(wait.total_seconds())
                now += wait
        self._not_before = now + BETWEEN_REQUESTS

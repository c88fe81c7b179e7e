"""A bucket behind its limits: the library's own client, led through our proxy.

The library reads whole answers into memory, error pages included; the proxy ends one that is too
large. Its redirects lead nowhere else, because the proxy reaches one server.
"""

import weakref
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from obstore.store import S3Store

from coach.brokers.net.limiting_proxy import LimitingProxy, upstream_of
from coach.engine.market.address import Keys, S3Bucket
from coach.errors import ObjectTrouble

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

RETRIES: "RetryConfig" = {
    "max_retries": 6,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=3)},
}
CONNECT_S = 5
ANSWER_S = 30
LARGEST_ANSWER = 17_000_000
"""Bytes; a week of candles packed is never larger."""


class OpenBucket:
    """A bucket; nothing listens and nothing is asked before the first use."""

    def __init__(self, address: S3Bucket, keys: Keys) -> None:
        self._address = address
        self._keys = keys
        self._opening = Lock()
        self._store: S3Store | None = None
        self._proxy: LimitingProxy | None = None

    @property
    def limit_broken(self) -> str:
        """Return what was too large in the last answers, empty where nothing was."""
        return "" if self._proxy is None else self._proxy.broken

    def store(self) -> S3Store:
        """Return the library's store, opened at the first use."""
        with self._opening:
            if self._store is None:
                self._proxy = self._limits()
                self._store = self._opened(self._proxy.url)
            if self._proxy is not None:
                self._proxy.mend()
            return self._store

    def _limits(self) -> LimitingProxy:
        try:
            proxy = LimitingProxy(upstream_of(self._address.server), LARGEST_ANSWER)
        except ValueError as wrong:
            raise ObjectTrouble(
                "see HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the endpoint", what=str(wrong)
            ) from None
        weakref.finalize(self, proxy.close)
        return proxy

    def _opened(self, proxy_url: str) -> S3Store:
        client: ClientConfig = {
            "allow_http": self._address.allow_http,
            "connect_timeout": timedelta(seconds=CONNECT_S),
            "timeout": timedelta(seconds=ANSWER_S),
            "proxy_url": proxy_url,
        }
        token: dict[str, Any] = {"session_token": self._keys.token} if self._keys.token else {}
        return S3Store(
            self._address.name,
            prefix=self._address.prefix or None,
            region=self._address.region,
            endpoint=self._address.server,
            access_key_id=self._keys.key_id,
            secret_access_key=self._keys.secret,
            client_options=client,
            retry_config=RETRIES,
            **token,
        )

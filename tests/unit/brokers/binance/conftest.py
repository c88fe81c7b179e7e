"""A Binance whose answers a test writes down, path by path; sleeping is what moves the clock."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx2
import pytest

from coach.brokers.adapter import BrokerPlace
from coach.brokers.binance.adapter import ADAPTER, OpenBinance
from coach.brokers.net.budget import WeightLimit

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
KEY = f"{'K' * 64}\n{'S' * 64}\n"
Json = dict[str, object]


@dataclass
class Scripted:
    """Answers each path with what is in turn for it, and with the last one ever after.

    An answer that can be called is given the request's fields. As a budget it gives what is asked,
    and notes what was spent and how long to rest.
    """

    answers: dict[str, list[object]]
    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    requests: list[httpx2.Request] = field(default_factory=list)
    spent: list[tuple[str, float]] = field(default_factory=list)
    rests: list[tuple[str, float]] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        name = request.url.path.rpartition("/")[2]
        found = parse_qs(request.url.query.decode())
        fields = {key: values[0] for key, values in found.items()}
        self.asked.append((name, fields))
        self.requests.append(request)
        missing = httpx2.Response(404, json={"code": -1, "msg": "no such path"})
        waiting = self.answers.get(name, [missing])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if callable(answer):
            answer = answer(fields)
        if isinstance(answer, httpx2.Response):
            return httpx2.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return httpx2.Response(200, json=answer)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 2))
        self.moment += timedelta(seconds=seconds)

    def wait_s(self, limit: WeightLimit, weight: float) -> float:
        self.spent.append((limit.name, weight))
        return 0.0

    def rest(self, limit: WeightLimit, seconds: float) -> None:
        self.rests.append((limit.name, round(seconds, 2)))


Binance = Callable[..., tuple[OpenBinance, Scripted]]


@pytest.fixture
def binance() -> Iterator[Binance]:
    """Return a function that opens a Binance with these answers, for these pairs."""
    with ExitStack() as stack:

        def opened(
            *pairs: str, base_url: str = ADAPTER.base_url, **answers: object
        ) -> tuple[OpenBinance, Scripted]:
            listed = {
                name: [*one] if isinstance(one, tuple) else [one] for name, one in answers.items()
            }
            script = Scripted(listed)
            place = BrokerPlace(
                base_url,
                script.now,
                script.sleep,
                lambda: 1,
                httpx2.MockTransport(script),
                pairs or ("BTC-USDT",),
                script,
            )
            return stack.enter_context(closing(ADAPTER.open(KEY, place))), script

        yield opened


def error(status: int, code: int, message: str, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json={"code": code, "msg": message}, headers=headers)


def trade(number: int, time_ms: int = NOW_MS - 60_000, **changes: object) -> Json:
    """A trade of 0.5 BTC at 20000.1 USDT that cost 0.0075 BNB."""
    made: Json = {
        "symbol": "BTCUSDT",
        "id": number,
        "orderId": 100_234,
        "orderListId": -1,
        "price": "20000.10000000",
        "qty": "0.50000000",
        "quoteQty": "10000.05000000",
        "commission": "0.00750000",
        "commissionAsset": "BNB",
        "time": time_ms,
        "isBuyer": True,
        "isMaker": False,
        "isBestMatch": True,
    }
    return made | changes

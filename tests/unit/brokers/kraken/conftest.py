"""A Kraken whose answers a test writes down, method by method; sleeping is what moves the clock."""

import base64
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx2
import pytest

from coach.brokers.adapter import BrokerPlace
from coach.brokers.kraken.adapter import ADAPTER, OpenKraken

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
KEY = f"{'K' * 56}\n{base64.b64encode(bytes(64)).decode()}\n"
Json = dict[str, object]
ASSETS: Json = {
    "XXBT": {"altname": "XBT"},
    "ZEUR": {"altname": "EUR"},
    "XTZ": {"altname": "XTZ"},
    "DOT": {"altname": "DOT"},
    "KFEE": {"altname": "FEE"},
}
PAIRS: Json = {
    "XXBTZEUR": {"altname": "XBTEUR", "wsname": "XBT/EUR", "base": "XXBT", "quote": "ZEUR"},
    "XTZEUR": {"altname": "XTZEUR", "wsname": "XTZ/EUR", "base": "XTZ", "quote": "ZEUR"},
}


@dataclass
class Scripted:
    """Answers each method with what is in turn for it, and with the last one ever after."""

    answers: dict[str, list[object]]
    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    nonce: int = 0

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        method = request.url.path.rpartition("/")[2]
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        self.asked.append((method, form))
        waiting = self.answers.get(method, [{"error": ["EGeneral:Unknown method"]}])
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if isinstance(answer, httpx2.Response):
            return httpx2.Response(answer.status_code, text=answer.text)
        return httpx2.Response(200, json=answer)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 2))
        self.moment += timedelta(seconds=seconds)

    def next_nonce(self) -> int:
        self.nonce += 1
        return self.nonce


Kraken = Callable[..., tuple[OpenKraken, Scripted]]


@pytest.fixture
def kraken() -> Iterator[Kraken]:
    """Return a function that opens a Kraken with these answers."""
    with ExitStack() as stack:

        def opened(**answers: object) -> tuple[OpenKraken, Scripted]:
            usual = {"Assets": done(ASSETS), "AssetPairs": done(PAIRS)} | answers
            listed = {name: one if isinstance(one, list) else [one] for name, one in usual.items()}
            script = Scripted(listed)
            transport = httpx2.MockTransport(script)
            place = BrokerPlace(
                ADAPTER.base_url, script.now, script.sleep, script.next_nonce, transport
            )
            return stack.enter_context(closing(ADAPTER.open(KEY, place))), script

        yield opened


def done(result: Json) -> Json:
    return {"error": [], "result": result}


def trades(**found: Json) -> Json:
    return done({"trades": found, "count": len(found)})


def ledger(**found: Json) -> Json:
    return done({"ledger": found, "count": len(found)})

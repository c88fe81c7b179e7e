"""A sandbox whose streams are followed over a real WebSocket, and what is heard of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread

import httpx2

from coach.brokers.live.stream import FillStream, StreamNews
from coach.brokers.net.web_socket import follow, no_token
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
PATIENCE_S = 60.0
Hear = Callable[[str], StreamNews]
FILL = {"product_id": "BTC-USD", "side": "BUY", "size": "0.01", "price": "60000"}


def put(sandbox: SandboxServer, **plan: object) -> None:
    found = SandboxPlan.model_validate({"per_second": 0, **plan}).model_dump_json()
    httpx2.put(f"{sandbox.url}/sandbox/faults", content=found).raise_for_status()


def fill(sandbox: SandboxServer) -> None:
    httpx2.post(f"{sandbox.url}/sandbox/fills", json=FILL).raise_for_status()


@contextmanager
def followed(stream: FillStream, ask_token: Callable[[], str] = no_token) -> Iterator[Hear]:
    """Follow a stream in a thread; what is heard is the next news of a state."""
    told: SimpleQueue[StreamNews] = SimpleQueue()
    stop = Event()
    thread = Thread(target=follow, args=(stream, told.put, stop, lambda: 0.0, ask_token))
    thread.start()

    def hear(state: str) -> StreamNews:
        try:
            while (news := told.get(timeout=PATIENCE_S)).state != state:
                pass
        except Empty:
            raise AssertionError(f"nothing was told of {state}") from None
        return news

    try:
        yield hear
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()

"""Following a stream over a WebSocket, in a thread, within limits, and again when it ends.

A message has a size limit, a connection a time limit, and a line without a message for too long is
dead. Between two connections lies a pause that doubles up to a minute, and chance spreads those who
were cut off together. Nothing is sent but what the stream greets with.
"""

import logging
import random
from collections.abc import Callable
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING

from coach.brokers.live.stream import FillStream, StreamEnds, StreamNews
from coach.errors import AuthenticationFailed

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    Tell = Callable[[StreamNews], None]
    AskToken = Callable[[], str]

CONNECT_S = 10.0
CLOSE_S = 1.0
LOOK_S = 0.25
LARGEST = 1 << 20
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
MOST_DOUBLINGS = 6
LONGEST_REASON = 160


def no_token() -> str:
    """Return no token."""
    return ""


def follow(
    stream: FillStream,
    tell: "Tell",
    stop: Event,
    chance: Callable[[], float] = random.random,
    ask_token: "AskToken" = no_token,
) -> None:
    """Follow a stream until `stop`, or until the broker refuses it for good.

    `ask_token` returns a token for the next connection, or raises as `FillStream.read` does.
    """
    failures = 0
    while not stop.is_set():
        lasted = _Told(tell)
        try:
            _one_connection(stream, lasted, stop, ask_token)
        except AuthenticationFailed as refusal:
            tell(StreamNews("refused", str(refusal)))
            return
        except Silent:
            tell(StreamNews("silent", f"no message for {stream.silent_after_s:g} s"))
        except _troubles() as trouble:
            tell(StreamNews("lost", str(trouble)[:LONGEST_REASON] or type(trouble).__name__))
        failures = 0 if lasted.was_open else failures + 1
        stop.wait(pause_s(failures, chance()))


def pause_s(failures: int, chance: float) -> float:
    """Return how long to wait before the next connection: half of it is left to chance."""
    doubled: float = FIRST_PAUSE_S * 2 ** min(failures, MOST_DOUBLINGS)
    return min(doubled, LONGEST_PAUSE_S) * (0.5 + chance / 2)


class Silent(Exception):
    """Nothing came for too long."""


class _Told:
    """Tells on, and remembers whether the stream was ever open."""

    def __init__(self, tell: "Tell") -> None:
        self._tell = tell
        self.was_open = False

    def __call__(self, news: StreamNews) -> None:
        self.was_open = self.was_open or news.state == "open"
        self._tell(news)


def _troubles() -> tuple[type[Exception], ...]:
    from websockets.exceptions import WebSocketException

    return OSError, EOFError, WebSocketException, StreamEnds


def _one_connection(stream: FillStream, tell: "Tell", stop: Event, ask_token: "AskToken") -> None:
    token = ask_token() if stream.needs_token else ""
    with _connected(stream.url) as socket:
        for greeting in stream.greetings(token):
            socket.send(greeting)
        heard = monotonic()
        while not stop.is_set():
            try:
                text = socket.recv(timeout=LOOK_S)
            except TimeoutError:
                if monotonic() - heard > stream.silent_after_s:
                    raise Silent from None
                continue
            heard = monotonic()
            for signal in stream.read(text if isinstance(text, str) else ""):
                if signal in {"open", "fill", "gap"}:
                    tell(StreamNews(signal))


def _connected(url: str) -> "ClientConnection":
    """Connect without a proxy and without a word in a log."""
    from websockets.sync.client import connect

    logger = logging.Logger("coach.streams", logging.CRITICAL + 1)  # noqa: LOG001 -- of nobody else
    return connect(
        url,
        open_timeout=CONNECT_S,
        close_timeout=CLOSE_S,
        max_size=LARGEST,
        compression=None,
        proxy=None,
        logger=logger,
    )

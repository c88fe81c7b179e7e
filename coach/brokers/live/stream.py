"""A broker's stream of one's own orders, as somebody follows it: what to send, what is told.

A stream only says that it is time to read the list of fills. It may lose, repeat and reorder
messages, and none of its numbers is kept.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

StreamSignal = Literal["open", "fill", "gap", "beat", "other"]
"""open: it follows now · fill: something was filled · gap: a message was lost · beat: it lives."""
StreamState = Literal["open", "fill", "gap", "silent", "lost", "refused", "token"]
"""silent: nothing came for too long · lost: the connection ended · refused: the broker said no ·
token: it waits for a token before it connects."""


class StreamEnds(Exception):
    """The broker ends a stream, or does not open it now; it may be opened again later."""


class FillStream(Protocol):
    """One user's stream; `silent_after_s` without a message mean that the line is dead.

    It is infinite where a broker sends nothing while nothing happens: there the pings of the
    connection itself find out.
    """

    @property
    def url(self) -> str:
        """Return where to connect."""

    @property
    def silent_after_s(self) -> float:
        """Return after how long without a message the line is taken for dead."""

    @property
    def needs_token(self) -> bool:
        """Return whether each connection takes a token that the broker hands out by REST."""

    def greetings(self, token: str = "") -> tuple[str, ...]:
        """Return what is sent first over a new connection, whose count begins anew."""

    def read(self, text: str) -> tuple[StreamSignal, ...]:
        """Return what a message tells.

        AuthenticationFailed where it refuses us for good, StreamEnds where it ends for now.
        """


@dataclass(frozen=True, slots=True)
class StreamNews:
    """What became of a stream, or what it told, with the reason of a trouble."""

    state: StreamState
    reason: str = ""

"""The accounts that are watched: by a stream where the broker has one, else by asking.

A stream is followed in a thread of its own, which touches no database: it only puts what it is
told into a queue.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

from coach.brokers.live.stream import FillStream, StreamNews
from coach.engine.api.broker.account_broker import open_account_broker
from coach.engine.api.session import Session
from coach.engine.store import accounts
from coach.errors import NotFound

if TYPE_CHECKING:
    from coach.engine.store.accounts import BrokerConnection

FAREWELL_S = 15.0
"""How long a thread may take to see that it is to end: one that connects may take ten."""


class AccountNews(NamedTuple):
    """What the stream of an account told."""

    account: str
    news: StreamNews


@dataclass(slots=True)
class FollowedAccount:
    """An account that is watched, when it is read next (a monotonic time) and why.

    `newest` is when the newest fill was, as the broker said last; `rereads` counts how often it was
    read in vain after its stream told of a fill; `trouble` is the code of what went wrong last,
    `state` what was told last of the stream.
    """

    connected: "BrokerConnection"
    stream: FillStream | None = None
    due: float = 0.0
    why: str = "start"
    newest: datetime | None = None
    rereads: int = 0
    trouble: str = ""
    state: str = ""

    @property
    def name(self) -> str:
        """Return the account's name."""
        return self.connected.account


@dataclass(slots=True)
class Streams:
    """What all streams tell, and how they are ended."""

    told: SimpleQueue[AccountNews] = field(default_factory=SimpleQueue)
    ending: Event = field(default_factory=Event)


def followed_accounts(session: Session, names: Sequence[str]) -> list[FollowedAccount]:
    """Return the connected accounts, or those of these names; NotFound where one is not there."""
    connected = accounts.connected(session.connection, session.user.id)
    known = {one.account: one for one in connected}
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise NotFound(kind="connected account", name=unknown[0] if unknown else "any")
    return [FollowedAccount(known[name]) for name in (names or known)]


def stream_of(session: Session, account: FollowedAccount) -> FillStream | None:
    """Return the stream of an account, None where its broker is asked; nothing is connected yet."""
    with open_account_broker(session, account.connected) as opened:
        return opened.stream()


@contextmanager
def followed_streams(watched: Sequence[FollowedAccount]) -> Iterator[Streams]:
    """Follow the streams of some accounts until the block ends."""
    from coach.brokers.net.web_socket import follow

    streams = Streams()
    threads = [
        Thread(target=follow, args=(one.stream, partial(_put, streams, one.name), streams.ending))
        for one in watched
        if one.stream is not None
    ]
    for thread in threads:
        thread.daemon = True
        thread.start()
    try:
        yield streams
    finally:
        streams.ending.set()
        for thread in threads:
            thread.join(FAREWELL_S)


def _put(streams: Streams, account: str, news: StreamNews) -> None:
    streams.told.put(AccountNews(account, news))

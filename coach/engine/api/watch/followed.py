"""The accounts that are watched: by a stream where the broker has one, else by asking.

A stream is followed in a thread of its own, which touches no database: it only puts what it is
told into a queue. A token that it needs is brought by the thread that has the session.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

from coach.brokers.live.stream import FillStream, StreamEnds, StreamNews
from coach.engine.api.broker.account_broker import open_account_broker
from coach.engine.api.people import features
from coach.engine.api.session import Session
from coach.engine.store import accounts
from coach.errors import AuthenticationFailed, CoachError, NotFound

if TYPE_CHECKING:
    from coach.engine.store.accounts import BrokerConnection

LOOK_S = 0.25
FAREWELL_S = 15.0
"""How long a thread may take to see that it is to end: one that connects may take ten."""


StreamToken = str | AuthenticationFailed | StreamEnds
"""A token for one connection of a stream, or why there is none."""


class AccountNews(NamedTuple):
    """What the stream of an account told."""

    account: str
    news: StreamNews


@dataclass(slots=True)
class FollowedAccount:
    """An account that is watched, when it is read next (a monotonic time) and why.

    `newest` is when the newest fill was, as the broker said last; `rereads` counts how often it was
    read in vain after its stream told of a fill, `failures` how often it could not be read since it
    could; `rests_until` is a monotonic time before which its broker asked not to be asked;
    `trouble` is the code of what went wrong last, `state` what was told last of the stream.
    `tokens` are on their way to the stream's thread, which `ended` ends.
    """

    connected: "BrokerConnection"
    stream: FillStream | None = None
    due: float = 0.0
    why: str = "start"
    newest: datetime | None = None
    rereads: int = 0
    failures: int = 0
    rests_until: float = 0.0
    trouble: str = ""
    state: str = ""
    tokens: SimpleQueue[StreamToken] = field(default_factory=SimpleQueue)
    ended: Event = field(default_factory=Event)

    @property
    def name(self) -> str:
        """Return the account's name."""
        return self.connected.account

    def is_due(self, now: float) -> bool:
        """Return whether it is to be read, at a monotonic time."""
        return max(self.due, self.rests_until) <= now


@dataclass(slots=True)
class Streams:
    """What all streams tell."""

    told: SimpleQueue[AccountNews] = field(default_factory=SimpleQueue)


def followed_accounts(session: Session, names: Sequence[str]) -> list[FollowedAccount]:
    """Return the connected accounts, or those of these names; NotFound where one is not there."""
    connected = accounts.connected(session.connection, session.user.id)
    known = {one.account: one for one in connected}
    unknown = [name for name in names if name not in known]
    if unknown or not known:
        raise NotFound(kind="connected account", name=unknown[0] if unknown else "any")
    return [FollowedAccount(known[name]) for name in (names or known)]


def still_connected(
    session: Session, watched: Sequence[FollowedAccount]
) -> tuple[list[FollowedAccount], list[FollowedAccount]]:
    """Return those that are still connected, and those that are not, whose streams end.

    One that was connected anew is asked under what it is connected by now.
    """
    found = accounts.connected(session.connection, session.user.id)
    there = {one.account_id: one for one in found}
    stay = [one for one in watched if one.connected.account_id in there]
    gone = [one for one in watched if one.connected.account_id not in there]
    for one in stay:
        one.connected = there[one.connected.account_id]
    for one in gone:
        one.ended.set()
    return stay, gone


def stream_of(session: Session, account: FollowedAccount) -> FillStream | None:
    """Return the stream of an account, None where its broker is asked; nothing is connected yet."""
    from coach.brokers.registry import adapter_of

    if not features.is_on(session, adapter_of(account.connected.broker).stream_feature):
        return None
    with open_account_broker(session, account.connected) as opened:
        return opened.stream()


def token_of(session: Session, account: FollowedAccount) -> StreamToken:
    """Return a token for the stream of an account, or why there is none."""
    try:
        with open_account_broker(session, account.connected) as opened:
            return opened.stream_token()
    except AuthenticationFailed as refusal:
        return refusal
    except CoachError as trouble:
        return StreamEnds(str(trouble))


@contextmanager
def followed_streams(watched: Sequence[FollowedAccount]) -> Iterator[Streams]:
    """Follow the streams of some accounts until the block ends."""
    from coach.brokers.net.web_socket import follow

    streams = Streams()
    threads = [
        Thread(
            target=follow,
            name=f"stream of {one.name}",
            args=(one.stream, partial(_put, streams, one.name), one.ended),
            kwargs={"ask_token": partial(_wait_for_token, streams, one)},
        )
        for one in watched
        if one.stream is not None
    ]
    for thread in threads:
        thread.daemon = True
        thread.start()
    try:
        yield streams
        _say_farewell(watched, threads)
    except BaseException as ended:
        _say_farewell(watched, threads if isinstance(ended, Exception | GeneratorExit) else ())
        raise


def _say_farewell(watched: Sequence[FollowedAccount], threads: Sequence[Thread]) -> None:
    """End all streams, and wait for these threads; who interrupts the process waits for none."""
    for one in watched:
        one.ended.set()
    for thread in threads:
        thread.join(FAREWELL_S)


def _put(streams: Streams, account: str, news: StreamNews) -> None:
    streams.told.put(AccountNews(account, news))


def _wait_for_token(streams: Streams, account: FollowedAccount) -> str:
    """Ask for a token, and return it once it is there; in the stream's thread."""
    _put(streams, account.name, StreamNews("token"))
    while not account.ended.is_set():
        try:
            brought = account.tokens.get(timeout=LOOK_S)
        except Empty:
            continue
        if isinstance(brought, str):
            return brought
        raise brought
    raise StreamEnds("nobody watches any more")

"""Watching: whoever trades is told at once which of their rules a fill broke.

A stream only says when to read: fills come by the list of the broker alone, through the same sync
as ever, so each counts once. What follows (trades, breaches, their events) is that of any import,
and breaches are told from the events, whoever imported what broke a rule. Habits are scored once a
breach was told. Nothing here can order anything.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty
from time import monotonic
from typing import TYPE_CHECKING, Any

from coach.brokers.live.stream import StreamNews
from coach.engine.api import events
from coach.engine.api.broker.account_broker import open_account_broker
from coach.engine.api.broker.sync import SyncRequest, sync
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.session import Session
from coach.engine.api.watch.cooldowns import cooldowns
from coach.engine.api.watch.followed import (
    AccountNews,
    FollowedAccount,
    Streams,
    followed_accounts,
    followed_streams,
    still_connected,
    stream_of,
    token_of,
)
from coach.engine.api.watch.fresh import BREACHED, fresh_breaches, texts
from coach.engine.api.watch.notices import NoticeKind, WatchNotice
from coach.engine.store import fills
from coach.errors import CoachError, Locked, NotFound, TryLater
from coach.model.events import Event
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.engine.api.watch.cooldowns import Cooldown
    from coach.model.accounts import Run

REREADS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""The list of fills may lag behind the stream: the pauses before it is read once more."""
PATIENCE_S = 3.0
"""How long a question to one broker may hold up what is told of the others."""
RETRY_S = 2.0
LOOK_S = 0.25
CHANGED = "account.changed"
TICK_S = 1.0
BUSY_S = 5.0
SETTLE_S = 2.0
TOLD = {
    "open": "its fills are followed as they happen",
    "gap": "a message was lost: its fills are read",
    "silent": "its stream fell silent, and is opened again: {reason}",
    "lost": "its stream ended, and is opened again: {reason}",
    "refused": "its stream is refused, so that it is asked now and then: {reason}",
}


@dataclass(frozen=True, slots=True)
class WatchWishes:
    """Which accounts are watched (none: all), how often one is asked that has no stream.

    With `once` each is read once. With `ticks` there is a notice each second of a cooldown.
    """

    accounts: tuple[str, ...] = ()
    every_s: float = 60.0
    once: bool = False
    ticks: bool = False


def watch(
    session: Session, wishes: WatchWishes, stop: Callable[[], bool]
) -> Generator[WatchNotice, None, None]:
    """Yield what whoever watches is told, until `stop`; NotFound where no account is connected.

    What goes wrong with one account is told, tried again later, and stops no other.
    """
    watched = followed_accounts(session, wishes.accounts)
    for account in () if wishes.once else watched:
        with suppress(CoachError):  # the first read says what is wrong with it
            account.stream = stream_of(session, account)
    with followed_streams(watched) as streams:
        yield from _Watch(session, wishes, watched, streams).notices(stop)


class _Watch:
    def __init__(
        self,
        session: Session,
        wishes: WatchWishes,
        watched: Sequence[FollowedAccount],
        streams: Streams,
    ) -> None:
        self._session = session if wishes.once else replace(session, broker_patience_s=PATIENCE_S)
        self._wishes = wishes
        self._watched = watched
        self._streams = streams
        newest = events.newest(session, 1)
        self._last = newest[0].id if newest else None
        self._cooldowns: tuple[Cooldown, ...] = ()
        self._ticked = 0.0
        self._unsettled: float | None = None
        self._eager = session if wishes.once else replace(session, scored_at_once=0)

    def notices(self, stop: Callable[[], bool]) -> Iterator[WatchNotice]:
        for one in self._watched:
            way = "asked" if one.stream is None else "stream"
            told = "read once" if self._wishes.once else _how(one, self._wishes.every_s)
            yield self._notice("account", told, account=one.name, state=way)
        yield from self._changed_cooldowns()
        while not stop():
            for account in [one for one in self._watched if one.is_due(monotonic())]:
                yield from self._read(account)
                yield from self._news()
                if stop():
                    return
            if self._wishes.once:
                return
            yield from self._news()
            yield from self._passing_time()
            yield from self._heard()
            self._settle()

    def _heard(self) -> Iterator[WatchNotice]:
        """Wait for a word of a stream, not for long, and yield what is told of it."""
        try:
            found = self._streams.told.get(timeout=LOOK_S)
        except Empty:
            return
        while True:
            yield from self._of_stream(found)
            if self._streams.told.empty():
                return
            found = self._streams.told.get()

    def _of_stream(self, found: AccountNews) -> Iterator[WatchNotice]:
        account = next((one for one in self._watched if one.name == found.account), None)
        if account is None:  # it is gone, and its stream ends
            return
        state = found.news.state
        if state == "token":
            account.tokens.put(token_of(self._session, account))
            return
        if state in {"open", "fill", "gap"}:
            account.due, account.why, account.rereads = 0.0, state, 0
        if state == "refused":
            account.stream = None
        if state in {"fill", account.state}:
            return
        account.state = "" if state == "gap" else state
        yield self._notice("stream", _told(found.news), account=account.name, state=state)

    def _read(self, account: FollowedAccount) -> Iterator[WatchNotice]:
        """Read what is new of an account; a trouble is told when it begins."""
        account.due = monotonic() + self._wishes.every_s
        why, account.why = account.why, "look"
        try:
            run = self._new_fills(account, why)
        except CoachError as trouble:
            yield from self._gone()
            if account not in self._watched:
                return
            account.due = monotonic() + self._pause_after(trouble, account)
            account.rests_until = monotonic() + _asked_wait_s(trouble)
            account.why, account.newest = why, None  # what is new was not read
            account.failures += 1
            if account.trouble != trouble.code:
                account.trouble = trouble.code
                yield self._notice(
                    "trouble", str(trouble), account=account.name, state=trouble.code
                )
            return
        account.failures = 0
        if account.trouble:
            account.trouble = ""
            yield self._notice("stream", "it is read again", account=account.name, state="read")
        if run is not None and run.new:
            self._unsettled = monotonic()
            told = counted(run.new, "new fill", "new fills")
            yield self._notice("fills", told, account=account.name, fills=run.new)
        elif why == "fill" and account.rereads < len(REREADS_S):
            account.due = monotonic() + REREADS_S[account.rereads]
            account.why = "fill"
            account.rereads += 1

    def _new_fills(self, account: FollowedAccount, why: str) -> "Run | None":
        """Read the new fills; None where the broker names none, and nothing told of any.

        A broker that may be away is asked a short question first, so that it holds up nobody. What
        it answers in parts, each at its own pace, is waited for as a command would.
        """
        wanted = why != "look"
        may_be_away = why in {"look", "start"} or account.failures > 0
        if may_be_away and not self._wishes.once:
            wanted = self._has_news(account) or wanted
        if not wanted:
            return None
        return sync(self._eager, account.name, SyncRequest(only_news=True))

    def _pause_after(self, trouble: CoachError, account: FollowedAccount) -> float:
        """Return the seconds until an account is tried again: longer each time it is in vain."""
        if isinstance(trouble, Locked):
            return BUSY_S
        if not isinstance(trouble, TryLater):
            return self._wishes.every_s
        return min(RETRY_S * 2.0 ** min(account.failures, 10), self._wishes.every_s)

    def _has_news(self, account: FollowedAccount) -> bool:
        """Say whether the broker names another newest fill than before."""
        with open_account_broker(self._session, account.connected) as opened:
            newest = opened.newest_fill(self._session.clock())
        before, account.newest = account.newest, newest
        return newest != before

    def _news(self) -> Iterator[WatchNotice]:
        """Yield the breaches among the events that came since the last look."""
        found = list(events.every(self._session, self._last))
        if not found:
            return
        self._last = found[-1].id
        for event in found:
            if event.type == BREACHED:
                yield from self._breaches(event)
        if any(event.type == CHANGED for event in found):
            yield from self._gone()
        yield from self._changed_cooldowns()

    def _gone(self) -> Iterator[WatchNotice]:
        """Follow no longer what was disconnected meanwhile; NotFound where nothing is left."""
        self._watched, gone = still_connected(self._session, self._watched)
        for one in gone:
            told = "it is connected no longer, and is not followed"
            yield self._notice("account", told, account=one.name, state="gone")
        if not self._watched:
            raise NotFound(kind="connected account", name="any")

    def _settle(self) -> None:
        """Draw the conclusions that warnings did not wait for, once nothing came for a moment.

        Those of a large history, or where another process is at work, stay due as after any import.
        """
        if self._unsettled is None or monotonic() - self._unsettled < SETTLE_S:
            return
        self._unsettled = None
        connection, user_id = self._session.connection, self._session.user.id
        count, _, _ = fills.reach(connection, user_id, None)
        if count <= self._session.scored_at_once:
            with suppress(Locked):
                conclude_due(self._session, BUSY_S)

    def _breaches(self, event: Event) -> Iterator[WatchNotice]:
        """Yield a notice for each trade of an event; earlier ones are only counted."""
        rule_id = str(event.payload["rule_id"])
        signed = tuple(texts(event.payload.get("commitments", [])))
        found = fresh_breaches(self._session, event)
        for one in found.fresh:
            more = {"trade_id": one.trade_id, "commitments": signed}
            yield self._notice("breach", one.sentence, rule_id=rule_id, **more)
        if found.earlier:
            times = counted(found.earlier, "earlier breach", "earlier breaches")
            yield self._notice("earlier", f"{rule_id}: {times}", rule_id=rule_id)

    def _changed_cooldowns(self) -> Iterator[WatchNotice]:
        """Yield each cooldown that runs now and did not before, and each that is asked no more.

        A rule that was removed, paused or changed asks for none, nor does a loss that was undone.
        """
        before, self._cooldowns = self._cooldowns, cooldowns(self._session)
        asking, now = {one.rule_id for one in self._cooldowns}, self._session.clock()
        for one in before:
            if one.until > now and one.rule_id not in asking:
                told = f"{one.rule_id} asks for no pause any more"
                yield self._notice("cooldown", told, rule_id=one.rule_id, state="over")
        for one in self._cooldowns:
            if one not in before:
                yield self._notice(
                    "cooldown",
                    f"{one.rule_id} asks for a pause",
                    rule_id=one.rule_id,
                    state="begins",
                    until=one.until,
                )

    def _passing_time(self) -> Iterator[WatchNotice]:
        """Yield the cooldowns that are over, and the seconds of those that run."""
        now = self._session.clock()
        for one in self._cooldowns:
            if one.until <= now:
                told = f"the pause that {one.rule_id} asked for is over"
                yield self._notice("cooldown", told, rule_id=one.rule_id, state="over")
        self._cooldowns = tuple(one for one in self._cooldowns if one.until > now)
        if self._wishes.ticks and self._cooldowns and monotonic() - self._ticked >= TICK_S:
            self._ticked = monotonic()
            last = max(self._cooldowns, key=lambda one: one.until)
            yield self._notice("tick", "", rule_id=last.rule_id, until=last.until)

    def _notice(self, kind: NoticeKind, told: str, **more: Any) -> WatchNotice:  # noqa: ANN401 -- its fields
        return WatchNotice(kind, self._session.clock(), told, **more)


def _asked_wait_s(trouble: CoachError) -> float:
    """Return for how many seconds a broker asked to be left alone; 0 where it did not."""
    asked = trouble.facts.get("wait_s")
    return asked if isinstance(asked, float) else 0.0


def _how(account: FollowedAccount, every_s: float) -> str:
    if account.stream is not None:
        return "its fills are followed as they happen, once its stream is open"
    return f"asked every {every_s:g} s"


def _told(news: StreamNews) -> str:
    return TOLD[news.state].format(reason=news.reason)

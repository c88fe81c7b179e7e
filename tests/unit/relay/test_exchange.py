"""A stream under anything that can happen: what a follower has applied is what was written.

Streams with known mistakes are driven through the same steps, and each of them is found.
"""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from coach.engine.relay.stream import (
    WINDOW,
    Closed,
    Frame,
    Hello,
    OutOfStep,
    ResumePoint,
    StreamGap,
    StreamSession,
)
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, StreamHead
from tests.chaos.mutants import SESSIONS

THEN = datetime(2026, 3, 1, tzinfo=UTC)
Applied = tuple[int, str]


class Exchange(RuleBasedStateMachine):
    """A user's outbox, a stream, and a follower that applies, forgets, lags and comes back.

    `written` says for each number in which epoch it was written, so that a number which a restore
    gave twice is two events.
    """

    session: ClassVar[type[StreamSession]] = StreamSession

    def __init__(self) -> None:
        super().__init__()
        self.there = StreamHead("0", 1, 0)
        self.written: list[str] = []
        self.stream = self.session()
        self.applied: list[Applied] = []
        self.next = 0
        self.epoch = ""
        self.line: list[Event] = []
        self.now = 0.0
        self.hear([self.stream.open(None, self.there)])

    def event(self, seq: int) -> Event:
        born = self.written[seq - 1]
        payload = {"epoch": born}
        return Event(
            EventId(f"{seq:026}"), UserId("u"), seq, "digest.ready", 1, THEN, dict(payload)
        )

    def hear(self, frames: list[Frame]) -> None:
        for frame in frames:
            match frame:
                case Hello():
                    self.greet(frame)
                case Closed():
                    self.come_back()
                case OutOfStep():
                    self.hear([self.stream.open(self.place(), self.there)])
                case Event():
                    raise AssertionError

    def greet(self, hello: Hello) -> None:
        """Go on where the stream says, or begin anew; another epoch is never passed over."""
        self.line.clear()
        if hello.recovered:
            assert self.epoch in {"", hello.epoch}, "another epoch was passed over"
            assert not self.next or hello.start <= self.next, "events were left out"
        if not hello.recovered or not self.next:
            self.applied.clear()
            self.next = hello.start
        self.epoch = hello.epoch

    def place(self) -> ResumePoint:
        """Where the follower is, by number and epoch, as its relay looks it up."""
        seq = self.next - 1
        here = self.there.floor <= seq <= self.there.head
        same = here and (not self.applied or self.applied[-1][1] == self.written[seq - 1])
        return ResumePoint(seq, known=same, epoch=self.epoch)

    @rule(events=st.integers(1, 300))
    def commit(self, events: int) -> None:
        self.written.extend([self.there.epoch] * events)
        self.there = StreamHead(self.there.epoch, self.there.floor, self.there.head + events)

    @rule(limit=st.integers(1, 400), overlap=st.integers(0, 3))
    def fetch_and_send(self, limit: int, overlap: int) -> None:
        self.hear(self.stream.look(self.there, self.now))
        wanted = self.stream.wanted()
        if wanted is None:
            return
        after, room = wanted
        first = max(after + 1 - overlap, self.there.floor)
        last = min(after + min(limit, room), self.there.head)
        found = [self.event(seq) for seq in range(first, last + 1)]
        self.line.extend(self.stream.take(found, self.now))

    @precondition(lambda self: self.line)
    @rule(events=st.integers(1, 50))
    def apply(self, events: int) -> None:
        for one in self.line[:events]:
            assert one.seq == self.next, "not the next one"
            self.applied.append((one.seq, str(one.payload["epoch"])))
            self.next += 1
        del self.line[:events]
        self.hear(self.stream.ack(self.next - 1))

    @rule(passed=st.floats(0, 100))
    def wait(self, passed: float) -> None:
        self.now += passed
        self.hear(self.stream.look(self.there, self.now))

    @rule()
    def come_back(self) -> None:
        self.stream = self.session()
        self.hear([self.stream.open(self.place(), self.there)])

    @rule(share=st.floats(0, 1))
    def purge(self, share: float) -> None:
        floor = self.there.floor + int(share * (self.there.head + 1 - self.there.floor))
        self.there = StreamHead(self.there.epoch, floor, self.there.head)

    @rule(share=st.floats(0, 1), at_once=st.booleans())
    def restore(self, share: float, at_once: bool) -> None:
        """Go back to an earlier state in a new epoch; whoever is connected may see it later."""
        head = int(self.there.head * share)
        del self.written[head:]
        floor = min(self.there.floor, head + 1)
        self.there = StreamHead(str(int(self.there.epoch) + 1), floor, head)
        if at_once:
            self.hear(self.stream.look(self.there, self.now))

    @rule()
    def catch_up(self) -> None:
        """Send and apply until nothing is left: then everything is there, and nothing else."""
        while self.stream.sent < self.there.head or self.line or self.epoch != self.there.epoch:
            before = (self.stream.sent, self.next, self.epoch)
            self.fetch_and_send(WINDOW, 0)
            if self.line:
                self.apply(WINDOW)
            assert before != (self.stream.sent, self.next, self.epoch), "it stands still"
        assert self.next == self.there.head + 1
        assert self.applied == [(seq, self.written[seq - 1]) for seq, _ in self.applied], (
            "what was replaced is still there"
        )

    @invariant()
    def no_more_than_a_window_is_on_its_way(self) -> None:
        assert len(self.line) <= WINDOW

    def teardown(self) -> None:
        self.catch_up()


TestExchange = Exchange.TestCase


@pytest.mark.parametrize("mutant", ["", "M3", "M5", "M6", "M7"])
def test_a_stream_with_a_known_mistake_is_found(mutant: str) -> None:
    """More events than fit, a return between two of them, and a restore."""
    one = type("Driven", (Exchange,), {"session": SESSIONS.get(mutant, StreamSession)})()
    with pytest.raises((AssertionError, StreamGap)) if mutant else nullcontext():
        one.commit(300)
        one.fetch_and_send(WINDOW, 0)
        one.fetch_and_send(WINDOW, 0)
        one.apply(5)
        one.catch_up()
        one.come_back()
        one.commit(5)
        one.catch_up()
        one.restore(0.5, at_once=False)
        one.commit(200)
        one.catch_up()

"""A stream without input or output: the answers to a return, the window, lag, and its end."""

from datetime import UTC, datetime

import pytest

from coach.engine.relay.stream import (
    FULL_S,
    LAG_S,
    STALLED_S,
    WINDOW,
    Closed,
    Hello,
    OutOfStep,
    ResumePoint,
    StreamGap,
    StreamSession,
)
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, StreamHead

THEN = datetime(2026, 3, 1, tzinfo=UTC)
THERE = StreamHead(epoch="one", floor=11, head=20)


def event(seq: int) -> Event:
    return Event(
        EventId(f"{seq:026}"),
        UserId("u"),
        seq,
        "digest.ready",
        1,
        datetime(2026, 3, 1, tzinfo=UTC),
        {},
    )


def events(first: int, last: int) -> list[Event]:
    return [event(seq) for seq in range(first, last + 1)]


def opened(point: ResumePoint | None = None, there: StreamHead = THERE) -> StreamSession:
    stream = StreamSession()
    assert isinstance(stream.open(point, there), Hello)
    return stream


@pytest.mark.parametrize(
    ("point", "start", "reason"),
    [
        (None, 21, None),
        (ResumePoint(15, known=True), 16, None),
        (ResumePoint(20, known=True, epoch="one"), 21, None),
        (ResumePoint(10, known=False), 11, None),
        (ResumePoint(9, known=False), 11, "retention"),
        (ResumePoint(9, known=False, epoch="one"), 11, "retention"),
        (ResumePoint(21, known=False), 11, "epoch"),
        (ResumePoint(15, known=False), 11, "epoch"),
        (ResumePoint(15, known=True, epoch="before"), 11, "epoch"),
    ],
)
def test_a_return_is_answered_with_what_is_missing(
    point: ResumePoint | None, start: int, reason: str | None
) -> None:
    hello = StreamSession().open(point, THERE)
    assert isinstance(hello, Hello)
    assert (hello.start, hello.reason, hello.recovered) == (start, reason, reason is None)
    assert (hello.epoch, hello.head) == ("one", 20)
    assert set(hello.features) >= {"ack", "resume"}


def test_an_event_of_somebody_else_ends_the_stream() -> None:
    stream = StreamSession()
    assert stream.open(ResumePoint(15, known=False, epoch="one"), THERE) == Closed(
        4400, "no such event"
    )
    assert stream.wanted() is None


def test_what_is_wanted_follows_what_was_sent_and_what_was_sent_is_not_sent_again() -> None:
    stream = opened(ResumePoint(15, known=True))
    assert stream.wanted() == (15, WINDOW)
    assert stream.take(events(14, 18), now=0.0) == events(16, 18)
    assert stream.wanted() == (18, WINDOW - 3)
    stream.ack(17)
    assert stream.wanted() == (18, WINDOW - 1)


@pytest.mark.parametrize("handed", [[event(18)], [event(16), event(18)], [event(17), event(16)]])
def test_events_that_leave_one_out_are_not_sent(handed: list[Event]) -> None:
    stream = opened(ResumePoint(15, known=True))
    with pytest.raises(StreamGap):
        stream.take(handed, now=0.0)
    assert stream.sent == 15


def full(head: int) -> tuple[StreamSession, StreamHead]:
    """A stream whose window is full, with one more event waiting behind it."""
    there = StreamHead("one", 1, head)
    stream = opened(ResumePoint(0, known=False), there)
    stream.take(events(1, WINDOW), now=0.0)
    return stream, there


def test_a_follower_that_lags_is_told_once_and_gets_nothing_until_it_says_where_it_is() -> None:
    stream, there = full(head=WINDOW + 1)
    assert stream.wanted() is None
    late = FULL_S + 0.1
    assert stream.look(there, now=late) == [OutOfStep("one", 1, WINDOW + 1)]
    assert stream.look(there, now=late + 1) == []
    stream.ack(WINDOW)
    assert stream.wanted() is None
    hello = stream.open(ResumePoint(40, known=True, epoch="one"), there)
    assert isinstance(hello, Hello)
    assert hello.recovered
    assert stream.wanted() == (40, WINDOW)


def test_many_events_at_once_are_no_lag_of_who_acknowledges_them_soon() -> None:
    stream, there = full(head=2 * WINDOW)
    assert stream.look(there, now=FULL_S) == []
    stream.ack(WINDOW)
    assert stream.look(there, now=FULL_S + 1) == []
    assert stream.wanted() == (WINDOW, WINDOW)


def test_a_full_window_with_nothing_behind_it_is_no_lag() -> None:
    stream, there = full(head=WINDOW)
    assert stream.look(there, now=LAG_S * 5) == []


def test_one_event_that_is_on_its_way_for_too_long_is_lag_when_others_wait() -> None:
    stream = opened(ResumePoint(20, known=True))
    stream.take([event(21)], now=0.0)
    there = StreamHead("one", 11, 22)
    assert stream.look(there, now=LAG_S) == []
    assert stream.look(there, now=LAG_S + 0.1) == [OutOfStep("one", 21, 22)]


def test_a_follower_that_never_answers_is_closed_so_that_it_can_come_back() -> None:
    stream, there = full(head=WINDOW + 1)
    late = FULL_S + 0.5
    stream.look(there, now=late)
    assert stream.look(there, now=late + STALLED_S - 0.1) == []
    (frame,) = stream.look(there, now=late + STALLED_S)
    assert isinstance(frame, Closed)
    assert frame.code == 4008
    assert stream.look(there, now=STALLED_S * 2) == []


def test_events_that_leave_before_they_were_sent_are_told_as_missing() -> None:
    stream = opened(ResumePoint(15, known=True))
    (hello,) = stream.look(StreamHead("one", 18, 20), now=0.0)
    assert hello == Hello("one", 20, 18, recovered=False, reason="retention")
    assert stream.look(StreamHead("one", 18, 20), now=0.0) == []


def test_the_first_event_of_a_user_is_no_change_of_epoch() -> None:
    stream = opened(there=StreamHead("", 1, 0))
    there = StreamHead("one", 1, 2)
    assert stream.look(there, now=0.0) == []
    assert stream.take(events(1, 2), now=0.0) == events(1, 2)
    assert stream.epoch == "one"


def test_an_epoch_that_changes_under_a_stream_is_told_and_all_is_sent_again() -> None:
    stream = opened(ResumePoint(20, known=True))
    restored = StreamHead("two", 11, 15)
    (hello,) = stream.look(restored, now=0.0)
    assert hello == Hello("two", 15, 11, recovered=False, reason="epoch")
    assert stream.take(events(11, 12), now=0.0) == events(11, 12)


@pytest.mark.parametrize("seq", [21, -1])
def test_an_acknowledgement_of_what_was_never_sent_ends_the_stream(seq: int) -> None:
    stream = opened(ResumePoint(20, known=True))
    (frame,) = stream.ack(seq)
    assert isinstance(frame, Closed)
    assert frame.code == 4400

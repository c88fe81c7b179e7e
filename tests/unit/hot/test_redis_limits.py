"""How long a Redis may take, at the socket."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from coach.engine.hot import redis_limits
from coach.engine.hot.redis_limits import CALL_S, LARGEST_REPLY, LimitedSocket, is_late, one_call


@dataclass
class Line:
    """A socket that gives a byte after another, each of which takes so many seconds."""

    takes_s: float = 0.0
    at: float = 0.0
    patience: float = 1.0
    timeouts: list[float] = field(default_factory=list)

    def gettimeout(self) -> float:
        return self.patience

    def settimeout(self, seconds: float) -> None:
        self.patience = seconds
        self.timeouts.append(seconds)

    def sendall(self, data: bytes) -> None:
        del data

    def recv(self, size: int) -> bytes:
        if self.takes_s > self.patience:
            self.at += self.patience
            raise TimeoutError
        self.at += self.takes_s
        return b"x" * min(size, 1_000_000)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    made = Line()
    monkeypatch.setattr(redis_limits, "monotonic", lambda: made.at)
    yield made
    assert not is_late()


def test_one_that_sends_a_bit_now_and_then_is_given_up_when_the_call_is_over(line: Line) -> None:
    line.takes_s = 0.9
    limited = LimitedSocket(line)  # type: ignore[arg-type]
    with one_call():
        limited.sendall(b"GET")
        assert limited.recv(1) + limited.recv(1) == b"xx"
        with pytest.raises(TimeoutError):
            limited.recv(1)
        assert is_late()
    assert line.at == pytest.approx(CALL_S)


def test_a_question_that_comes_too_late_is_not_asked(line: Line) -> None:
    limited = LimitedSocket(line)  # type: ignore[arg-type]
    with one_call():
        line.at += CALL_S
        with pytest.raises(TimeoutError):
            limited.sendall(b"GET")


def test_the_next_call_has_all_its_patience_again(line: Line) -> None:
    limited = LimitedSocket(line)  # type: ignore[arg-type]
    with one_call():
        line.at += 2.0
        limited.recv(1)
    with one_call():
        limited.recv(1)
    assert line.timeouts == [pytest.approx(0.5), 1.0]


def test_a_quick_call_changes_nothing_at_the_socket(line: Line) -> None:
    limited = LimitedSocket(line)  # type: ignore[arg-type]
    with one_call():
        limited.sendall(b"GET")
        limited.recv(1)
    assert line.timeouts == []


def test_a_reply_has_a_size(line: Line) -> None:
    limited = LimitedSocket(line)  # type: ignore[arg-type]
    limited.recv(LARGEST_REPLY)
    limited.recv(LARGEST_REPLY)
    with pytest.raises(RedisConnectionError, match="2 MB"):
        limited.recv(LARGEST_REPLY)

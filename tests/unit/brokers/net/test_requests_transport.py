"""A library that speaks through requests reaches its servers through our client, and no other."""

from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest
from requests import Session

from coach.brokers.net.client import HttpClient, HttpLimits
from coach.brokers.net.requests_transport import BoundedAdapter, NoBoundedAnswer, bounded_session

AT = "https://api.example.com"
HEADERS = {"X-Key": "k", "User-Agent": "coach"}


class Server:
    """Answers what a test wants, and keeps the requests."""

    def __init__(self) -> None:
        self.answer = httpx2.Response(200, text="[]")
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self.answer


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def session(server: Server) -> Iterator[Session]:
    transport = httpx2.MockTransport(server)
    client = HttpClient(AT, "example", transport, HttpLimits(body_bytes=100))
    made = bounded_session(BoundedAdapter({AT: client}, tuple(HEADERS)), HEADERS)
    with closing(made):
        yield made


def test_path_query_and_the_named_headers_arrive_as_they_were(
    session: Session, server: Server
) -> None:
    answer = session.get(
        f"{AT}/a/b", params="x=1&empty=&y=%5B%22Z%22%5D", headers={"X-Other": "no"}
    )
    assert (answer.status_code, answer.content) == (200, b"[]")
    (request,) = server.asked
    assert str(request.url) == f"{AT}/a/b?x=1&empty=&y=%5B%22Z%22%5D"
    assert (request.headers["x-key"], request.headers["user-agent"]) == ("k", "coach")
    assert "x-other" not in request.headers
    assert request.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example.com/a", "http://api.example.com/a", f"{AT}.evil.example/a"],
)
def test_no_other_server_is_reached(session: Session, server: Server, address: str) -> None:
    with pytest.raises(NoBoundedAnswer, match="nobody here would send"):
        session.get(address)
    assert server.asked == []


def test_nothing_is_ever_sent_but_questions(session: Session, server: Server) -> None:
    with pytest.raises(NoBoundedAnswer):
        session.post(f"{AT}/order", data={"side": "BUY"})
    assert server.asked == []


def test_a_redirect_is_an_answer_and_is_not_followed(session: Session, server: Server) -> None:
    server.answer = httpx2.Response(302, headers={"location": f"{AT}/elsewhere"})
    assert session.get(f"{AT}/a").status_code == 302
    assert len(server.asked) == 1


def test_an_answer_beyond_our_limit_is_none(session: Session, server: Server) -> None:
    server.answer = httpx2.Response(200, text="x" * 101)
    with pytest.raises(NoBoundedAnswer, match=r"\(limit\)"):
        session.get(f"{AT}/a")

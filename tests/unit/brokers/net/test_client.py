"""An answer has a size and a time, whatever the server sends; what goes wrong is a value."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest

from coach.brokers.net.client import HttpAnswer, HttpClient, HttpLimits, NoAnswer
from coach.errors import ConfigError

SMALL = HttpLimits(body_bytes=1_000, answer_s=60)
IMPATIENT = HttpLimits(body_bytes=1_000, answer_s=0.2)
Answer = Callable[[httpx2.Request], httpx2.Response]


def ask(answer: Answer, limits: HttpLimits = SMALL, path: str = "/x") -> HttpAnswer | NoAnswer:
    transport = httpx2.MockTransport(answer)
    with HttpClient("https://broker.example", "broker", transport, limits) as client:
        return client.get(path, [("a", "b")])


def packed(body: bytes, packing: str = "gzip") -> httpx2.Response:
    stream = httpx2.ByteStream(body)
    return httpx2.Response(200, headers={"content-encoding": packing}, stream=stream)


def test_a_whole_answer_comes_with_its_status_and_headers() -> None:
    found = ask(lambda _: httpx2.Response(404, headers={"x-a": "1"}, content=b"[]"))
    assert isinstance(found, HttpAnswer)
    assert (found.status, found.headers["x-a"], found.body) == (404, "1", b"[]")


@pytest.mark.parametrize("size", [0, 1, 999, 1000])
def test_a_packed_answer_is_unpacked(size: int) -> None:
    found = ask(lambda _: packed(gzip.compress(b"x" * size)))
    assert isinstance(found, HttpAnswer)
    assert found.body == b"x" * size


def test_an_empty_body_may_call_itself_packed() -> None:
    found = ask(lambda _: packed(b""))
    assert isinstance(found, HttpAnswer)


def test_an_answer_one_byte_over_the_limit_is_refused() -> None:
    for response in (httpx2.Response(200, content=b"x" * 1001), packed(gzip.compress(b"x" * 1001))):
        found = ask(lambda _, said=response: said)  # type: ignore[misc]
        assert found == NoAnswer("lied", "an answer of more than 0.001 MB (limit)")


def test_an_error_page_has_the_same_limit() -> None:
    found = ask(lambda _: httpx2.Response(500, content=b"x" * 1001))
    assert isinstance(found, NoAnswer)


def test_a_bomb_is_unpacked_no_further_than_the_limit() -> None:
    """Ten megabytes of zeros take ten kilobytes; of them 65,536 bytes are unpacked at most."""
    seen = 0

    class Counted(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal seen
            for piece in gzip.compress(b"\0" * 10_000_000), b"":
                seen += 1
                yield piece

    headers = {"content-encoding": "gzip"}
    found = ask(lambda _: httpx2.Response(200, headers=headers, stream=Counted()))
    assert isinstance(found, NoAnswer)
    assert seen == 1


@pytest.mark.parametrize("packing", ["br", "zstd", "gzip, gzip", "deflate", "aws-chunked"])
def test_a_packing_that_nobody_asked_for_is_no_answer(packing: str) -> None:
    found = ask(lambda _: packed(b"x", packing))
    assert isinstance(found, NoAnswer)
    assert found.fault == "lied"


@pytest.mark.parametrize(
    "body", [b"this is no gzip", gzip.compress(b"x" * 900)[:-9]], ids=["text", "cut"]
)
def test_an_answer_that_cannot_be_unpacked_is_a_lie(body: bytes) -> None:
    found = ask(lambda _: packed(body))
    assert found == NoAnswer("lied", "an answer that cannot be unpacked")


def test_only_gzip_is_asked_for_and_no_redirect_is_followed() -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(302, headers={"location": "https://elsewhere.example"})

    found = ask(answer)
    assert isinstance(found, HttpAnswer)
    assert [one.headers["accept-encoding"] for one in asked] == ["gzip"]


def test_a_server_that_does_not_answer_is_left_after_the_limit() -> None:
    over = threading.Event()

    def answer(_: httpx2.Request) -> httpx2.Response:
        over.wait(60)
        return httpx2.Response(200)

    began = time.monotonic()
    found = ask(answer, IMPATIENT)
    over.set()
    assert found == NoAnswer("down", "no whole answer within 0.2 s (limit)")
    assert time.monotonic() - began < 30


def test_an_answer_that_drips_is_left_after_the_limit() -> None:
    class Drip(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(100):
                time.sleep(0.05)
                yield b"x"

    found = ask(lambda _: httpx2.Response(200, stream=Drip()), IMPATIENT)
    assert found == NoAnswer("down", "no whole answer within 0.2 s (limit)")


def test_after_a_late_answer_the_next_one_comes_over_a_new_connection() -> None:
    over, turns = threading.Event(), iter([60, 0])

    def answer(_: httpx2.Request) -> httpx2.Response:
        over.wait(next(turns))
        return httpx2.Response(200, content=b"{}")

    transport = httpx2.MockTransport(answer)
    with HttpClient(
        "https://broker.example", "broker", transport, HttpLimits(answer_s=3)
    ) as client:
        assert isinstance(client.get("/x"), NoAnswer)
        assert isinstance(client.get("/x"), HttpAnswer)
    over.set()


@pytest.mark.parametrize(
    "trouble",
    [
        httpx2.ConnectTimeout("x"),
        httpx2.ReadError("x"),
        httpx2.RemoteProtocolError("x"),
        UnicodeError("label too long"),
        OSError("x"),
    ],
)
def test_whatever_the_network_does_is_no_answer(trouble: Exception) -> None:
    def answer(_: httpx2.Request) -> httpx2.Response:
        raise trouble

    found = ask(answer)
    assert isinstance(found, NoAnswer)
    assert found.fault == "down"


def test_a_name_that_fits_into_no_address_is_not_sent() -> None:
    sent: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200)

    for path in ("/" + "a" * 70_000, "/\ud800", "/\0"):
        assert isinstance(ask(answer, path=path), NoAnswer)
    assert sent == []


def test_a_proxy_that_cannot_be_used_is_named_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://me:hunter2@proxy.example")
    with pytest.raises(ConfigError) as error:
        HttpClient("https://broker.example", "broker")
    assert "hunter2" not in str(error.value) + error.value.hint

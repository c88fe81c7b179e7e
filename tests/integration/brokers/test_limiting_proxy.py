"""The proxy for a library's own client reaches one server, and ends an answer that is too large."""

import errno
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from threading import Thread

import pytest

from coach.brokers.net.limiting_proxy import LimitingProxy, Upstream, upstream_of

Serve = Callable[[Callable[[socket.socket], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that listens, hands each connection to another, and gives its address."""
    with ExitStack() as stack:

        def listen(answer: Callable[[socket.socket], None]) -> str:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def one_after_the_other() -> None:
                try:
                    while True:
                        line, _ = listener.accept()
                        with line:
                            answer(line)
                except OSError:
                    return

            Thread(target=one_after_the_other, daemon=True).start()
            return f"127.0.0.1:{listener.getsockname()[1]}"

        yield listen


def echo(line: socket.socket) -> None:
    """Send back all that comes."""
    while piece := line.recv(65_536):
        line.sendall(b"heard " + piece)


def said(proxy: LimitingProxy, *words: bytes) -> bytes:
    """Return all that the proxy answers to words sent in turn, until it closes or breaks off."""
    port = int(proxy.url.rpartition(":")[2])
    heard = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as line,
        suppress(ConnectionError),
    ):
        for word in words:
            line.sendall(word)
            heard += line.recv(65_536)
        say_no_more(line)
        while piece := line.recv(65_536):
            heard += piece
    return heard


def said_on_an_open_line(proxy: LimitingProxy, word: bytes) -> bytes:
    """Return all that the proxy answers until it closes by itself: nobody hangs up before."""
    port = int(proxy.url.rpartition(":")[2])
    heard = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=60) as line,
        suppress(ConnectionError),
    ):
        line.sendall(word)
        while piece := line.recv(65_536):
            heard += piece
    return heard


def say_no_more(line: socket.socket) -> None:
    """End one's own half; on Linux a connection that was reset already has no half to end."""
    try:
        line.shutdown(socket.SHUT_WR)
    except OSError as error:
        if error.errno != errno.ENOTCONN:
            raise


def proxy_to(url: str, most_bytes: int = 1_000) -> closing[LimitingProxy]:
    return closing(LimitingProxy(upstream_of(url), most_bytes))


def test_a_plain_request_reaches_the_server_as_one_made_to_it(serve: Serve) -> None:
    server = serve(echo)
    with proxy_to(f"http://{server}") as proxy:
        heard = said(proxy, f"GET http://{server}/a?b HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert heard == b"heard GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n"


def test_every_request_of_a_connection_is_rewritten(serve: Serve) -> None:
    server = serve(echo)
    asked = f"GET http://{server}/a HTTP/1.1\r\n\r\n".encode()
    with proxy_to(f"http://{server}") as proxy:
        assert said(proxy, asked, asked) == b"heard GET /a HTTP/1.1\r\n\r\n" * 2


@pytest.mark.parametrize("other", ["http://127.0.0.1:9/a", "/a", "http://evil.example/a"])
def test_a_request_to_another_server_goes_nowhere(serve: Serve, other: str) -> None:
    with proxy_to(f"http://{serve(echo)}") as proxy:
        assert said(proxy, f"GET {other} HTTP/1.1\r\n\r\n".encode()) == b""


def test_a_tunnel_leads_to_the_server_and_to_no_other(serve: Serve) -> None:
    server = serve(echo)
    with proxy_to(f"https://{server}") as proxy:
        open_, through = f"CONNECT {server} HTTP/1.1\r\n\r\n".encode(), b"\x16\x03"
        assert said(proxy, open_, through) == b"HTTP/1.1 200 OK\r\n\r\nheard \x16\x03"
        other = b"CONNECT evil.example:443 HTTP/1.1\r\n\r\n"
        assert said(proxy, other) == b"HTTP/1.1 403 Forbidden\r\n\r\n"


def test_an_answer_beyond_the_limit_is_broken_off_and_named(serve: Serve) -> None:
    def flood(line: socket.socket) -> None:
        line.recv(65_536)
        while True:
            line.sendall(b"x" * 400)

    server = serve(flood)
    with proxy_to(f"http://{server}") as proxy:
        heard = said_on_an_open_line(proxy, f"GET http://{server}/ HTTP/1.1\r\n\r\n".encode())
        assert len(heard) <= 1_000
        assert proxy.broken == "an answer of more than 0.001 MB (limit)"
        assert said_on_an_open_line(proxy, b"GET / HTTP/1.1\r\n\r\n") == b""
        proxy.mend()
        assert proxy.broken == ""


def test_small_answers_may_add_up_on_one_connection(serve: Serve) -> None:
    server = serve(echo)
    asked = f"GET http://{server}/ HTTP/1.1\r\n\r\n".encode()
    with proxy_to(f"http://{server}", most_bytes=100) as proxy:
        heard = said(proxy, *[asked] * 20)
    assert heard == b"heard GET / HTTP/1.1\r\n\r\n" * 20


def test_the_environments_proxy_is_used_on_the_way_with_its_login(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    between = serve(echo)
    monkeypatch.setenv("http_proxy", f"http://me:word@{between}")
    monkeypatch.setenv("no_proxy", "")
    with proxy_to("http://bucket.example") as proxy:
        assert proxy.url.startswith("http://me:word@127.0.0.1:")
        asked = b"GET http://bucket.example/a HTTP/1.1\r\n\r\n"
        assert said(proxy, asked) == b"heard " + asked


def test_a_proxy_of_the_environment_that_cannot_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("https_proxy", "socks5://proxy.example")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(ValueError, match="a proxy that cannot be used"):
        upstream_of("https://bucket.example")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://bucket.example", b"bucket.example:443"),
        ("https://bucket.example:9000", b"bucket.example:9000"),
        ("http://bucket.example", b"bucket.example:80"),
    ],
)
def test_the_port_is_the_usual_one_unless_named(url: str, target: bytes) -> None:
    upstream = upstream_of(url)
    assert isinstance(upstream, Upstream)
    assert upstream.target == target

"""A server is asked how it is, as a container does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import create_server
from threading import Thread

import pytest

from coach.engine.api.live import probe
from coach.engine.api.live.probe import ask_server

FAILING = {"checks": [{"name": "database", "state": "error", "detail": "it does not answer"}]}


@contextmanager
def answering(status: int, body: bytes) -> Iterator[tuple[int, list[str]]]:
    """Run a server that answers so to everything; yield its port and what it was asked for."""
    asked: list[str] = []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def test_a_server_that_can_answer_is_well() -> None:
    with answering(200, b"{}") as (port, asked):
        found = ask_server("serve", port)
    assert (found.ok, asked) == (True, ["/readyz"])


def test_the_engine_is_asked_at_its_own_path() -> None:
    with answering(200, b"ok\n") as (port, asked):
        assert ask_server("engine", port).ok
    assert asked == ["/healthz"]


def test_what_failed_is_named() -> None:
    with answering(503, json.dumps(FAILING).encode()) as (port, _):
        found = ask_server("serve", port)
    assert (found.ok, found.detail) == (False, "database: it does not answer")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"checks":7}', b"<html>"])
def test_an_answer_without_checks_is_told_by_its_status(body: bytes) -> None:
    with answering(502, body) as (port, _):
        assert ask_server("serve", port).detail == "it answered with status 502"


def test_nobody_there_is_not_well() -> None:
    with create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ask_server("serve", port).detail == f"port {port}: Connection refused"


def test_one_that_never_answers_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PATIENCE_S", 0.2)
    with create_server(("127.0.0.1", 0)) as silent:
        found = ask_server("serve", silent.getsockname()[1])
    assert (found.ok, found.detail) == (False, "no answer within 0.2 s")

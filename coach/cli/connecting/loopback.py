"""Where a browser on this machine comes back to (RFC 8252, section 7.3).

It listens on the loopback alone and goes on listening until the answer comes that is waited for: a
stray request gets 400 and ends nothing. What is shown to the browser holds nothing of what it sent.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from coach.errors import Invalid, Refused
from coach.model.machine.listening import LOOPBACK

PATH = "/oauth/callback/"
WAIT_S = 600
SILENCE_S = 5.0
PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>coach</title><p>{}</p></html>\n'
CAME_BACK = PAGE.format("coach has your answer and goes on in the terminal. You may close this.")
STRAY = PAGE.format("This is not what coach waits for.")
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class LoopbackListener:
    """A listener for one answer; it knows that by what `expect` was given."""

    redirect_uri: str
    answers: "queue.SimpleQueue[str]"
    expect: Callable[[Callable[[str], bool]], None]

    def wait(self, seconds: float = WAIT_S) -> str:
        """Return the query of the answer; Refused where nobody comes back in time."""
        try:
            return self.answers.get(timeout=seconds)
        except queue.Empty:
            what = f"nobody came back within {seconds / 60:g} minutes (limit)"
            raise Refused("run the same command again", what=what) from None


@contextmanager
def listening(broker: str, port: int) -> Iterator[LoopbackListener]:
    """Listen until the block ends; port 0 takes any that is free."""
    answers: queue.SimpleQueue[str] = queue.SimpleQueue()
    tests: list[Callable[[str], bool]] = []
    handler = partial(_Handler, f"{PATH}{broker}", tests, answers)
    try:
        server = _Server((LOOPBACK, port), handler)
    except OSError as trouble:
        reason = f"and {LOOPBACK}:{port} is not: {trouble.strerror}"
        raise Invalid("port", reason, "a port that is free") from None
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    try:
        here = f"http://{LOOPBACK}:{server.server_port}{PATH}{broker}"
        yield LoopbackListener(here, answers, tests.append)
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """A thread for each request; the library calls `handle_error` for one that broke off."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 -- theirs
        """Say nothing: a browser that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one request: the library calls `do_GET`, and `log_message` for a log."""

    timeout = SILENCE_S

    def __init__(
        self,
        path: str,
        tests: list[Callable[[str], bool]],
        answers: "queue.SimpleQueue[str]",
        request: socket,
        *more: Any,  # noqa: ANN401 -- theirs
    ) -> None:
        self._path, self._tests, self._answers = path, tests, answers
        super().__init__(request, *more)

    def do_GET(self) -> None:
        """Take the answer that is waited for, and no other request."""
        path, _, query = self.path.partition("?")
        assert isinstance(self.server, _Server)
        here = f"{LOOPBACK}:{self.server.server_port}"
        is_ours = self.headers.get_all("Host") == [here] and path == self._path
        taken = is_ours and any(test(query) for test in self._tests)
        self._show(
            CAME_BACK if taken else STRAY, HTTPStatus.OK if taken else HTTPStatus.BAD_REQUEST
        )
        if taken:
            self._answers.put(query)

    def _show(self, page: str, status: HTTPStatus) -> None:
        body = page.encode()
        self.send_response_only(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing: the address holds a code."""

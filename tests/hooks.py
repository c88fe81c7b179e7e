"""Receivers that are real: an HTTP server that keeps what comes, and an SMTP server that does.

Each answers as a test wants it to, on loopback, until its block ends.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class ReceivedPost:
    """One request, as it came; names of headers are small."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class HookServer:
    """A running receiver: where it is, what it answers, what came."""

    url: str = ""
    status: int = 200
    before_answer: Callable[[], None] = lambda: None
    posts: list[ReceivedPost] = field(default_factory=list)


@contextmanager
def hook_server() -> Iterator[HookServer]:
    """Receive until the block ends."""
    server = HookServer()
    http = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    server.url = f"http://127.0.0.1:{http.server_address[1]}"
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def _handler_of(server: HookServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.posts.append(ReceivedPost(self.path, headers, body))
            server.before_answer()
            self.send_response(server.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    return Handler


@dataclass
class MailServer:
    """A running SMTP server: its port, what it answers to a mail, whom it lets in, what came."""

    port: int = 0
    answer: str = "250 kept"
    login: tuple[str, str] | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)


class AnyPort(Controller):
    """A server on whatever port is free; the library looks for itself at the one it was given."""

    def _trigger_server(self) -> None:
        listening: Any = self.server
        self.port = listening.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(
    login: tuple[str, str] | None = None, tls: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """Receive mail until the block ends; with `tls` a client may begin to encrypt."""
    server = MailServer(login=login)

    class Handler:
        async def handle_DATA(  # noqa: N802 -- the library names it
            self, _smtp: SMTP, _session: Session, envelope: Envelope
        ) -> str:
            content = envelope.content
            assert isinstance(content, bytes)
            if server.answer.startswith("2"):
                server.raw.append(content)
                parsed: Any = message_from_bytes(content, policy=policy.default)
                server.mails.append(parsed)
            return server.answer

    def let_in(*told: Any) -> AuthResult:  # noqa: ANN401 -- as the library calls it
        given = told[-1]
        assert isinstance(given, LoginPassword)
        known = (given.login.decode(), given.password.decode())
        return AuthResult(success=known == server.login, handled=False)

    controller = AnyPort(
        Handler(),
        hostname="127.0.0.1",
        port=0,
        tls_context=tls,
        auth_required=login is not None,
        auth_require_tls=False,
        authenticator=let_in,
    )
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        controller.stop()

"""TLS of the engine's service: who asks, by certificate, and files that are read again.

No server of ASGI hands the certificate of a client to its application; the protocol does that here.
"""

import ssl
from asyncio import Transport
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from coach.server.walls.security_log import note_security

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

EXTENSION = "coach.tls"


class NotedHandshake(ssl.SSLObject):
    """The service's side of TLS; why it believes the other side not goes to the security log.

    Who is refused hears a broken connection alone.
    """

    def do_handshake(self) -> None:
        """Go on with the handshake."""
        try:
            super().do_handshake()
        except ssl.SSLWantReadError:
            raise
        except ssl.SSLError as trouble:
            why = getattr(trouble, "verify_message", None) or trouble.reason or "unknown"
            note_security("certificate refused", "", why=why.lower())
            raise


class ReloadableTls:
    """A context that listens, and hands each new connection to the one that was loaded last.

    `load` reads the files. A context takes further authorities and forgets none, so a whole new one
    takes its place; connections that are open go on as they are.
    """

    def __init__(self, load: Callable[[], ssl.SSLContext]) -> None:
        self._load = load
        self._current = load()
        self.listening = load()
        self.listening.sslobject_class = NotedHandshake
        self.listening.sni_callback = self._hand_over

    def reload(self) -> None:
        """Read the files again; whatever `load` raises is raised, and all stays as it was."""
        self._current = self._load()

    def _hand_over(self, line: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        line.context = self._current


class CertificateProtocol(H11Protocol):
    """HTTP/1.1 that tells the application whom the certificate of its client names."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Look at the certificate, which TLS has checked by now."""
        super().connection_made(transport)
        line = transport.get_extra_info("ssl_object")
        named = uris_of(line.getpeercert() or {}) if line is not None else ()
        app: Any = self.app

        async def naming(scope: "Scope", receive: "Receive", send: "Send") -> None:
            extensions = {**scope.get("extensions", {}), EXTENSION: {"uris": named}}
            await app({**scope, "extensions": extensions}, receive, send)

        self.app = naming


def identities(scope: "Scope") -> tuple[str, ...]:
    """Return the URIs of the certificate of who asks; none without TLS."""
    found: tuple[str, ...] = scope.get("extensions", {}).get(EXTENSION, {}).get("uris", ())
    return found


def uris_of(certificate: dict[str, Any]) -> tuple[str, ...]:
    """Return the URIs among the names of a certificate, as the library has it."""
    names = certificate.get("subjectAltName", ())
    return tuple(value for kind, value in names if kind == "URI")

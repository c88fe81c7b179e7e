"""Whether `coach serve` would find its port free, and its visitors their way through a proxy."""

import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING

from coach.engine.api.health import Check
from coach.model.machine.listening import DEFAULT_PORT, LOOPBACK

if TYPE_CHECKING:
    from coach.settings.values import Settings

QUESTION = "GET /livez HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
OURS = b'{"ok":true,"version":'
ANSWER_S = 1.0
LONGEST = 10_000


def proxy_checks(settings: "Settings") -> Iterator[Check]:
    """Yield what would keep visitors away who come through a proxy."""
    if settings.trusted_proxies and not settings.public_names:
        detail = "a proxy is trusted, but no name is set by which its visitors ask for the server"
        hint = "coach config set public_names coach.example.org, or every visitor is refused"
        yield Check("proxy", "warning", detail, hint)
    if settings.public_names and not settings.trusted_proxies:
        detail = f"visitors may ask for {settings.public_names}, and no proxy is trusted"
        hint = "coach config set trusted_proxies ADDRESS where a proxy brings TLS; else ignore this"
        yield Check("proxy", "info", detail, hint)


def port_checks(port: int = DEFAULT_PORT) -> Iterator[Check]:
    """Yield a check where the port of a server is taken."""
    if _taken_by_another(port):
        detail = f"something listens on {LOOPBACK}:{port} that is no coach, or one behind TLS"
        yield Check("port", "info", detail, "coach serve --port takes another")


def _taken_by_another(port: int) -> bool:
    """Ask whoever listens there whether it is coach."""
    try:
        with socket.create_connection((LOOPBACK, port), ANSWER_S) as line:
            line.sendall(QUESTION.format(host=LOOPBACK, port=port).encode())
            said = b""
            while len(said) < LONGEST and (piece := line.recv(LONGEST)):
                said += piece
    except ConnectionRefusedError:
        return False
    except OSError:
        return True
    return OURS not in said

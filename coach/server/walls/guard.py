"""Who is heard at all: this machine's own names, pages of our own, and the user who serves.

A browser on this machine reaches loopback for any page that it shows. A page of another site is
known by its `Origin` or by `Sec-Fetch-Site`, one that turned its own name to our address (DNS
rebinding) by the `Host` it asks for. Other users of the machine are told apart by the owner of
their socket. Headers of proxies are not believed: until there are users nobody stands in between.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.websockets import WebSocketClose

from coach.server.refusals import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})
POLICY_VIOLATION = 1008
WRONG_HOST = 421
FORBIDDEN = 403
BAD_REQUEST = 400
LOCAL_ONLY = "ask for it as http://127.0.0.1 or http://localhost, on the machine that serves it"
NO_USERS_YET = "coach serve is for the user who runs it, until it knows users"

MayConnect = Callable[[tuple[str, int], tuple[str, int]], bool]
"""Says of a connection, by the addresses of its client and of the server, whether it is heard."""


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """Hands on the requests that are heard; `may_connect` knows whose sockets are."""

    app: "ASGIApp"
    may_connect: MayConnect

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer or hand on one request or socket."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refused = self._why_not(scope)
        if refused is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(POLICY_VIOLATION, "not from here")(scope, receive, send)
        else:
            await refused(scope, receive, send)

    def _why_not(self, scope: "Scope") -> Response | None:
        client, server = scope.get("client"), scope.get("server")
        if client is None or server is None or not self.may_connect(client, server):
            return refusal(FORBIDDEN, "E_REFUSED", "this is another user's coach", NO_USERS_YET)
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not is_local(hosts[0]):
            return refusal(WRONG_HOST, "E_REFUSED", "this is not the host asked for", LOCAL_ONLY)
        if not is_of_own_site(scope, headers, hosts[0]):
            what = "a page of another site may not ask this"
            return refusal(FORBIDDEN, "E_REFUSED", what, LOCAL_ONLY)
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            return refusal(BAD_REQUEST, "E_USAGE", "a text holds a NUL, which no text of ours does")
        return None


def is_local(host: str) -> bool:
    """Say whether a `Host` names this machine's loopback; the port does not matter."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_of_own_site(scope: "Scope", headers: Headers, host: str) -> bool:
    """Say whether no page of another site is behind a request, as far as its browser tells.

    What is no browser tells nothing. To follow a link to a page of ours is nobody's harm.
    """
    origins = headers.getlist("origin")
    if origins:
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        return origins == [f"{scheme}://{host}"]
    site = headers.get("sec-fetch-site", "none")
    is_page = scope["type"] == "http" and not scope["path"].startswith("/api")
    is_link = headers.get("sec-fetch-mode") == "navigate" and scope["method"] in SAFE
    return site in OWN_SITE or (is_page and is_link)

"""Who is heard at all: a name of this server, a page of our own, and whoever may connect.

A browser on this machine reaches loopback for any page that it shows. A page of another site is
known by its `Origin` or by `Sec-Fetch-Site`, one that turned its own name to our address (DNS
rebinding) by the `Host` it asks for. A cookie proves nothing of all that: a browser sends it along
for a page of another port, whatever its SameSite. Other users of the machine are told apart by the
owner of their socket. Only named proxies are believed.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from starlette.datastructures import Headers
from starlette.websockets import WebSocketClose

from coach.model.machine.reach import PORTS, HostName, ServerReach, host_name
from coach.server.refusals import refusal
from coach.server.walls.proxies import PEER, PROXIED, is_forwarded
from coach.server.walls.security_log import note_refusal

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OWN_SITE = frozenset({"same-origin", "none"})
POLICY_VIOLATION = 1008
WRONG_HOST = 421
FORBIDDEN = 403
BAD_REQUEST = 400
HOSTS = "ask for it as http://127.0.0.1 or http://localhost on the machine that serves it, or let"
HOSTS += " the server know the name: coach serve --public-name NAME"
NO_USERS_YET = "until there is an account, coach serve is for the user who runs it"
OWN_PAGES = "open a page of this server; a program sends no cookie but a token"
PLAIN = "ask by https, or by the proxy that was named"
UNNAMED = "name the proxy: coach serve --trusted-proxy ADDRESS"

MayConnect = Callable[[tuple[str, int], tuple[str, int]], bool]
"""Says of a connection, by the addresses of its client and of the server, whether it is heard."""


class RequestFault(NamedTuple):
    """Why a request is not heard: a stable word for the log, the status, and what is answered."""

    word: str
    status: int
    what: str
    hint: str = ""
    code: str = "E_REFUSED"


@dataclass(frozen=True, slots=True)
class RequestGuard:
    """Hands on the requests that are heard; `may_connect` knows whose sockets are."""

    app: "ASGIApp"
    may_connect: MayConnect
    reach: ServerReach = field(default_factory=ServerReach)

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer or hand on one request or socket."""
        fault = None if scope["type"] == "lifespan" else self._fault_of(scope)
        if fault is None:
            await self.app(scope, receive, send)
            return
        note_refusal(fault.word, scope)
        if scope["type"] == "websocket" and not _takes_answers(scope):
            await WebSocketClose(POLICY_VIOLATION, "not from here")(scope, receive, send)
        else:
            await _answer(fault)(scope, receive, send)

    def _fault_of(self, scope: "Scope") -> RequestFault | None:
        headers = Headers(scope=scope)
        return (
            self._fault_of_connection(scope, headers)
            or _fault_of_host(scope, headers, self.reach)
            or _fault_of_page(scope, headers)
            or _fault_of_text(scope)
        )

    def _fault_of_connection(self, scope: "Scope", headers: Headers) -> RequestFault | None:
        client, server = scope.get("client"), scope.get("server")
        peer, scheme = scope.get(PEER, (client[0] if client else "", scope["scheme"]))
        is_proxy = self.reach.is_proxy(peer)
        if is_forwarded(headers) and not is_proxy and _is_loopback(peer):
            return RequestFault(
                "unnamed-proxy", FORBIDDEN, "a proxy asks that was not named", UNNAMED
            )
        if scheme in {"http", "ws"} and not is_proxy and _is_stranger(peer):
            return RequestFault(
                "plain-http", FORBIDDEN, "this server is not asked without TLS", PLAIN
            )
        if client is None or server is None or not self.may_connect(client, server):
            what = "this is another user's coach"
            return RequestFault("stranger", FORBIDDEN, what, NO_USERS_YET)
        if scope.get(PROXIED) and client[0] == peer:
            what = "the proxy does not say who asks"
            return RequestFault("proxy", FORBIDDEN, what, "let it set X-Forwarded-For")
        return None


def is_local(host: str) -> bool:
    """Say whether a `Host` names this machine's loopback; the port does not matter."""
    found = host_name(host)
    return found is not None and (found.name == "localhost" or _is_loopback(found.name))


def is_ours(scope: "Scope", host: str, reach: ServerReach) -> bool:
    """Say whether a `Host` is a name of this server.

    That is loopback, a name that the server was given, or the very address that was connected to:
    no page has turned an address to another one.
    """
    found = host_name(host)
    if found is None:
        return False
    if is_local(host) or (_is_address(found.name) and found.name == _address_of_server(scope)):
        return True
    port = found.port or PORTS[scope["scheme"]]
    return any(one.name == found.name and one.port in {None, port} for one in reach.names)


def _fault_of_host(scope: "Scope", headers: Headers, reach: ServerReach) -> RequestFault | None:
    hosts = headers.getlist("host")
    if len(hosts) == 1 and is_ours(scope, hosts[0], reach):
        return None
    return RequestFault("host", WRONG_HOST, "this is not the host asked for", HOSTS)


def _fault_of_page(scope: "Scope", headers: Headers) -> RequestFault | None:
    if is_of_own_site(scope, headers, headers["host"]):
        return None
    return RequestFault("origin", FORBIDDEN, "a page of another site may not ask this", OWN_PAGES)


def _fault_of_text(scope: "Scope") -> RequestFault | None:
    if "\0" not in scope["path"] and b"%00" not in scope["query_string"]:
        return None
    what = "a text holds a NUL, which no text of ours does"
    return RequestFault("nul", BAD_REQUEST, what, code="E_USAGE")


def is_of_own_site(scope: "Scope", headers: Headers, host: str) -> bool:
    """Say whether no page of another site is behind a request, as far as its browser tells.

    A browser names the origin of a socket and of what changes something; where a cookie comes
    without, it is no page of ours. What is no browser sends no cookie and tells nothing. To follow
    a link to a page of ours is nobody's harm.
    """
    origins, sites = headers.getlist("origin"), headers.getlist("sec-fetch-site")
    if origins and (len(origins) > 1 or not is_own_origin(scope["scheme"], host, origins[0])):
        return False
    is_socket = scope["type"] == "websocket"
    is_safe = not is_socket and scope["method"] in SAFE
    if not sites:
        return bool(origins) or is_safe or "cookie" not in headers
    is_page = not is_socket and not scope["path"].startswith("/api")
    is_link = is_safe and headers.get("sec-fetch-mode") == "navigate"
    return set(sites) <= OWN_SITE or (is_page and is_link)


def is_own_origin(scheme: str, host: str, origin: str) -> bool:
    """Say whether an `Origin` is the scheme, the name and the port that are asked for, exactly."""
    said_scheme, separator, said_host = origin.partition("://")
    wanted = {"ws": "http", "wss": "https"}.get(scheme, scheme)
    said, asked = host_name(said_host), host_name(host)
    if not separator or said_scheme != wanted or said is None or asked is None:
        return False
    return _with_port(said, wanted) == _with_port(asked, wanted)


def _with_port(host: HostName, scheme: str) -> tuple[str, int]:
    return host.name, host.port or PORTS[scheme]


def _answer(fault: RequestFault) -> "Response":
    return refusal(fault.status, fault.code, fault.what, fault.hint)


def _takes_answers(scope: "Scope") -> bool:
    return "websocket.http.response" in scope.get("extensions", {})


def _address_of_server(scope: "Scope") -> str:
    server = scope.get("server")
    return server[0].partition("%")[0] if server else ""


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_stranger(address: str) -> bool:
    """Say whether a peer is not of this machine, as far as its address tells."""
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False

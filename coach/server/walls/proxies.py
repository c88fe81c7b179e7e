"""Proxies: whose word is taken for who asks, and over what.

A peer of a named network speaks for others. Its `X-Forwarded-For` is read from the right: the first
address there that is no proxy of ours is who asks, so that nobody puts another address before it.
`X-Forwarded-Proto` says over what. All other peers speak for themselves, whatever they send.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from coach.model.machine.reach import ServerReach

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PEER = "coach.peer"
"""In a scope: the address and the scheme of the connection itself, whoever it speaks for."""
PROXIED = "coach.proxied"
"""In a scope: whether a named proxy speaks for somebody."""
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")
SCHEMES = {"http": {"http": "http", "https": "https"}, "websocket": {"http": "ws", "https": "wss"}}
UNKNOWN_PORT = 0


@dataclass(frozen=True, slots=True)
class ProxyHeaders:
    """Puts who asks, and over what, in place of the proxy that says it."""

    app: "ASGIApp"
    reach: ServerReach

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand on one request or socket."""
        if scope["type"] in SCHEMES:
            client = scope.get("client")
            scope[PEER] = (client[0] if client else "", scope["scheme"])
            if client is not None and self.reach.is_proxy(client[0]):
                _believe(scope, self.reach)
        await self.app(scope, receive, send)


def is_forwarded(headers: Headers) -> bool:
    """Say whether a proxy of any kind has put its headers on a request."""
    return any(name in headers for name in FORWARDED)


def _believe(scope: "Scope", reach: ServerReach) -> None:
    headers = Headers(scope=scope)
    scope[PROXIED] = is_forwarded(headers)
    asker = _asker(headers.getlist("x-forwarded-for"), reach)
    if asker:
        scope["client"] = (asker, UNKNOWN_PORT)
    said = headers.getlist("x-forwarded-proto")
    scheme = said[0].strip().lower() if len(said) == 1 else ""
    scope["scheme"] = SCHEMES[scope["type"]].get(scheme, scope["scheme"])


def _asker(lines: list[str], reach: ServerReach) -> str:
    """Return who asks: the last address that is no proxy; empty where none is said."""
    for text in reversed(",".join(lines).split(",")):
        try:
            address = str(ip_address(text.strip()))
        except ValueError:
            return ""
        if not reach.is_proxy(address):
            return address
    return ""

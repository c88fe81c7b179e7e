"""What every request passes at the doors: it is found out who asks, then what they may ask.

The limits stand in between, so that they know the user.
"""

from asyncio import to_thread
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach import wiring
from coach.errors import CoachError
from coach.server.doors.cookies import carried
from coach.server.doors.identity import TERMINAL, asking, who_asks
from coach.server.doors.permissions import why_not
from coach.server.refusals import refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from coach.model.people.access import SignedInUser
    from coach.server.doors.doors import Doors

PROBES = frozenset({"/livez", "/readyz"})
PROGRAMS = ("/api/", "/ws/")
TRY_LATER = 1013
SIGNED_OUT = 4401


@dataclass(frozen=True, slots=True)
class Recognition:
    """Finds out whose request it is; without doors everything is the user's of the settings."""

    app: "ASGIApp"
    doors: "Doors | None"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Hand on one request or socket, and say whose it is."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        user: SignedInUser | None = None
        try:
            user = await self._recognise(scope)
        except CoachError as trouble:
            if scope["path"].startswith(PROGRAMS):
                await _unavailable(trouble, scope, receive, send)
                return
        with asking(user):
            await self.app(scope, receive, send)

    async def _recognise(self, scope: "Scope") -> "SignedInUser | None":
        if self.doors is None or scope["path"] in PROBES:
            return TERMINAL
        return await to_thread(self.doors.recognise, carried(scope))


@dataclass(frozen=True, slots=True)
class Permission:
    """Hands on what whoever asks may ask."""

    app: "ASGIApp"

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer or hand on one request or socket."""
        refused = (
            None if scope["type"] == "lifespan" else why_not(scope, who_asks(), wiring.clock())
        )
        if refused is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await _goodbye(receive, send, SIGNED_OUT, "sign in first")
        else:
            await refused(scope, receive, send)


async def _unavailable(
    trouble: CoachError, scope: "Scope", receive: "Receive", send: "Send"
) -> None:
    if scope["type"] == "websocket":
        await _goodbye(receive, send, TRY_LATER, "the database does not answer")
    else:
        await refuse(trouble)(scope, receive, send)


async def _goodbye(receive: "Receive", send: "Send", code: int, reason: str) -> None:
    """Close a socket with a code that a browser's script can read: it is accepted before."""
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": code, "reason": reason})

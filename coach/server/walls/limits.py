"""Limits: whoever asks too much is told when to come back, and finds the door open then.

Every answer says what is left, as `RateLimit-Policy` and `RateLimit` (draft 10 of the IETF), in
tokens. A request costs one; what takes the server long costs more. Probes are free.
"""

from asyncio import to_thread
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders

from coach.engine.api.live.limits import WINDOW_S, Admission, QuotaState
from coach.server.refusals import refusal

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FREE = frozenset({"/livez", "/readyz"})
READS = frozenset({"GET", "HEAD", "OPTIONS"})
PLAIN_COST = 1
WRITE_COST = 5
COSTS = (
    ("/api/screens/export", 50),
    ("/api/simulate", 20),
    ("/api/audit/verification", 20),
    ("/api/digests", 10),
    ("/api/biases", 5),
    ("/api/why", 5),
)
"""Tokens for whatever begins so."""
SPREAD = 0.2
"""Up to so much longer than needed, so that those who were refused together come back apart."""
TOO_MANY = 429
SETTINGS = {"user": "request_limit", "address": "address_limit"}

Admit = Callable[[str, int], Admission]
"""Takes the tokens of a request from an address."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Hands on what is let in; `dice` returns a number from 0 to 1."""

    app: "ASGIApp"
    admit: Admit
    dice: Callable[[], float]

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let in or refuse one request, or one socket before it opens."""
        if scope["type"] == "lifespan" or scope["path"] in FREE:
            await self.app(scope, receive, send)
            return
        admission = await to_thread(self.admit, scope["client"][0], cost_of(scope))
        wait_s = ceil(admission.wait_s * (1 + SPREAD * self.dice()))
        headers = _headers(admission, wait_s)

        async def complete(message: "Message") -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                MutableHeaders(scope=message).update(headers)
            await send(message)

        if admission.refused_by:
            scope["coach.limited"] = admission.refused_by
            await _refused(admission, wait_s)(scope, receive, complete)
        else:
            await self.app(scope, receive, complete)


def cost_of(scope: "Scope") -> int:
    """Return how many tokens a request costs."""
    if scope.get("method", "GET") not in READS:
        return WRITE_COST
    path = scope["path"]
    return next((cost for start, cost in COSTS if path.startswith(start)), PLAIN_COST)


def _refused(admission: Admission, wait_s: int) -> "Response":
    name = admission.refused_by
    limit = next(one.quota.tokens for one in admission.states if one.quota.name == name)
    what = f"this {name} has asked too much: {limit} tokens a minute (limit)"
    hint = f"ask again in {wait_s} s; {SETTINGS[name]} sets the limit (coach help config)"
    return refusal(TOO_MANY, "E_RATE_LIMIT", what, hint, {"Retry-After": str(wait_s)})


def _headers(admission: Admission, wait_s: int) -> dict[str, str]:
    states = admission.states
    policies = [f'"{one.quota.name}";q={one.quota.tokens};w={WINDOW_S}' for one in states]
    left = [f'"{one.quota.name}";r={floor(one.left)};t={_resets(one, wait_s)}' for one in states]
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}


def _resets(state: QuotaState, wait_s: int) -> int:
    """Return in how many seconds the request fits in, else in how many the quota is whole."""
    return wait_s if state.wait_s > 0 else ceil(state.full_s)

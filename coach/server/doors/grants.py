"""Connecting a broker by its own page: the way there, and the way back.

The way there is a link, because a form may lead nowhere else under our content security policy; no
other site may send a browser there. Each broker has a path of its own to come back to, which is
never taken from a request, so that an answer of one is not shown to another.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from coach import wiring
from coach.engine.api.broker import allow
from coach.engine.api.broker.browser_flow import begin_browser_flow, browser_flow_of
from coach.errors import CoachError, spell_out
from coach.model.people.access import SESSION
from coach.server.doors import pages
from coach.server.doors.cookies import carried_grant, grant_cookie_of
from coach.server.doors.identity import TERMINAL, who_asks
from coach.server.refusals import status_of

if TYPE_CHECKING:
    from coach.server.sessions import OpenSession
    from coach.settings.values import Settings

BACK, DONE = "/oauth/callback/{broker}", "/connect/done"
OWN_SITES = frozenset({"same-origin", "none"})
OTHER_SITE = "another site sent you here; begin at this server"
NOT_OURS = "this was not begun in this browser by you within 10 minutes (limit), or is used up"
OWNER_ALONE = "only whoever runs coach sends it to another address than the broker's"
CONFIRM_FIRST = "to let coach read a broker takes a password that was given just now"


@dataclass(frozen=True, slots=True)
class GrantPages:
    """Sends browsers to a broker's page and takes them back; `provider` is that of sign-ins."""

    open_session: "OpenSession"
    settings: "Settings"
    provider: str = ""

    def begin(self, request: Request, broker: str) -> Response:
        """Send a browser to the broker, with a cookie that only this browser has."""
        refused = _not_signed_in() or self._not_meant(request)
        if refused is not None:
            return refused
        asked = allow.GrantRequest(
            broker, _single(request, "account"), _single(request, "base_url")
        )
        try:
            with self.open_session() as session:
                if asked.base_url and session.user.name != self.settings.user:
                    return _complaint(OWNER_ALONE, HTTPStatus.FORBIDDEN)
                flow = begin_browser_flow(session.user.id, asked, wiring.clock())
                towards = flow.towards(_back(request, broker))
                url = allow.authorization_url(session, asked, towards)
        except CoachError as trouble:
            return _trouble(trouble)
        response = RedirectResponse(url, HTTPStatus.SEE_OTHER)
        response.headers.append("Set-Cookie", grant_cookie_of(request.scope, flow.cookie()))
        return response

    def end(self, request: Request, broker: str) -> Response:
        """Connect the account that was asked for; in any case the flow is used up."""
        response = _not_signed_in() or self._connected(request, broker)
        response.headers.append("Set-Cookie", grant_cookie_of(request.scope, None))
        return response

    def _connected(self, request: Request, broker: str) -> Response:
        cookie, query = carried_grant(request.scope), request.url.query
        try:
            with self.open_session() as session:
                flow = browser_flow_of(cookie, session.user.id, broker, wiring.clock())
                if flow is None:
                    return _complaint(NOT_OURS, HTTPStatus.FORBIDDEN)
                towards = flow.towards(_back(request, broker))
                if not allow.flow_answered(towards, query):
                    return _complaint(NOT_OURS, HTTPStatus.FORBIDDEN)
                allow.connect(session, flow.request, towards, query)
        except CoachError as trouble:
            return _trouble(trouble)
        return RedirectResponse(DONE, HTTPStatus.SEE_OTHER)

    def _not_meant(self, request: Request) -> Response | None:
        """Return why a request is none that its user made just now, None where it is."""
        if request.headers.get("sec-fetch-site", "none") not in OWN_SITES:
            return _complaint(OTHER_SITE, HTTPStatus.FORBIDDEN)
        user = who_asks()
        if user is None or user is TERMINAL or user.is_confirmed(wiring.clock()):
            return None
        return pages.confirmation_page(CONFIRM_FIRST, HTTPStatus.FORBIDDEN, self.provider)


def grant_pages(open_session: "OpenSession", settings: "Settings", provider: str = "") -> APIRouter:
    """Return the pages by which a browser goes to a broker's page and comes back."""
    router = APIRouter(include_in_schema=False)
    visits = GrantPages(open_session, settings, provider)

    @router.get(DONE)
    def done() -> Response:
        return pages.connected_page()

    @router.get("/connect/{broker}")
    def begin(request: Request, broker: str) -> Response:
        return visits.begin(request, broker)

    @router.get(BACK)
    def callback(request: Request, broker: str) -> Response:
        return visits.end(request, broker)

    return router


def _not_signed_in() -> Response | None:
    """Return where to go first, None for somebody who signed in; a token is nobody at a browser."""
    user = who_asks()
    if user is TERMINAL or (user is not None and user.credential.startswith(SESSION)):
        return None
    return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)


def _trouble(trouble: CoachError) -> Response:
    hint = f"; {trouble.hint}" if trouble.hint else ""
    return _complaint(f"{trouble.message(spell_out)}{hint}", status_of(trouble))


def _complaint(what: str, status: int) -> Response:
    return pages.not_connected_page(what, status)


def _single(request: Request, name: str) -> str:
    """Return a field of a query that is there once, else nothing."""
    found = request.query_params.getlist(name)
    return found[0] if len(found) == 1 else ""


def _back(request: Request, broker: str) -> str:
    """Return where the broker sends a browser back to: a name of ours, as the guard has seen."""
    return f"{request.scope['scheme']}://{request.headers['host']}{BACK.format(broker=broker)}"

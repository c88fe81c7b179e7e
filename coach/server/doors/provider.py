"""Signing in through a provider: the way there, and the way back.

The way there is a link, because a form may lead nowhere else under our content security policy.
Where somebody comes back to is never taken from a request. No connection to the database is held
while the provider is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from coach import wiring
from coach.engine.api.people import identities
from coach.engine.api.people.open_id import OpenIdProvider, ProviderAnswer
from coach.engine.api.people.provider_flow import ProviderFlow, begin_flow, flow_of_cookie
from coach.errors import CoachError, Refused, spell_out
from coach.model.people.access import SESSION
from coach.server.doors import pages
from coach.server.doors.actions import end_quietly
from coach.server.doors.calls import door_call
from coach.server.doors.cookies import carried_flow, cookie_of, flow_cookie_of
from coach.server.doors.identity import TERMINAL, who_asks
from coach.server.walls.security_log import note_security

if TYPE_CHECKING:
    from coach.model.machine.secrets import Secret
    from coach.model.people.provider import ProviderIdentity, ProviderPurpose
    from coach.server.doors.doors import Doors

T = TypeVar("T")

SEE_OTHER, UNAUTHENTICATED, TOO_MANY, UNAVAILABLE = 303, 401, 429, 503
BACK = "/sign-in/callback"
AFTER: dict["ProviderPurpose", str] = {"sign-in": "/", "confirm": "/account"}
OF_PROVIDER = "through the provider"
"""In the place of a name, which is known only afterwards: tries are counted by address."""
NOT_OURS = "this sign-in was not begun in this browser within 10 minutes (limit), or is used up"
NOBODY = "nobody here is linked to who you are there ({}); whoever runs this coach can do that"
ANOTHER = "the provider says that you are somebody else"


class ProviderFault(Exception):
    """Why nobody is let in, as a person reads it."""

    def __init__(self, what: str, status: int = UNAUTHENTICATED, wait_s: int = 0) -> None:
        super().__init__(what)
        self.what, self.status, self.wait_s = what, status, wait_s


def provider_host(doors: "Doors") -> str:
    """Return the host of the provider, empty where there is none."""
    return urlsplit(doors.provider.wishes.issuer).netloc if doors.provider else ""


def provider_pages(doors: "Doors", provider: OpenIdProvider) -> APIRouter:
    """Return the pages by which a browser goes to the provider and comes back."""
    router, visits = APIRouter(), ProviderVisits(doors, provider)

    @router.get("/sign-in/provider")
    def sign_in(request: Request) -> Response:
        return visits.begin(request, "sign-in")

    @router.get("/account/confirm/provider")
    def confirm(request: Request) -> Response:
        return visits.begin(request, "confirm")

    @router.get(BACK)
    def callback(request: Request) -> Response:
        return visits.end(request)

    return router


@dataclass(frozen=True, slots=True)
class ProviderVisits:
    """Sends browsers to a provider and takes them back."""

    doors: "Doors"
    provider: OpenIdProvider

    def begin(self, request: Request, purpose: "ProviderPurpose") -> Response:
        """Send a browser to the provider, with a cookie that only this browser has."""
        user = who_asks()
        if user is TERMINAL or (user is not None and purpose == "sign-in"):
            return RedirectResponse("/", SEE_OTHER)
        if user is None and purpose == "confirm":
            return RedirectResponse("/sign-in", SEE_OTHER)
        flow = begin_flow(purpose, wiring.clock())
        try:
            self._admit(request)
            url = _asked(lambda: self.provider.authorization_url(flow, _back(request)))
        except ProviderFault as fault:
            return self._refuse(request, fault)
        response = RedirectResponse(url, SEE_OTHER)
        response.headers.append("Set-Cookie", flow_cookie_of(request.scope, flow.cookie()))
        return response

    def end(self, request: Request) -> Response:
        """Let somebody in whom the provider knows; in any case the flow is used up."""
        try:
            flow = self._flow(request)
            answer = _answer_of(request)
            self._admit(request)
            found = _asked(lambda: self.provider.identify(flow, answer))
            secret = self._let_in(request, flow, found)
        except ProviderFault as fault:
            return self._refuse(request, fault)
        self.doors.succeeded(OF_PROVIDER + _address(request), _address(request))
        response = RedirectResponse(AFTER[flow.purpose], SEE_OTHER)
        response.headers.append("Set-Cookie", cookie_of(request.scope, secret))
        return self._forget(request, response)

    def _flow(self, request: Request) -> ProviderFlow:
        """Return the flow that an answer is to; ProviderFault for one of another browser."""
        flow = flow_of_cookie(carried_flow(request.scope), wiring.clock())
        if flow is None or not flow.has_state(_single(request, "state")):
            raise ProviderFault(NOT_OURS)
        return flow

    def _let_in(self, request: Request, flow: ProviderFlow, found: "ProviderIdentity") -> "Secret":
        """Return the secret of the session of whom an identity is linked to."""
        with door_call(self.doors, request) as call:
            has_session = call.user is not None and call.user.credential.startswith(SESSION)
            if flow.purpose == "confirm":
                confirmed = (
                    identities.confirm(call.place, call.user, found)
                    if call.user is not None and has_session
                    else None
                )
                if confirmed is None:
                    raise ProviderFault(ANOTHER)
                return confirmed
            made = identities.sign_in(call.place, found, call.origin)
            if made is None:
                raise ProviderFault(NOBODY.format(found.subject))
            if call.user is not None and has_session:
                end_quietly(call, call.user)
            return made.secret

    def _admit(self, request: Request) -> None:
        address = _address(request)
        wait_s = ceil(self.doors.admit(OF_PROVIDER + address, address))
        if wait_s > 0:
            note_security("sign-in limited", address, account=OF_PROVIDER)
            what = f"this was tried too often; try again in {wait_s} s"
            raise ProviderFault(what, TOO_MANY, wait_s)

    def _refuse(self, request: Request, fault: ProviderFault) -> Response:
        if fault.status == UNAUTHENTICATED:
            note_security("sign-in failed", _address(request), account=OF_PROVIDER, why=fault.what)
        is_known = who_asks() is not None
        show = pages.confirmation_page if is_known else pages.sign_in_page
        response = show(fault.what, fault.status, provider_host(self.doors))
        if fault.wait_s:
            response.headers["Retry-After"] = str(fault.wait_s)
        return self._forget(request, response)

    def _forget(self, request: Request, response: Response) -> Response:
        response.headers.append("Set-Cookie", flow_cookie_of(request.scope, None))
        return response


def _asked(ask: Callable[[], T]) -> T:
    """Return what the provider answers; ProviderFault for whatever is wrong with that."""
    try:
        return ask()
    except Refused as refused:
        raise ProviderFault(refused.message(spell_out)) from None
    except CoachError as trouble:
        what = f"{trouble.message(spell_out)}; a password lets you in meanwhile"
        raise ProviderFault(what, UNAVAILABLE) from None


def _answer_of(request: Request) -> ProviderAnswer:
    """Return what a browser brings back; ProviderFault where that is no code."""
    code, issuer = _single(request, "code"), _single(request, "iss")
    if not code:
        raise ProviderFault("the provider let nobody in")
    return ProviderAnswer(code, issuer, _back(request))


def _single(request: Request, name: str) -> str:
    """Return a field of a query that is there once, else nothing."""
    found = request.query_params.getlist(name)
    return found[0] if len(found) == 1 else ""


def _back(request: Request) -> str:
    """Return where the provider sends a browser back to: a name of ours, as the guard has seen."""
    return f"{request.scope['scheme']}://{request.headers['host']}{BACK}"


def _address(request: Request) -> str:
    return request.client.host if request.client else ""

"""Every route of the doors in one table: signing in, and what one does with an account."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Body, Path
from starlette.requests import Request
from starlette.responses import Response

from coach import wiring
from coach.model.people.access import SESSION
from coach.server.doors import actions, bodies
from coach.server.doors.calls import FORGET, DoorAnswer, DoorCall, DoorRefusal, door_call
from coach.server.doors.cookies import cookie_of
from coach.server.doors.permissions import not_confirmed, not_signed_in
from coach.server.routes import NAMED
from coach.server.strict_bodies import StrictRoute

if TYPE_CHECKING:
    from coach.server.doors.doors import Doors

Act = Callable[..., DoorAnswer]
Caller = Literal["anybody", "session", "confirmed"]
"""Who may ask: anybody, who has signed in, or who did so or proved it again just now."""
MADE, DONE = 201, 200
CLEAR = '"cookies", "storage"'


@dataclass(frozen=True, slots=True)
class DoorRoute:
    """A method and a path, what is done, for whom, and the body that it takes."""

    method: str
    path: str
    act: Act
    caller: Caller
    body: type[bodies.DoorBody] = bodies.NothingBody
    status: int = DONE


SET_UP = DoorRoute("POST", "/api/set-up", actions.set_up, "anybody", bodies.SetUpBody, MADE)
SIGN_IN = DoorRoute(
    "POST", "/api/session", actions.begin_session, "anybody", bodies.SignInBody, MADE
)
SIGN_OUT = DoorRoute("DELETE", "/api/session", actions.end_session, "session")
CONFIRM = DoorRoute(
    "POST",
    "/api/session/confirmation",
    actions.confirm_session,
    "session",
    bodies.ConfirmationBody,
)
PASSWORD = DoorRoute(
    "PUT", "/api/password", actions.change_password, "confirmed", bodies.PasswordBody
)
END_OTHERS = DoorRoute("DELETE", "/api/sessions", actions.end_other_sessions, "session")
END_ONE = DoorRoute("DELETE", "/api/sessions/{session}", actions.end_one_session, "session")
NEW_TOKEN = DoorRoute(
    "POST", "/api/tokens", actions.create_token, "confirmed", bodies.TokenBody, MADE
)
REVOKE_TOKEN = DoorRoute("DELETE", "/api/tokens/{token}", actions.revoke_token, "session")
BEGIN_TOTP = DoorRoute("POST", "/api/totp", actions.begin_totp, "confirmed", status=MADE)
CONFIRM_TOTP = DoorRoute(
    "POST", "/api/totp/confirmation", actions.confirm_totp, "confirmed", bodies.CodeBody
)
NEW_CODES = DoorRoute(
    "POST", "/api/totp/recovery-codes", actions.renew_recovery_codes, "confirmed", status=MADE
)
REMOVE_TOTP = DoorRoute("DELETE", "/api/totp", actions.remove_totp, "confirmed")
DOOR_ROUTES = (
    SET_UP,
    SIGN_IN,
    SIGN_OUT,
    DoorRoute("GET", "/api/session", actions.show_session, "session"),
    CONFIRM,
    DoorRoute("GET", "/api/sessions", actions.list_sessions, "session"),
    END_OTHERS,
    END_ONE,
    DoorRoute("GET", "/api/tokens", actions.list_tokens, "session"),
    NEW_TOKEN,
    REVOKE_TOKEN,
    PASSWORD,
    BEGIN_TOTP,
    CONFIRM_TOTP,
    NEW_CODES,
    REMOVE_TOTP,
)


def door_routes(doors: "Doors") -> APIRouter:
    """Return the routes of the doors, for programs."""
    router = APIRouter(tags=["doors"], route_class=StrictRoute)
    for route in DOOR_ROUTES:
        router.add_api_route(
            route.path,
            _endpoint(doors, route),
            methods=[route.method],
            summary=(route.act.__doc__ or "").rstrip("."),
            response_class=Response,
            status_code=route.status,
            name=f"{route.method} {route.path}",
        )
    return router


def perform(
    doors: "Doors", route: DoorRoute, request: Request, body: bodies.DoorBody, **named: str
) -> DoorAnswer:
    """Do what a route does; DoorRefusal for whoever may not."""
    with door_call(doors, request) as call:
        _check_caller(route.caller, call)
        return route.act(call, body, **named)


def complete(response: Response, request: Request, done: DoorAnswer) -> Response:
    """Let the browser keep or forget the secret of its session."""
    if done.secret is not None:
        gone = done.secret is FORGET
        secret = None if gone else done.secret
        response.headers.append("Set-Cookie", cookie_of(request.scope, secret))
        if gone:
            response.headers["Clear-Site-Data"] = CLEAR
    return response


def _check_caller(caller: Caller, call: DoorCall) -> None:
    if caller == "anybody":
        return
    if call.user is None or not call.user.credential.startswith(SESSION):
        raise DoorRefusal(not_signed_in())
    if caller == "confirmed" and not call.user.is_confirmed(wiring.clock()):
        raise DoorRefusal(not_confirmed())


def _endpoint(doors: "Doors", route: DoorRoute) -> Callable[..., Response]:
    """Return a function whose signature says what the route takes."""
    names = NAMED.findall(route.path)

    def respond(request: Request, body: bodies.DoorBody | None = None, **named: str) -> Response:
        try:
            done = perform(doors, route, request, body or route.body(), **named)
        except DoorRefusal as refused:
            return refused.response
        return complete(done.answer.response(route.status), request, done)

    respond.__signature__ = _signature(route, names)  # type: ignore[attr-defined]
    return respond


def _signature(route: DoorRoute, names: list[str]) -> Signature:
    asked: list[tuple[str, Any]] = [("request", Request)]
    if route.body is not bodies.NothingBody:
        asked.append(("body", Annotated[route.body, Body()]))
    asked += [(name, Annotated[str, Path()]) for name in names]
    keyword = Parameter.KEYWORD_ONLY
    return Signature([Parameter(name, keyword, annotation=hint) for name, hint in asked])

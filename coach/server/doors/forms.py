"""The routes of the pages: each form does what a route for programs does."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from coach.advice.hints import hint_of
from coach.engine.api.people import identities, second_factor, sessions
from coach.errors import CoachError, spell_out
from coach.model.people.access import SESSION
from coach.server.doors import pages, routes
from coach.server.doors.actions import user_of
from coach.server.doors.calls import DoorAnswer, DoorRefusal, door_call
from coach.server.doors.identity import TERMINAL, who_asks
from coach.server.doors.provider import provider_host, provider_pages
from coach.server.doors.routes import DoorRoute, complete, perform
from coach.server.refusals import status_of
from coach.server.strict_bodies import is_storable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.server.doors.doors import Doors

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 10
SEE_OTHER, BAD_REQUEST, WRONG_KIND, NOT_FOUND = 303, 400, 415, 404
E_CONFIRM, E_SIGN_IN = "E_CONFIRM", "E_SIGN_IN"
HERE, SIGN_IN, ACCOUNT = "/", "/sign-in", "/account"

Show = Callable[[DoorAnswer], Response]
Complain = Callable[[str, int], Response]


@dataclass(frozen=True, slots=True)
class FormRoute:
    """A form: its path, what it does, what is shown after it, and what where it is refused."""

    path: str
    does: DoorRoute
    show: Show
    complain: Complain = pages.complaint_page


def _go_to(place: str) -> Show:
    return lambda _: RedirectResponse(place, SEE_OTHER)


def _data(done: DoorAnswer) -> "Mapping[str, Any]":
    data = done.answer.data
    assert isinstance(data, dict)
    return data


def _show_token(done: DoorAnswer) -> Response:
    return pages.shown_once("A token", [_data(done)["token"]])


def _show_codes(done: DoorAnswer) -> Response:
    return pages.shown_once("Recovery codes", _data(done)["recovery_codes"])


def _show_device(done: DoorAnswer) -> Response:
    return pages.new_device_page(_data(done)["secret"], _data(done)["uri"])


FORMS = (
    FormRoute("/sign-out", routes.SIGN_OUT, _go_to(SIGN_IN)),
    FormRoute("/account/confirm", routes.CONFIRM, _go_to(ACCOUNT), pages.confirmation_page),
    FormRoute("/account/password", routes.PASSWORD, _go_to(ACCOUNT)),
    FormRoute("/account/totp", routes.BEGIN_TOTP, _show_device),
    FormRoute("/account/totp/confirm", routes.CONFIRM_TOTP, _show_codes),
    FormRoute("/account/totp/remove", routes.REMOVE_TOTP, _go_to(ACCOUNT)),
    FormRoute("/account/recovery-codes", routes.NEW_CODES, _show_codes),
    FormRoute("/account/tokens", routes.NEW_TOKEN, _show_token),
    FormRoute("/account/tokens/{token}", routes.REVOKE_TOKEN, _go_to(ACCOUNT)),
    FormRoute("/account/sessions/{session}", routes.END_ONE, _go_to(ACCOUNT)),
    FormRoute("/account/end-others", routes.END_OTHERS, _go_to(ACCOUNT)),
)


def door_pages(doors: "Doors") -> APIRouter:
    """Return the pages of the doors, for people; they are no part of the described API."""
    router = APIRouter(include_in_schema=False)
    for form in (*FORMS, _sign_in_form(doors), _set_up_form(doors)):
        router.post(form.path)(_form_endpoint(doors, form))

    @router.get(SIGN_IN)
    def sign_in() -> Response:
        if who_asks() is not None:
            return RedirectResponse(HERE, SEE_OTHER)
        return pages.sign_in_page(provider=provider_host(doors))

    @router.get("/set-up")
    def set_up() -> Response:
        _refuse_when_done(doors)
        return pages.set_up_page(doors.settings.user)

    @router.get("/set-up.js")
    def set_up_script() -> Response:
        _refuse_when_done(doors)
        return Response(pages.SET_UP_SCRIPT, media_type="text/javascript")

    @router.get(ACCOUNT)
    def account(request: Request) -> Response:
        return _account(doors, request)

    if doors.provider is not None:
        router.include_router(provider_pages(doors, doors.provider))
    return router


def _sign_in_form(doors: "Doors") -> FormRoute:
    def complain(what: str, status: int) -> Response:
        return pages.sign_in_page(what, status, provider_host(doors))

    return FormRoute(SIGN_IN, routes.SIGN_IN, _go_to(HERE), complain)


def _set_up_form(doors: "Doors") -> FormRoute:
    def complain(what: str, status: int) -> Response:
        if status == NOT_FOUND:
            raise HTTPException(NOT_FOUND)
        return pages.set_up_page(doors.settings.user, what, status)

    return FormRoute("/set-up", routes.SET_UP, _go_to(HERE), complain)


def _refuse_when_done(doors: "Doors") -> None:
    if doors.accounts_exist():
        raise HTTPException(NOT_FOUND)


def _account(doors: "Doors", request: Request) -> Response:
    user = who_asks()
    if user is None or user is TERMINAL or not user.credential.startswith(SESSION):
        return RedirectResponse(HERE if user is TERMINAL else SIGN_IN, SEE_OTHER)
    with door_call(doors, request) as call:
        known = user_of(call)
        return pages.account_page(
            known.name,
            sessions.current(call.place, known.user_id),
            sessions.tokens_of(call.place, known.user_id),
            has_device=second_factor.is_asked_of(call.place, known.user_id),
            provider=provider_host(doors) if identities.is_linked(call.place, known) else "",
            has_broker_page=any(one.client_id for one in doors.settings.broker_clients.values()),
        )


def _form_endpoint(doors: "Doors", form: FormRoute) -> Callable[..., Any]:
    async def respond(request: Request) -> Response:
        fields = await _fields(request)
        return await run_in_threadpool(_respond, doors, form, request, fields)

    return respond


def _respond(doors: "Doors", form: FormRoute, request: Request, fields: dict[str, str]) -> Response:
    try:
        body = form.does.body.model_validate(fields)
        done = perform(doors, form.does, request, body, **request.path_params)
    except ValidationError:
        return form.complain("the form is not complete", BAD_REQUEST)
    except DoorRefusal as refused:
        return _refused(doors, form, refused)
    except CoachError as trouble:
        said = (trouble.message(spell_out), hint_of(trouble))
        return form.complain("; ".join(filter(None, said)), status_of(trouble))
    return complete(form.show(done), request, done)


def _refused(doors: "Doors", form: FormRoute, refused: DoorRefusal) -> Response:
    status = refused.response.status_code
    error = json.loads(bytes(refused.response.body))["error"]
    if error["code"] == E_CONFIRM:
        what = "First prove once more that it is you"
        return pages.confirmation_page(what, status, provider_host(doors))
    if error["code"] == E_SIGN_IN and form.does.caller != "anybody" and who_asks() is None:
        return RedirectResponse(SIGN_IN, SEE_OTHER)
    response = form.complain(error["message"], status)
    for name in ("Retry-After",):
        if name in refused.response.headers:
            response.headers[name] = refused.response.headers[name]
    return response


async def _fields(request: Request) -> dict[str, str]:
    """Return the fields of a form; HTTPException for what is none."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if body and kind != FORM:
        raise HTTPException(WRONG_KIND, f"a form is sent as {FORM}")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise HTTPException(BAD_REQUEST, "the form cannot be read") from None
    fields = dict(pairs)
    if len(fields) != len(pairs) or not all(map(is_storable, (*fields, *fields.values()))):
        raise HTTPException(BAD_REQUEST, "the form cannot be read")
    return fields

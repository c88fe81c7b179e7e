"""Errors as a client gets them: the object that the command line prints, and a status.

What a client sent is an error of 400 to 499; what is the matter here is one of 500 to 599, and
whoever comes back after `Retry-After` may find it mended.
"""

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from coach.advice.hints import hint_with
from coach.errors import (
    AuthenticationFailed,
    BrokerTrouble,
    CoachError,
    Conflict,
    DatabaseTrouble,
    EventsReplaced,
    HotStoreDown,
    KekUnavailable,
    Locked,
    NotFound,
    NotInitialised,
    ObjectTrouble,
    Refused,
    TryLater,
    UsageError,
)
from coach.server.answers import json_response
from coach.settings.redaction import redact
from coach.wording.json_text import error_object

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from coach.remedies import Field

STATUSES: tuple[tuple[type[CoachError], int], ...] = (
    (Conflict, 409),
    (UsageError, 400),
    (NotFound, 404),
    (NotInitialised, 404),
    (Locked, 409),
    (Refused, 422),
    (AuthenticationFailed, 422),
    (EventsReplaced, 410),
    (BrokerTrouble, 502),
    (TryLater, 503),
    (KekUnavailable, 503),
    (DatabaseTrouble, 503),
    (HotStoreDown, 503),
    (ObjectTrouble, 503),
)
UNEXPECTED = 500
NOT_NOW = 503
RETRY_LATER = {409: "1", NOT_NOW: "5"}
"""Seconds, for what mends itself; only where the error says so."""
TAKEN, LISTED = "GET /openapi.json says what is taken", "GET /openapi.json lists what there is"
HTTP_HINTS = {404: LISTED, 405: LISTED, 413: "split it into several requests"}
STREAM = "/api/events/stream"
"""What has no head without an end."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOT_ALLOWED = 405
PARAMETERS: "dict[Field, str]" = {
    "event": "since",
    "last_event": "until",
    "file_format": "format",
    "map_fields": "columns",
}
"""Where a field has another name than its parameter."""
CODES = {404: "E_NOT_FOUND", 405: "E_METHOD", 413: "E_TOO_LARGE"}


def status_of(error: CoachError) -> int:
    """Return the HTTP status of an error."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), UNEXPECTED)


def refuse(error: CoachError) -> "Response":
    """Return an error of ours; fields are called by the names of the parameters.

    What else can be done is said in commands, which a terminal takes.
    """
    status = status_of(error)
    waits = isinstance(error, Locked) or status == NOT_NOW
    headers = {"Retry-After": RETRY_LATER[status]} if waits else None
    hint = hint_with(error, parameter_of)
    return refusal(status, error.code, error.message(parameter_of), hint, headers)


def parameter_of(field: "Field") -> str:
    """Return the parameter, or the field of a body, that a field of an error is."""
    return PARAMETERS.get(field, field)


def refusal(
    status: int, code: str, message: str, hint: str = "", headers: dict[str, str] | None = None
) -> "Response":
    """Return an error, without secrets."""
    return json_response(error_object(code, redact(message), redact(hint)), status, headers)


async def answer_trouble(_: "Request", error: Exception) -> "Response":
    """Answer an error of ours."""
    assert isinstance(error, CoachError)
    return refuse(error)


async def answer_invalid(_: "Request", error: Exception) -> "Response":
    """Answer a request whose parameters or body are not those of its route."""
    assert isinstance(error, RequestValidationError)
    complaints = [f"{_place(one['loc'])}: {one['msg']}" for one in error.errors()]
    return refusal(400, "E_USAGE", "; ".join(complaints), TAKEN)


async def answer_http(request: "Request", error: Exception) -> "Response":
    """Answer a path or a method that there is not."""
    assert isinstance(error, HTTPException)
    code = CODES.get(error.status_code, "E_USAGE")
    hint = HTTP_HINTS.get(error.status_code, TAKEN)
    said = error.detail
    if said == HTTPStatus(error.status_code).phrase:
        said = said.lower()
    headers = dict(error.headers) if error.headers else {}
    if error.status_code == NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    return refusal(error.status_code, code, said, hint, headers)


def _allowed(request: "Request") -> list[str]:
    """Return every method that the path takes; a framework's answer names those of one route."""
    routes, endless = request.app.router.routes, request.scope["path"] == STREAM

    def takes(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in routes)

    found = [method for method in METHODS if takes(method)]
    return ["GET", "HEAD", *found[1:]] if found[:1] == ["GET"] and not endless else found


async def answer_unexpected(request: "Request", error: Exception) -> "Response":
    """Answer what nobody thought of; what it was stands in the log, under the request's id."""
    number = request.scope.get("coach.request", "")
    what = f"unexpected {type(error).__name__}"
    return refusal(UNEXPECTED, "E_UNEXPECTED", what, f"the log has it under request {number}")


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location[1:])) or "body"

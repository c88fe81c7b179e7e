"""The answers of the sandbox as a server of tokens: its page, which asks nobody, and its tokens."""

from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from http import HTTPStatus
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from coach.brokers.sandbox.entries import JsonObject
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.oauth.books import (
    ACCESS_LIFE,
    CLIENT_ID,
    CODE_LIFE,
    SKEWED_LIFE,
    AuthorizationCode,
    Permit,
    TokenBooks,
)
from coach.brokers.sandbox.refusals import ErrorReply, internal_error

AUTHORIZE, TOKEN, REVOKE = "/oauth2/auth", "/oauth2/token", "/oauth2/revoke"
STATE_AT_LEAST = 8
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TRADING = "wallet:buys:create"
STAYS = "offline_access"
FEWER = "wallet:transactions:read"
OTHER_ISSUER = "https://login.example.org"


def authorize(
    books: TokenBooks, plan: SandboxPlan, query: Mapping[str, str], now: datetime
) -> Response:
    """Allow what is asked for, at once, and send the browser back with a code.

    What is wrong with the client or with where to go back to is told to the browser itself.
    """
    back = query.get("redirect_uri", "")
    if query.get("client_id") != CLIENT_ID or urlsplit(back).hostname not in LOOPBACK:
        return PlainTextResponse("unknown client or redirect_uri\n", HTTPStatus.BAD_REQUEST)
    wrong = _complaint(query)
    state = query.get("state", "")
    told = {"error": wrong} if wrong else _allowed(books, plan, query, now)
    sent = "another-state" if "wrong_state" in plan.login else state
    if "other_issuer" in plan.login:
        told["iss"] = OTHER_ISSUER
    return RedirectResponse(f"{back}?{urlencode({**told, 'state': sent})}", HTTPStatus.FOUND)


def hand_out(books: TokenBooks, plan: SandboxPlan, body: bytes, now: datetime) -> JsonObject:
    """Return the tokens for a code or for a refresh token; ErrorReply for what counts no more."""
    form = _form(body)
    named = compare_digest(form.get("client_secret", "").encode(), books.secret.encode())
    if form.get("client_id") != CLIENT_ID or not named:
        raise _refusal("invalid_client", HTTPStatus.UNAUTHORIZED)
    permit = _permit(books, form, now)
    if permit is None:
        raise _refusal("invalid_grant")
    life = SKEWED_LIFE if "clock_skew" in plan.login else ACCESS_LIFE
    permit.turn(now, life)
    if "rotated_refresh" in plan.login:
        handed = permit.refresh
        permit.turn(now, life)
        return _answer(permit, plan, handed)
    if "lost_answer" in plan.login:
        raise ErrorReply(internal_error())
    return _answer(permit, plan, permit.refresh)


def revoke(books: TokenBooks, plan: SandboxPlan, body: bytes, bearer: str) -> JsonObject:
    """End what a token belongs to; the answer is the same whether or not anything was ended."""
    if "deaf_revoke" not in plan.login and any(bearer == permit.access for permit in books.permits):
        books.revoke(_form(body).get("token", ""))
    return {}


def token_info(permit: Permit) -> JsonObject:
    """Return what `/v2/user/auth` says of a token."""
    return {"data": {"method": "oauth", "scopes": [*permit.scopes], "oauth_meta": {}}}


def no_token() -> ErrorReply:
    """Return the 401 of the older interface."""
    body = {"errors": [{"id": "invalid_token", "message": "The access token is invalid"}]}
    return ErrorReply(JSONResponse(body, HTTPStatus.UNAUTHORIZED))


def _complaint(query: Mapping[str, str]) -> str:
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    known = query.get("code_challenge_method", "plain") in {"plain", "S256"}
    if len(query.get("state", "")) < STATE_AT_LEAST or not known:
        return "invalid_request"
    return ""


def _allowed(
    books: TokenBooks, plan: SandboxPlan, query: Mapping[str, str], now: datetime
) -> dict[str, str]:
    if "denied" in plan.login:
        return {"error": "access_denied"}
    scopes = query.get("scope", "").replace(",", " ").split()
    if "fewer_scopes" in plan.login:
        scopes = [one for one in scopes if one != FEWER]
    if "more_scopes" in plan.login:
        scopes.append(TRADING)
    code = AuthorizationCode(
        redirect_uri=query["redirect_uri"],
        challenge=query.get("code_challenge", ""),
        method=query.get("code_challenge_method", "plain"),
        until=now + CODE_LIFE,
        scopes=tuple(scopes),
    )
    if "used_code" in plan.login:
        code.permit = Permit(code.scopes)
    return {"code": books.issue_code(code)}


def _permit(books: TokenBooks, form: Mapping[str, str], now: datetime) -> Permit | None:
    if form.get("grant_type") == "authorization_code":
        code, back = form.get("code", ""), form.get("redirect_uri", "")
        return books.use_code(code, back, form.get("code_verifier", ""), now)
    if form.get("grant_type") == "refresh_token":
        return books.use_refresh(form.get("refresh_token", ""))
    raise _refusal("unsupported_grant_type")


def _answer(permit: Permit, plan: SandboxPlan, refresh: str) -> JsonObject:
    answer: JsonObject = {
        "access_token": permit.access,
        "token_type": "bearer",
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "scope": " ".join(permit.scopes),
    }
    if STAYS in permit.scopes and "no_refresh_token" not in plan.login:
        answer["refresh_token"] = refresh
    return answer


def _form(body: bytes) -> dict[str, str]:
    try:
        found = parse_qs(body.decode("ascii"), max_num_fields=20)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _refusal(error: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> ErrorReply:
    """Return an error as Coinbase words it: the description is in whatever language."""
    body = {"error": error, "error_description": "La autorización no es válida"}
    return ErrorReply(JSONResponse(body, status))

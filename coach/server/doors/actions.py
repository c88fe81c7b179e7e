"""What is done at the doors: the same for a form of a page and for JSON."""

from math import ceil
from typing import TYPE_CHECKING

from coach.engine.api.people import accounts, second_factor, sessions, setup, sign_in
from coach.engine.api.people.sign_in import SignInRequest
from coach.errors import NotFound
from coach.model.machine.secrets import Secret
from coach.model.people.access import SESSION, scope_named
from coach.server.answers import ApiAnswer
from coach.server.doors.calls import FORGET, DoorAnswer, DoorCall, DoorRefusal
from coach.server.refusals import refusal
from coach.server.walls.security_log import note_security
from coach.views.security import access as views
from coach.views.table import json_row, rows

if TYPE_CHECKING:
    from coach.model.events import Json
    from coach.model.people.access import SignedInUser
    from coach.server.doors import bodies
    from coach.server.doors.doors import Doors

WRONG, TOO_MANY, EXPIRED = 401, 429, 403
LINK_OVER = "start coach serve again for a new one, or make the account by coach users add"


def set_up(call: DoorCall, body: "bodies.SetUpBody") -> DoorAnswer:
    """Make the first account."""
    if setup.is_done(call.place.connection):
        raise NotFound(kind="page", name="/set-up")
    settings = call.doors.settings
    account = accounts.NewAccount(
        body.name or settings.user, Secret(body.password), body.zone or settings.zone
    )
    made = setup.claim(call.place, Secret(body.token.strip()), account, call.origin)
    if made is not None:
        return DoorAnswer(_session_answer(account.name), made.secret)
    if setup.is_done(call.place.connection):  # somebody else was first
        raise NotFound(kind="page", name="/set-up")
    note_security("set-up failed", call.address)
    what = "this link is not the newest, or more than 30 minutes old"
    raise DoorRefusal(refusal(EXPIRED, "E_LINK", what, LINK_OVER))


def begin_session(call: DoorCall, body: "bodies.SignInBody") -> DoorAnswer:
    """Sign in."""
    admit(call.doors, body.name, call.address)
    request = SignInRequest(body.name, Secret(body.password), Secret(body.code), call.origin)
    made = sign_in.sign_in(call.place, request)
    if made is None:
        raise _wrong(call, body.name)
    call.doors.succeeded(body.name, call.address)
    if call.user is not None and call.user.credential.startswith(SESSION):
        end_quietly(call, call.user)
    return DoorAnswer(_session_answer(body.name), made.secret)


def end_session(call: DoorCall, _body: object) -> DoorAnswer:
    """Sign out."""
    user = user_of(call)
    end_quietly(call, user)
    return DoorAnswer(_session_answer(user.name), FORGET)


def show_session(call: DoorCall, _body: object) -> DoorAnswer:
    """Who has signed in."""
    return DoorAnswer(_session_answer(user_of(call).name))


def confirm_session(call: DoorCall, body: "bodies.ConfirmationBody") -> DoorAnswer:
    """Prove once more who you are, for what is dangerous."""
    user = user_of(call)
    admit(call.doors, user.name, call.address)
    request = SignInRequest(user.name, Secret(body.password), Secret(body.code), call.origin)
    secret = sign_in.confirm(call.place, user, request)
    if secret is None:
        raise _wrong(call, user.name)
    call.doors.succeeded(user.name, call.address)
    return DoorAnswer(_session_answer(user.name), secret)


def list_sessions(call: DoorCall, _body: object) -> DoorAnswer:
    """Every session of yours."""
    found = sessions.current(call.place, user_of(call).user_id)
    return DoorAnswer(ApiAnswer("sessions", list(rows([views.session(one) for one in found]))))


def end_one_session(call: DoorCall, _body: object, session: str) -> DoorAnswer:
    """End a session of yours."""
    sessions.end(call.place, user_of(call).user_id, session)
    return DoorAnswer(ApiAnswer("sessions end", {"id": session}))


def end_other_sessions(call: DoorCall, _body: object) -> DoorAnswer:
    """End every session of yours but this one."""
    count = sessions.end_others(call.place, user_of(call))
    return DoorAnswer(ApiAnswer("sessions end", {"count": count}))


def list_tokens(call: DoorCall, _body: object) -> DoorAnswer:
    """Every token of yours."""
    found = sessions.tokens_of(call.place, user_of(call).user_id)
    return DoorAnswer(ApiAnswer("token list", list(rows([views.token(one) for one in found]))))


def create_token(call: DoorCall, body: "bodies.TokenBody") -> DoorAnswer:
    """Make a token, whose text is shown once."""
    scope = scope_named(body.scope)
    made = sessions.create_token(call.place, user_of(call).user_id, body.label, scope, body.days)
    return DoorAnswer(ApiAnswer("token create", json_row(views.new_token(made))))


def revoke_token(call: DoorCall, _body: object, token: str) -> DoorAnswer:
    """Let a token count no more."""
    sessions.revoke_token(call.place, user_of(call).user_id, token)
    return DoorAnswer(ApiAnswer("token revoke", {"id": token}))


def change_password(call: DoorCall, body: "bodies.PasswordBody") -> DoorAnswer:
    """Give yourself another password; all other sessions end."""
    user = user_of(call)
    accounts.change_password(call.place, user.name, Secret(body.password), user)
    return DoorAnswer(_session_answer(user.name))


def begin_totp(call: DoorCall, _body: object) -> DoorAnswer:
    """Begin with a second factor: its secret, shown once."""
    user = user_of(call)
    made = second_factor.begin(call.place, user.user_id, user.name)
    data: Json = {"secret": made.secret.reveal(), "uri": made.uri.reveal()}
    return DoorAnswer(ApiAnswer("totp", data))


def confirm_totp(call: DoorCall, body: "bodies.CodeBody") -> DoorAnswer:
    """Ask for the second factor from now on; its recovery codes are shown once."""
    return _codes(second_factor.confirm(call.place, user_of(call).user_id, body.code))


def renew_recovery_codes(call: DoorCall, _body: object) -> DoorAnswer:
    """Make new recovery codes; the former count no more."""
    return _codes(second_factor.make_new_codes(call.place, user_of(call).user_id))


def remove_totp(call: DoorCall, _body: object) -> DoorAnswer:
    """Ask for no second factor any more."""
    removed = second_factor.remove(call.place, user_of(call).user_id)
    return DoorAnswer(ApiAnswer("totp", {"removed": removed}))


def user_of(call: DoorCall) -> "SignedInUser":
    """Return who has signed in; the table of routes lets nobody else come here."""
    assert call.user is not None
    return call.user


def admit(doors: "Doors", name: str, address: str) -> None:
    """Take a try of a name from an address; DoorRefusal where that was done too often."""
    wait_s = ceil(doors.admit(name, address))
    if wait_s > 0:
        note_security("sign-in limited", address, account=name)
        what = "this was tried too often"
        headers = {"Retry-After": str(wait_s)}
        response = refusal(TOO_MANY, "E_RATE_LIMIT", what, f"try again in {wait_s} s", headers)
        raise DoorRefusal(response)


def _wrong(call: DoorCall, name: str) -> DoorRefusal:
    note_security("sign-in failed", call.address, account=name)
    what = "the name, the password or the code is wrong"
    hint = "a code counts once; whoever runs this coach can give another password"
    return DoorRefusal(refusal(WRONG, "E_SIGN_IN", what, hint))


def end_quietly(call: DoorCall, user: "SignedInUser") -> None:
    """End the session of a request, which another request may have ended meanwhile."""
    try:
        sessions.end(call.place, user.user_id, user.credential.removeprefix(SESSION))
    except NotFound:
        return


def _codes(made: list[Secret]) -> DoorAnswer:
    data: Json = {"recovery_codes": [one.reveal() for one in made]}
    return DoorAnswer(ApiAnswer("totp", data))


def _session_answer(name: str) -> ApiAnswer:
    return ApiAnswer("session", {"user": name})

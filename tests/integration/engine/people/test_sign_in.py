"""Signing in: by a password, and what ends a session."""

from datetime import timedelta

import pytest

from coach.engine.api import users
from coach.engine.api.people import accounts, second_factor, sessions, sign_in
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.people.sessions import NewSession
from coach.engine.api.people.sign_in import SignInRequest
from coach.engine.api.session import Session
from coach.engine.store.people import passwords
from coach.engine.store.people.credentials import still_valid
from coach.errors import Conflict, Invalid, NotFound
from coach.model.accounts import User
from coach.model.machine.secrets import Secret
from coach.model.people.access import CONFIRMED_FOR, IDLE, LONGEST
from tests.integration.engine.people.conftest import CHEAP, PASSWORD, SetClock, kinds

OTHER = Secret("five other plain words here")


def request(name: str = "ann", password: Secret = PASSWORD, code: str = "") -> SignInRequest:
    return SignInRequest(name, password, Secret(code), "203.0.113.7 a browser")


def signed_in(place: SignInPlace, password: Secret = PASSWORD) -> NewSession:
    made = sign_in.sign_in(place, request(password=password))
    assert made is not None
    return made


def test_the_right_password_begins_a_session(place: SignInPlace, ann: User) -> None:
    made = signed_in(place)
    found = sessions.recognise(place, made.secret)
    assert found is not None
    assert (found.user_id, found.name) == (ann.id, "ann")
    assert kinds(place.connection, ann) == ["password.changed", "session.started"]


@pytest.mark.parametrize("name", ["ann", "nobody", "local", "ANN"])
def test_a_wrong_password_is_an_unknown_name(place: SignInPlace, ann: User, name: str) -> None:
    assert sign_in.sign_in(place, request(name, OTHER)) is None
    refused = kinds(place.connection, ann).count("session.refused")
    assert refused == (1 if name == "ann" else 0)


def test_neither_a_password_nor_a_secret_lies_in_the_database(
    place: SignInPlace, ann: User
) -> None:
    made, token = signed_in(place), sessions.create_token(place, ann.id, "script", "read", 1)
    for table in ("user_password", "user_session", "api_token", "audit_event"):
        rows = place.connection.execute(f"select t::text from {table} t").fetchall()  # noqa: S608 - constants
        text = "\n".join(row[0] for row in rows)
        assert rows
        for secret in (PASSWORD, made.secret, token.secret):
            assert secret.reveal() not in text


def test_a_session_ends_when_nobody_uses_it_and_at_last_anyway(
    place: SignInPlace, ann: User, clock: SetClock
) -> None:
    made = signed_in(place)
    clock.pass_by(IDLE - timedelta(microseconds=1))
    assert sessions.recognise(place, made.secret) is not None
    clock.pass_by(IDLE)
    assert sessions.recognise(place, made.secret) is None
    kept = signed_in(place)
    for _ in range(LONGEST // (IDLE / 2) - 1):
        clock.pass_by(IDLE / 2)
        assert sessions.recognise(place, kept.secret) is not None
    clock.pass_by(IDLE / 2)
    assert sessions.recognise(place, kept.secret) is None
    assert sessions.current(place, ann.id) == []


def test_a_secret_of_a_session_that_ended_is_worth_nothing(place: SignInPlace, ann: User) -> None:
    made = signed_in(place)
    sessions.end(place, ann.id, made.session.id)
    assert sessions.recognise(place, made.secret) is None
    with pytest.raises(NotFound):
        sessions.end(place, ann.id, made.session.id)


def test_nobody_ends_a_session_or_a_token_of_somebody_else(
    place: SignInPlace, session: Session, ann: User
) -> None:
    made, token = signed_in(place), sessions.create_token(place, ann.id, "script", "read", 1)
    with pytest.raises(NotFound):
        sessions.end(place, session.user.id, made.session.id)
    with pytest.raises(NotFound):
        sessions.revoke_token(place, session.user.id, token.token.id)
    assert sessions.recognise(place, made.secret) is not None
    assert sessions.recognise_token(place, token.secret) is not None


def test_to_confirm_gives_the_session_another_secret(
    place: SignInPlace, ann: User, clock: SetClock
) -> None:
    made = signed_in(place)
    clock.pass_by(CONFIRMED_FOR)
    user = sessions.recognise(place, made.secret)
    assert user is not None
    assert user.user_id == ann.id
    assert not user.is_confirmed(clock())
    assert sign_in.confirm(place, user, request(password=OTHER)) is None
    secret = sign_in.confirm(place, user, request())
    assert secret is not None
    assert sessions.recognise(place, made.secret) is None
    again = sessions.recognise(place, secret)
    assert again is not None
    assert again.is_confirmed(clock())


def test_another_password_ends_every_session_but_the_one_that_asks(
    place: SignInPlace, ann: User
) -> None:
    first, second = signed_in(place), signed_in(place)
    user = sessions.recognise(place, first.secret)
    accounts.change_password(place, ann.name, OTHER, user)
    assert sessions.recognise(place, first.secret) is not None
    assert sessions.recognise(place, second.secret) is None
    accounts.change_password(place, ann.name, PASSWORD)  # at the terminal
    assert sessions.recognise(place, first.secret) is None
    assert sign_in.sign_in(place, request(password=OTHER)) is None


def test_who_is_disabled_is_out_at_once_and_comes_back_by_the_password_alone(
    place: SignInPlace, ann: User, clock: SetClock
) -> None:
    made, token = signed_in(place), sessions.create_token(place, ann.id, "script", "admin", 0)
    credentials = [
        found.credential
        for found in (
            sessions.recognise(place, made.secret),
            sessions.recognise_token(place, token.secret),
        )
        if found
    ]
    assert still_valid(place.connection, credentials, clock()) == set(credentials)
    accounts.disable(place, "ann")
    assert still_valid(place.connection, credentials, clock()) == set()
    assert sessions.recognise(place, made.secret) is None
    assert sessions.recognise_token(place, token.secret) is None
    assert sign_in.sign_in(place, request()) is None
    accounts.enable(place, "ann")
    assert sessions.recognise_token(place, token.secret) is None
    assert sign_in.sign_in(place, request()) is not None


def test_who_is_removed_leaves_nothing_to_sign_in_by(place: SignInPlace, ann: User) -> None:
    made, token = signed_in(place), sessions.create_token(place, ann.id, "script", "read", 1)
    second_factor.begin(place, ann.id, "ann")
    users.remove(place.connection, "ann", place.clock())
    assert sessions.recognise(place, made.secret) is None
    assert sessions.recognise_token(place, token.secret) is None
    assert sign_in.sign_in(place, request()) is None


def test_a_token_counts_until_it_is_revoked_or_over(
    place: SignInPlace, ann: User, clock: SetClock
) -> None:
    revoked, over = (sessions.create_token(place, ann.id, "x", "read", 1) for _ in range(2))
    endless = sessions.create_token(place, ann.id, "x", "import", 0)
    sessions.revoke_token(place, ann.id, revoked.token.id)
    assert sessions.recognise_token(place, revoked.secret) is None
    assert sessions.recognise_token(place, over.secret) is not None
    clock.pass_by(timedelta(days=1))
    assert sessions.recognise_token(place, over.secret) is None
    found = sessions.recognise_token(place, endless.secret)
    assert found is not None
    assert (found.scope, found.confirmed_at) == ("import", None)


@pytest.mark.parametrize("wrong", ["", "x" * 43, "coach_pat_12345678_" + "x" * 43 + "_000000"])
@pytest.mark.usefixtures("ann")
def test_a_secret_that_nobody_made_is_nobody_s(place: SignInPlace, wrong: str) -> None:
    assert sessions.recognise(place, Secret(wrong)) is None
    assert sessions.recognise_token(place, Secret(wrong)) is None


def test_a_name_with_a_password_is_not_given_another_by_adding_it(
    place: SignInPlace, ann: User
) -> None:
    with pytest.raises(Conflict):
        accounts.make(place, accounts.NewAccount(ann.name, OTHER, "UTC"))


@pytest.mark.parametrize("label", ["", " ", "a\nb", "x" * 101])
def test_a_label_that_does_not_fit_a_line_is_refused(
    place: SignInPlace, ann: User, label: str
) -> None:
    with pytest.raises(Invalid):
        sessions.create_token(place, ann.id, label, "read", 1)


def test_a_hash_of_another_profile_is_replaced_at_the_next_sign_in(
    place: SignInPlace, ann: User
) -> None:
    from argon2 import PasswordHasher

    former = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD.reveal())
    passwords.write(place.connection, ann.id, former, place.clock())
    signed_in(place)
    stored = passwords.of_user_named(place.connection, "ann")
    assert stored is not None
    assert not CHEAP.check_needs_rehash(stored.hash)
    signed_in(place)

"""The first account: by one link, once, whoever else tries at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from coach.engine.api import users
from coach.engine.api.people import accounts, sessions, setup
from coach.engine.api.people.place import SignInPlace
from coach.engine.api.people.sessions import NewSession
from coach.engine.api.session import Session
from coach.engine.store.connect import connect
from coach.errors import Invalid
from coach.model.machine.secrets import Secret
from tests.integration.engine.people.conftest import PASSWORD, Place, SetClock

CLAIMANTS = 50
ACCOUNT = accounts.NewAccount("local", PASSWORD, "UTC")


def link(place: SignInPlace) -> Secret:
    made = setup.make_link(place)
    assert made is not None
    return made


def test_the_first_account_is_the_terminal_s_user_with_all_that_is_theirs(
    place: SignInPlace, session: Session
) -> None:
    assert not setup.is_done(place.connection)
    made = setup.claim(place, link(place), ACCOUNT, "test")
    assert made is not None
    assert made.session.user_id == session.user.id
    assert setup.is_done(place.connection)
    found = sessions.recognise(place, made.secret)
    assert found is not None
    assert (found.name, found.scope) == ("local", "admin")


def test_another_name_makes_another_user(place: SignInPlace, session: Session) -> None:
    account = accounts.NewAccount("ann", PASSWORD, "Asia/Tokyo")
    made = setup.claim(place, link(place), account, "test")
    assert made is not None
    assert made.session.user_id != session.user.id
    assert [one.name for one in users.users(place.connection)] == ["ann", "local"]


def test_of_fifty_who_claim_at_once_one_gets_it(
    place: SignInPlace, places: Place, database_url: str
) -> None:
    secret = link(place)

    def claim(number: int) -> NewSession | None:
        account = accounts.NewAccount(f"user{number}", PASSWORD, "UTC")
        with connect(database_url) as connection:
            return setup.claim(places(connection), secret, account, "test")

    with ThreadPoolExecutor(CLAIMANTS) as pool:
        results = list(pool.map(claim, range(CLAIMANTS)))
    assert len([one for one in results if one is not None]) == 1
    assert len(users.users(place.connection)) == 2  # the terminal's, and the one


def test_a_link_counts_for_half_an_hour_and_the_newest_alone(
    place: SignInPlace, clock: SetClock
) -> None:
    former, newest = link(place), link(place)
    assert setup.claim(place, former, ACCOUNT, "test") is None
    clock.pass_by(timedelta(minutes=30))
    assert setup.claim(place, newest, ACCOUNT, "test") is None
    clock.pass_by(timedelta(microseconds=-1))
    assert setup.claim(place, newest, ACCOUNT, "test") is not None


def test_a_link_outlives_a_password_that_does_not_fit(place: SignInPlace) -> None:
    secret = link(place)
    with pytest.raises(Invalid):
        setup.claim(place, secret, accounts.NewAccount("local", Secret("short"), "UTC"), "test")
    assert setup.claim(place, secret, ACCOUNT, "test") is not None


def test_there_is_no_second_first_account_whatever_becomes_of_it(place: SignInPlace) -> None:
    secret = link(place)
    accounts.make(place, accounts.NewAccount("ann", PASSWORD, "UTC"))  # at the terminal
    assert setup.claim(place, secret, ACCOUNT, "test") is None
    assert setup.make_link(place) is None
    users.remove(place.connection, "ann", place.clock())
    assert setup.make_link(place) is None
    assert setup.is_done(place.connection)


def test_the_link_is_kept_as_a_hash(
    place: SignInPlace, connections: Callable[[], psycopg.Connection]
) -> None:
    secret = link(place)
    [row] = connections().execute("select setup_link::text from setup_link").fetchall()
    assert secret.reveal() not in row[0]

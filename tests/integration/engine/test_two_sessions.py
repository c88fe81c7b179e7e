"""Two sessions in two threads: each with a connection of its own, both with right answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from coach.engine.api import events, insights, trades, users
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.model.accounts import Run, User

Importer = Callable[..., Run]
TURNS = 8


@pytest.fixture
def history(imported: Importer) -> None:
    """Ten trades of an hour each."""
    hours = range(9, 19)
    rows = [(f"{hour}:00 buy", f"{hour}:30 sell") for hour in hours]
    imported(*(f"{side} BTC-USD 1 @ 10" for both in rows for side in both))


@contextmanager
def opened(like: Session, user: User) -> Iterator[Session]:
    """Open a session of a user over a connection of its own, in the thread that calls this."""
    with like.connect() as connection:
        yield replace(like, opened=connection, user=user)


def look(session: Session) -> tuple[int, int, int]:
    found = insights.findings(session, days=90).findings
    return len(list(trades.round_trips(session))), len(found), len(rules.rules(session))


def look_again_and_again(like: Session, user: User) -> list[tuple[int, int, int]]:
    with opened(like, user) as session:
        return [look(session) for _ in range(TURNS)]


@pytest.mark.usefixtures("history")
def test_two_sessions_in_two_threads_do_not_collide(session: Session) -> None:
    alone = look(session)
    assert alone[0] == 10
    with ThreadPoolExecutor(2) as threads:
        looked = list(threads.map(look_again_and_again, [session] * 2, [session.user] * 2))
    assert looked == [[alone] * TURNS] * 2


@pytest.mark.usefixtures("history")
def test_a_change_in_one_thread_and_a_look_in_the_other(session: Session) -> None:
    def change() -> None:
        with opened(session, session.user) as own:
            for limit in range(1, TURNS + 1):
                rules.add(own, "max_trades_per_day", {"limit": limit})

    with ThreadPoolExecutor(2) as threads:
        changing = threads.submit(change)
        looking = threads.submit(look_again_and_again, session, session.user)
        changing.result()
        assert [trips for trips, *_ in looking.result()] == [10] * TURNS
    assert len(rules.rules(session)) == TURNS
    numbers = [one.seq for one in events.every(session)]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.usefixtures("history")
def test_sessions_of_two_users_see_their_own(session: Session) -> None:
    ann = users.add(session.connection, "ann", "Asia/Tokyo")
    with ThreadPoolExecutor(2) as threads:
        mine, hers = threads.map(look_again_and_again, [session] * 2, [session.user, ann])
    assert (mine[0][0], hers[0][0]) == (10, 0)


def test_a_session_of_another_thread_is_refused(session: Session) -> None:
    with (
        ThreadPoolExecutor(1) as threads,
        pytest.raises(RuntimeError, match="belongs to the thread that made it"),
    ):
        threads.submit(look, session).result()
    assert look(session)[0] == 0

"""Two sessions in two threads: each with a connection of its own, both with right answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coach.engine.api import events, insights, trades, users
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.store.connect import connect
from coach.model.accounts import Run

Importer = Callable[..., Run]
TURNS = 8


@pytest.fixture
def other(session: Session, database_url: str, imported: Importer) -> Iterator[Session]:
    """A session of the same user over a connection of its own."""
    hours = range(9, 19)
    rows = [(f"{hour}:00 buy", f"{hour}:30 sell") for hour in hours]
    imported(*(f"{side} BTC-USD 1 @ 10" for both in rows for side in both))
    with connect(database_url) as connection:
        yield replace(session, connection=connection)


def look(session: Session) -> tuple[int, int, int]:
    found = insights.findings(session, days=90).findings
    return len(list(trades.round_trips(session))), len(found), len(rules.rules(session))


def look_again_and_again(session: Session) -> list[tuple[int, int, int]]:
    return [look(session) for _ in range(TURNS)]


def test_two_sessions_in_two_threads_do_not_collide(session: Session, other: Session) -> None:
    alone = look(session)
    assert alone[0] == 10
    with ThreadPoolExecutor(2) as threads:
        looked = list(threads.map(look_again_and_again, [session, other]))
    assert looked == [[alone] * TURNS] * 2


def test_a_change_in_one_thread_and_a_look_in_the_other(session: Session, other: Session) -> None:
    def change() -> None:
        for limit in range(1, TURNS + 1):
            rules.add(session, "max_trades_per_day", {"limit": limit})

    with ThreadPoolExecutor(2) as threads:
        changing = threads.submit(change)
        looking = threads.submit(lambda: [look(other)[0] for _ in range(TURNS)])
        changing.result()
        assert looking.result() == [10] * TURNS
    assert len(rules.rules(other)) == TURNS
    numbers = [one.seq for one in events.since(other)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_sessions_of_two_users_see_their_own(session: Session, other: Session) -> None:
    ann = replace(other, user=users.add(other.connection, "ann", "Asia/Tokyo"))
    with ThreadPoolExecutor(2) as threads:
        mine, hers = threads.map(look, [session, ann])
    assert (mine[0], hers[0]) == (10, 0)

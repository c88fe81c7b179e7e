"""Two desks in two threads: each with a connection of its own, both with right answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from coach.engine.api import events, insights, rules, trades, users
from coach.engine.api.desk import Desk
from coach.engine.store.connect import connect
from coach.model.accounts import Run

Importer = Callable[..., Run]
TURNS = 8


@pytest.fixture
def other(desk: Desk, database_url: str, imported: Importer) -> Iterator[Desk]:
    """A desk of the same user over a connection of its own."""
    hours = range(9, 19)
    rows = [(f"{hour}:00 buy", f"{hour}:30 sell") for hour in hours]
    imported(*(f"{side} BTC-USD 1 @ 10" for both in rows for side in both))
    with connect(database_url) as connection:
        yield replace(desk, connection=connection)


def look(desk: Desk) -> tuple[int, int, int]:
    found = insights.findings(desk, days=90).findings
    return len(list(trades.round_trips(desk))), len(found), len(rules.rules(desk))


def look_again_and_again(desk: Desk) -> list[tuple[int, int, int]]:
    return [look(desk) for _ in range(TURNS)]


def test_two_desks_in_two_threads_do_not_collide(desk: Desk, other: Desk) -> None:
    alone = look(desk)
    assert alone[0] == 10
    with ThreadPoolExecutor(2) as threads:
        looked = list(threads.map(look_again_and_again, [desk, other]))
    assert looked == [[alone] * TURNS] * 2


def test_a_change_in_one_thread_and_a_look_in_the_other(desk: Desk, other: Desk) -> None:
    def change() -> None:
        for limit in range(1, TURNS + 1):
            rules.add(desk, "max_trades_per_day", {"limit": limit})

    with ThreadPoolExecutor(2) as threads:
        changing = threads.submit(change)
        looking = threads.submit(lambda: [look(other)[0] for _ in range(TURNS)])
        changing.result()
        assert looking.result() == [10] * TURNS
    assert len(rules.rules(other)) == TURNS
    numbers = [one.seq for one in events.since(other)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_desks_of_two_users_see_their_own(desk: Desk, other: Desk) -> None:
    ann = replace(other, user=users.add(other.connection, "ann", "Asia/Tokyo"))
    with ThreadPoolExecutor(2) as threads:
        mine, hers = threads.map(look, [desk, ann])
    assert (mine[0], hers[0]) == (10, 0)

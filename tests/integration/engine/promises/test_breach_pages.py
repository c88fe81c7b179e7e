"""Breaches are read page by page, and the pages are the whole list."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from coach.engine.api.pages import ListPage
from coach.engine.api.promises import breaches, rules
from coach.engine.api.session import Session
from coach.engine.store.promises import rules as store
from coach.errors import NotFound
from coach.model.rules import Breach, RuleId

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def broken(session: Session, imported: Callable[..., object]) -> Session:
    """Five entries in BTC-USD, one at 09:00 and then at every half hour; each breaks two rules."""
    lines = []
    for clock in ("09:00", "09:30", "10:00", "10:30", "11:00"):
        later = f"{clock[:4]}5"
        lines += [f"{clock} buy BTC-USD 1 @ 100", f"{later} sell BTC-USD 1 @ 99"]
    imported(*lines)
    rules.add(session, "symbol_lock", {"symbols": ["BTC"]})
    rules.add(session, "symbol_lock", {"symbols": ["BTC-USD"]})
    return session


@pytest.mark.parametrize("page_size", [1, 2, 3, 10, 11])
@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        (store.BreachFilter(), 0),
        (store.BreachFilter(since=TEN), 4),
        (store.BreachFilter(newest=3), 7),
        (store.BreachFilter(since=TEN, newest=100), 4),
    ],
)
def test_pages_of_any_size_are_the_whole_list(
    broken: Session, page_size: int, wanted: store.BreachFilter, first: int
) -> None:
    every = rules.breaches(broken)
    assert len(every) == 10
    found = store.stream_breaches(broken.connection, broken.user.id, wanted, page_size)
    assert list(found) == every[first:]


def test_those_of_one_rule_are_asked_for_by_its_name(broken: Session) -> None:
    def of_second(newest: int | None) -> list[Breach]:
        return list(breaches.stream(broken, "symbol_lock-2", page=ListPage(newest=newest)))

    mine = [one for one in rules.breaches(broken) if one.rule_id == RuleId("symbol_lock-2")]
    assert of_second(None) == mine
    assert of_second(2) == mine[-2:]
    with pytest.raises(NotFound):
        breaches.stream(broken, "hope")


@pytest.mark.parametrize("limit", [1, 3, 10, 11])
def test_each_page_begins_after_the_last_row_of_the_one_before(broken: Session, limit: int) -> None:
    every, after = rules.breaches(broken), None
    walked: list[Breach] = []
    while page := list(breaches.stream(broken, page=ListPage(after, limit))):
        assert len(page) <= limit
        walked += page
        after = name_of(page[-1])
    assert walked == every


def test_a_breach_that_arrives_between_pages_repeats_none_and_hides_none(
    broken: Session, imported: Callable[..., object]
) -> None:
    """A sixth entry, at 08:00, stands before all the others; a seventh, at 12:00, behind them."""
    first = list(breaches.stream(broken, page=ListPage(limit=4)))
    rest = rules.breaches(broken)[4:]
    imported("08:00 buy BTC-USD 1 @ 100", "08:05 sell BTC-USD 1 @ 99")
    imported("12:00 buy BTC-USD 1 @ 100", "12:05 sell BTC-USD 1 @ 99")
    later = list(breaches.stream(broken, page=ListPage(name_of(first[-1]))))
    assert len(later) == 8
    assert later[:6] == rest


def test_a_page_begins_after_a_breach_of_the_same_list(broken: Session) -> None:
    eldest = rules.breaches(broken)[0]
    assert next(breaches.stream(broken, page=ListPage(name_of(eldest)))) != eldest
    for name in ("", "symbol_lock", "symbol_lock:", name_of(eldest)[:-1], f":{name_of(eldest)}"):
        with pytest.raises(NotFound, match="row"):
            breaches.stream(broken, page=ListPage(name))
    with pytest.raises(NotFound, match="row"):
        breaches.stream(broken, since=TEN, page=ListPage(name_of(eldest)))
    with pytest.raises(NotFound, match="row"):
        breaches.stream(broken, "symbol_lock-2", page=ListPage(f"symbol_lock:{eldest.trade_id}"))


def name_of(breach: Breach) -> str:
    return f"{breach.rule_id}:{breach.trade_id}"

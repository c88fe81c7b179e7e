"""Breaches are read page by page, and the pages are the whole list."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from coach.engine.api.promises import rules
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
        return list(rules.stream_breaches(broken, "symbol_lock-2", newest=newest))

    mine = [one for one in rules.breaches(broken) if one.rule_id == RuleId("symbol_lock-2")]
    assert of_second(None) == mine
    assert of_second(2) == mine[-2:]
    with pytest.raises(NotFound):
        rules.stream_breaches(broken, "hope")

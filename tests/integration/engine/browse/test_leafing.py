"""Trades by the window, days as a calendar, and what stood around an entry."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from coach.engine.api import notes, trades, why
from coach.engine.api.browse.calendar import calendar
from coach.engine.api.browse.trade_pages import (
    TradeOrder,
    TradeSearch,
    TradeSort,
    TradeWindow,
    trade_ids,
    trade_page,
)
from coach.engine.api.promises import labels, rules
from coach.engine.api.session import Session
from coach.errors import NotFound
from coach.model.accounts import Run

Importer = Callable[..., Run]
RISING, ALL = TradeSort("closed", falling=False), TradeWindow(0, 100)


@pytest.fixture
def week(imported: Importer) -> None:
    """A win, a loss, a break-even and one that stays open."""
    imported("09:00 buy BTC-USD 1 @ 100 fee 1", "10:00 sell BTC-USD 1 @ 120 fee 1")
    imported("11:00 buy ETH-USD 2 @ 50 fee 1", "11:30 sell ETH-USD 2 @ 40 fee 1")
    imported("12:00 buy BTC-USD 1 @ 100 fee 3", "13:00 sell BTC-USD 1 @ 103 fee 1")
    imported("14:00 buy SOL-USD 1 @ 30 fee 0", day="2026-03-03")


def found(
    session: Session, search: TradeSearch, order: TradeOrder = "closed", *, falling: bool = False
) -> list[str]:
    ids = trade_ids(session, search, TradeSort(order, falling), ALL)
    return [f"{view.trip.symbol} {view.trip.net}" for view in trade_page(session, ids)]


@pytest.mark.usefixtures("week")
@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (TradeSearch(), ["BTC-USD 18", "ETH-USD -22", "BTC-USD -1"]),
        (TradeSearch(symbol="btc"), ["BTC-USD 18", "BTC-USD -1"]),
        (TradeSearch(outcome="win"), ["BTC-USD 18"]),
        (TradeSearch(outcome="loss"), ["ETH-USD -22"]),
        (TradeSearch(outcome="break_even"), ["BTC-USD -1"]),
        (TradeSearch(above=Decimal(-2), below=Decimal(0)), ["BTC-USD -1"]),
        (TradeSearch(account="nobody"), []),
        (TradeSearch(is_open=True), ["SOL-USD 0"]),
        (TradeSearch(noted=True), []),
        (TradeSearch(symbol="'; drop table trade; --%"), []),
    ],
)
def test_a_search_narrows_what_is_found(
    session: Session, search: TradeSearch, expected: list[str]
) -> None:
    assert found(session, search) == expected


@pytest.mark.usefixtures("week")
def test_outcomes_are_those_of_the_one_definition(session: Session) -> None:
    for view in trades.round_trips(session):
        outcome = view.outcome
        assert outcome in {"win", "loss", "break_even"}
        assert view.trip.id in trade_ids(session, TradeSearch(outcome=outcome), RISING, ALL)


@pytest.mark.usefixtures("week")
def test_orders_rise_and_fall(session: Session) -> None:
    assert found(session, TradeSearch(), "net") == ["ETH-USD -22", "BTC-USD -1", "BTC-USD 18"]
    for order in ("closed", "opened", "net", "fees", "held", "symbol"):
        rising = found(session, TradeSearch(), order)
        assert found(session, TradeSearch(), order, falling=True) == rising[::-1]


@pytest.mark.usefixtures("week")
def test_a_note_is_found_and_counted(session: Session) -> None:
    [first, *_] = trade_ids(session, TradeSearch(), RISING, ALL)
    notes.add(session, notes.subject(session, first), "well done")
    [view] = trade_page(
        session, trade_ids(session, TradeSearch(noted=True), TradeSort("net", falling=True), ALL)
    )
    assert (view.trip.id, view.notes) == (first, 1)


@pytest.mark.usefixtures("week")
def test_a_label_that_was_taken_back_is_gone_and_cannot_be_twice(session: Session) -> None:
    [first, *_] = trade_ids(session, TradeSearch(), RISING, ALL)
    labels.label(session, first, "revenge", "yes")
    labels.remove(session, first, "revenge")
    assert labels.labels(session) == []
    with pytest.raises(NotFound):
        labels.remove(session, first, "revenge")


@pytest.mark.usefixtures("week")
def test_the_calendar_adds_up_to_the_profit(session: Session) -> None:
    rules.add(session, "max_trades_per_day", {"limit": 2})
    days = calendar(session, weeks=2)
    assert len(days) == 14
    assert days[0].day.weekday() == 0
    assert [one.day for one in days] == [days[0].day + timedelta(days=n) for n in range(14)]
    [traded] = [one for one in days if one.closed]
    assert (traded.day, traded.closed, traded.breaches) == (date(2026, 3, 2), 3, 1)
    assert traded.net == {"USD": trades.profit(session).totals["USD"].net}
    assert traded.sign == -1


def test_an_empty_home_has_no_calendar(session: Session) -> None:
    assert calendar(session) == []


@pytest.mark.usefixtures("week")
def test_the_context_of_an_entry_is_what_was_known_then(
    session: Session, imported: Importer
) -> None:
    """The third trade came half an hour after a loss; the fourth has nothing beside it."""
    first, second, third = (view.trip.id for view in trades.round_trips(session))
    contexts = [why.of_trade(session, one).context for one in (first, second, third)]
    assert [one and one.since_loss_s for one in contexts] == [None, None, 1800.0]
    imported("15:00 buy BTC-USD 1 @ 10", "15:10 sell BTC-USD 1 @ 11", day="2026-03-03")
    last = list(trades.round_trips(session))[-1].trip.id
    beside = why.of_trade(session, last).context
    assert beside is not None
    assert (beside.open_trades, beside.open_notional) == (1, {"USD": Decimal(30)})
    assert (beside.run_up, beside.volatility, beside.rules) == (None, None, ())
    assert beside.sessions == ("Europe", "US")

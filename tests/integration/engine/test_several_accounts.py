"""What belongs to one account is told of that account, and an empty one can go."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.engine.api import accounts, events, imports, trades
from coach.engine.api.promises import labels, plans
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter
from coach.engine.store import accounts as store
from coach.engine.store.promises import plans as plan_store
from coach.errors import NotFound, Refused
from coach.model.accounts import Run
from coach.views.profit import profit_report

Importer = Callable[..., Run]

ROUND = ("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 110")


@pytest.fixture
def sold_unseen(session: Session, imported: Importer) -> None:
    """
    main    09:00 buy  BTC 1 @ 100, 09:10 sell BTC 1 @ 110
    second  08:00 sell BTC 2 @ 105 that nobody saw bought (it cannot be short), then a round trip
    """
    imported(*ROUND)
    imported("08:00 sell BTC-USD 2 @ 105 fee 1", *ROUND, account="second", day="2026-03-03")
    accounts.set_shorts(session, "second", allowed=False)


def unknown_by_account(profit: trades.Profit) -> dict[object, object]:
    rows = profit_report(profit)["by_symbol"]
    return {row["account"]: row["unknown_quantity"] for row in rows}


@pytest.mark.usefixtures("sold_unseen")
def test_an_unknown_sale_stands_in_the_row_of_its_account(session: Session) -> None:
    assert unknown_by_account(trades.profit(session)) == {"main": 0, "second": 2}
    assert unknown_by_account(trades.profit(session, account="main")) == {"main": 0}
    (line,) = trades.profit(session).unknown
    assert line.account == "second"


@pytest.mark.usefixtures("sold_unseen")
def test_trades_of_one_account_are_its_own(session: Session) -> None:
    found = list(trades.round_trips(session, TradeFilter(account="second")))
    assert [view.account for view in found] == ["second"]
    with pytest.raises(NotFound, match="no account 'third'"):
        list(trades.round_trips(session, TradeFilter(account="third")))


def test_money_of_an_account_that_was_taken_back_does_not_count(
    session: Session, imported: Importer
) -> None:
    imported(*ROUND)
    run = imported(*ROUND, account="second", day="2026-03-03")
    for name, amount in (("main", 1000), ("second", 500)):
        plans.set_equity(session, name, Decimal(amount))
    assert plan_store.equity(session.connection, session.user.id) == 1500
    imports.undo(session, run.id)
    assert plan_store.equity(session.connection, session.user.id) == 1000


def test_an_account_goes_when_its_imports_were_taken_back(
    session: Session, imported: Importer
) -> None:
    run = imported(*ROUND, account="second")
    with pytest.raises(Refused, match="holds 2 fills"):
        accounts.remove(session, "second")
    imports.undo(session, run.id)
    assert accounts.remove(session, "second").name == "second"
    assert store.account_named(session.connection, session.user.id, "second") is None
    assert imports.all_runs(session) == []


def test_a_removed_account_can_be_imported_into_again(session: Session, imported: Importer) -> None:
    imports.undo(session, imported(*ROUND, account="second").id)
    accounts.remove(session, "second")
    assert imported(*ROUND, account="second").new == 2


def test_an_account_that_never_was_cannot_go(session: Session) -> None:
    with pytest.raises(NotFound):
        accounts.remove(session, "nowhere")


def test_an_answer_about_a_trade_that_is_gone_is_kept_and_does_not_count(
    session: Session, imported: Importer
) -> None:
    run = imported(*ROUND)
    (view,) = trades.round_trips(session)
    labels.label(session, view.trip.id, "revenge", "yes")
    imports.undo(session, run.id)
    assert labels.labels(session) == []
    assert [one.trade_id for one in labels.labels_of_gone_trades(session)] == [view.trip.id]
    assert labels.agreements(session) == {}
    imported(*ROUND)
    assert [one.trade_id for one in labels.labels(session)] == [view.trip.id]
    assert labels.labels_of_gone_trades(session) == []


def test_what_was_declared_already_is_no_news(session: Session, imported: Importer) -> None:
    imported(*ROUND)
    for _ in range(2):
        accounts.set_shorts(session, "main", allowed=True)
        plans.set_equity(session, "main", Decimal(5000))
    changes = [one.payload for one in events.every(session) if one.type == "account.changed"]
    assert changes == [
        {"account": "main", "what": "shorts"},
        {"account": "main", "what": "equity"},
    ]

"""What belongs to one account is told of that account, and an empty one can go."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.engine.api import accounts, imports, labels, plans, trades
from coach.engine.api.desk import Desk
from coach.engine.api.trades import TradeFilter
from coach.engine.store import accounts as store
from coach.engine.store import plans as plan_store
from coach.errors import NotFound, Refused
from coach.model.accounts import Run
from coach.views.profit import profit_report

Importer = Callable[..., Run]

ROUND = ("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 1 @ 110")


@pytest.fixture
def sold_unseen(desk: Desk, imported: Importer) -> None:
    """
    main    09:00 buy  BTC 1 @ 100, 09:10 sell BTC 1 @ 110
    second  08:00 sell BTC 2 @ 105 that nobody saw bought (it cannot be short), then a round trip
    """
    imported(*ROUND)
    imported("08:00 sell BTC-USD 2 @ 105 fee 1", *ROUND, account="second", day="2026-03-03")
    accounts.set_shorts(desk, "second", allowed=False)


def unknown_by_account(profit: trades.Profit) -> dict[object, object]:
    rows = profit_report(profit)["by_symbol"]
    return {row["account"]: row["unknown_quantity"] for row in rows}


@pytest.mark.usefixtures("sold_unseen")
def test_an_unknown_sale_stands_in_the_row_of_its_account(desk: Desk) -> None:
    assert unknown_by_account(trades.profit(desk)) == {"main": 0, "second": 2}
    assert unknown_by_account(trades.profit(desk, account="main")) == {"main": 0}
    (line,) = trades.profit(desk).unknown
    assert line.account == "second"


@pytest.mark.usefixtures("sold_unseen")
def test_trades_of_one_account_are_its_own(desk: Desk) -> None:
    found = list(trades.round_trips(desk, TradeFilter(account="second")))
    assert [view.account for view in found] == ["second"]
    with pytest.raises(NotFound, match="no account 'third'"):
        list(trades.round_trips(desk, TradeFilter(account="third")))


def test_money_of_an_account_that_was_taken_back_does_not_count(
    desk: Desk, imported: Importer
) -> None:
    imported(*ROUND)
    run = imported(*ROUND, account="second", day="2026-03-03")
    for name, amount in (("main", 1000), ("second", 500)):
        plans.set_equity(desk, name, Decimal(amount))
    assert plan_store.equity(desk.connection, desk.user.id) == 1500
    imports.undo(desk, run.id)
    assert plan_store.equity(desk.connection, desk.user.id) == 1000


def test_an_account_goes_when_its_imports_were_taken_back(desk: Desk, imported: Importer) -> None:
    run = imported(*ROUND, account="second")
    with pytest.raises(Refused, match="holds 2 fills"):
        accounts.remove(desk, "second")
    imports.undo(desk, run.id)
    assert accounts.remove(desk, "second").name == "second"
    assert store.account_named(desk.connection, desk.user.id, "second") is None
    assert imports.all_runs(desk) == []


def test_a_removed_account_can_be_imported_into_again(desk: Desk, imported: Importer) -> None:
    imports.undo(desk, imported(*ROUND, account="second").id)
    accounts.remove(desk, "second")
    assert imported(*ROUND, account="second").new == 2


def test_an_account_that_never_was_cannot_go(desk: Desk) -> None:
    with pytest.raises(NotFound):
        accounts.remove(desk, "nowhere")


def test_an_answer_about_a_trade_that_is_gone_is_kept_and_does_not_count(
    desk: Desk, imported: Importer
) -> None:
    run = imported(*ROUND)
    (view,) = trades.round_trips(desk)
    labels.label(desk, view.trip.id, "revenge", "yes")
    imports.undo(desk, run.id)
    assert labels.labels(desk) == []
    assert [one.trade_id for one in labels.labels_of_gone_trades(desk)] == [view.trip.id]
    assert labels.agreements(desk) == {}
    imported(*ROUND)
    assert [one.trade_id for one in labels.labels(desk)] == [view.trip.id]
    assert labels.labels_of_gone_trades(desk) == []

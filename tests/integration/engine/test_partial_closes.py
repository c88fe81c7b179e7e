"""Money is shown when it was realised, by every surface alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from coach.engine.api import digests, trades, why
from coach.engine.api.desk import Desk
from coach.engine.api.insights import conclude_pending
from coach.engine.store import conclusions
from coach.model.accounts import Run

Importer = Callable[..., Run]
WEEKS = ("2026-W10", "2026-W11", "2026-W12")


def net_of(desk: Desk, week: str) -> Decimal:
    rows = digests.digest(desk, week).pack["changes"]["rows"]
    return sum(
        (Decimal(row["now"]["value"]) for row in rows if row["measure"] == "net"), Decimal(0)
    )


def scaled_out(imported: Importer) -> None:
    imported("09:00 buy BTC-USD 3 @ 100 fee 3", "10:00 sell BTC-USD 1 @ 90 fee 1")
    imported("09:00 sell BTC-USD 1 @ 80 fee 1", day="2026-03-09")
    imported("09:00 buy ETH-USD 2 @ 10", "10:00 sell ETH-USD 2 @ 11", day="2026-03-10")


def test_the_weeks_add_up_to_pnl_while_a_trade_is_open(desk: Desk, imported: Importer) -> None:
    scaled_out(imported)
    assert [net_of(desk, week) for week in WEEKS[:2]] == [-12, -20]
    assert trades.profit(desk).totals["USD"].net == -32
    imported("09:00 sell BTC-USD 1 @ 70 fee 1", day="2026-03-16")
    assert [net_of(desk, week) for week in WEEKS] == [-12, -20, -32]
    assert trades.profit(desk).totals["USD"].net == -64
    assert digests.verify(desk, WEEKS[0]).ok


def test_an_open_trade_is_listed_with_what_was_realised(desk: Desk, imported: Importer) -> None:
    scaled_out(imported)
    [view] = trades.open_round_trips(desk)
    assert (view.trip.net, view.trip.fees) == (Decimal(-34), Decimal(4))
    assert view.outcome is None
    assert view.open_quantity == 1
    assert [(part.quantity, part.gross, part.fees) for part in view.trip.partial_closes] == [
        (Decimal(1), Decimal(-10), Decimal(2)),
        (Decimal(1), Decimal(-20), Decimal(2)),
    ]
    assert why.of_trade(desk, view.trip.id).trip == view.trip
    assert list(trades.open_round_trips(desk, "ETH-USD")) == []
    [closed] = trades.round_trips(desk)
    assert closed.trip.symbol == "ETH-USD"


def test_books_of_an_earlier_coach_are_matched_anew(desk: Desk, imported: Importer) -> None:
    scaled_out(imported)
    desk.connection.execute("update trade set partial_closes = null")
    desk.connection.execute("update book set stale = true")
    conclusions.note_change(desk.connection, desk.user.id)
    conclude_pending(desk)
    [view] = trades.open_round_trips(desk)
    assert [part.at for part in view.trip.partial_closes] == [
        datetime(2026, 3, 2, 10, tzinfo=UTC),
        datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(days=7),
    ]

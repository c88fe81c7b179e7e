"""Money is shown when it was realised, by every surface alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from coach.engine.api import digests, trades, why
from coach.engine.api.insights import conclude_pending
from coach.engine.api.session import Session
from coach.engine.store import conclusions
from coach.model.accounts import Run

Importer = Callable[..., Run]
WEEKS = ("2026-W10", "2026-W11", "2026-W12")


def net_of(session: Session, week: str) -> Decimal:
    rows = digests.digest(session, week).pack["changes"]["rows"]
    return sum(
        (Decimal(row["now"]["value"]) for row in rows if row["measure"] == "net"), Decimal(0)
    )


def scaled_out(imported: Importer) -> None:
    imported("09:00 buy BTC-USD 3 @ 100 fee 3", "10:00 sell BTC-USD 1 @ 90 fee 1")
    imported("09:00 sell BTC-USD 1 @ 80 fee 1", day="2026-03-09")
    imported("09:00 buy ETH-USD 2 @ 10", "10:00 sell ETH-USD 2 @ 11", day="2026-03-10")


def test_the_weeks_add_up_to_pnl_while_a_trade_is_open(
    session: Session, imported: Importer
) -> None:
    scaled_out(imported)
    assert [net_of(session, week) for week in WEEKS[:2]] == [-12, -20]
    assert trades.profit(session).totals["USD"].net == -32
    imported("09:00 sell BTC-USD 1 @ 70 fee 1", day="2026-03-16")
    assert [net_of(session, week) for week in WEEKS] == [-12, -20, -32]
    assert trades.profit(session).totals["USD"].net == -64
    assert digests.verify(session, WEEKS[0]).ok


def test_an_open_trade_is_listed_with_what_was_realised(
    session: Session, imported: Importer
) -> None:
    scaled_out(imported)
    [view] = trades.open_round_trips(session)
    assert (view.trip.net, view.trip.fees) == (Decimal(-34), Decimal(4))
    assert view.outcome is None
    assert view.open_quantity == 1
    assert [(part.quantity, part.gross, part.fees) for part in view.trip.partial_closes] == [
        (Decimal(1), Decimal(-10), Decimal(2)),
        (Decimal(1), Decimal(-20), Decimal(2)),
    ]
    assert why.of_trade(session, view.trip.id).trip == view.trip
    assert list(trades.open_round_trips(session, "ETH-USD")) == []
    [closed] = trades.round_trips(session)
    assert closed.trip.symbol == "ETH-USD"


def test_books_of_an_earlier_coach_are_matched_anew(session: Session, imported: Importer) -> None:
    scaled_out(imported)
    session.connection.execute("update trade set partial_closes = null")
    session.connection.execute("update book set stale = true")
    conclusions.note_change(session.connection, session.user.id)
    conclude_pending(session)
    [view] = trades.open_round_trips(session)
    assert [part.at for part in view.trip.partial_closes] == [
        datetime(2026, 3, 2, 10, tzinfo=UTC),
        datetime(2026, 3, 2, 9, tzinfo=UTC) + timedelta(days=7),
    ]

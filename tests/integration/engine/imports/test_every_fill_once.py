"""Any order, overlap or repetition of imports gives the same ledger."""

import random
from collections.abc import Callable

import pytest

from coach.engine.api import imports, trades
from coach.engine.api.session import Session
from coach.model.accounts import Run

Importer = Callable[..., Run]
DAY = [
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:00 sell BTC-USD 1 @ 101 fee 0.1",
    "09:10 sell BTC-USD 2 @ 110 fee 0.2",
    "09:20 buy ETH-USD 3 @ 10 #7",
    "09:30 sell ETH-USD 3 @ 9 #8",
    "09:30 buy BTC-USD 0.5 @ 90 #9",
]


def ledger(session: Session) -> list[tuple[object, ...]]:
    """Return everything that the books say."""
    trips = [
        (v.trip.id, v.trip.opened_at, v.trip.closed_at, v.trip.gross, v.trip.fees, v.trip.fills)
        for v in trades.round_trips(session)
    ]
    books = [
        (r.position.symbol, r.position.net, r.position.open_quantity, r.position.open_cost)
        for r in trades.profit(session).rows
    ]
    return [*trips, *books]


@pytest.mark.parametrize("seed", range(6))
def test_pieces_in_any_order_make_the_ledger_of_the_whole(
    session: Session, imported: Importer, seed: int
) -> None:
    """Two equal fills at 09:00 stand in the day; pieces overlap, repeat, and run either way."""
    whole = imported(*DAY)
    expected = ledger(session)
    imports.undo(session, whole.id)
    assert ledger(session) == []
    dice = random.Random(seed)
    pieces = [DAY[:2], DAY[:4], DAY[2:6], DAY[3:], DAY]
    dice.shuffle(pieces)
    for piece in pieces:
        imported(*dice.choice([piece, piece[::-1]]))
    assert ledger(session) == expected


def test_the_same_file_again_brings_nothing(session: Session, imported: Importer) -> None:
    first, again = imported(*DAY), imported(*DAY)
    assert (first.new, first.known, again.new, again.known) == (7, 0, 0, 7)
    assert first.id == again.id
    assert len(imports.all_runs(session)) == 1


def test_equal_fills_in_one_second_are_both_kept(session: Session, imported: Importer) -> None:
    assert imported(*DAY[:2]).new == 2
    assert trades.profit(session).rows[0].position.open_quantity == 2


def test_an_id_on_equal_rows_is_one_fill(imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100 #7", "09:00 buy BTC-USD 1 @ 100 #7")
    assert (run.fetched, run.new, run.known) == (2, 1, 1)


def test_an_id_on_partial_fills_is_several_fills(imported: Importer) -> None:
    assert imported("09:00 buy BTC-USD 1 @ 100 #7", "09:00 buy BTC-USD 2 @ 100 #7").new == 2


def test_a_corrected_fill_counts_as_changed_and_the_correction_stands(
    session: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100 #7", "09:05 sell BTC-USD 1 @ 110 #8")
    run = imported("09:00 buy BTC-USD 1 @ 104 #7", "09:05 sell BTC-USD 1 @ 110 #8")
    assert (run.new, run.known, run.changed) == (0, 1, 1)
    assert trades.profit(session).totals["USD"].gross == 6


def test_undoing_a_correction_brings_the_first_reading_back(
    session: Session, imported: Importer
) -> None:
    imported("09:00 buy BTC-USD 1 @ 100 #7", "09:05 sell BTC-USD 1 @ 110 #8")
    run = imported("09:00 buy BTC-USD 1 @ 104 #7")
    undone = imports.undo(session, run.id[:10])
    assert (undone.removed, undone.restored) == (0, 1)
    assert trades.profit(session).totals["USD"].gross == 10


def test_undo_keeps_what_another_import_also_holds(session: Session, imported: Importer) -> None:
    first = imported(*DAY[:4])
    imported(*DAY[2:])
    undone = imports.undo(session, first.id)
    assert (undone.removed, undone.kept) == (2, 2)
    assert imported(*DAY[:4]).new == 2


def test_an_undone_import_can_be_imported_again(session: Session, imported: Importer) -> None:
    run = imported(*DAY)
    before = ledger(session)
    imports.undo(session, run.id)
    again = imported(*DAY)
    assert (again.new, again.attempt) == (7, 2)
    assert ledger(session) == before


def test_a_reading_that_was_replaced_does_not_come_back_by_repetition(
    session: Session, imported: Importer
) -> None:
    """The third file says what the first said, among other rows."""
    sale = "09:05 sell BTC-USD 1 @ 110 #8"
    imported("09:00 buy BTC-USD 1 @ 100 #7", sale)
    imported("09:00 buy BTC-USD 1 @ 104 #7", sale)
    run = imported(sale, "09:00 buy BTC-USD 1 @ 100 #7")
    assert (run.known, run.changed) == (2, 0)
    assert trades.profit(session).totals["USD"].gross == 6

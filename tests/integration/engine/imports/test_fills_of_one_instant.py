"""Fills of one time are taken in the order that ids, files or possibility tell."""

from collections.abc import Callable
from itertools import permutations

import pytest

from coach.engine.api import accounts, imports, trades
from coach.engine.api.own_fills import of_trip
from coach.engine.api.session import Session
from coach.model.accounts import Run

Importer = Callable[..., Run]

REENTRY = (
    "09:00 buy SOL-USD 5 @ 98",
    "09:05 sell SOL-USD 5 @ 101",
    "09:05 buy SOL-USD 5 @ 101",
    "09:10 sell SOL-USD 5 @ 100",
)
MERGED = (REENTRY[0], REENTRY[2], REENTRY[1], REENTRY[3])


def nets(session: Session) -> list[str]:
    """Return side and gross of every closed trade, and what is open or unknown."""
    profit = trades.profit(session)
    closed = sorted(
        (view.trip for view in trades.round_trips(session)),
        key=lambda trip: (trip.symbol, trip.opened_at, trip.closed_at, trip.gross),
    )
    left = [row.position.open_quantity for row in profit.rows if row.position.open_quantity]
    return [
        *(f"{trip.side} {trip.gross}" for trip in closed),
        *(f"open {quantity}" for quantity in left),
        *(f"unknown {line.quantity}" for line in profit.unknown),
    ]


def guesses(run: Run) -> list[str]:
    return [warning for warning in run.warnings if "was guessed at" in warning]


def test_a_file_from_old_to_new_tells_the_order(session: Session, imported: Importer) -> None:
    assert guesses(imported(*REENTRY)) == []
    assert nets(session) == ["long 15", "long -5"]


def test_a_file_from_new_to_old_tells_the_order_turned_round(
    session: Session, imported: Importer
) -> None:
    assert guesses(imported(*reversed(REENTRY))) == []
    assert nets(session) == ["long 15", "long -5"]


def test_an_average_up_that_the_file_tells_is_no_new_trade(
    session: Session, imported: Importer
) -> None:
    imported(*reversed(MERGED))
    assert nets(session) == ["long 10"]


def test_the_same_order_is_read_by_whoever_asks_for_the_fills_of_a_trade(
    session: Session, imported: Importer
) -> None:
    imported(*reversed(REENTRY))
    found = [of_trip(session, view.trip) for view in trades.round_trips(session)]
    assert [[fill.side for fill in fills] for fills in found] == [["buy", "sell"]] * 2


def test_counting_ids_stand_above_the_order_of_the_file(
    session: Session, imported: Importer
) -> None:
    numbered = [f"{line} #{number}" for number, line in enumerate(REENTRY, 8)]
    imported(*(numbered[place] for place in (0, 2, 1, 3)))
    assert nets(session) == ["long 15", "long -5"]


def test_ids_that_do_not_rise_in_the_book_leave_it_to_the_file(
    session: Session, imported: Importer
) -> None:
    ids = (900, 411, 7301, 88, 523, 102, 77, 50)
    before = ("08:00 buy", "08:10 sell", "08:20 buy", "08:30 sell")
    lines = [*(f"{one} SOL-USD 1 @ 90" for one in before), *REENTRY]
    imported(*(f"{line} #{number}" for line, number in zip(lines, ids, strict=True)))
    assert nets(session)[2:] == ["long 15", "long -5"]


def test_where_nothing_tells_the_close_comes_first_and_the_import_says_it_guessed(
    session: Session, imported: Importer
) -> None:
    imported(REENTRY[0], REENTRY[3])
    imported(REENTRY[1])
    (warning,) = guesses(imported(REENTRY[2]))
    assert nets(session) == ["long 15", "long -5"]
    assert "guessed at 1 moment," in warning
    assert "SOL-USD at 2026-03-02 09:05:00 UTC" in warning


def test_a_guess_is_told_once(imported: Importer) -> None:
    imported(REENTRY[0], REENTRY[3])
    imported(REENTRY[1])
    assert guesses(imported(REENTRY[2]))
    assert not guesses(imported(REENTRY[1], REENTRY[2]))
    assert not guesses(imported("10:00 buy SOL-USD 1 @ 90"))


def test_many_guesses_are_counted_and_the_first_three_named(imported: Importer) -> None:
    minutes = [f"09:0{minute}" for minute in range(1, 6)]
    imported("09:00 buy SOL-USD 5 @ 98", *(f"{at} sell SOL-USD 5 @ 99" for at in minutes))
    (warning,) = guesses(imported(*(f"{at} buy SOL-USD 5 @ 97" for at in minutes)))
    assert "guessed at 5 moments," in warning
    assert "09:01:00 UTC, SOL-USD at 2026-03-02 09:02:00 UTC" in warning
    assert "and 2 more" in warning


def test_a_file_that_tells_the_order_of_known_fills_settles_a_guess(
    session: Session, imported: Importer
) -> None:
    for line in MERGED:
        imported(line)
    assert nets(session) == ["long 15", "long -5"]
    run = imported(*MERGED)
    assert (run.new, guesses(run)) == (0, [])
    assert nets(session) == ["long 10"]
    imports.undo(session, run.id)
    assert nets(session) == ["long 15", "long -5"]


def test_files_that_contradict_each_other_leave_a_guess_that_undo_settles(
    session: Session, imported: Importer
) -> None:
    imported(*MERGED)
    run = imported(*REENTRY)
    assert nets(session) == ["long 15", "long -5"]
    assert len(guesses(run)) == 1
    imports.undo(session, run.id)
    assert nets(session) == ["long 10"]


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_an_instant_that_is_cut_in_two_files_goes_on_in_the_newer(
    session: Session, imported: Importer, order: tuple[int, ...], newest_first: bool
) -> None:
    files = [(MERGED[:2]), (MERGED[2:])]
    for place in order:
        imported(*(reversed(files[place]) if newest_first else files[place]))
    assert nets(session) == ["long 10"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_overlapping_files_tell_one_order_in_any_order(
    session: Session, imported: Importer, order: tuple[int, ...]
) -> None:
    """
    09:05 buy 2, sell 2, buy 3, sell 3: the first file has the first three, the second the last
    """
    day = (
        "09:00 buy SOL-USD 1 @ 90",
        "09:01 sell SOL-USD 1 @ 90",
        "09:05 buy SOL-USD 2 @ 10",
        "09:05 sell SOL-USD 2 @ 11",
        "09:05 buy SOL-USD 3 @ 12",
        "09:05 sell SOL-USD 3 @ 13",
        "09:10 buy SOL-USD 4 @ 10",
    )
    files = [day[:5], day[3:], day[1:4]]
    for place in order:
        imported(*files[place])
    assert nets(session) == ["long 0", "long 2", "long 3", "open 4"]


def test_partial_fills_of_one_second_follow_the_file(session: Session, imported: Importer) -> None:
    imported(
        "09:00 buy SOL-USD 2 @ 98",
        "09:00 buy SOL-USD 3 @ 98",
        "09:05 sell SOL-USD 4 @ 100",
        "09:05 sell SOL-USD 1 @ 100",
        "09:05 buy SOL-USD 1 @ 100",
        "09:05 buy SOL-USD 1 @ 100",
        "09:06 sell SOL-USD 2 @ 99",
    )
    assert nets(session) == ["long 10", "long -2"]


def test_symbols_of_one_second_do_not_mix(session: Session, imported: Importer) -> None:
    imported(
        "09:00 buy SOL-USD 5 @ 98",
        "09:00 buy ETH-USD 5 @ 98",
        "09:05 sell SOL-USD 5 @ 101",
        "09:05 buy ETH-USD 5 @ 99",
        "09:05 buy SOL-USD 5 @ 101",
        "09:05 sell ETH-USD 10 @ 100",
    )
    assert nets(session) == ["long 15", "long 15", "open 5"]


def test_a_short_of_one_second_follows_the_file_where_shorts_are_declared(
    session: Session, imported: Importer
) -> None:
    lines = ("09:00 sell SOL-USD 5 @ 99", "09:00 buy SOL-USD 5 @ 98", "10:00 buy ETH-USD 1 @ 1")
    imported(*lines, shorts=True)
    assert nets(session) == ["short 5", "open 1"]
    accounts.set_shorts(session, "main", allowed=False)
    assert nets(session) == ["long 5", "open 1"]
    accounts.set_shorts(session, "main", allowed=True)
    assert nets(session) == ["short 5", "open 1"]


def test_a_sale_before_its_purchase_is_taken_after_it_in_a_spot_account(
    session: Session, imported: Importer
) -> None:
    lines = ("09:00 sell SOL-USD 5 @ 99", "09:00 buy SOL-USD 5 @ 98", "10:00 buy ETH-USD 1 @ 1")
    run = imported(*lines, shorts=False)
    assert nets(session) == ["long 5", "open 1"]
    assert run.warnings == ()


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_guess_about_shorts_reads_the_instants_of_all_books_anew(
    session: Session, imported: Importer, order: tuple[int, ...]
) -> None:
    files = [
        ("09:00 sell SOL-USD 5 @ 99", "09:00 buy SOL-USD 5 @ 98", "09:30 buy ADA-USD 1 @ 1"),
        ("10:00 sell ETH-USD 1 @ 9", "11:00 buy ETH-USD 1 @ 8"),
        ("12:00 buy BTC-USD 1 @ 9", "12:01 sell BTC-USD 1 @ 9", "12:01 buy BTC-USD 1 @ 9"),
    ]
    for place in order:
        imported(*files[place])
    assert nets(session) == ["long 0", "short 1", "short 5", "open 1", "open 1"]


def test_an_import_without_a_time_of_two_sides_leaves_every_turn_at_zero(
    session: Session, imported: Importer
) -> None:
    imported("09:00 buy SOL-USD 2 @ 98", "09:00 buy SOL-USD 3 @ 98", "09:01 sell SOL-USD 5 @ 1")
    assert session.connection.execute("select sum(turn) from fill").fetchone() == (0,)


def test_a_turn_goes_back_when_the_other_side_is_undone(
    session: Session, imported: Importer
) -> None:
    imported(REENTRY[0], REENTRY[3])
    imported(REENTRY[1])
    run = imported(REENTRY[2])
    assert session.connection.execute("select sum(turn) from fill").fetchone() == (3,)
    imports.undo(session, run.id)
    assert session.connection.execute("select sum(turn) from fill").fetchone() == (0,)

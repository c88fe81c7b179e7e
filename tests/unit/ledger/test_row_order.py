"""Of a source's rows those are kept whose order may decide, once its direction is known."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.ledger.identity import Namer
from coach.engine.ledger.row_order import MOST_IN_INSTANT, NEWEST, OLDEST, RowOrder
from coach.model.fills import Fill, Symbol

if TYPE_CHECKING:
    from coach.model.fills import Side

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def watched(*lines: str) -> RowOrder:
    """Watch lines `minute side symbol [nanos]`, or `minute deposit`, go by."""
    order, namer = RowOrder(), Namer("generic")
    for number, line in enumerate(lines, 1):
        minute, word, *rest = line.split()
        at = NINE + timedelta(minutes=int(minute))
        if word == "deposit":
            order.pass_by(at)
            continue
        symbol, *rest = rest
        side: Side = "buy" if word == "buy" else "sell"
        one = Decimal(1)
        nanos = int(rest[0]) if rest else 0
        fill = Fill(Symbol(symbol), side, one, one, one, "USD", at, nanos, "", "", number)
        order.take(namer.name(fill))
    return order


def tied(*lines: str) -> list[int]:
    order = watched(*lines)
    order.end()
    return [row.place for row in order.tied]


def test_rows_of_an_instant_with_both_sides_are_kept() -> None:
    assert tied("0 buy A-USD", "1 buy A-USD", "1 sell A-USD", "2 sell A-USD") == [2, 3]


def test_rows_of_one_side_are_not_kept() -> None:
    assert tied("0 buy A-USD", "0 buy A-USD", "1 sell A-USD", "1 sell A-USD") == []


def test_symbols_and_nanoseconds_have_instants_of_their_own() -> None:
    assert tied("0 buy A-USD", "0 sell B-USD") == []
    assert tied("0 buy A-USD 1", "0 sell A-USD 2") == []
    assert tied("0 buy A-USD", "0 buy B-USD", "0 sell A-USD") == [1, 3]


def test_a_source_runs_where_its_times_run() -> None:
    assert watched("0 buy A-USD", "1 sell A-USD", "1 buy A-USD").end() == 1
    assert watched("1 buy A-USD", "1 sell A-USD", "0 buy A-USD").end() == -1
    assert watched("1 buy A-USD", "1 sell A-USD").end() == 0
    assert watched().end() == 0


def test_rows_that_are_no_fills_tell_the_direction_too() -> None:
    order = watched("2 deposit", "1 sell A-USD", "1 deposit", "1 buy A-USD", "0 deposit")
    assert order.end() == -1
    assert [row.place for row in order.tied] == [1, 2]
    assert list(order.edges()) == []


def test_a_source_that_is_sorted_by_symbol_runs_where_each_symbol_does() -> None:
    order = watched("2 buy A-USD", "1 buy A-USD", "0 buy A-USD", "3 buy B-USD", "2 sell B-USD")
    assert order.end() == -1


def test_the_oldest_and_the_newest_instant_are_kept_whatever_their_sides() -> None:
    order = watched("2 buy A-USD", "1 buy A-USD", "0 sell A-USD", "0 sell A-USD")
    order.end()
    edges = [(edge, row.place) for edge, row in order.edges()]
    assert edges == [(OLDEST, 3), (OLDEST, 4), (NEWEST, 1)]


def test_an_instant_in_two_places_of_a_source_is_one_edge() -> None:
    order = watched("0 buy A-USD", "1 buy A-USD", "0 sell B-USD", "2 buy B-USD")
    order.end()
    assert [row.place for edge, row in order.edges() if edge == OLDEST] == [1, 3]
    order = watched("1 buy A-USD", "0 buy A-USD", "1 buy B-USD", "0 buy B-USD")
    order.end()
    assert [row.place for edge, row in order.edges() if edge == NEWEST] == [1, 3]


def test_an_instant_of_very_many_rows_is_not_kept() -> None:
    lines = ["0 buy A-USD", "0 sell A-USD"] * (MOST_IN_INSTANT // 2)
    assert len(tied(*lines)) == MOST_IN_INSTANT
    assert tied(*lines, "0 buy A-USD", "0 buy A-USD") == []

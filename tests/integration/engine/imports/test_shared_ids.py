"""Ids that stand on several fills: whichever order, cut or undo, each fill is counted once."""

from collections.abc import Callable
from itertools import permutations

import pytest

from coach.engine.api import imports, trades
from coach.engine.api.session import Session
from coach.engine.ledger.identity import former_key, id_key, words_of
from coach.engine.store.fills import COLUMNS, SAYS
from coach.engine.store.imports.id_readings import MOST_OF_AN_ID
from coach.engine.store.promises import labels
from coach.model.accounts import Run
from coach.model.fills import Fill, FillKey, Symbol
from coach.model.labels import Label

Importer = Callable[..., Run]
Ledger = list[tuple[object, ...]]

BUY_TEN = "09:00:01 buy SOL-USD 10 @ 140 fee 2.8 #900"
BUY_FOUR = "09:00:02 buy SOL-USD 4 @ 140.1 fee 1.1 #900"
SELL = "11:00 sell SOL-USD 14 @ 142 fee 4 #901"
FILE = [BUY_TEN, BUY_FOUR, SELL]
LATER = "12:00 buy ETH-USD 1 @ 9 #902"


def ledger(session: Session) -> Ledger:
    """Return the key of every fill that stands, and all trades."""
    fills = session.connection.execute(
        "select encode(key, 'hex'), quantity, price, at from fill order by key"
    ).fetchall()
    trips = [(v.trip.id, v.trip.net, v.trip.fills) for v in trades.round_trips(session)]
    return [*fills, *trips]


def counts(run: Run) -> tuple[int, int, int]:
    return run.new, run.known, run.changed


@pytest.fixture
def whole(session: Session, imported: Importer) -> Callable[..., Ledger]:
    """Return the ledger that these rows make in one import."""

    def read(*rows: str) -> Ledger:
        run = imported(*rows)
        expected = ledger(session)
        imports.undo(session, run.id)
        assert ledger(session) == []
        return expected

    return read


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rows_in_another_order_are_the_same_fills(
    session: Session, imported: Importer, order: tuple[int, ...]
) -> None:
    imported(*FILE, LATER)
    before = ledger(session)
    run = imported(LATER, *(FILE[place] for place in order))
    assert counts(run) == (0, 4, 0)
    assert ledger(session) == before


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_file_in_pieces_is_the_file(
    session: Session, imported: Importer, whole: Callable[..., Ledger], order: tuple[int, ...]
) -> None:
    expected = whole(*FILE)
    assert [counts(imported(FILE[place])) for place in order] == [(1, 0, 0)] * 3
    assert ledger(session) == expected


def test_fills_that_share_an_id_are_named_in_a_warning(imported: Importer) -> None:
    (warning,) = imported(*FILE).warnings
    assert warning == (
        "id '900' stands on several fills that differ in time, quantity or price: all of them are"
        " kept, each known by id and content"
    )
    imported(*FILE[:1], LATER)
    assert imported(LATER, *FILE).warnings == ()
    (warning,) = imported("13:00 buy SOL-USD 9 @ 7 #900").warnings
    assert "id '900' stands" in warning


def test_an_id_alone_and_an_id_once_shared_have_the_same_name(
    session: Session, imported: Importer, whole: Callable[..., Ledger]
) -> None:
    alone = whole(BUY_TEN, SELL)
    imported(BUY_TEN, SELL)
    second = imported(BUY_FOUR)
    assert ledger(session) != alone
    imports.undo(session, second.id)
    assert ledger(session) == alone


def test_partial_fills_that_looked_like_a_correction_are_both_kept_when_seen_together(
    session: Session, imported: Importer, whole: Callable[..., Ledger]
) -> None:
    """
    09:00:01 buy 10 @ 140 and 09:00:01 buy 4 @ 140, under one id, in two files and then in one
    """
    half = "09:00:01 buy SOL-USD 4 @ 140 fee 1.1 #900"
    expected = whole(BUY_TEN, half, SELL)
    imported(BUY_TEN, SELL)
    assert counts(imported(half)) == (0, 0, 1)
    run = imported(SELL, half, BUY_TEN)
    assert counts(run) == (0, 2, 1)
    assert ledger(session) == expected
    imports.undo(session, run.id)
    assert [quantity for _, quantity, *_ in ledger(session)[:2]] in ([4, 14], [14, 4])


def test_equal_rows_under_a_shared_id_are_several_fills(
    session: Session, imported: Importer
) -> None:
    imported(BUY_TEN, BUY_TEN)
    assert trades.profit(session).rows[0].position.open_quantity == 10
    imported(BUY_FOUR)
    assert trades.profit(session).rows[0].position.open_quantity == 24


@pytest.mark.parametrize("masked", ["xxx", "6.15E+14", "6.15e14", "N/A", "0", "***"])
def test_a_masked_or_rounded_id_loses_no_fill(
    session: Session, imported: Importer, masked: str
) -> None:
    rows = ["09:00 buy SOL-USD 1 @ 140", "09:00 buy SOL-USD 1 @ 140", "09:00 buy SOL-USD 2 @ 140"]
    exact = imported(*(f"{row} #{number}" for number, row in enumerate(rows, 61501)))
    again = imported(*(f"{row} #{masked}" for row in rows))
    assert counts(again) == (0, 3, 0)
    assert f"such as '{masked}'" in again.warnings[0]
    imports.undo(session, exact.id)
    assert trades.profit(session).rows[0].position.open_quantity == 4


def test_a_word_in_place_of_ids_loses_no_fill(session: Session, imported: Importer) -> None:
    imported(*(f"{row} #acme" for row in ("09:00 buy SOL-USD 1 @ 140",) * 3))
    imported("09:00 buy SOL-USD 5 @ 140 #acme", "09:01 buy SOL-USD 1 @ 141 #acme")
    assert trades.profit(session).rows[0].position.open_quantity == 9


def test_an_answer_follows_its_trade_when_the_id_of_its_first_fill_proves_shared(
    session: Session, imported: Importer
) -> None:
    imported(BUY_TEN, SELL.replace("14", "10"))
    (trip,) = trades.round_trips(session)
    label = Label(trip.trip.id, "revenge", "yes", False, 1.0, session.clock(), "")
    labels.put(session.connection, session.user.id, label)
    second = imported("13:00 buy SOL-USD 4 @ 150 #900")
    (renamed,) = trades.round_trips(session)
    assert renamed.trip.id != trip.trip.id
    assert [one.trade_id for one in labels.labels(session.connection, session.user.id)] == [
        renamed.trip.id
    ]
    imports.undo(session, second.id)
    assert [one.trade_id for one in labels.labels(session.connection, session.user.id)] == [
        trip.trip.id
    ]


def former_keys(session: Session) -> tuple[FillKey, dict[int, FillKey]]:
    """Return the key of id 900, and what earlier versions called its further contents."""
    key = id_key("generic", Symbol("SOL-USD"), "buy", "900")
    rows = session.connection.execute(f"select {SAYS} from fill where native_id = '900'")  # noqa: S608 - constant names
    fills = [Fill(*content, "", "900", 0) for content in rows]  # type: ignore[call-arg]
    return key, {int(fill.quantity): former_key(key, words_of(fill)) for fill in fills}


def rename(session: Session, quantity: int, key: FillKey) -> None:
    session.connection.execute("update fill set key = %s where quantity = %s", [key, quantity])


def test_fills_that_earlier_versions_stored_are_known(session: Session, imported: Importer) -> None:
    """Of the ten and the four under one id, the ten was read first and had the id for itself."""
    imported(*FILE, LATER)
    expected = ledger(session)
    key, further = former_keys(session)
    rename(session, 10, key)
    rename(session, 4, further[4])
    run = imported(*reversed(FILE), LATER)
    assert counts(run) == (0, 4, 0)
    assert ledger(session) == expected


def test_a_masked_file_of_earlier_versions_is_not_counted_again(
    session: Session, imported: Importer
) -> None:
    """They took the mask for an id, and named the first row by it."""
    rows = ["09:00 buy SOL-USD 1 @ 140 #xxx", "09:01 buy SOL-USD 2 @ 140 #xxx"]
    imported(*rows)
    key = id_key("generic", Symbol("SOL-USD"), "buy", "xxx")
    session.connection.execute("update fill set native_id = 'xxx'")
    rename(session, 1, key)
    run = imported(*reversed(rows), LATER)
    assert counts(run) == (1, 2, 0)


def test_one_statement_of_many_traders_is_found_with_each(
    session: Session, imported: Importer
) -> None:
    """A look-up of an id returns so many readings at most: the trader's own, not anybody's."""
    imported(BUY_TEN)
    others = COLUMNS.replace("user_id", "'u' || other")
    session.connection.execute(
        f"insert into fill ({COLUMNS}) select {others} from fill, generate_series(1, %s) other",  # noqa: S608 - constant names
        [MOST_OF_AN_ID],
    )
    assert counts(imported(BUY_TEN, LATER)) == (1, 1, 0)


def test_fills_that_earlier_versions_counted_twice_are_mended_by_a_further_import(
    session: Session, imported: Importer
) -> None:
    """The second file had the four first: it took the ten's place, and both stood once more."""
    imported(*FILE)
    expected = ledger(session)
    key, further = former_keys(session)
    imported(SELL, BUY_FOUR, BUY_TEN)
    for table, aside in (("fill_version", ", stands_for"), ("fill", "")):
        session.connection.execute(
            f"insert into {table} ({COLUMNS}{aside}) select"  # noqa: S608 - constant names
            f" {COLUMNS.replace('key', '%(key)s')}{aside and ', %(key)s'} from fill"
            " where quantity = %(quantity)s",
            {"key": key, "quantity": 4 if table == "fill" else 10},
        )
    session.connection.execute("update fill set key = %s where quantity = 10", [further[10]])
    session.connection.execute(
        "update fill set key = %s where quantity = 4 and key <> %s", [further[4], key]
    )
    imported(BUY_FOUR, SELL, BUY_TEN, LATER)
    assert [row for row in ledger(session) if row[-1] != 1 and row[1] != 1] == expected

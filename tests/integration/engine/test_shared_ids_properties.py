"""Any order, overlap, cut or repetition of imports leaves the fills of one import of them all."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.brokers.base import SourceInfo
from coach.engine.api.desk import Desk
from coach.engine.jobs import undoing
from coach.engine.jobs.connecting import Fetched
from coach.engine.jobs.matching import WhileReading
from coach.engine.jobs.reading import Tally, read_in
from coach.engine.store import accounts, runs
from coach.engine.store.fills import Shelf
from coach.engine.store.runs import Origin
from coach.model.accounts import Run
from coach.model.fills import Fill, Symbol

FILLS = SourceInfo("coinbase-fills", "coinbase-fills", "coinbase", "coinbase", 20, shorts=False)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)

Row = tuple[str, int]
"""An id, which may be empty, and which of its contents; these differ in everything."""

rows = st.tuples(st.sampled_from(["", "7", "8", "xxx"]), st.integers(0, 2))
partial_fills = st.tuples(st.sampled_from(["7", "8"]), st.integers(0, 6))
pieces = st.lists(st.lists(rows, min_size=1, max_size=5), min_size=1, max_size=5)


class Imports:
    """Imports into one account and their undoing, without the trades."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.count = 0

    def clear(self) -> None:
        for table in ("fill", "fill_version", "run"):
            self.desk.connection.execute(f"truncate {table}")
        self.account = accounts.ensure_account(
            self.desk.connection, self.desk.user.id, "coinbase", "coinbase", shorts=False
        )

    def bring(self, piece: Sequence[Row]) -> Run:
        self.count += 1
        connection, user = self.desk.connection, self.desk.user
        run_id = runs.run_id("test", str(self.count))
        origin = Origin(self.account.id, FILLS.name, FILLS.family, FILLS.rank, "")
        started = runs.start(connection, user.id, run_id, origin, self.desk.clock())
        shelf = Shelf(user.id, self.account.id, started.n, FILLS.rank)
        source = Fetched(FILLS, tuple(map(fill, piece)), ())
        tally = read_in(
            connection, shelf, source, lambda _: None, WhileReading(user.id, self.account)
        )
        consistent(connection, tally, len(piece))
        connection.execute("update run set state = 'done' where n = %s", [started.n])
        found = runs.find(connection, user.id, run_id)
        assert found is not None
        return found

    def undo(self, run: Run) -> None:
        undoing._take_back(self.desk.connection, self.desk.user, run, self.desk.clock)

    def fills(self) -> list[tuple[object, ...]]:
        return self.desk.connection.execute(
            "select encode(key, 'hex'), native_id, quantity from fill order by key"
        ).fetchall()


def fill(row: Row) -> Fill:
    """Return a row's fill; contents beyond the third are partial fills at one price and time."""
    id_, content = row
    at = NINE + timedelta(seconds=min(content, 3))
    numbers = (Decimal(1 + content), Decimal(100 + min(content, 3)), Decimal(0))
    return Fill(Symbol("BTC-USD"), "buy", *numbers, "USD", at, 0, "", id_, 1)


def consistent(connection: psycopg.Connection, tally: Tally, rows: int) -> None:
    assert tally.new + tally.known + tally.changed == tally.fetched == rows
    assert min(tally.new, tally.known, tally.changed) >= 0
    orphans = connection.execute(
        "select count(*) from fill_version v where not exists (select from fill f"
        " where f.key = v.stands_for)"
    ).fetchone()
    assert orphans == (0,)


def together(parts: Sequence[Sequence[Row]]) -> list[Row]:
    """Return one file that holds what the parts hold: of equal rows as many as one part has."""
    most: Counter[Row] = Counter()
    for part in parts:
        most |= Counter(("" if id_ == "xxx" else id_, content) for id_, content in part)
    contents = defaultdict(set)
    for id_, content in most:
        contents[id_].add(content)
    return [
        row
        for row, count in most.items()
        for _ in range(count if not row[0] or len(contents[row[0]]) > 1 else 1)
    ]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=pieces, data=st.data())
def test_imports_in_any_pieces_leave_the_fills_of_one_import(
    desk: Desk, parts: list[list[Row]], data: st.DataObject
) -> None:
    brought = Imports(desk)
    brought.clear()
    done = [brought.bring(part) for part in parts]
    left, gone = brought.fills(), data.draw(st.integers(0, len(parts) - 1))
    brought.undo(done[gone])
    after = brought.fills()
    rest = [part for place, part in enumerate(parts) if place != gone]
    for expected, found in ((together(parts), left), (together(rest), after)):
        brought.clear()
        if expected:
            brought.bring(expected)
        assert found == brought.fills()


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(whole=st.lists(partial_fills, min_size=2, max_size=5), data=st.data())
def test_a_file_cut_between_partial_fills_is_the_file_as_soon_as_it_is_seen_whole(
    desk: Desk, whole: list[Row], data: st.DataObject
) -> None:
    """A piece alone looks like a corrected row: it says the same time and price under one id."""
    parts = data.draw(st.lists(st.lists(st.sampled_from(whole), min_size=1), max_size=4))
    place = data.draw(st.integers(0, len(parts)))
    parts.insert(place, whole)
    brought = Imports(desk)
    brought.clear()
    done = [brought.bring(part) for part in parts]
    left, gone = brought.fills(), data.draw(st.integers(0, len(parts) - 1))
    if gone != place:
        brought.undo(done[gone])
        del parts[gone]
    after = brought.fills()
    brought.clear()
    brought.bring(together(parts))
    assert (left if gone == place else after) == brought.fills()

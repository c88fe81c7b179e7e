"""Any order, overlap, cut or repetition of imports leaves the fills of one import of them all."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.brokers.base import SourceInfo
from coach.engine.imports.read import ImportTally
from coach.model.accounts import Run
from coach.model.fills import Fill, Symbol

FILLS = SourceInfo("coinbase-fills", "coinbase-fills", "coinbase", "coinbase", 20, shorts=False)
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
examples = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

Row = tuple[str, int]
"""An id, which may be empty, and which of its contents; these differ in everything."""

rows = st.tuples(st.sampled_from(["", "7", "8", "xxx"]), st.integers(0, 2))
partial_fills = st.tuples(st.sampled_from(["7", "8"]), st.integers(0, 6))
pieces = st.lists(st.lists(rows, min_size=1, max_size=5), min_size=1, max_size=5)


class FillStore(Protocol):
    def clear(self) -> None: ...
    def bring(self, info: SourceInfo, fills: Sequence[Fill]) -> tuple[Run, ImportTally]: ...
    def undo(self, run: Run) -> None: ...
    def standing(self) -> list[tuple[str, str, Decimal, Decimal]]: ...


def fill(row: Row) -> Fill:
    """Return a row's fill; contents beyond the third are partial fills at one price and time.

    Rows without an id are dearer: at one price they would be twins of rows with one.
    """
    id_, content = row
    at = NINE + timedelta(seconds=min(content, 3))
    numbers = (
        Decimal(1 + content),
        Decimal((100 if id_ in {"7", "8"} else 200) + min(content, 3)),
        Decimal(0),
    )
    return Fill(Symbol("BTC-USD"), "buy", *numbers, "USD", at, 0, "", id_, 1)


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


def brought(store: FillStore, piece: Sequence[Row]) -> Run:
    run, _ = store.bring(FILLS, [fill(row) for row in piece])
    return run


def left_by_one_import(
    store: FillStore, parts: Sequence[Sequence[Row]]
) -> list[tuple[str, str, Decimal, Decimal]]:
    store.clear()
    if parts:
        brought(store, together(parts))
    return store.standing()


@examples
@given(parts=pieces, data=st.data())
def test_imports_in_any_pieces_leave_the_fills_of_one_import(
    fill_store: FillStore, parts: list[list[Row]], data: st.DataObject
) -> None:
    fill_store.clear()
    runs = [brought(fill_store, part) for part in parts]
    standing, gone = fill_store.standing(), data.draw(st.integers(0, len(parts) - 1))
    fill_store.undo(runs[gone])
    after = fill_store.standing()
    assert standing == left_by_one_import(fill_store, parts)
    assert after == left_by_one_import(fill_store, parts[:gone] + parts[gone + 1 :])


@examples
@given(whole=st.lists(partial_fills, min_size=2, max_size=5), data=st.data())
def test_a_file_cut_between_partial_fills_is_the_file_as_soon_as_it_is_seen_whole(
    fill_store: FillStore, whole: list[Row], data: st.DataObject
) -> None:
    """A piece alone looks like a corrected row: it says the same time and price under one id."""
    parts = data.draw(st.lists(st.lists(st.sampled_from(whole), min_size=1), max_size=4))
    place = data.draw(st.integers(0, len(parts)))
    parts.insert(place, whole)
    fill_store.clear()
    runs = [brought(fill_store, part) for part in parts]
    standing, gone = fill_store.standing(), data.draw(st.integers(0, len(parts) - 1))
    assert standing == left_by_one_import(fill_store, parts)
    if gone != place:
        fill_store.clear()
        runs = [brought(fill_store, part) for part in parts]
        fill_store.undo(runs[gone])
        after = fill_store.standing()
        assert after == left_by_one_import(fill_store, parts[:gone] + parts[gone + 1 :])

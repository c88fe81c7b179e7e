"""Rows that are kept in the database come back as they were."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.base import Other, Row
from coach.engine.imports.sync import stored_rows
from coach.engine.imports.sync.stored_rows import ROWS_A_PART, pack, unpack
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill, Symbol
from coach.model.movements import Movement, StatedBalance

AT = datetime(2026, 3, 15, 12, 0, 0, 123456, tzinfo=UTC)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FILLS = st.builds(
    Fill,
    st.builds(Symbol, TEXTS),
    st.sampled_from(["buy", "sell"]),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    TEXTS,
    st.datetimes(timezones=st.just(UTC), allow_imaginary=False).map(lambda at: at.replace(fold=0)),
    st.integers(0, 999),
    TEXTS,
    TEXTS,
    st.integers(1),
    st.sampled_from(["", "opening", "closing"]),
)
OTHERS = st.builds(
    Other,
    TEXTS,
    st.integers(1),
    st.tuples(
        st.builds(Movement, TEXTS, NUMBERS | st.none(), st.just(AT), NUMBERS, TEXTS),
    ),
)
BALANCES = st.builds(StatedBalance, TEXTS, NUMBERS, st.just(AT), TEXTS, st.integers(0))
SKIPPED = st.builds(SkippedRow, st.integers(1), TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)


@given(st.lists(FILLS | OTHERS | BALANCES | SKIPPED, max_size=20))
def test_what_was_packed_comes_back_to_the_last_digit(rows: list[Row]) -> None:
    back = list(unpack(pack(rows)))
    assert back == rows
    assert list(map(type, back)) == list(map(type, rows))
    assert list(map(repr, back)) == list(map(repr, rows))


@pytest.mark.parametrize("count", [0, 1, ROWS_A_PART, ROWS_A_PART + 1])
def test_many_rows_are_several_parts_and_none_are_one(count: int) -> None:
    rows: list[Row] = [Other("deposit", line) for line in range(count)]
    parts = list(pack(rows))
    assert len(parts) == max(1, -(-count // ROWS_A_PART))
    assert list(unpack(parts)) == rows


def test_no_part_can_run_anything() -> None:
    """A pickle in the place of a part is an error, and not a program."""
    assert "pickle" not in vars(stored_rows)
    with pytest.raises(Exception, match="incorrect header check"):
        list(unpack([b"cos\nsystem\n(S'true'\ntR."]))

"""Fills that are kept in little memory are read as they were, in any place and in order."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from coach.engine.what_if.compact_fills import FILLS_A_BLOCK, CompactFills
from coach.model.fills import BookFill, FillKey

NINE = datetime(2026, 3, 2, 9, 0, 0, 123_456, tzinfo=UTC)


def fill_at(place: int) -> BookFill:
    return BookFill(
        FillKey(place.to_bytes(16)),
        "sell" if place % 2 else "buy",
        Decimal(f"{place + 1}E-8"),
        Decimal("12345678901234567890.123456789"),
        Decimal("-0.10"),
        "BNB",
        NINE + timedelta(microseconds=place),
        "" if place % 3 else f"order {place}",
        "opening" if place % 5 else "",
    )


@pytest.mark.parametrize("count", [0, 1, FILLS_A_BLOCK - 1, FILLS_A_BLOCK, FILLS_A_BLOCK + 2])
def test_fills_are_read_as_they_were_appended(count: int) -> None:
    fills = [fill_at(place) for place in range(count)]
    compact = CompactFills(fills)
    assert len(compact) == count
    assert [*compact] == fills == [*compact]
    assert [str(fill) for fill in compact] == [str(fill) for fill in fills]
    assert [*compact[-3:]] == fills[-3:]


def test_a_fill_is_found_by_its_place() -> None:
    compact = CompactFills(map(fill_at, range(FILLS_A_BLOCK + 2)))
    for place in (0, FILLS_A_BLOCK - 1, FILLS_A_BLOCK, -1):
        assert compact[place] == fill_at(range(FILLS_A_BLOCK + 2)[place])
    with pytest.raises(IndexError):
        compact[FILLS_A_BLOCK + 2]

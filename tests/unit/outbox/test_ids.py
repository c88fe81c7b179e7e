"""Ids that say their place."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from coach.engine.outbox.ids import (
    EventPlace,
    after_unknown,
    is_of_unknown,
    milliseconds,
    mint,
    place,
    time_of,
)

MOMENTS = st.integers(0, 2**43)
NUMBERS = st.integers(1, 2**40 - 1)


@given(MOMENTS, NUMBERS, st.binary(min_size=5, max_size=5))
def test_an_id_gives_back_its_place(ms: int, seq: int, random: bytes) -> None:
    assert place(mint(ms, seq, random)) == EventPlace(time_of(ms), seq)


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**40 - 1), st.binary(min_size=5, max_size=5))
def test_an_id_is_a_ulid(ms: int, seq: int, random: bytes) -> None:
    assert mint(ms, seq, random) == str(ULID.from_bytes(ms.to_bytes(6) + seq.to_bytes(5) + random))


@given(MOMENTS, NUMBERS, st.binary(min_size=5, max_size=5), st.binary(min_size=5, max_size=5))
def test_the_number_orders_ids_of_one_moment(
    ms: int, seq: int, random: bytes, other: bytes
) -> None:
    assert mint(ms, seq, random) > mint(ms, seq - 1, other)


@given(st.integers(0, 2**40 - 1))
def test_a_place_after_an_unknown_event_is_found_by_its_number(seq: int) -> None:
    written = after_unknown(seq)
    assert place(written) == EventPlace(time_of(0), seq)
    assert is_of_unknown(written.lower())


@pytest.mark.parametrize("text", ["", "nonsense", mint(0, 7, b"abcde"), mint(1, 7, bytes(5))])
def test_what_names_an_event_or_nothing_is_no_such_place(text: str) -> None:
    assert not is_of_unknown(text)


def test_a_lower_case_id_is_the_same_id() -> None:
    written = mint(1_774_000_000_000, 7, b"abcde")
    assert place(written.lower()) == place(written)


@pytest.mark.parametrize("text", ["", "x", "I" * 26, "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "é" * 26])
def test_what_is_no_ulid_has_no_place(text: str) -> None:
    assert place(text) is None


def test_a_ulid_from_beyond_the_calendar_has_no_place() -> None:
    assert place("7" + "Z" * 25) is None


def test_part_of_a_millisecond_is_cut_off() -> None:
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 999, tzinfo=UTC)) == 1000

"""Naming fills, and which of several readings of one id are fills."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.identity import (
    PREFIX,
    Content,
    Namer,
    StoredReading,
    agree,
    content_key,
    content_of,
    former_key,
    id_key,
    is_placeholder,
    resolve_id,
    words_of,
)
from coach.model.fills import Fill, Symbol

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
BTC = Symbol("BTC-USD")


def fill(native_id: str = "7", quantity: str = "1", price: str = "100", second: int = 0) -> Fill:
    numbers = (Decimal(quantity), Decimal(price), Decimal(0))
    at = NINE + timedelta(seconds=second)
    return Fill(BTC, "buy", *numbers, "USD", at, 0, "", native_id, 1)


def reading(n: int, content: Content, *runs: int, rank: int = 20) -> StoredReading:
    return StoredReading(n, content, rank, frozenset(runs or {n}))


FIRST = content_of(fill())
CORRECTED = content_of(fill(price="104"))
CORRECTED_AGAIN = content_of(fill(price="104", quantity="2"))
ANOTHER = content_of(fill(quantity="4", price="101", second=9))


@pytest.mark.parametrize(
    "native_id",
    [
        *("6.15E+14", "6,15E+14", "6.15E14", "6.15e14", "6E+14", "61.5E+013"),
        *(
            "xxx",
            "XXXX-XXXX",
            "***",
            "0",
            "000",
            "-",
            "—",
            "N/A",
            "#N/A",
            "#REF!",
            "••••",
            "redacted",
        ),
        *("Hidden", "trade id", "00000000-0000-0000-0000-000000000000"),
    ],
)
def test_a_rounded_or_masked_id_names_nothing(native_id: str) -> None:
    assert is_placeholder(native_id)


@pytest.mark.parametrize(
    "native_id",
    [
        "615000123",
        "1",
        "10",
        "x1",
        "6E14",
        "5e10",
        "t-77",
        "1.5",
        "TX-0X1",
        "交易",
        "none7",
        "a" * 40,
    ],
)
def test_an_id_that_may_be_one_names_its_fill(native_id: str) -> None:
    assert not is_placeholder(native_id)


def test_a_masked_id_is_left_out_and_counted() -> None:
    namer = Namer("generic")
    assert namer.name(fill("7")).fill.native_id == "7"
    masked = [namer.name(fill(word)) for word in ("xxx", "***")]
    bare = [Namer("generic").name(fill("")), namer.name(fill(""))]
    assert [named.fill.native_id for named in masked] == ["", ""]
    assert masked[0].key == bare[0].key
    assert len({named.key for named in (*masked, bare[1])}) == 3
    assert (namer.unusable, namer.example) == (2, "xxx")


def test_every_row_of_an_import_has_a_key_of_its_own_that_begins_as_its_id_does() -> None:
    namer = Namer("generic")
    rows = [fill(), fill(price="101"), fill(), fill(price="101"), fill(price="101"), fill()]
    keys = [namer.name(row).key for row in rows]
    key = id_key("generic", BTC, "buy", "7")
    first, second = words_of(rows[0]), words_of(rows[1])
    assert keys == [
        key,
        content_key(key, second),
        content_key(key, first, 1),
        content_key(key, second, 1),
        content_key(key, second, 2),
        content_key(key, first, 2),
    ]
    assert {name[:PREFIX] for name in keys} == {key[:PREFIX]}
    assert namer.shared == {key}
    assert [namer.copies[name] for name in keys[2:]] == [1, 1, 2, 2]


def test_the_key_of_earlier_versions_is_one_of_its_own() -> None:
    key, words = id_key("generic", BTC, "buy", "7"), words_of(fill())
    assert former_key(key, words)[:PREFIX] != key[:PREFIX]
    assert former_key(key, words).hex() == "426d13fa06957abbc3f9065dc2547cc5"


def test_numbers_that_are_written_otherwise_say_the_same() -> None:
    assert words_of(fill(quantity="1.50", price="1E+2")) == words_of(fill(quantity="1.5"))
    assert "\t-0.5\t" in words_of(fill()._replace(fee=Decimal("-0.50")))
    assert words_of(fill()._replace(fee=Decimal("-0.0"))) == words_of(fill())


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (fill(price="101"), True),
        (fill(quantity="2"), True),
        (fill(second=1), True),
        (fill()._replace(nanos=5), True),
        (fill()._replace(fee=Decimal(1)), True),
        (fill(price="101", quantity="2"), False),
        (fill(price="101", second=1), False),
        (fill(quantity="2", second=1), False),
    ],
)
def test_two_of_time_quantity_and_price_make_a_correction(other: Fill, same: bool) -> None:
    assert agree(content_of(fill()), content_of(other)) is same


def test_a_corrected_row_stands_for_the_row_before() -> None:
    assert resolve_id([reading(1, FIRST), reading(2, CORRECTED)]) == {1: 2, 2: 2}


def test_a_row_that_is_corrected_twice_stands_once() -> None:
    """Price first, then quantity: the last says the same as the first in the time alone."""
    three = [reading(1, FIRST), reading(2, CORRECTED), reading(3, CORRECTED_AGAIN)]
    assert resolve_id(three) == {1: 3, 2: 3, 3: 3}


def test_a_reading_of_a_worse_source_corrects_nothing() -> None:
    readings = [reading(1, FIRST, rank=30), reading(2, CORRECTED, rank=10)]
    assert resolve_id(readings) == {1: 1, 2: 1}


def test_a_row_that_agrees_in_less_than_two_is_another_fill() -> None:
    assert resolve_id([reading(1, FIRST), reading(2, ANOTHER)]) == {1: 1, 2: 2}


def test_two_contents_in_one_import_are_two_fills() -> None:
    assert resolve_id([reading(1, FIRST, 1), reading(2, CORRECTED, 1)]) == {1: 1, 2: 2}
    assert resolve_id([reading(1, FIRST, 1, 3), reading(2, CORRECTED, 2, 3)]) == {1: 1, 2: 2}


def test_an_import_that_holds_a_further_content_corrects_nothing() -> None:
    """The second import holds two rows of the id: it is no id, and neither row a correction."""
    three = [reading(1, FIRST, 1), reading(2, CORRECTED, 2), reading(3, ANOTHER, 2)]
    assert resolve_id(three) == {1: 1, 2: 2, 3: 3}


def test_what_was_corrected_stays_so_when_the_id_is_used_for_another_fill() -> None:
    """Ids that begin anew each month: a correction in March, another fill in April."""
    three = [reading(1, FIRST), reading(2, CORRECTED), reading(3, ANOTHER)]
    assert resolve_id(three) == {1: 2, 2: 2, 3: 3}


def test_equal_rows_are_one_fill_of_an_id_and_several_of_a_shared_one() -> None:
    twice = [reading(1, FIRST, 1), reading(2, FIRST, 1)]
    assert resolve_id(twice) == {1: 1, 2: 1}
    assert resolve_id(twice, shared=True) == {1: 1, 2: 2}
    assert resolve_id([*twice, reading(3, ANOTHER)]) == {1: 1, 2: 2, 3: 3}
    corrected = [*twice, reading(3, CORRECTED), reading(4, ANOTHER)]
    assert resolve_id(corrected) == {1: 3, 2: 3, 3: 3, 4: 4}


CONTENTS = [FIRST, CORRECTED, CORRECTED_AGAIN, ANOTHER]


@given(
    imports=st.lists(st.lists(st.sampled_from(CONTENTS), min_size=1, unique=True), min_size=1),
    data=st.data(),
)
def test_once_all_contents_were_seen_together_the_order_of_imports_does_not_matter(
    imports: list[list[Content]], data: st.DataObject
) -> None:
    imports = [*imports, CONTENTS]
    order = data.draw(st.permutations(imports))
    runs: dict[Content, set[int]] = {}
    for number, contents in enumerate(order):
        for content in contents:
            runs.setdefault(content, set()).add(number)
    readings = [reading(n, content, *held) for n, (content, held) in enumerate(runs.items())]
    assert resolve_id(readings) == {n: n for n in range(len(CONTENTS))}

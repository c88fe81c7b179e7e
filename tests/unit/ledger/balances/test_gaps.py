"""Where stated balances part from the books."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.balances.gaps import Checkpoint, compare

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
CENTS = st.integers(-10_000, 10_000).map(lambda n: Decimal(n).scaleb(-2))


def point(hour: int, books: str, *stated: str, derived: int = 0, wallet: str = "") -> Checkpoint:
    told = tuple((wallet, Decimal(one)) for one in stated)
    return Checkpoint(START + hour * HOUR, Decimal(books), derived, told)


def jumps(*points: Checkpoint, coin: str = "BTC") -> list[tuple[int, str]]:
    compared = compare(coin, points)
    assert compared is not None
    return [((one.before - START) // HOUR, str(one.amount)) for one in compared.jumps]


def test_nothing_stated_is_nothing_to_compare() -> None:
    assert compare("BTC", []) is None


def test_a_difference_that_stays_is_one_gap_at_the_first_row_that_shows_it() -> None:
    points = (point(1, "5", "5"), point(2, "6", "5"), point(3, "9", "8"), point(4, "9", "8"))
    assert jumps(*points) == [(2, "-1")]


def test_of_several_balances_at_one_time_the_one_that_fits_counts() -> None:
    assert jumps(point(1, "5", "2", "5", "4")) == []
    assert jumps(point(1, "5", "4"), point(2, "7", "6", "7")) == [(1, "-1")]


def test_balances_of_several_wallets_are_added_up() -> None:
    staked = Checkpoint(START + 2 * HOUR, Decimal(5), 0, (("", Decimal(2)), ("S", Decimal(3))))
    assert jumps(point(1, "5", "5"), staked, point(3, "4", "2", wallet="S")) == []


def test_a_unit_of_rounding_for_each_fill_is_no_gap() -> None:
    """Half a cent may be lost with each side of a fill."""
    assert jumps(point(1, "1.004", "1.00", derived=1), coin="USD") == []
    assert jumps(point(1, "1.004", "1.00"), coin="USD") == [(1, "-0.004")]


@pytest.mark.parametrize("coin", ["BTC", "USD"])
@pytest.mark.parametrize("stated", ["0", "7"])
def test_a_whole_number_explains_no_rounding_of_fills(coin: str, stated: str) -> None:
    """An account that is sold out is stated as zero, whatever its balances are stated to."""
    books = str(Decimal(stated) + 3)
    assert jumps(point(1, books, stated, derived=300), coin=coin) == [(1, "-3")]


def test_half_a_yen_may_be_lost_with_each_fill() -> None:
    assert jumps(point(1, "1000.4", "1000", derived=1), coin="JPY") == []


def test_a_coin_may_be_stated_to_fewer_decimals_than_it_is_traded_in() -> None:
    assert jumps(point(1, "0.51234567", "0.5123", derived=9)) == []
    assert jumps(point(1, "0.5133", "0.5123", derived=9)) == [(1, "-0.0010")]


@pytest.mark.parametrize("books", ["21", "0.4", "20.8", "1000000"])
def test_a_balance_that_needs_no_rounding_is_not_rounded(books: str) -> None:
    """Zeros at the end are often left out: 20.9 says nothing of how many decimals it has."""
    stated = str(Decimal(books) + Decimal("0.1"))
    assert jumps(point(1, books, stated, derived=3)) == [(1, "0.1")]
    assert jumps(point(1, books, books, derived=3), point(2, books, stated, derived=4)) == [
        (2, "0.1")
    ]
    assert jumps(point(1, f"{Decimal(books) + Decimal('0.06'):f}", stated, derived=3)) == []


def test_what_rounding_explains_is_still_told_as_a_difference() -> None:
    compared = compare("EUR", [point(1, "1.004", "1.00", derived=1)])
    assert compared is not None
    assert compared.difference == Decimal("-0.004")


@given(st.lists(st.tuples(CENTS, CENTS), min_size=1, max_size=20))
def test_the_jumps_add_up_to_the_difference_in_the_end(
    rows: list[tuple[Decimal, Decimal]],
) -> None:
    points = [
        Checkpoint(START + n * HOUR, books, 0, (("", stated),))
        for n, (books, stated) in enumerate(rows)
    ]
    compared = compare("EUR", points)
    assert compared is not None
    assert sum(one.amount for one in compared.jumps) == compared.difference
    assert compared.difference == rows[-1][1] - rows[-1][0]

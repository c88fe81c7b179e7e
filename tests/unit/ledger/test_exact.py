"""Nothing is rounded in silence, and what is rounded is rounded once."""

from decimal import Decimal, Inexact, getcontext

import pytest

from coach.engine.ledger.exact import add, multiply, plain, quotient, rounded, share, subtract


def test_a_sum_keeps_every_digit() -> None:
    assert add(Decimal("1E+60"), Decimal("1E-60")).as_tuple().digits == (1, *[0] * 119, 1)


def test_a_sum_of_more_digits_than_can_be_kept_is_an_error() -> None:
    with pytest.raises(Inexact):
        add(Decimal("1E+2000"), Decimal(1))


def test_shares_add_up_to_the_whole() -> None:
    first = share(Decimal(1), Decimal(1), Decimal(3))
    assert add(first, subtract(Decimal(1), first)) == 1


def test_the_share_of_the_whole_is_exact_however_long() -> None:
    long = multiply(Decimal("1" * 90), Decimal("1E-90") + 1)
    assert share(long, Decimal(7), Decimal(7)) == long


def test_half_is_rounded_to_even_and_just_above_half_is_not_half() -> None:
    half = Decimal("0.5E-18")
    assert rounded(half) == 0
    assert rounded(quotient(Decimal("1.000000000000000000000000000001E-18"), Decimal(2))) == 1 / (
        Decimal(10) ** 18
    )
    just_above = quotient(add(half, Decimal("1E-200")), Decimal(1))
    assert rounded(just_above) == Decimal("1E-18")


@pytest.mark.parametrize(
    ("written", "told"),
    [("100", "100"), ("1E+2", "100"), ("1.500", "1.5"), ("0E-18", "0"), ("-0.0", "0")],
)
def test_a_number_is_told_without_zeros_and_exponents(written: str, told: str) -> None:
    assert str(plain(Decimal(written))) == told


def test_the_thread_s_context_is_not_touched() -> None:
    before = getcontext().copy()
    quotient(Decimal(1), Decimal(3))
    assert getcontext().prec == before.prec
    assert getcontext().flags == before.flags

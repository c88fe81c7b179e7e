"""How far two prints of one execution may be apart: at each limit, and just beyond it."""

from decimal import Decimal

import pytest

from coach.engine.ledger.twins import (
    PrintedFill,
    is_rounded,
    is_sum,
    precision,
    quantities_add_up,
    same_execution,
)
from coach.model.fills import Symbol


def printed(text: str, quote: str = "USD") -> PrintedFill:
    """Read a sale, `10 @ 0.47 fee 0.02`; one that begins with `~` has no total."""
    quantity, _, price, *fee = text.lstrip("~").split()
    numbers = (Decimal(quantity), Decimal(price), Decimal(fee[1]) if fee else Decimal(0))
    return PrintedFill(Symbol(f"A-{quote}"), "sell", *numbers, quote, not text.startswith("~"))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("100 @ 1", "100.1 @ 1 fee 0.1", True),  # a thousandth more
        ("100 @ 1", "100.11 @ 1 fee 0.11", False),
        ("1000 @ 1", "1000.5 @ 1 fee 0.5", True),  # half of the coarser one's last digit
        ("1000.1 @ 1", "1000.7 @ 1 fee 0.6", False),  # less than a thousandth, but six of it
        ("1 @ 5.01", "1 @ 5.015", True),  # half a cent
        ("1 @ 5.01", "1 @ 5.0151", False),
    ],
)
def test_quantity_and_money_agree_within_half_of_the_last_digit(
    one: str, other: str, same: bool
) -> None:
    assert same_execution(printed(one), printed(other)) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1 @ 100", "1 @ 103 fee 3", True),  # three hundredths of the price
        ("1 @ 100", "1 @ 103.01 fee 3.01", False),
        ("1 @ 100", "1 @ 101 fee 1", True),  # half a yen is a two-hundredth of the money
        ("1 @ 99", "1 @ 99.99 fee 0.99", False),  # and of this money it is more
        ("1 @ 50", "1 @ 51 fee 1", False),
        ("2 @ 10", "2 @ 10.25", True),  # what the prices differ by is half a yen of money
        ("2 @ 10", "2 @ 10.26 fee 0.02", True),  # half a yen is what any price rounds to
        ("1 @ 20", "1 @ 20.51 fee 0.51", False),
        ("2 @ 10", "2 @ 10.5 fee 1", True),  # half a yen is what the price rounds to
    ],
)
def test_a_fee_inside_a_price_is_seen_where_the_money_tells(
    one: str, other: str, same: bool
) -> None:
    assert same_execution(printed(one, "JPY"), printed(other, "JPY")) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("~1 @ 0.47", "1 @ 0.475", True),
        ("~1 @ 0.47", "1 @ 0.4751", False),
        ("1 @ 100", "~1 @ 100.01 fee 0.01", True),  # as coarse as the other, which has a total
        ("1 @ 0.47", "~1 @ 0.4699", True),  # the money agrees to the cent
        ("~1 @ 0.47 fee 0.02", "1 @ 0.47 fee 0.025", True),
        ("~1 @ 0.47 fee 0.02", "1 @ 0.47 fee 0.0251", False),
    ],
)
def test_without_a_total_price_and_fee_agree_within_their_digits(
    one: str, other: str, same: bool
) -> None:
    assert same_execution(printed(one), printed(other)) is same


@pytest.mark.parametrize(
    ("parts", "adds_up"),
    [
        (["5000", "4999"], True),
        (["5000", "4998.9"], False),
        (["5000", "5001"], True),
        (["5000", "5001.1"], False),
    ],
)
def test_several_quantities_make_up_one_but_for_a_ten_thousandth(
    parts: list[str], adds_up: bool
) -> None:
    several = [printed(f"{part} @ 1") for part in parts]
    assert quantities_add_up(printed("10000 @ 1"), several) is adds_up


@pytest.mark.parametrize(
    ("whole", "last", "adds_up"),
    [
        ("~14 @ 140.03", "4 @ 140.1225", True),  # half a cent for each of the fourteen
        ("~14 @ 140.03", "4 @ 140.1226", False),
        ("14 @ 140.03", "4 @ 140.10625", True),  # 1,960.425 beside 1,960.42
        ("14 @ 140.03", "4 @ 140.1063", False),
    ],
)
def test_money_adds_up_within_half_of_the_last_digit(whole: str, last: str, adds_up: bool) -> None:
    assert is_sum(printed(whole), [printed("10 @ 140"), printed(last)]) is adds_up


def test_a_price_of_more_than_twelve_decimals_is_computed() -> None:
    assert precision(printed("10 @ 0.123456789012")) == (11, 12)
    assert precision(printed("10 @ 0.1234567890123")) == (12, 0)


def test_a_print_is_rounded_where_a_digit_is_missing_and_none_is_more() -> None:
    assert is_rounded(printed("1 @ 0.47 fee 0.01"), printed("1 @ 0.475 fee 0.01"))
    assert not is_rounded(printed("1 @ 0.47 fee 0.01"), printed("1 @ 0.4751 fee 0.01"))
    assert is_rounded(printed("~1 @ 2 fee 0.01"), printed("~1 @ 2 fee 0.012"))
    assert not is_rounded(printed("~1 @ 2.5 fee 0.01"), printed("~1 @ 2.501 fee 0.1"))

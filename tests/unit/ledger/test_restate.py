"""Saying a fill another way changes neither what moved nor what was paid."""

from decimal import Decimal

from coach.engine.ledger.restate import in_quote, split
from coach.model.fills import BookFill


def test_a_fee_in_the_coin_becomes_money_at_the_fill_s_price(fills: list[BookFill]) -> None:
    """
    09:00 buy  2 @ 100 fee 0.01 BTC
    09:00 sell 2 @ 100 fee 0.01 BTC
    """
    bought, sold = (in_quote(fill, "BTC", "USD") for fill in fills)
    assert (bought.quantity, bought.fee, bought.fee_currency) == (
        Decimal("1.99"),
        Decimal(1),
        "USD",
    )
    assert (sold.quantity, sold.fee, sold.fee_currency) == (Decimal("2.01"), Decimal(1), "USD")


def test_a_fee_in_a_third_coin_stays_as_it_is(fills: list[BookFill]) -> None:
    """
    09:00 buy 2 @ 100 fee 0.01 BNB
    """
    assert in_quote(fills[0], "BTC", "USD") == fills[0]


def test_a_fee_without_a_currency_is_in_the_quote(fills: list[BookFill]) -> None:
    """
    09:00 buy 2 @ 100 fee 3
    """
    nameless = fills[0]._replace(fee_currency="")
    assert in_quote(nameless, "BTC", "USD") == fills[0]


def test_a_buy_whose_fee_is_more_than_it_bought_is_a_sale(fills: list[BookFill]) -> None:
    """
    09:00 buy 1 @ 100 fee 1.5 BTC
    """
    [fill] = fills
    said = in_quote(fill, "BTC", "USD")
    assert (said.side, said.quantity, said.fee) == ("sell", Decimal("0.5"), Decimal(150))
    assert said.quantity * said.price - said.fee == -fill.quantity * fill.price


def test_the_parts_of_a_fill_add_up_to_it(fills: list[BookFill]) -> None:
    """
    09:00 buy 3 @ 100 fee 1
    """
    first, rest = split(fills[0], Decimal(1))
    assert (first.quantity, rest.quantity) == (Decimal(1), Decimal(2))
    assert round(first.fee, 20) == Decimal("0.33333333333333333333")
    assert Decimal(1).compare(first.fee) == 1
    assert rest.fee.as_tuple().exponent == first.fee.as_tuple().exponent

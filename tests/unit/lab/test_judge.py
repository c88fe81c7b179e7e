"""From a file's fills to findings and tags."""

from decimal import Decimal

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.features.bars import NO_MARKET
from coach.engine.lab import judge
from coach.engine.lab.judge import LabFill, Profile
from coach.model.fills import Side
from coach.model.times import MINUTE_US


def fill(
    trade_id: str, minute: float, side: Side = "buy", quantity: str = "1", price: str = "100"
) -> LabFill:
    at_us = round(minute * MINUTE_US)
    return LabFill(
        trade_id, at_us, "BTC-USD", side, Decimal(quantity), Decimal(price), Decimal("0.1")
    )


def calm_trades(count: int) -> list[LabFill]:
    return [
        one
        for number in range(count)
        for one in (
            fill(f"in{number}", number * 600),
            fill(f"out{number}", number * 600 + 60, "sell", price="101"),
        )
    ]


def test_every_bias_of_the_catalogue_is_answered() -> None:
    judged = judge.judge(calm_trades(8), NO_MARKET, Profile("t1"))
    assert [one.bias for one in judged.findings] == list(HABITS)


def test_a_tag_names_the_ids_of_its_own_order() -> None:
    loss = [fill("a", 6000), fill("b", 6010, "sell", price="90")]
    angry = [fill("c", 6020, quantity="3"), fill("d", 6020.5, quantity="3")]
    found = judge.tags(judge.past(calm_trades(9) + loss + angry))
    assert [one.trade_ids for one in found if one.bias == "revenge"] == [("c", "d")]


def test_entry_and_exit_may_share_an_id() -> None:
    trades = [fill("x", 0), fill("x", 60, "sell", price="101"), fill("x", 90), fill("x", 95)]
    past = judge.past(trades)
    assert len(past.history) == 2
    assert len(past.names) == 4


def test_a_line_that_is_repeated_counts_once() -> None:
    trades = calm_trades(3)
    past = judge.past([*trades, trades[2], trades[2]._replace(quantity=Decimal("1.0"))])
    assert past.duplicates == 2
    assert past.history.trips == judge.past(trades).history.trips


def test_the_window_ends_just_after_the_last_fill() -> None:
    assert judge.past([fill("a", 1)]).end_us == MINUTE_US + 1
    assert judge.past([]).end_us == 0


def test_a_short_is_a_trade() -> None:
    past = judge.past([fill("a", 0, "sell"), fill("b", 60, "buy", price="90")])
    assert past.history.net.tolist() == [9.8]


def test_symbols_are_read_as_venues_write_them() -> None:
    names = ["btc-usd", "ETH/USDT", "SOLUSDC", "DOGE", "AVAX_EUR", "USDT"]
    assert [judge.book_symbol(name) for name in names] == [
        "BTC-USD", "ETH-USDT", "SOL-USDC", "DOGE-USD", "AVAX-EUR", "USDT-USD",
    ]  # fmt: skip


def test_fees_are_paid_in_the_quote_currency() -> None:
    """A gain of 10 less two fees of 6 each is a loss."""
    told = [fill("a", 0), fill("b", 9, "sell", price="110")]
    read = judge.past([one._replace(fee=Decimal(6)) for one in told])
    (trip,) = read.history.trips
    assert (trip.fees, trip.net) == (Decimal(12), Decimal(-2))


def test_a_position_sold_to_a_speck_is_sold() -> None:
    """Three buys of a third each, one sale of the whole: a file rounds, nothing is held."""
    third = "0.33333333"
    buys = [fill(str(place), place * 5, "buy", third, "100") for place in range(3)]
    for whole in ("1", "0.99999998"):
        sold = [*buys, fill("s", 60, "sell", whole, "110"), fill("n", 90, "buy", "2", "90")]
        first, second = judge.past(sold).history.trips
        assert first.closed_us is not None
        assert (second.side, second.quantity) == ("long", Decimal(2))


def test_a_turn_round_is_no_speck() -> None:
    turned = [fill("a", 0, "buy", "1", "100"), fill("b", 9, "sell", "1.5", "110")]
    assert [trip.side for trip in judge.past(turned).history.trips] == ["long", "short"]

"""Trades and the ledger together: the fee that was charged, buys in the app, what is on margin."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from coach.brokers.base import Other, Row
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill
from tests.unit.brokers.kraken.conftest import NOW, Json, Kraken, ledger, trades

TIME = 1773576000.123457
AT = datetime(2026, 3, 15, 12, 0, 0, 123457, tzinfo=UTC)
TRADE: Json = {
    "ordertxid": "OQCLML-BW3P3-BUCMWZ",
    "pair": "XXBTZEUR",
    "time": 1773500000.5,
    "type": "buy",
    "price": "30010.0",
    "cost": "600.2",
    "fee": "1.2",
    "vol": "0.02",
    "margin": "0",
    "leverage": "0",
    "misc": "",
}


def entry(asset: str, amount: str, fee: str = "0", **more: object) -> Json:
    usual: Json = {"refid": "T1", "time": 1773500000.5, "type": "trade", "asset": asset}
    return {**usual, "amount": amount, "fee": fee, **more}


def rows(kraken: Kraken, found: Json, entries: Json) -> tuple[list[Row], tuple[str, ...]]:
    opened, _ = kraken(TradesHistory=found, Ledgers=entries)
    reading = opened.fills(None, NOW)
    return list(reading.rows()), tuple(opened.describe(reading.counts))


def the_fill(kraken: Kraken, entries: Json, **changes: object) -> tuple[Fill, tuple[str, ...]]:
    (row,), notes = rows(kraken, trades(T1={**TRADE, **changes}), entries)
    assert isinstance(row, Fill)
    return row, notes


@pytest.mark.parametrize(
    ("entries", "fee", "coin"),
    [
        ({"L1": entry("ZEUR", "-600.2", "1.6"), "L2": entry("XXBT", "0.02")}, "1.6", "EUR"),
        ({"L1": entry("ZEUR", "-600.2"), "L2": entry("XXBT", "0.02", "0.00003")}, "0.00003", "BTC"),
        ({"L1": entry("ZEUR", "-600.2"), "L2": entry("KFEE", "0", "120")}, "120", "KFEE"),
        ({"L1": entry("ZEUR", "-600.2"), "L2": entry("XXBT", "0.02")}, "0", "EUR"),
    ],
)
def test_the_fee_is_what_the_ledger_took(
    kraken: Kraken, entries: dict[str, Json], fee: str, coin: str
) -> None:
    """The trade itself estimates 1.2 EUR."""
    fill, notes = the_fill(kraken, ledger(**entries))
    assert (fill.fee, fill.fee_currency) == (Decimal(fee), coin)
    assert notes == ()


def test_a_fee_that_the_ledger_does_not_tell_is_the_estimate_and_said(kraken: Kraken) -> None:
    fill, notes = the_fill(kraken, ledger())
    assert (fill.fee, fill.fee_currency) == (Decimal("1.2"), "EUR")
    assert "booked as Kraken estimates it: 1" in notes[0]


@pytest.mark.parametrize("pair", ["XXBTZEUR", "XBTEUR", "XBT/EUR"])
def test_a_pair_is_known_by_each_of_its_names(kraken: Kraken, pair: str) -> None:
    assert the_fill(kraken, ledger(), pair=pair)[0].symbol == "BTC-EUR"


def test_a_pair_that_is_no_longer_listed_is_read_off_its_name(kraken: Kraken) -> None:
    assert the_fill(kraken, ledger(), pair="XXDGZUSD")[0].symbol == "DOGE-USD"


def test_a_name_that_only_looks_like_an_old_one_stays(kraken: Kraken) -> None:
    assert the_fill(kraken, ledger(), pair="XTZEUR")[0].symbol == "XTZ-EUR"


def test_a_time_keeps_its_microseconds(kraken: Kraken) -> None:
    opened, _ = kraken(TradesHistory=trades(T1={**TRADE, "time": TIME}), Ledgers=ledger())
    (row,) = opened.fills(None, AT).rows()
    assert isinstance(row, Fill)
    assert (row.at, row.nanos) == (AT, 0)


@pytest.mark.parametrize(
    ("changes", "margin"),
    [
        ({"leverage": "2"}, "opening"),
        ({"margin": "200.1"}, "opening"),
        ({"posstatus": "closed"}, "opening"),
        ({"leverage": "2", "misc": "closing"}, "closing"),
        ({"misc": "initiated"}, ""),
    ],
)
def test_a_trade_on_margin_is_a_position_of_its_own(
    kraken: Kraken, changes: dict[str, object], margin: str
) -> None:
    fill, notes = the_fill(kraken, ledger(L1=entry("ZEUR", "0", "1")), **changes)
    assert fill.margin == margin
    assert any("on margin" in note for note in notes) == bool(margin)


@pytest.mark.parametrize(
    ("column", "value"),
    [("time", "noon"), ("type", "hold"), ("pair", "?"), ("price", "0"), ("vol", None)],
)
def test_a_trade_that_cannot_be_read_is_named_by_its_pair_its_time_and_its_id(
    kraken: Kraken, column: str, value: object
) -> None:
    (row,), _ = rows(kraken, trades(T1={**TRADE, column: value}), ledger())
    assert isinstance(row, SkippedRow)
    assert (row.column, row.native_id) == (column, "T1")
    if column == "price":
        assert (row.product, row.at) == ("XXBTZEUR", "1773500000.5")


def test_a_buy_in_the_app_stands_only_in_the_ledger_and_is_a_fill(kraken: Kraken) -> None:
    """100 EUR for 0.002 BTC, and 1.5 EUR for the service."""
    bought = {
        "L1": entry("ZEUR", "-100", "1.5", type="spend", refid="B1"),
        "L2": entry("XXBT", "0.002", type="receive", refid="B1", time=1773500000.6),
    }
    (row,), notes = rows(kraken, trades(), ledger(**bought))
    assert isinstance(row, Fill)
    assert (row.symbol, row.side, row.quantity) == ("BTC-EUR", "buy", Decimal("0.002"))
    assert (row.price, row.fee, row.fee_currency) == (Decimal(50000), Decimal("1.5"), "EUR")
    assert row.native_id == "B1"
    assert "Kraken's app" in notes[0]


def test_a_deposit_is_no_trade_and_tells_what_came(kraken: Kraken) -> None:
    came = {"L1": entry("DOT28.S", "5", type="deposit", refid="D1")}
    (row,), _ = rows(kraken, trades(), ledger(**came))
    assert isinstance(row, Other)
    assert row.kind == "deposit"
    assert [(one.coin, one.quantity) for one in row.movements] == [("DOT", Decimal(5))]

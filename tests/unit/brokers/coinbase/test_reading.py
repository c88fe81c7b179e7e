"""Coinbase's JSON is read exactly, or not at all and with a reason."""

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from coach.brokers.base import Other, Row
from coach.brokers.coinbase.reading import (
    Product,
    Raw,
    native_id,
    read_fill,
    read_moment,
    read_product,
)
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

BITCOIN = Product("BTC", "USD", "SPOT", Decimal("0.00000001"))
ENTRY: Raw = {
    "entry_id": "e-1",
    "trade_id": "t-1",
    "order_id": "o-1",
    "trade_time": "2026-03-15T10:00:00.123456789Z",
    "trade_type": "FILL",
    "price": "70000.01",
    "size": "0.015",
    "commission": "6.30000090",
    "product_id": "BTC-USD",
    "sequence_timestamp": "2026-03-15T10:00:00.2Z",
    "side": "BUY",
    "size_in_quote": False,
}


def read(product: Product | None = BITCOIN, **changes: object) -> Row:
    return read_fill({**ENTRY, **changes}, product, 3)


def filled(product: Product | None = BITCOIN, **changes: object) -> Fill:
    row = read(product, **changes)
    assert isinstance(row, Fill), row
    return row


def test_an_entry_becomes_a_fill_to_the_last_digit() -> None:
    assert filled() == Fill(
        symbol="BTC-USD",  # type: ignore[arg-type]
        side="buy",
        quantity=Decimal("0.015"),
        price=Decimal("70000.01"),
        fee=Decimal("6.3000009"),
        fee_currency="USD",
        at=datetime(2026, 3, 15, 10, 0, 0, 123456, tzinfo=UTC),
        nanos=789,
        order_id="o-1",
        native_id="e-1",
        line=3,
    )


def test_the_documented_answer_reads_as_the_documentation_means_it(samples: Path) -> None:
    """Coinbase's page of 2026: a maker buys 0.001 BTC at 10000.00 for a commission of 1.25.

    Its `trade_time` 09:59:59 is the time of the trade; `sequence_timestamp` 09:58:59 is not.
    """
    page = json.loads((samples / "coinbase_docs__list_fills_2026.json").read_text())
    fill = read_fill(page["fills"][0], BITCOIN, 1)
    assert isinstance(fill, Fill)
    assert (fill.symbol, fill.side, fill.quantity, fill.price) == (
        "BTC-USD",
        "buy",
        Decimal("0.001"),
        Decimal(10000),
    )
    assert (fill.fee, fill.fee_currency) == (Decimal("1.25"), "USD")
    assert fill.at == datetime(2021, 5, 31, 9, 59, 59, tzinfo=UTC)
    assert fill.native_id == "22222-2222222-22222222"


def test_a_page_of_another_client_reads_to_the_same_money(samples: Path) -> None:
    """Two fills: 0.005 BTC bought at 45123.45, and 0.0325 ETH sold at 3076.92.

    By hand: 0.005 x 45123.45 = 225.61725 and 0.0325 x 3076.92 = 99.9999, fees 1.14 and 0.50.
    """
    page = json.loads((samples / "nautilus__coinbase__http_fills.json").read_text())
    ether = Product("ETH", "USD", "SPOT", None)
    rows = [
        read_fill(entry, product, line)
        for line, (entry, product) in enumerate(zip(page["fills"], (BITCOIN, ether), strict=True))
    ]
    fills = [row for row in rows if isinstance(row, Fill)]
    assert [fill.quantity * fill.price for fill in fills] == [
        Decimal("225.61725"),
        Decimal("99.9999"),
    ]
    assert [(fill.symbol, fill.side) for fill in fills] == [("BTC-USD", "buy"), ("ETH-USD", "sell")]
    assert sum(fill.fee for fill in fills) == Decimal("1.64")
    assert [fill.at.minute for fill in fills] == [30, 5]


def test_spot_products_name_their_coins_and_step(samples: Path) -> None:
    """BTC-USDC is an alias of BTC-USD at Coinbase; its quote stays USDC, as the trader saw it."""
    listed = json.loads((samples / "nautilus__coinbase__http_products.json").read_text())
    step = Decimal("0.00000001")
    assert [read_product(raw) for raw in listed["products"]] == [
        Product("BTC", "USD", "SPOT", step),
        Product("BTC", "USDC", "SPOT", step),
    ]
    alone = json.loads((samples / "nautilus__coinbase__http_product.json").read_text())
    assert read_product(alone) == BITCOIN


def test_a_future_is_counted_by_its_name_and_not_read_as_a_coin(samples: Path) -> None:
    """`BIP-20DEC30-CDE` has no base currency; taken apart by its dashes it would trade BIP."""
    listed = json.loads((samples / "nautilus__coinbase__http_products_future.json").read_text())
    future = read_product(listed["products"][0])
    assert read(future, product_id="BIP-20DEC30-CDE") == Other("future BIP-20DEC30-CDE", 3)


def test_a_delisted_pair_is_taken_apart_but_a_derivatives_name_is_not() -> None:
    assert filled(None, product_id="ANT-EUR").symbol == "ANT-EUR"
    assert filled(None, product_id="ANT-EUR").fee_currency == "EUR"
    assert read(None, product_id="ADA-PERP-INTX") == Other("unknown product ADA-PERP-INTX", 3)


@pytest.mark.parametrize(
    ("size", "step", "quantity"),
    [
        ("1050.00015", "0.00000001", "0.015"),
        ("100", "0.00000001", "0.00142857"),
        ("70000", "1", "1"),
        ("35000.005", "0.0001", "0.5"),
        ("100", None, "0.001428571224489825"),
    ],
)
def test_a_size_in_money_is_divided_by_the_price(
    size: str, step: str | None, quantity: str
) -> None:
    """At 70000.01: 1050.00015 is 0.015 exactly, and 100 is 0.00142857122448982507…"""
    product = Product("BTC", "USD", "SPOT", Decimal(step) if step else None)
    assert filled(product, size=size, size_in_quote=True).quantity == Decimal(quantity)


def test_halves_of_a_step_go_to_the_even_one() -> None:
    product = Product("BTC", "USD", "SPOT", Decimal(1))
    quantities = [
        filled(product, price="2", size=size, size_in_quote=True).quantity for size in ("5", "7")
    ]
    assert quantities == [Decimal(2), Decimal(4)]


@pytest.mark.parametrize("word", ["true", "false"])
def test_size_in_quote_may_come_as_a_word(word: str) -> None:
    quantity = filled(size="70000.01", size_in_quote=word).quantity
    assert quantity == (1 if word == "true" else Decimal("70000.01"))


@pytest.mark.parametrize("kind", ["REVERSAL", "CORRECTION", "SYNTHETIC", "SOMETHING_NEW"])
def test_only_a_fill_is_a_trade(kind: str) -> None:
    assert read(trade_type=kind) == Other(kind.lower(), 3)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("side", "UNKNOWN_ORDER_SIDE"),
        ("side", None),
        ("trade_type", ""),
        ("price", "0"),
        ("price", "-1"),
        ("price", "NaN"),
        ("price", "Infinity"),
        ("price", "1,5"),
        ("price", True),
        ("price", "1e999999999"),
        ("size", ""),
        ("size", None),
        ("size", {"value": "1"}),
        ("size", "9" * 100),
        ("commission", None),
        ("commission", "free"),
        ("size_in_quote", "yes"),
        ("size_in_quote", None),
        ("trade_time", "2026-03-15"),
        ("trade_time", "2026-03-15T10:00:00"),
        ("trade_time", "2026-02-30T10:00:00Z"),
        ("trade_time", 1773576000),
        ("product_id", ""),
        ("product_id", "BTC-USD\x1b[2J"),
        ("order_id", "o\0"),
        ("order_id", "\u202eo"),
        ("entry_id", "\ud800"),
        ("entry_id", "e" * 201),
    ],
)
def test_an_unreadable_field_skips_the_row_and_is_named(column: str, value: object) -> None:
    row = read(BITCOIN, **{column: value})
    assert isinstance(row, SkippedRow)
    assert (row.line, row.column) == (3, column)
    assert "\x1b" not in row.reason
    assert len(row.reason) < 120


def test_money_too_small_for_one_step_is_skipped_and_not_zero() -> None:
    assert isinstance(read(size="0.0000001", size_in_quote=True), SkippedRow)


def test_a_product_without_a_base_coin_is_skipped() -> None:
    assert isinstance(read(Product("", "USD", "SPOT", None)), SkippedRow)


@pytest.mark.parametrize(
    ("base", "quote"),
    [
        *(("18.00", "USD"), ("BTC", "18"), ("1E5", "USD"), ("B C", "USD"), ("BTC\\N", "USD")),
        *(("BTC", "USD\n0"), ("\u202eBTC", "USD"), ("BTC", "\ud800"), ("USD", "USD"), ("BTC", "")),
    ],
)
def test_a_product_whose_coins_are_none_is_skipped(base: str, quote: str) -> None:
    row = read(Product(base, quote, "SPOT", None))
    assert isinstance(row, SkippedRow)
    assert row.column == "product_id"


def test_a_coin_may_be_a_number_or_of_any_script() -> None:
    assert filled(Product("00", "USD", "SPOT", None)).symbol == "00-USD"
    fill = filled(Product("\u5e01\u5b89", "\uff35SDC", "SPOT", None))
    assert (fill.symbol, fill.fee_currency) == ("\u5e01\u5b89-USDC", "USDC")


def test_a_kind_that_cannot_be_shown_is_made_fit_to_be_shown() -> None:
    row = read(Product("A", "B", "PERP\x1b[2J\0", None))
    assert row == Other("perp\ufffd[2j\ufffd BTC-USD", 3)


def test_an_empty_commission_is_no_fee_and_a_negative_one_a_rebate() -> None:
    assert filled(commission="").fee == 0
    assert filled(commission="-0.05").fee == Decimal("-0.05")


@pytest.mark.parametrize(
    ("text", "at", "nanos"),
    [
        ("2026-03-15T10:00:00Z", "10:00:00.000000", 0),
        ("2026-03-15T10:00:00.1Z", "10:00:00.100000", 0),
        ("2026-03-15T10:00:00.123456Z", "10:00:00.123456", 0),
        ("2026-03-15T10:00:00.999999999Z", "10:00:00.999999", 999),
        ("2026-03-15t11:00:00.000000001+01:00", "10:00:00.000000", 1),
    ],
)
def test_fractions_of_none_to_nine_digits_lose_nothing(text: str, at: str, nanos: int) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert moment.at.strftime("%H:%M:%S.%f") == at
    assert moment.nanos == nanos
    assert moment.at.tzinfo is UTC


def test_a_moment_out_of_the_calendar_is_no_moment() -> None:
    zone = timezone(timedelta(hours=14))
    assert read_moment(datetime(1, 1, 1, tzinfo=zone).isoformat()) is None


def test_fills_of_one_order_that_share_a_trade_id_stay_apart_without_entry_ids() -> None:
    first = native_id({**ENTRY, "entry_id": ""})
    second = native_id({**ENTRY, "entry_id": "", "size": "0.016"})
    again = native_id({**ENTRY, "entry_id": "", "fillSource": "FILL_SOURCE_CLOB"})
    assert first.startswith("t-1")
    assert first != second
    assert first == again
    assert native_id({"entry_id": "", "trade_id": ""}) == ""

"""Whatever Coinbase sends, a row is a fill that can be stored, or is counted, or skipped."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.base import Other
from coach.brokers.bounds import in_range
from coach.brokers.coinbase.adapter import INFO, CoinbaseSource, permissions
from coach.brokers.coinbase.auth import CdpKey
from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.coinbase.reading import read_fill, read_product
from coach.engine.ledger.identity import words_of
from coach.errors import CoachError
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
GOOD = {
    "entry_id": "e",
    "trade_id": "t",
    "order_id": "o",
    "trade_type": "FILL",
    "product_id": "BTC-USD",
    "side": "BUY",
    "price": "4",
    "size": "2",
    "commission": "0",
    "size_in_quote": False,
    "trade_time": "2026-03-01T10:00:00Z",
    "sequence_timestamp": "2026-03-01T10:00:00Z",
}
NASTY: st.SearchStrategy[object] = st.sampled_from(
    [
        *("", "\0", "\ud800", "a\tb", "a\\b", "x" * 100_000, "\u202e", "NaN", "Infinity"),
        *("1e999999999", "-1e999999999", "1e99", "1e-99", "0e-99", "1e24", "1e-30", "9" * 60),
        *("BTC-USD\0", "9999-12-31T23:59:59.999999999-23:59", "0001-01-01T00:00:00+23:59"),
        *(Decimal("1e999999999"), Decimal("NaN"), 10**59, -1, True, None, [], {}, [["x"]]),
    ]
)
FIELDS = st.dictionaries(st.sampled_from(sorted(GOOD)), NASTY, max_size=3)
PRODUCT_FIELDS = st.dictionaries(
    st.sampled_from(["base_currency_id", "quote_currency_id", "product_type", "base_increment"]),
    NASTY,
    max_size=2,
)
PRODUCT = {
    "base_currency_id": "BTC",
    "quote_currency_id": "USD",
    "product_type": "SPOT",
    "base_increment": "0.00000001",
}


@given(changed=FIELDS, product=PRODUCT_FIELDS, in_quote=st.booleans())
def test_an_entry_of_nonsense_is_a_fill_that_fits_or_none(
    changed: dict[str, object], product: dict[str, object], in_quote: bool
) -> None:
    raw = {**GOOD, "size_in_quote": in_quote, **changed}
    row = read_fill(raw, read_product({**PRODUCT, **product}), 1)
    if isinstance(row, Fill):
        assert all(map(in_range, (row.quantity, row.price, row.fee)))
        assert len(words_of(row)) < 400
        assert (row.order_id + row.native_id + row.symbol + row.fee_currency).isprintable()
    elif isinstance(row, Other):
        assert row.kind.isprintable()
        assert len(row.kind) < 200
    else:
        assert isinstance(row, SkippedRow)
        assert len(row.reason) < 200


@pytest.mark.parametrize(
    ("size", "price", "step"),
    [
        ("1e23", "1e-29", "1e-30"),
        ("1e-30", "1e23", "1e-30"),
        ("9", "3", "1e-99"),
        ("9", "3", "1e99"),
    ],
)
def test_a_quantity_worked_out_from_money_is_sane_or_refused(
    size: str, price: str, step: str
) -> None:
    raw: dict[str, object] = {**GOOD, "size": size, "price": price, "size_in_quote": True}
    row = read_fill(raw, read_product({**PRODUCT, "base_increment": step}), 1)
    assert isinstance(row, SkippedRow) or (isinstance(row, Fill) and in_range(row.quantity))


@given(body=st.recursive(NASTY, lambda inner: st.dictionaries(st.text(max_size=9), inner)))
def test_powers_of_nonsense_are_never_a_view_key(key: CdpKey, body: object) -> None:
    said = {"can_view": body, "can_trade": body, "can_transfer": body, "portfolio_uuid": body}
    client = object.__new__(CoinbaseClient)
    client.get = lambda *_: said  # type: ignore[method-assign]
    allowed = permissions(client)
    assert allowed.portfolio.isprintable()
    assert allowed.trade is not False
    assert key is not None


@pytest.mark.parametrize(
    "pages",
    [
        '{"fills": [{"entry_id": 1e9999999999999999999}]}',
        '{"fills": [{"price": 1e999999999, "product_id": "BTC-USD", "trade_type": "FILL"}]}',
        '{"fills": [{"product_id": "\\ud800"}], "cursor": "\\ud800"}',
        '{"fills": [{"product_id": "../../x"}], "cursor": null}',
        '{"fills": {"a": 1}}',
        '{"fills": [5]}',
        "[" * 100_000,
    ],
)
def test_pages_of_nonsense_are_rows_or_a_clear_error(
    client_of: Callable[[Callable[[httpx2.Request], httpx2.Response]], CoinbaseClient], pages: str
) -> None:
    client = client_of(lambda _: httpx2.Response(200, content=pages.encode()))
    rows: list[object] = []
    with suppress(CoachError):
        rows = [*CoinbaseSource(client, INFO, None, NOW).rows()]
    assert all(isinstance(row, SkippedRow | Other) for row in rows)

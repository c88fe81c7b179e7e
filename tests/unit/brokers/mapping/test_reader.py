"""What a row says never depends on the rows before it, though equal cells are read once."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.brokers.base import Row
from coach.brokers.statements.statement import Statement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill
from tests.unit.brokers.mapping.written_cases import written

HEAD = "Time,Symbol,Side,Price,Quantity,Amount,Fee,Realized Profit,Buyer,Maker,Trade ID,Order ID"
SYMBOLS = ("DOTUSD", "DOTUSDT", "1INCHUSDT", "BTCUSDT", "4USDT", "BTCUSDT_260327")
FEES = ("0.1USDT", "0.1 DOT", "0.1TUSD", "0", "0.1BNB", "-0.1USDT", "0.11INCH", "1e-1USDT")
rows_of_cells = st.lists(
    st.tuples(
        st.sampled_from(SYMBOLS),
        st.sampled_from(["BUY", "SELL", "Hold"]),
        st.sampled_from(["10", "10.5", "1,000.5", "0"]),
        st.sampled_from(FEES),
        st.sampled_from(["24-03-05 10:00:00", "24-03-05 25:00:00", "24-03-06 10:00:00.25"]),
    ),
    min_size=1,
    max_size=6,
)


def line(cells: tuple[str, ...]) -> str:
    symbol, side, price, fee, time = cells
    return f'{time},{symbol},{side},"{price}",2,,{fee},0,true,false,1,1'


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(made=rows_of_cells)
def test_a_row_reads_alone_as_it_does_among_others(
    opened: Callable[..., Statement], made: list[tuple[str, ...]]
) -> None:
    together = list(opened("\n".join([HEAD, *map(line, made)]), zone="UTC").rows())
    alone: list[Row] = []
    for cells in made:
        alone += opened(f"{HEAD}\n{line(cells)}", zone="UTC").rows()
    assert list(map(said, together)) == list(map(said, alone))


def said(row: Row) -> tuple[str, str]:
    return written(row), row.reason if isinstance(row, SkippedRow) else ""


def test_a_number_that_ends_like_a_coin_of_digits_is_not_cut(
    opened: Callable[..., Statement],
) -> None:
    """`54` of the coin `4` is fifty-four; exports that put a coin behind leave a blank."""
    (fill,) = opened(f"{HEAD}\n24-03-05 10:00:00,4USDT,BUY,10,54,540,0,0,,,1,1", zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert str(fill.quantity) == "54"


@pytest.mark.parametrize("quantity", ["2 USDT", "$2", "2BTC", "2 EUR", "-2 USDT"])
def test_a_quantity_of_money_or_of_another_coin_is_refused(
    opened: Callable[..., Statement], quantity: str
) -> None:
    text = f"{HEAD}\n24-03-05 10:00:00,DOTUSDT,BUY,10,{quantity},20,0,0,,,1,1"
    (row,) = opened(text, zone="UTC").rows()
    assert isinstance(row, SkippedRow)
    assert f"expected a quantity of DOT, found '{quantity}'" in row.reason


@pytest.mark.parametrize("quantity", ["2DOT", "2 DOT", "2 contracts", "2"])
def test_a_quantity_may_name_its_own_coin_or_a_unit(
    opened: Callable[..., Statement], quantity: str
) -> None:
    text = f"{HEAD}\n24-03-05 10:00:00,DOTUSDT,BUY,10,{quantity},20,0,0,,,1,1"
    (fill,) = opened(text, zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert str(fill.quantity) == "2"


@pytest.mark.parametrize("price", ["10 BTC", "10 DOT", "10 EUR", "\u20ac10"])
def test_a_price_in_another_coin_is_refused(opened: Callable[..., Statement], price: str) -> None:
    text = f"{HEAD}\n24-03-05 10:00:00,DOTUSDT,BUY,{price},2,20,0,0,,,1,1"
    (row,) = opened(text, zone="UTC").rows()
    assert isinstance(row, SkippedRow)
    assert f"expected a price in USDT, found '{price}'" in row.reason


@pytest.mark.parametrize("price", ["10 USDT", "$10", "10 USD", "10"])
def test_a_dollar_is_the_money_that_the_pair_names(
    opened: Callable[..., Statement], price: str
) -> None:
    text = f"{HEAD}\n24-03-05 10:00:00,DOTUSDT,BUY,{price},2,20,0,0,,,1,1"
    (fill,) = opened(text, zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert (str(fill.price), fill.symbol) == ("10", "DOT-USDT")

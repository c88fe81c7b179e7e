"""A table of the same fills, written in any way, maps back to the same fills."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.brokers.statements import open_statement
from coach.brokers.statements.clocks import find_zone
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.model.fills import Fill

HEADERS = {
    "time": ("When", "Executed At", "Datum", "Trade Time"),
    "symbol": ("Market", "What", "Pair", "Instrument"),
    "side": ("B/S", "Direction", "Seite", "Kind of trade"),
    "quantity": ("Size", "Stück", "Filled", "Qty."),
    "price": ("Rate", "Kurs", "Avg Price", "At"),
    "fee": ("Costs", "Gebühr", "Comm", "Charge"),
    "total": ("Sum", "Gesamt", "Net", "Money"),
}
DATES = {
    "ymd": ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%H:%M:%S %Y-%m-%d", "%Y%m%d;%H%M%S"),
    "dmy": ("%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d-%m-%y %H:%M:%S"),
    "mdy": ("%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m-%d-%Y, %H:%M:%S"),
}
SIDES = {"buy": ("buy", "BOT", "B", "Kauf"), "sell": ("sell", "SLD", "S", "Verkauf")}
ZONES = ("UTC", "UTC+8", "America/New_York", "Europe/Berlin")
FIRST = datetime(2024, 1, 16, 12, tzinfo=UTC)

figures = st.integers(1, 10**7).map(lambda whole: Decimal(whole) / 10000)
trades = st.lists(
    st.tuples(st.integers(0, 10**5), st.sampled_from(["buy", "sell"]), figures, figures),
    min_size=1,
    max_size=5,
)


def number(value: Decimal, comma: str) -> str:
    return format(value, "f").replace(".", comma)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data(), made=trades)
def test_a_table_rewritten_in_any_way_maps_back(
    data: st.DataObject, made: list[tuple[int, str, Decimal, Decimal]], tmp_path: Path
) -> None:
    """Other headers, orders of columns, decimal marks, forms of dates and zones."""
    names = {field: data.draw(st.sampled_from(words)) for field, words in HEADERS.items()}
    order = data.draw(st.permutations(list(names)))
    comma = data.draw(st.sampled_from([".", ","]))
    zone = find_zone(data.draw(st.sampled_from(ZONES)))
    day_order = data.draw(st.sampled_from(list(DATES)))
    form = data.draw(st.sampled_from(DATES[day_order]))
    words = {side: data.draw(st.sampled_from(spelt)) for side, spelt in SIDES.items()}
    credit = data.draw(st.booleans())
    lines = []
    for minutes, side, quantity, price in made:
        value, fee = quantity * price, quantity * price / 1000
        moved = value + fee if side == "buy" else value - fee
        cells = {
            "time": (FIRST + timedelta(minutes=minutes)).astimezone(zone).strftime(form),
            "symbol": "BTC/EUR",
            "side": words[side],
            "quantity": number(quantity, comma),
            "price": number(price, comma),
            "fee": number(-fee if credit else fee, comma),
            "total": number(moved, comma),
        }
        lines.append(";".join(f'"{cells[field]}"' for field in order))
    path = tmp_path / "table.csv"
    path.write_text("\n".join([";".join(names[field] for field in order), *lines]), "utf-8")
    choice = MappingChoice(names, {"date_order": day_order, "decimal": comma})
    found = list(open_statement(path, zone=zone, choice=choice).rows())
    assert [type(row) for row in found] == [Fill] * len(made)
    for row, (minutes, side, quantity, price) in zip(found, made, strict=True):
        assert isinstance(row, Fill)
        assert (row.symbol, row.side, row.quantity) == ("BTC-EUR", side, quantity)
        assert (row.price, row.fee) == (price, quantity * price / 1000)
        assert row.at == FIRST + timedelta(minutes=minutes)


def test_a_day_in_new_york_has_its_own_midnight() -> None:
    """The zones of the table above are not one clock."""
    assert FIRST.astimezone(ZoneInfo("America/New_York")).hour == 7

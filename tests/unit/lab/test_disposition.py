"""Files of orders and prices: what is read, what is refused, what is told of it."""

import gzip
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.api.lab.disposition import Disposition, Request, disposition, methods_of
from coach.errors import NotFound, UsageError

ORDERS = """\
investor,type,asset,quantity,price,datetime
me,B,ABC,10,100,2026-03-02 10:00:00
me,B,XYZ,5,20,2026-03-02 11:00:00
me,S,ABC,4,110,2026-03-03 10:00:00
"""
PRICES = """\
asset,datetime,price
ABC,2026-03-02 11:00:00,101
XYZ,2026-03-03 10:00:00,19
"""
Run = Callable[..., tuple[list[Disposition], list[str]]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("sheets")

    def compute(
        orders: str = ORDERS, prices: str = PRICES, request: Request | None = None
    ) -> tuple[list[Disposition], list[str]]:
        transactions, market = folder / "mine.csv", folder / "prices.csv"
        transactions.write_text(orders)
        market.write_text(prices)
        return disposition(transactions, market, request or Request())

    return compute


def counts(row: Mapping[str, object]) -> list[object]:
    return [row[f"{kind}_count"] for kind in ("RG", "RL", "PG", "PL")]


def test_a_file_is_worked_out(run: Run) -> None:
    [one], warnings = run()
    assert warnings == []
    assert {row["asset"]: counts(row) for row in one.by_asset} == {
        "ABC": [1, 0, 2, 0],
        "XYZ": [0, 0, 0, 1],
    }
    assert one.pooled["DE"] == pytest.approx(1 / 3)
    assert one.odean["RG"] == one.odean["PL"] == 1
    assert one.summary["Mean"]["DE_count"] == pytest.approx(1 / 6)


def test_only_what_was_asked_for_is_told(run: Run) -> None:
    [one], _ = run(request=Request(methods_of("duration, Count")))
    assert {"DE_count", "DD_duration"} <= set(one.by_asset[0])
    assert not {"DE_total", "RG_value"} & set(one.by_asset[0])
    assert one.time_series == one.portfolio_driven == []


def test_all_are_all_four_methods() -> None:
    assert methods_of("all") == ("count", "total", "value", "duration")


def test_a_method_that_is_none_is_refused() -> None:
    with pytest.raises(UsageError, match="not 'size'"):
        methods_of("count,size")


def test_columns_stand_in_any_order_beside_others(run: Run) -> None:
    orders = """\
\ufeffDatetime,Note,Price,Quantity,Asset,Type,Investor
2026-03-02T10:00:00Z,,100,10,ABC,b,me

2026-03-03T12:00:00+01:00,"a, b",110,10,ABC,s,me
"""
    [one], _ = run(orders)
    assert counts(one.by_asset[0]) == [1, 0, 0, 0]
    assert one.by_asset[0]["RG_duration"] == 15


def test_a_zipped_file_reads_like_the_plain_one(run: Run, tmp_path: Path) -> None:
    for name, text in (("t.csv", ORDERS), ("p.csv.gz", PRICES)):
        (tmp_path / name).write_bytes(gzip.compress(text.encode()))
    assert disposition(tmp_path / "t.csv", tmp_path / "p.csv.gz", Request()) == run()


def test_orders_out_of_order_are_sorted_and_told(run: Run) -> None:
    header, first, *rest = ORDERS.splitlines(keepends=True)
    found, warnings = run("".join([header, *rest, first]))
    assert found == run()[0]
    back = "mine.csv line 4: earlier than the row before it of investor me"
    assert warnings == [f"{back}; the orders were sorted by time"]


def test_a_missing_price_leaves_the_position_out_and_is_told(run: Run) -> None:
    prices = PRICES.replace("XYZ,2026-03-03 10:00:00,19", "XYZ,2026-03-03 10:00:00,NA")
    [one], warnings = run(prices=prices)
    assert counts(one.by_asset[1]) == [None] * 4
    assert one.by_asset[1]["DE_count"] is None
    assert one.odean["unpriced"] == 1
    assert warnings == [
        "prices.csv: left out 1 row without a price, first line 3",
        "investor me: 1 position left out, no price in prices.csv at the order's very time (XYZ 1)",
    ]


def test_a_file_of_prices_may_be_empty(run: Run) -> None:
    [one], warnings = run(prices="asset,datetime,price\n")
    assert counts(one.by_asset[0]) == [1, 0, 1, 0]
    assert "2 positions left out, no price in prices.csv" in warnings[0]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("me,X,ABC,1,1,2026-03-02", "line 2, type: 'X' is neither B nor S"),
        ("me,,ABC,1,1,2026-03-02", "line 2, type: '' is neither B nor S"),
        (",B,ABC,1,1,2026-03-02", "line 2, investor: it is empty"),
        ("me,B, ,1,1,2026-03-02", "line 2, asset: it is empty"),
        ("me,B,ABC,ten,1,2026-03-02", "line 2, quantity: invalid number 'ten'"),
        ("me,B,ABC,-1,1,2026-03-02", "line 2, quantity: -1 is below zero"),
        ("me,B,ABC,inf,1,2026-03-02", "line 2, quantity: invalid number 'inf'"),
        ("me,B,ABC,1,,2026-03-02", "line 2, price: it is empty"),
        ("me,B,ABC,1,nan,2026-03-02", "line 2, price: invalid number 'nan'"),
        ("me,B,ABC,1,1,yesterday", "line 2, datetime: invalid time 'yesterday'"),
        ("me,B,ABC,1,1,", "line 2, datetime: it is empty"),
        ("me,B,ABC,1,1", "line 2: 5 cells, not 6"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(run: Run, cells: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        run(f"{ORDERS.splitlines()[0]}\n{cells}\n")
    assert str(refused.value) == f"mine.csv {told}"
    assert refused.value.hint


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("ABC,2026-03-02,x", "line 4, price: invalid number 'x'"),
        ("ABC,2026-03-02,inf", "line 4, price: invalid number 'inf'"),
        ("ABC,02.03.2026,1", "line 4, datetime: invalid time '02.03.2026'"),
    ],
)
def test_a_price_that_cannot_be_read_is_named(run: Run, row: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        run(prices=f"{PRICES}{row}\n")
    assert str(refused.value) == f"prices.csv {told}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "mine.csv is empty"),
        ("\n\n", "mine.csv is empty"),
        (ORDERS.splitlines()[0], "mine.csv has a header and no rows"),
        (
            "investor,type,asset,qty,price,date\n",
            "mine.csv has no column quantity and no column datetime",
        ),
    ],
)
def test_a_file_without_orders_is_refused(run: Run, text: str, told: str) -> None:
    with pytest.raises(UsageError) as refused:
        run(text)
    assert str(refused.value) == told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a\xff,b", "t.csv is no UTF-8 text"),
        (b"\x1f\x8b\x08 no gzip", "t.csv cannot be read: "),
        (gzip.compress(ORDERS.encode(), mtime=0)[:-12], "t.csv cannot be read: "),
        (b'investor,type,"' + b"x" * 200_000, "t.csv cannot be read: a line is longer"),
    ],
)
def test_a_file_that_is_something_else_is_refused(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(UsageError) as refused:
        disposition(tmp_path / "t.csv", tmp_path / "t.csv", Request())
    assert str(refused.value).startswith(told)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        disposition(tmp_path / "no.csv", tmp_path / "no.csv", Request())


def test_an_asset_nobody_traded_has_no_series(run: Run) -> None:
    with pytest.raises(NotFound) as refused:
        run(request=Request(time_series=True, assets=("NONE",)))
    assert refused.value.hint == "mine.csv trades ABC, XYZ"


def test_an_asset_somebody_else_traded_is_empty(run: Run) -> None:
    orders = f"{ORDERS}you,B,OWN,1,1,2026-03-02\n"
    found, _ = run(orders, request=Request(time_series=True, assets=("OWN",)))
    assert {row["OWN_DETs_count"] for row in found[0].time_series} == {None}


ROW = st.tuples(
    st.sampled_from(["me", "you"]),
    st.sampled_from("BS"),
    st.sampled_from(["ABC", "XYZ"]),
    st.integers(0, 5),
    st.integers(1, 9),
)


@given(rows=st.lists(ROW, min_size=1, max_size=20))
def test_several_investors_in_a_file_are_each_their_own(
    run: Run, rows: list[tuple[str, str, str, int, int]]
) -> None:
    header = ORDERS.splitlines()[0]
    lines = [
        f"{who},{side},{asset},{n},{paid},2026-03-02T{at:02}:00"
        for at, (who, side, asset, n, paid) in enumerate(rows)
    ]
    prices = "asset,datetime,price\n" + "".join(
        f"{asset},2026-03-02T{hour:02}:00,{5 + hour % 3}\n"
        for asset in ("ABC", "XYZ")
        for hour in range(20)
    )
    together, _ = run("\n".join([header, *lines]), prices)
    apart = [
        run("\n".join([header, *(line for line in lines if line.startswith(who))]), prices)[0][0]
        for who in dict.fromkeys(row[0] for row in rows)
    ]
    assert together == apart

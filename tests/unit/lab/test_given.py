"""Files of an evaluation: what is read, what is refused and where, what is told."""

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.lab_files.table import read_time
from coach.engine.lab_files.traders import Files, read
from coach.errors import UsageError

HEAD = "trader,trade_id,time,symbol,side,qty,price,fee\n"
LINE = "t1,a,2026-04-01T09:00:00Z,BTC-USD,buy,1,100,0.1\n"


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = Files(*(tmp_path / f"{name}.csv" for name in ("fills", "labels", "traders", "candles")))
    assert files.labels
    assert files.traders
    assert files.candles
    files.fills.write_text(HEAD + LINE)
    files.labels.write_text("trader,trade_id,bias\nt1,a,revenge\n")
    files.traders.write_text(
        "trader,archetype,bias,intensity,utc_offset_h,start_equity\nt1,noise,revenge,0.3,-3.5,2e4\n"
    )
    files.candles.write_text(
        "time,symbol,open,high,low,close,volume\n2026-04-01T09:00:00Z,BTC-USD,1,2,1,2,5\n"
    )
    return files


@pytest.mark.parametrize(
    "text",
    [
        "2026-04-01T09:00:00Z",
        "2026-04-01 09:00:00",
        "2026-04-01T11:00:00.000+02:00",
        "1775034000",
        "1775034000000",
        "1775034000000000",
        "1775034000.0",
    ],
)
def test_a_time_is_read_as_it_is_written(text: str) -> None:
    assert read_time(text) == 1_775_034_000_000_000


@pytest.mark.parametrize("text", ["", "soon", "-5", "2026-13-01", "1e3", "99999999999999999999"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(it is|invalid time)"):
        read_time(text)


def test_everything_is_read(files: Files) -> None:
    given, odd = read(files)
    assert odd == ()
    assert given.fills["t1"][0].quantity == Decimal(1)
    profile, case = given.profiles["t1"], given.cases["t1"]
    assert (profile.offset_minutes, profile.equity) == (-210, 20_000.0)
    assert case.truth is not None
    assert dict(case.truth.biases) == {"revenge": 0.3}
    assert case.labels is not None
    assert [label.bias for label in case.labels] == ["revenge"]
    assert given.market.of("BTC-USD") is not None


def test_only_the_fills_must_be_there(files: Files) -> None:
    given, odd = read(Files(files.fills))
    assert (given.cases["t1"].truth, given.cases["t1"].labels, odd) == (None, None, ())


def test_columns_stand_in_any_order_among_others_and_packed(files: Files) -> None:
    text = (
        "\ufeffnote,Price,qty,side,symbol,time,trade_id,trader\n"
        "x,100,1,BUY,BTCUSDT,1775034000,a,t1\n\n"
    )
    files.fills.write_bytes(gzip.compress(text.encode()))
    given, _ = read(Files(files.fills))
    found = given.fills["t1"][0]
    assert (found.side, found.symbol) == ("buy", "BTCUSDT")
    assert (found.price, found.fee) == (Decimal(100), Decimal(0))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (",1,100,", ",0,100,", r"fills.csv line 2, qty: it is not above zero: '0'"),
        (",1,100,", ",1,1OO,", r"fills.csv line 2, price: '1OO' cannot be read"),
        (",1,100,", ",nan,100,", r"fills.csv line 2, qty: 'nan' cannot be read"),
        (",1,100,", ",1,1e999,", r"fills.csv line 2, price: it is not above zero"),
        ("buy", "hold", r"fills.csv line 2, side: it is neither buy nor sell: 'hold'"),
        ("2026-04-01T", "2026-04-31T", r"fills.csv line 2, time: invalid time"),
        ("BTC-USD", "", r"fills.csv line 2, symbol: it is empty"),
        ("t1,", ",", r"fills.csv line 2, trader: it is empty"),
        (",0.1", ",1e99", r"fills.csv line 2, fee: it is too large"),
        (",1,100,0.1", "", r"fills.csv line 2: 5 cells are too few"),
        ("qty,", "much,", r"fills.csv has no column qty"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(
    files: Files, old: str, new: str, told: str
) -> None:
    files.fills.write_text((HEAD + LINE).replace(old, new))
    with pytest.raises(UsageError, match=told):
        read(Files(files.fills))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "fills.csv is empty"),
        (b"\xff\xfe\x00", "no UTF-8"),
        (gzip.compress((HEAD + LINE).encode(), mtime=0)[:-9], "cannot be read"),
    ],
)
def test_what_is_no_file_of_fills_is_refused(files: Files, content: bytes, told: str) -> None:
    files.fills.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        read(Files(files.fills))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no such file"):
        read(Files(tmp_path / "none.csv"))


def test_other_names_of_habits_are_told(files: Files) -> None:
    assert files.labels
    files.labels.write_text("trader,trade_id,bias\nt1,a,avgdown+astrology\nt1,a,none\n")
    given, odd = read(files)
    labels = given.cases["t1"].labels
    assert labels is not None
    assert [label.bias for label in labels] == ["averaging_down", "astrology"]
    assert any("avgdown as averaging_down" in one for one in odd)
    assert any("no such bias" in one and "astrology (1)" in one for one in odd)


@pytest.mark.parametrize(
    ("cells", "biases"),
    [
        ("noise,,,,", {}),
        ("noise,none,0,,", {}),
        ("noise,revenge,,,", {"revenge": 1.0}),
        ("noise,revenge+fomo,0.3+0.6,,", {"revenge": 0.3, "fomo": 0.6}),
        ("noise,revenge;panic,0.3,,", {"revenge": 0.3, "panic_selling": 0.3}),
        ('noise,"revenge,fomo","0.3,0",,', {"revenge": 0.3}),
    ],
)
def test_habits_and_intensities_are_paired(
    files: Files, cells: str, biases: dict[str, float]
) -> None:
    assert files.traders
    head = "trader,archetype,bias,intensity,utc_offset_h,start_equity\n"
    files.traders.write_text(f"{head}t1,{cells}\n")
    truth = read(files)[0].cases["t1"].truth
    assert truth is not None
    assert dict(truth.biases) == biases


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("noise,revenge+fomo+fatigue,1+1,,", "2 intensities for 3 biases"),
        ("noise,revenge,much,,", "intensity: 'much' cannot be read"),
        ("noise,,,99,", "utc_offset_h: invalid offset"),
        ("noise,,,,-5", "start_equity: it is not above zero"),
        ("noise,,,,\nt1,scalper,,,,", "line 3, trader: 't1' stands here a second time"),
    ],
)
def test_a_trader_that_makes_no_sense_is_refused(files: Files, cells: str, told: str) -> None:
    assert files.traders
    head = "trader,archetype,bias,intensity,utc_offset_h,start_equity\n"
    files.traders.write_text(f"{head}t1,{cells}\n")
    with pytest.raises(UsageError, match=told):
        read(files)


def test_files_that_do_not_agree_are_told(files: Files) -> None:
    assert files.traders
    assert files.labels
    files.traders.write_text("trader,bias\nt2,\n")
    files.labels.write_text("trader,trade_id,bias\nt3,a,fomo\n")
    given, odd = read(files)
    assert sorted(given.profiles) == ["t1", "t2"]
    assert [one.split(":")[0] for one in odd] == [
        "traders without fills",
        "traders without truth",
        "labels of traders without fills",
    ]


def test_candles_that_lie_are_left_out_and_told(files: Files) -> None:
    assert files.candles
    rows = [f"{1_775_000_000 + 900 * bar},BTC-USD,10,11,9,10,1" for bar in (0, 1, 2, 3, 6)]
    rows += [rows[0], "1775900000,BTC-USD,10,9,11,10,1", "1775900900,BTC-USD,,11,9,10,1"]
    files.candles.write_text("time,symbol,open,high,low,close,volume\n" + "\n".join(rows) + "\n")
    given, odd = read(files)
    bars = given.market.of("BTC-USD")
    assert bars is not None
    assert len(bars) == 5
    told = "bars that cannot be: 2, bars told twice: 1 (left out), gaps: 1"
    assert odd == (f"candles.csv: BTC-USD: {told}",)


def test_a_candle_that_is_no_number_is_refused(files: Files) -> None:
    assert files.candles
    files.candles.write_text("time,symbol,open,high,low,close\n1775000000,BTC-USD,1,2,x,1\n")
    with pytest.raises(UsageError, match=r"candles.csv line 2, low: 'x' cannot be read"):
        read(files)


def test_kinds_biases_and_ways_that_nobody_has_heard_of_are_read(files: Files) -> None:
    assert files.traders
    files.traders.write_text(
        "trader,archetype,bias,intensity,way\nt1,moon_trader,astrology,2,by moon\n"
    )
    given, odd = read(files)
    assert given.cases["t1"].truth == ("moon_trader", {"astrology": 2.0}, "by moon")
    assert any("no such bias" in one for one in odd)

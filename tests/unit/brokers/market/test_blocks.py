"""Rows that are read together say what they say when each is read alone."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.market.base import number, numbers
from coach.brokers.market.check import check
from coach.brokers.market.files import CandleFile, FileWeek
from coach.brokers.statements.records import Dialect, plain_rows, records
from coach.model.candles import MINUTE, Candle
from coach.model.times import MINUTE_US

HEADER = "time,symbol,open,high,low,close,volume,note"
FIGURES = st.sampled_from(
    ["10", "11.50", "9.0", "1e1", " 10 ", "-0", "0", "NaN", "1_0", "٣", "x", "", "1e-30", "9" * 80]
)
SANE = st.sampled_from(["10,12,9,11,3", "10.10,12.00,9,10.1,0", "10,10,10,10,1.500"])
PRICES = SANE | st.lists(FIGURES, min_size=5, max_size=5).map(",".join)
TIMES = st.integers(0, 30).map(lambda minute: str(1_772_625_600 + 60 * minute))
SYMBOLS = st.sampled_from(["BTC-USD", "btc/usd", "ETH-USD", "?", ""])
ROWS = st.one_of(
    st.builds("{},{},{},n".format, TIMES, SYMBOLS, PRICES),
    st.sampled_from(
        ["", ",,,,,,,", "yesterday,BTC-USD,1,1,1,1,1,n", "too,short", "a" * 9 + "," * 9]
    ),
)
Found = tuple[object, object, object, object, list[FileWeek]]


def found(folder: Path, rows: Sequence[str]) -> Found:
    """Return all that a file of these rows says."""
    file = folder / "candles.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n")
    survey = CandleFile(file).survey()
    weeks = list(CandleFile.weeks(survey))
    skipped = survey.skipped
    return survey.series, survey.refused, skipped.count, skipped.rows, weeks


@given(st.lists(ROWS, max_size=40))
def test_a_quote_that_has_rows_read_one_by_one_changes_nothing(rows: list[str]) -> None:
    """The first row of one file has a quoted note, and nothing else differs."""
    first = "1772625540,BTC-USD,10,12,9,11,3,{}"
    with TemporaryDirectory() as name:
        together = found(Path(name), [first.format("note"), *rows])
        alone = found(Path(name), [first.format('"note"'), *rows])
    assert together == alone


@given(st.lists(st.text("01.eE-+ _xN٣\t", max_size=6) | FIGURES, max_size=6))
def test_a_column_of_numbers_holds_the_number_of_each_text(texts: list[str]) -> None:
    assert list(map(str, numbers(texts))) == [str(number(text)) for text in texts]


@given(st.lists(st.text('ab,"; \n', max_size=12), min_size=1, max_size=5), st.integers(1, 3))
def test_lines_that_are_plain_rows_are_the_same_records(lines: list[str], width: int) -> None:
    whole = [f"{line.replace(chr(10), '')}\n" for line in lines]
    rows = plain_rows(whole, Dialect(","), width)
    one_by_one = list(records(whole, Dialect(","), width, 2))
    assert rows is None or one_by_one == [(2 + at, [*row, ""]) for at, row in enumerate(rows)]


@given(st.lists(st.integers(1, 40), unique=True))
def test_bars_in_order_are_judged_like_the_same_bars_in_any_order(minutes: list[int]) -> None:
    """Prices run from 1 to 40, so that some bars open far from the close before them."""
    candles = [
        Candle._make((minute * MINUTE_US, *[Decimal(minute)] * 4, Decimal(1))) for minute in minutes
    ]
    ordered, faults = check(sorted(candles), MINUTE)
    mixed, others = check(candles, MINUTE)
    assert ordered == mixed
    assert (faults.missing, faults.jumps, faults.dropped) == (others.missing, others.jumps, ())

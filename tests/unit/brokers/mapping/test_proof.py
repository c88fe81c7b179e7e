"""What a file leaves open is asked; what does not fit is refused; nothing is guessed."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from coach.brokers.base import Row
from coach.brokers.statements.mapping.choice import MappingChoice
from coach.brokers.statements.mapping.questions import UnansweredMapping, UnmappedStatement
from coach.brokers.statements.statement import Statement
from coach.errors import Invalid, MalformedFile, NotAStatement
from coach.model.accounts import SkippedRow
from coach.model.fills import Fill

Opened = Callable[..., Statement]
Rows = Callable[..., list[Row]]

COLUMNS = {"timestamp": "When", "symbol": "What", "side": "Way", "quantity": "N", "price": "At"}
HEAD = "When,What,Way,N,At"


def choice(**answers: str) -> MappingChoice:
    return MappingChoice(COLUMNS, answers, name="mine")


def asked(opened: Opened, text: str, **answers: str) -> list[str]:
    with pytest.raises(UnansweredMapping) as refusal:
        opened(text, choice(**answers), zone="UTC")
    return [question.kind for question in refusal.value.questions]


def test_a_day_and_a_month_that_could_change_places_are_asked(opened: Opened) -> None:
    text = f"{HEAD}\n01/02/2024 10:00,BTC/EUR,buy,1,100\n03/04/2024 10:00,BTC/EUR,sell,1,100\n"
    assert asked(opened, text) == ["date_order"]
    (first, _) = list(opened(text, choice(date_order="dmy"), zone="UTC").rows())
    assert isinstance(first, Fill)
    assert (first.at.day, first.at.month) == (1, 2)


def test_one_date_above_twelve_decides_for_the_file(rows: Rows) -> None:
    text = f"{HEAD}\n01/02/2024 10:00,BTC/EUR,buy,1,100\n13/04/2024 10:00,BTC/EUR,sell,1,100\n"
    found = rows(text, choice(), zone="UTC")
    assert [(row.at.month, row.at.day) for row in found if isinstance(row, Fill)] == [
        (2, 1),
        (4, 13),
    ]


def test_dates_of_two_forms_refuse_the_file(opened: Opened) -> None:
    text = f"{HEAD}\n13/04/2024 10:00,BTC/EUR,buy,1,100\n04/14/2024 10:00,BTC/EUR,sell,1,100\n"
    with pytest.raises(NotAStatement, match="no one form of date fits all rows"):
        opened(text, choice(), zone="UTC")


def test_a_column_of_no_dates_refuses_the_file(opened: Opened) -> None:
    with pytest.raises(NotAStatement, match="'apple' is no date"):
        opened(f"{HEAD}\napple,BTC/EUR,buy,1,100\n", choice(), zone="UTC")


def test_an_offset_that_no_clock_has_is_no_time(rows: Rows) -> None:
    text = (
        f"{HEAD}\n2024-02-13 10:00:00+99:99,BTC/EUR,buy,1,100\n"
        "2024-02-13 10:00:00+01:00,BTC/EUR,buy,1,100\n"
    )
    skipped, fill = rows(text, choice())
    assert isinstance(skipped, SkippedRow)
    assert "a time with the year first" in skipped.reason
    assert isinstance(fill, Fill)


def test_a_number_that_can_be_two_is_asked(opened: Opened) -> None:
    text = f'{HEAD}\n2024-02-13 10:00,BTC/EUR,buy,"1,234",100\n'
    assert asked(opened, text) == ["decimal"]


def test_a_total_decides_what_a_comma_means(opened: Opened) -> None:
    text = (
        "When,What,Way,N,At,Sum\n"
        '2024-02-13 10:00,BTC/EUR,buy,"1,234",100,123400\n'
        '2024-02-13 11:00,BTC/EUR,buy,"2,345",100,234500\n'
    )
    statement = opened(text, MappingChoice({**COLUMNS, "total": "Sum"}), zone="UTC")
    found = [row.quantity for row in statement.rows() if isinstance(row, Fill)]
    assert found == [Decimal(1234), Decimal(2345)]


def test_a_share_needs_the_currency_of_its_price(opened: Opened) -> None:
    text = f"{HEAD}\n2024-02-13 10:00,AAPL,buy,1,100\n"
    assert asked(opened, text) == ["quote"]
    (fill,) = opened(text, choice(quote="USD"), zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert fill.symbol == "AAPL-USD"


def test_a_word_that_names_a_position_is_asked(opened: Opened) -> None:
    text = f"{HEAD}\n2024-02-13 10:00,BTC/EUR,long,1,100\n"
    assert asked(opened, text) == ["side_words"]


def test_the_usual_words_hold_beside_one_that_was_answered(opened: Opened) -> None:
    text = f"{HEAD}\n2024-02-13 10:00,BTC/EUR,buy,1,100\n2024-02-13 11:00,BTC/EUR,long,1,100\n"
    assert asked(opened, text) == ["side_words"]
    said = MappingChoice(COLUMNS, {"side_words:long": "sell"})
    rows = [row for row in opened(text, said, zone="UTC").rows() if isinstance(row, Fill)]
    assert [row.side for row in rows] == ["buy", "sell"]


def test_a_total_with_the_fee_is_told_by_the_one_row_whose_fee_is_seen(opened: Opened) -> None:
    tiny = "2024-02-13 10:00,BTC/EUR,buy,0.001,0.01,0.00001,0.00000001\n"
    text = f"{HEAD},Sum,Cost\n{4 * tiny}2024-02-13 11:00,BTC/EUR,buy,1,100,101,1\n"
    choice_of_total = MappingChoice({**COLUMNS, "total": "Sum", "fee": "Cost"})
    rows = list(opened(text, choice_of_total, zone="UTC").rows())
    assert [type(row) for row in rows] == [Fill] * 5


def test_a_future_of_an_unknown_root_needs_its_size(opened: Opened) -> None:
    text = f"{HEAD}\n2024-02-13 10:00,QXZ5,buy,2,100\n"
    assert asked(opened, text, quote="USD") == ["contract_size"]
    answers = {"quote": "USD", "contract_size:QX": "25"}
    statement = opened(text, MappingChoice(COLUMNS, answers), zone="UTC")
    (fill,) = statement.rows()
    assert isinstance(fill, Fill)
    assert fill.quantity == 50
    assert dict(statement.contract_sizes()) == {"QXZ5-USD": Decimal(25)}
    assert statement.warnings() == (
        "QXZ5-USD: a contract is 25 of what it is about, and quantities count those",
    )


def test_columns_that_contradict_each_other_refuse_the_file(opened: Opened) -> None:
    """A layout that is known, whose totals are something else."""
    head = "Pairs,Time,Side,Filled Price,Executed Amount,Total,Fee,Role"
    body = [f"AAA_EUR,2024-02-13 10:{minute},buy,7,2,900,0,Taker" for minute in range(10, 20)]
    with pytest.raises(NotAStatement, match="does not give the total in 10 of 10 rows"):
        opened("\n".join([head, *body]), zone="UTC")


def test_an_unknown_file_is_refused_with_what_coach_proposes(opened: Opened) -> None:
    text = "Executed At,Ticker,B/S,Qty,Avg Price\n2024-02-13 10:00,AAPL,B,1,100\n"
    with pytest.raises(UnmappedStatement) as refusal:
        opened(text)
    assert refusal.value.columns == {
        "time": "Executed At",
        "symbol": "Ticker",
        "side": "B/S",
        "quantity": "Qty",
        "price": "Avg Price",
    }
    assert "AAPL" not in str(refusal.value)


def test_a_kept_mapping_stops_at_a_header_that_drifted(opened: Opened) -> None:
    first = opened(f"{HEAD}\n2024-02-13 10:00,BTC/EUR,buy,1,100\n", choice(), zone="UTC")
    assert first.mapping is not None
    kept = MappingChoice(remembered=[first.mapping])
    again = opened("Way,When,What,N,At\nsell,2024-02-14 10:00,BTC/EUR,1,100\n", kept, zone="UTC")
    assert again.info.name == "mine"
    with pytest.raises(NotAStatement, match="the columns of the mapping mine with 'venue'"):
        opened(f"{HEAD},Venue\n2024-02-13 10:00,BTC/EUR,buy,1,100,X\n", kept, zone="UTC")
    with pytest.raises(NotAStatement, match="without 'at' and with 'rate'"):
        opened("When,What,Way,N,Rate\n2024-02-13 10:00,BTC/EUR,buy,1,100\n", kept, zone="UTC")


def test_an_order_that_one_file_showed_is_asked_of_the_next(opened: Opened) -> None:
    first = opened(f"{HEAD}\n13/04/2024 10:00,BTC/EUR,buy,1,100\n", choice(), zone="UTC")
    assert first.mapping is not None
    kept = MappingChoice(remembered=[first.mapping])
    with pytest.raises(UnansweredMapping):
        opened(f"{HEAD}\n01/04/2024 10:00,BTC/EUR,buy,1,100\n", kept, zone="UTC")
    said = opened(
        f"{HEAD}\n01/04/2024 10:00,BTC/EUR,buy,1,100\n", choice(date_order="dmy"), zone="UTC"
    )
    assert said.mapping is not None
    again = MappingChoice(remembered=[said.mapping])
    (fill,) = opened(f"{HEAD}\n02/04/2024 10:00,BTC/EUR,buy,1,100\n", again, zone="UTC").rows()
    assert isinstance(fill, Fill)
    assert (fill.at.month, fill.at.day) == (4, 2)


def test_a_column_that_is_not_there_is_named(opened: Opened) -> None:
    wrong = MappingChoice({**COLUMNS, "price": "Rate"})
    with pytest.raises(NotAStatement, match="without 'rate'"):
        opened(f"{HEAD}\n2024-02-13 10:00,BTC/EUR,buy,1,100\n", wrong)
    with pytest.raises(Invalid, match="color"):
        opened(f"{HEAD}\n2024-02-13 10:00,BTC/EUR,buy,1,100\n", MappingChoice({"color": "At"}))


def test_each_row_belongs_to_the_account_that_it_names(opened: Opened) -> None:
    columns = {**COLUMNS, "account": "Book"}
    text = (
        f"{HEAD},Book\n2024-02-13 10:00,BTC/EUR,buy,1,100,one\n"
        "2024-02-13 11:00,BTC/EUR,buy,2,100,two\n2024-02-13 12:00,BTC/EUR,sell,1,100,one\n"
    )
    statement = opened(text, MappingChoice(columns), zone="UTC")
    assert statement.accounts() == ("one", "two")
    lines = [row.line for row in statement.of_account("one").rows() if isinstance(row, Fill)]
    assert lines == [2, 4]


def test_equal_closed_trades_are_several(rows: Rows) -> None:
    columns = {**COLUMNS, "exit_time": "Until", "exit_price": "To"}
    line = "2024-02-13 10:00,BTC/EUR,long,1,100,2024-02-13 11:00,110\n"
    found = rows(f"{HEAD},Until,To\n{line}{line}", MappingChoice(columns), zone="UTC")
    ids = [row.native_id for row in found if isinstance(row, Fill)]
    assert len(set(ids)) == 4
    assert all(one.startswith("derived:") for one in ids)


def test_an_exit_before_its_entry_is_skipped(rows: Rows) -> None:
    columns = {**COLUMNS, "exit_time": "Until", "exit_price": "To"}
    line = "2024-02-13 10:00,BTC/EUR,long,1,100,2024-02-13 09:00,110\n"
    (row,) = rows(f"{HEAD},Until,To\n{line}", MappingChoice(columns), zone="UTC")
    assert isinstance(row, SkippedRow)
    assert "an exit not before the entry" in row.reason


@pytest.mark.parametrize(
    "text",
    [
        "version = 2\nname = 'x'",
        "version = 1\nname = 'x'\ncolour = 'red'\n[columns]\ntime = 'a'\nquantity = 'b'",
        "version = 1\nname = 'x'\n[columns]\ntime = 'a'",
        "version = 1\nname = 'x'\n[columns]\ntime = 'a'\nquantity = 'b'\nflavour = 'c'",
        "version = 1\nname = 'x'\norders = ['ydm']\n[columns]\ntime = 'a'\nquantity = 'b'",
        "not toml at all",
    ],
)
def test_a_mapping_that_is_half_understood_is_refused(text: str) -> None:
    from coach.brokers.statements.mapping.toml_text import read_mapping

    with pytest.raises(MalformedFile):
        read_mapping(text, "my.toml")

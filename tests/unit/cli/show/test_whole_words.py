"""Tables on terminals of 40 to 200 columns: no word and no number is cut."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.advice.readable import keys_apart, readable
from coach.cli.commands import insights as insights_command
from coach.cli.commands import trades as trades_command
from coach.cli.rules import answers as rule_answers
from coach.cli.rules import kept_checks
from coach.cli.show.answers import Answer
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.promises.rules import RuleView
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.presets import examples
from coach.engine.rules.schema import read_rule
from coach.model.events import Json
from coach.model.rules import Rule, RuleId
from coach.views.table import Column, Table
from tests.unit.cli.conftest import MemoryTerminal
from tests.unit.cli.test_tables import ANSWERS
from tests.unit.views.samples import NINE
from tests.unit.views.test_columns import TABLES

WIDTHS = (40, 47, 60, 79, 80, 81, 100, 120, 133, 160, 200)
FOR_PEOPLE = (
    insights_command.FINDINGS_FOR_PEOPLE,
    insights_command.TAGS_FOR_PEOPLE,
    trades_command.FOR_PEOPLE,
    trades_command.OPEN_FOR_PEOPLE,
    rule_answers.BREACHES_FOR_PEOPLE,
    rule_answers.RULES_FOR_PEOPLE,
    kept_checks.FOR_PEOPLE,
)
EVERY_TABLE = [
    columns
    for columns in (*(columns for columns, _ in TABLES), *FOR_PEOPLE)
    if any(column.title for column in columns)
]
LONGEST_ID = "no_trades_after_three_losing_days_in_a_row_2"
NOTE = "after the second loss I am not the trader who wrote the plan, so I stop: promised"
DEFAULT_DAY: dict[str, Json] = {
    "entries": {"max": 8, "window": "day", "warn_at": 6},
    "losses": {"in_a_row": 3, "pause_minutes": 45.5},
    "daily_loss": {"percent": "2.5", "quote": "USD"},
    "hours": ["09:30-11:30", "14:00-16:00"],
}


def long_value(column: Column, number: int) -> Json:
    """Return a value of the column's kind that takes much room, another one for each row."""
    match column.kind:
        case "money" | "fee" | "number":
            return f"-{98_765_432 + number}.1234567{number}"
        case "statistic":
            return [-0.012345 * (number + 1), 123_456.0 + number]
        case "time" | "date":
            return f"2026-04-{number + 1:02}T09:30:00Z"
        case "duration":
            return 987_654 + number
        case "key":
            return f"0123456789abcdef{number}"
        case "text":
            texts: tuple[Json, ...] = (LONGEST_ID, NOTE, DEFAULT_DAY)
            return texts[(number + len(column.key)) % len(texts)]


def short_value(column: Column, number: int) -> Json:
    """Return a value of the column's kind as most are: their table fits when texts fold."""
    texts = ("stop", "weekdays", f"no new trades after {number} losses in a row, until the morning")
    match column.kind:
        case "money" | "fee" | "number":
            return f"{-1 if number else 1}2.5"
        case "statistic":
            return 0.5 + number
        case "time" | "date":
            return f"2026-04-{number + 1:02}T09:30:00Z"
        case "duration":
            return 60 * number
        case "key":
            return f"{number}123456789abcdef"
        case "text":
            return texts[(number + len(column.key)) % len(texts)]


def table_of(
    columns: tuple[Column, ...], value: Callable[[Column, int], Json] = long_value
) -> Table:
    rows = [{column.key: value(column, n) for column in columns} for n in range(3)]
    currencies: dict[str, Json] = dict.fromkeys({column.currency for column in columns}, "USD")
    return Table(columns, [{**currencies, **row, "quote": "USD"} for row in rows])


def drawn(answer: Answer, width: int) -> str:
    terminal = MemoryTerminal()
    Output(terminal, json=False).show(answer, Screen(width, color=False))
    return terminal.getvalue()


def cells(table: Table) -> list[str]:
    """Return what each cell has to say."""
    shown = [column for column in table.columns if column.title]
    return [text for column in shown for text in column_texts(column, table.rows)]


def column_texts(column: Column, rows: Sequence[Mapping[str, Json]]) -> list[str]:
    if column.kind == "key":
        return keys_apart([row.get(column.key) for row in rows])
    return [readable(column, row, "UTC") for row in rows]


def words_missing(table: Table, text: str) -> Counter[str]:
    """Return the words of the cells that the text does not hold as often."""
    return words(table) - Counter(text.split())


def words(table: Table) -> Counter[str]:
    return Counter(word for one in cells(table) for word in one.split())


def words_missing_at(
    widths: Iterable[int], answer: Answer, table: Table
) -> dict[int, Counter[str]]:
    """Return the words that an answer's table lacks on screens of these widths, by the width."""
    all_words = words(table)
    missing = {width: all_words - Counter(drawn(answer, width).split()) for width in widths}
    return {width: some for width, some in missing.items() if some}


@pytest.mark.parametrize("columns", EVERY_TABLE, ids=lambda columns: columns[0].key)
@pytest.mark.parametrize("value", [long_value, short_value])
def test_every_table_shows_every_word_of_every_cell(
    columns: tuple[Column, ...], value: Callable[[Column, int], Json]
) -> None:
    table = table_of(columns, value)
    assert words_missing_at(WIDTHS, Answer("x", [], table), table) == {}


def every_preset() -> Answer:
    """Return `rules list` after every preset was added."""
    return rule_answers.answer(
        [
            RuleView(
                Rule(RuleId(f"{kind}_12"), kind, params, active=True),
                KINDS[kind].sentence(read_rule(kind, params)),
                12_345,
                NINE,
            )
            for preset in examples()
            for kind, params in preset.rules
        ]
    )


def test_the_list_of_all_presets_names_every_threshold() -> None:
    answer = every_preset()
    table = answer.for_people or answer.table
    assert table is not None
    assert words_missing_at(range(40, 201), answer, table) == {}


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.command)
def test_every_answer_shows_every_word_of_every_cell(answer: Answer) -> None:
    table = answer.for_people or answer.table
    if table is not None and not answer.lines:
        assert words_missing_at(WIDTHS, answer, table) == {}


@given(
    st.lists(st.lists(st.text("ab1 ", max_size=40), min_size=3, max_size=3), min_size=1),
    st.integers(1, 200),
)
def test_no_width_cuts_a_word(texts: list[list[str]], width: int) -> None:
    columns = tuple(Column(str(place), f"title {place}") for place in range(3))
    rows: list[dict[str, Json]] = [
        {str(place): text for place, text in enumerate(line)} for line in texts
    ]
    table = Table(columns, rows)
    assert not words_missing(table, drawn(Answer("x", [], table), width))


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_screen_unless_a_word_is(width: int) -> None:
    table = table_of((Column("note", "note"), Column("id", "trade", "key"), Column("n", "of")))
    longest = max(len(word) for text in cells(table) for word in text.split()) + len("trade  ")
    lines = drawn(Answer("x", [], table), width).splitlines()
    assert max(map(len, lines)) <= max(width, longest)


def test_ids_that_begin_alike_are_shown_until_they_differ() -> None:
    alike: list[Json] = ["0123456789ab", "0123456789ff", None]
    assert keys_apart(alike) == ["0123456789a", "0123456789f", "-"]
    assert keys_apart(["0123456789ab", "fedcba9876"]) == ["01234567", "fedcba98"]


def test_the_same_id_twice_stays_short() -> None:
    assert keys_apart(["0123456789ab", "0123456789ab"]) == ["01234567", "01234567"]


def test_an_id_that_begins_another_one_is_whole() -> None:
    assert keys_apart(["0123456789", "0123456789a"]) == ["0123456789", "0123456789a"]

"""Every table: what JSON says and what TSV says agree, cell by cell."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest

from coach.advice import rule_words as words
from coach.advice.cells import cell
from coach.advice.imports import skipped_rows
from coach.cli.commands import (
    accounts,
    events,
    health,
    imports,
    insights,
    labels,
    plans,
    pnl,
    trades,
    why,
)
from coach.cli.notes import group as notes
from coach.cli.rules import answers as rule_answers
from coach.cli.show.answers import Answer
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.doubts import PositionDoubt
from coach.engine.api.habits import OURS
from coach.engine.api.notes import NoteChange
from coach.engine.api.promises.labels import Agreement, QuestionView
from coach.engine.api.promises.plans import PlanChange
from coach.engine.api.promises.questions import QuestionChange
from coach.engine.api.trades import Profit, ProfitRow, TradeView
from coach.engine.ledger.doubts import OpenPosition
from coach.model.accounts import UserId
from coach.model.events import Event, EventId, Json
from coach.model.fills import Symbol
from coach.model.insights import Cost, Finding
from coach.model.plans import QuestionId
from tests.unit.views.samples import (
    ACCOUNT,
    AFTER,
    BIAS_EVIDENCE,
    BREACH,
    CHECK,
    FINDING,
    LABEL,
    NINE,
    NOTE,
    PLAN,
    POSITION,
    PROFIT,
    QUESTION,
    REASON_QUESTION,
    ROUND_TRIP,
    RULE,
    RUN,
    SHARE,
    STATUS,
    TAG,
    TRADE_EVIDENCE,
)

SCREEN = Screen(width=80, color=False)


def answers() -> Iterator[Answer]:
    yield why.of_trade(TRADE_EVIDENCE, OURS, "UTC")
    yield why.of_bias(BIAS_EVIDENCE, OURS, "UTC")
    yield labels.answered([LABEL])
    yield labels.answered([LABEL], "label")
    yield labels.questions([QuestionView(QUESTION, ROUND_TRIP)])
    yield notes.listing("note list", [NOTE, replace(NOTE, about=NINE.date())], "UTC")
    yield notes.changed("note add", NoteChange(NOTE, changed=True), "UTC")
    yield plans.answer([PLAN], [REASON_QUESTION])
    yield plans.listing([REASON_QUESTION])
    yield plans.changed("plans answer", QuestionChange(REASON_QUESTION))
    yield plans.one("plans add", PlanChange(PLAN))
    yield imports.answer("import csv", RUN)
    yield trades.answer([TradeView(ROUND_TRIP, "main", "loss", ("revenge",))])
    yield pnl.answer(PROFIT)
    yield insights.findings_answer(
        [FINDING, Finding("size_after_win", "insufficient", 3, 17)], OURS
    )
    yield insights.tags_answer([TAG], OURS)
    yield rule_answers.answer([RULE])
    yield rule_answers.one("rules add", RULE)
    yield rule_answers.breaches_answer([BREACH])
    yield accounts.answer("accounts", [ACCOUNT])
    yield health.status_answer(STATUS)
    yield health.doctor_answer([CHECK])


ANSWERS = list(answers())


def said(answer: Answer, *, as_json: bool = False) -> str:
    stream = StringIO()
    Output(stream, json=as_json).show(answer, SCREEN)
    return stream.getvalue()


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.command)
def test_json_and_tsv_agree_cell_by_cell(answer: Answer) -> None:
    assert answer.table is not None
    header, *lines = said(answer).splitlines()
    for line, row in zip(lines, rows_of(answer), strict=True):
        shown = dict(zip(header.split("\t"), line.split("\t"), strict=True))
        assert shown == {key: cell(row[key]) for key in shown}


def rows_of(answer: Answer) -> list[dict[str, Json]]:
    """Return the rows as they stand in the JSON, wherever that keeps them."""
    data = json.loads(said(answer, as_json=True))["data"]
    if isinstance(data, list):
        return data
    lists = ("by_symbol", "accounts", "checks", "fills", "trades")
    inside = next((data[key] for key in lists if isinstance(data.get(key), list)), None)
    return inside or [data]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.command)
def test_every_answer_has_the_envelope(answer: Answer) -> None:
    whole = json.loads(said(answer, as_json=True))
    assert set(whole) == {"schema_version", "command", "data", "warnings"}
    assert whole["schema_version"] == 1


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.command)
def test_every_answer_fits_a_terminal_of_80_columns(answer: Answer, terminal: StringIO) -> None:
    Output(terminal, json=False).show(answer, SCREEN)
    assert max(map(len, terminal.getvalue().splitlines())) <= 80


def test_an_import_is_told_in_three_lines(terminal: StringIO) -> None:
    Output(terminal, json=False).show(imports.answer("import csv", RUN), SCREEN)
    assert terminal.getvalue() == (
        "main  fetched 10  new 6  known 2  changed 0  skipped 2\n"
        "  generic, 2026-04-01 .. 2026-04-04\n"
        "  no trades: 3 deposit, 1 reward\n"
    )


def test_the_question_before_an_undo_names_what_would_go() -> None:
    assert imports.question(RUN, "UTC") == (
        "take back the import of mine.csv of 2026-04-01 into main, 6 new fills?"
    )


def test_skipped_rows_are_named() -> None:
    message, hint = skipped_rows(RUN, dry_run=False)
    assert message == (
        "2 rows could not be read, the rest is imported\n"
        "  line 7, fee: expected a number, got 'abc'\n"
        "  line 9, side: ?"
    )
    assert "import the file again" in hint


def test_many_skipped_rows_are_counted() -> None:
    many = replace(RUN, skipped=RUN.skipped * 10, skipped_count=2_000)
    message, _ = skipped_rows(many, dry_run=True)
    assert message.endswith("and 1995 more; --json lists the first 100")
    message, _ = skipped_rows(replace(many, skipped_count=99), dry_run=True)
    assert message.endswith("and 94 more; --json lists them")


def sold_without_a_purchase(count: int) -> Profit:
    """
    ETH-USD in two accounts, a fee of 0.01 BNB in each
    09:00 sell ETH 1 @ 2000, whose buy nobody saw; `count` times
    """
    ether = replace(POSITION, symbol=Symbol("ETH-USD"), other_fees={"BNB": Decimal("0.01")})
    books = (ProfitRow("main", ether), ProfitRow("other", ether))
    return replace(PROFIT, rows=books, unknown=PROFIT.unknown * count)


def test_sales_without_a_purchase_stand_once_in_the_table() -> None:
    header, *lines = said(pnl.answer(sold_without_a_purchase(2))).splitlines()
    first, second = (dict(zip(header.split("\t"), line.split("\t"), strict=True)) for line in lines)
    assert (first["unknown_quantity"], first["unknown_proceeds"]) == ("2", "4000")
    assert (second["unknown_quantity"], second["unknown_proceeds"]) == ("0", "0")


def test_a_person_reads_what_is_in_no_profit(terminal: StringIO) -> None:
    Output(terminal, json=False).show(pnl.answer(sold_without_a_purchase(1), "Asia/Tokyo"), SCREEN)
    assert terminal.getvalue().endswith(
        "fees in other coins: ETH-USD 0.01 BNB\n"
        "fees in other coins: ETH-USD 0.01 BNB\n"
        "no known purchase:\n"
        "  ETH-USD  2026-04-01 18:00  1  proceeds 2,000.00 USD  fee 2.00 USD\n"
    )


DOUBT = PositionDoubt(
    OpenPosition("main", Symbol("ETH-USD"), Decimal("0.5"), NINE),
    ("0.5 ETH were sold under ETH-USDC on 2026-04-02",),
    held=Decimal(0),
)


def test_a_doubtful_position_is_marked_and_explained(terminal: StringIO) -> None:
    ether = replace(POSITION, symbol=Symbol("ETH-USD"))
    profit = replace(PROFIT, rows=(ProfitRow("main", ether, DOUBT),), unknown=())
    Output(terminal, json=False).show(pnl.answer(profit), SCREEN)
    header, line, *_ = terminal.getvalue().splitlines()
    assert header.endswith("?")
    assert line.endswith("?")
    assert "\n? ETH-USD in main: 0.5 ETH are open in the books and probably" in terminal.getvalue()
    (row,) = json.loads(said(pnl.answer(profit), as_json=True))["data"]["by_symbol"]
    assert row["doubtful"] == list(DOUBT.clauses)


def test_what_rounding_took_is_in_no_sum_and_on_one_line(terminal: StringIO) -> None:
    (sale,) = PROFIT.unknown
    unit = replace(sale, symbol=Symbol("BTC-USD"), quantity=Decimal("1E-8"), rounding=True)
    profit = replace(PROFIT, unknown=(unit,))
    Output(terminal, json=False).show(pnl.answer(profit), SCREEN)
    assert terminal.getvalue().endswith(
        "rounding: 0.00000001 beyond the positions of BTC-USD, in no trade\n"
    )
    data = json.loads(said(pnl.answer(profit), as_json=True))["data"]
    assert data["by_symbol"][0]["unknown_quantity"] == "0"
    assert data["unknown_basis"][0]["rounding"] is True


def test_a_sale_says_where_its_coins_probably_came_from(terminal: StringIO) -> None:
    (sale,) = PROFIT.unknown
    profit = replace(PROFIT, origins={(sale.account, sale.key): "bought under ETH-EUR"})
    Output(terminal, json=False).show(pnl.answer(profit), replace(SCREEN, width=200))
    assert terminal.getvalue().endswith("(probably bought under ETH-EUR)\n")
    (line,) = json.loads(said(pnl.answer(profit), as_json=True))["data"]["unknown_basis"]
    assert line["likely_origin"] == "bought under ETH-EUR"


def test_status_names_open_questions_in_one_line_for_a_person(terminal: StringIO) -> None:
    names = (QuestionId("disposition-stop"), QuestionId("machine"))
    asked = health.status_answer(replace(STATUS, open_questions=names))
    Output(terminal, json=False).show(asked, SCREEN)
    assert "asked  disposition-stop, machine: coach plans questions\n" in terminal.getvalue()
    assert said(asked, as_json=True) == said(health.status_answer(STATUS), as_json=True)
    assert said(asked) == said(health.status_answer(STATUS))


def test_many_sales_without_a_purchase_are_counted(terminal: StringIO) -> None:
    Output(terminal, json=False).show(pnl.answer(sold_without_a_purchase(25)), SCREEN)
    assert terminal.getvalue().endswith("  and 5 more; --json lists them\n")


def test_too_little_evidence_says_how_much_is_missing(terminal: StringIO) -> None:
    answer = insights.findings_answer([Finding("revenge", "insufficient", 3, 17)], OURS)
    Output(terminal, json=False).show(answer, SCREEN)
    assert "revenge: 17 more trades needed" in terminal.getvalue()


@pytest.mark.parametrize(
    ("cost", "told"),
    [
        (FINDING.costs[0], "cost about -123.46 USD (-200.00 to 0.00), fees 12.50 USD"),
        (replace(FINDING.costs[0], measurable=False), "no measurable price cost; fees 12.50 USD"),
    ],
)
def test_a_claim_always_says_what_it_cost(terminal: StringIO, cost: Cost, told: str) -> None:
    answer = insights.findings_answer(
        [replace(FINDING, unit="difference in rate", costs=(cost,))], OURS
    )
    Output(terminal, json=False).show(answer, SCREEN)
    assert f"\nrevenge: {told}\n" in terminal.getvalue()


def test_what_a_finding_lacks_says_how_to_get_it(terminal: StringIO) -> None:
    found = Finding("fomo", "insufficient", 0, 0, lacks=("candles of ETH-USD",))
    Output(terminal, json=False).show(insights.findings_answer([found], OURS), SCREEN)
    assert "fomo: needs candles of ETH-USD: coach candles fetch" in terminal.getvalue()
    assert "more trades" not in terminal.getvalue()


def test_how_often_a_detector_is_right_stands_beside_its_finding() -> None:
    agreed = {"revenge": Agreement(SHARE, None)}
    answer = insights.findings_answer([FINDING], OURS, agreed)
    (row,) = json.loads(said(answer, as_json=True))["data"]
    assert row["precision"] == {"estimate": 0.75, "interval": [0.5, 0.9], "n": 12}
    assert row["recall"] is None
    told = "revenge: by your answers 75 % (50 to 90, 12 answers) of the tags are right"
    assert told in answer.below


def test_what_was_only_counted_has_no_level_to_read(terminal: StringIO) -> None:
    counted = Finding("concentration", "none", 40, 0, kind="fact")
    Output(terminal, json=False).show(insights.findings_answer([counted], OURS), SCREEN)
    assert terminal.getvalue().splitlines()[1].split()[:2] == ["concentration", "fact"]


def test_the_drawer_of_a_trade_reads_from_top_to_bottom(terminal: StringIO) -> None:
    Output(terminal, json=False).show(why.of_trade(TRADE_EVIDENCE, OURS, "UTC"), SCREEN)
    assert terminal.getvalue() == (
        "BTC-USD long, 2026-04-01 09:00 to 2026-04-01 10:30\n"
        "trade abcdefghijklmnop, account main, loss\n"
        "net -101.50 USD, fees 1.50 USD\n"
        "went 2 % against you (MAE), 1 % for you (MFE), of the entry price, by candles of\n"
        "  15m from file\n"
        "R -0.8: times what your stop would have lost\n"
        "fills\n"
        "  2026-04-01 09:00  buy 0.1 @ 60,000\n"
        "candles by file, 15 min each, 0 to 9\n"
        "  ▁▂▃▄▅▆▇█\n"
        "tag revenge (revenge@1): 19 min after a loss of 35.05 USD, 2.1 x usual size, 2\n"
        "  losses in a row\n"
        "rule r: trade 6 on 2026-04-01 (limit 5)\n"
        "you said: revenge no\n"
    )


def test_what_is_merely_possible_has_no_price_and_is_called_no_habit(terminal: StringIO) -> None:
    Output(terminal, json=False).show(
        insights.findings_answer([replace(FINDING, level="possible", held=False)], OURS), SCREEN
    )
    shown = " ".join(terminal.getvalue().split())
    assert "revenge: the evidence does not stand, so it is not called a habit" in shown
    assert "cost" not in shown


def test_a_cost_without_fees_names_none(terminal: StringIO) -> None:
    free = replace(FINDING.costs[0], measurable=False, fees="0")
    Output(terminal, json=False).show(
        insights.findings_answer([replace(FINDING, costs=(free,))], OURS), SCREEN
    )
    assert "\nrevenge: no measurable price cost\n" in terminal.getvalue()


def test_the_drawer_of_a_habit_speaks_for_it_and_against_it(terminal: StringIO) -> None:
    Output(terminal, json=False).show(why.of_bias(BIAS_EVIDENCE, OURS, "UTC"), SCREEN)
    shown = terminal.getvalue()
    assert shown.startswith("revenge (revenge@1): likely, score 97.1, the evidence stands\n")
    assert "needs candles of ETH-USD" in shown
    assert "for it: larger entries soon after losses, the newest 10 of 12\n" in shown
    assert "against it: losses that you let go\n  abcdefghijklmnop" in shown


def test_the_drawer_of_a_habit_says_how_strong_the_year_is(terminal: StringIO) -> None:
    finding = BIAS_EVIDENCE.finding
    year = finding.facts | {"year_evidence": 252.5, "year_evidence_needed": 50.0}
    found = replace(BIAS_EVIDENCE, finding=replace(finding, facts=year))
    Output(terminal, json=False).show(why.of_bias(found, OURS, "UTC"), SCREEN)
    shown = " ".join(terminal.getvalue().split())
    sentence = "the trading year was up to 252 times as likely with this habit as without it"
    assert f"{sentence} (it takes 50)" in shown


def test_a_tag_reads_as_a_sentence_on_a_terminal(terminal: StringIO) -> None:
    Output(terminal, json=False).show(
        insights.tags_answer([replace(TAG, facts=AFTER)], OURS), SCREEN
    )
    assert " ".join(terminal.getvalue().split()) == (
        "at trade what 2026-04-01 09:00 abcdefgh revenge: 19 min after a loss of 35.05 USD,"
        " 2.1 x usual size, 2 losses in a row"
    )


def test_an_event_is_one_line() -> None:
    event = Event(EventId("01AB"), UserId("u"), 7, "import.done", 1, NINE, {"new": 3}, "e1")
    assert events.line(event) == (
        '{"id":"01AB","seq":7,"epoch":"e1","type":"import.done","v":1,"ts":"2026-04-01T09:00:00Z",'
        '"payload":{"new":3}}'
    )


@pytest.mark.parametrize(
    ("word", "value"), [("limit=5", 5), ("ratio=2.5", 2.5), ("why=because", "because")]
)
def test_a_parameter_is_read_as_json_reads_it(word: str, value: object) -> None:
    assert words.read_params([word]) == {word.partition("=")[0]: value}


def test_a_trade_can_be_named_from_its_line_and_its_tags_stay_whole(terminal: StringIO) -> None:
    view = TradeView(ROUND_TRIP, "main", "loss", ("averaging_down", "regret_repurchase"))
    Output(terminal, json=False).show(trades.answer([view]), SCREEN)
    head, first, second = terminal.getvalue().splitlines()
    assert head.split() == ["trade", "symbol", "closed", "fees", "net", "held", "tags"]
    assert first.startswith(f"{ROUND_TRIP.id[:8]}  BTC-USD  2026-04-01")
    assert first.endswith("averaging_down,")
    assert second.split() == ["regret_repurchase"]
    assert max(map(len, (head, first, second))) <= SCREEN.width


def test_a_screen_too_narrow_for_a_word_gets_a_line_per_cell(terminal: StringIO) -> None:
    view = TradeView(ROUND_TRIP, "main", "loss", ("regret_repurchase",))
    Output(terminal, json=False).show(trades.answer([view]), replace(SCREEN, width=50))
    assert "tags    regret_repurchase" in terminal.getvalue().splitlines()

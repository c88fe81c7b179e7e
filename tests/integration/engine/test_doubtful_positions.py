"""What the books cannot know is not called done: sold under another quote, converted, sent away."""

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.advice.hints import completed
from coach.engine.api import accounts, digests, imports, trades
from coach.engine.api.imports import ImportRequest
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.api.trades import TradeFilter
from coach.model.accounts import Run
from coach.views.profit import profit_report
from coach.views.trades import open_trade
from tests.numerals import unsupported

Importer = Callable[..., Run]
Reporter = Callable[..., Run]

HEADER = (
    "ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,"
    "Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes"
)
BOUGHT = (
    "b1,2026-03-02 10:00:00 UTC,Advanced Trade Buy,BTC,0.02,USD,$60000,$1200,$1206,$6,"
    "Bought 0.02 BTC for 1206 USD on BTC-USD at 60000 USD/BTC"
)
SOLD = (
    "s1,2026-03-03 10:00:00 UTC,Advanced Trade Sell,BTC,-0.02,USD,$65000,$1300,$1293,$7,"
    "Sold 0.02 BTC for 1293 USDC on BTC-USDC at 65000 USDC/BTC"
)
SENT = "x1,2026-03-04 10:00:00 UTC,Send,BTC,-0.001,USD,$65000,,,,Sent 0.001 BTC to a friend"
CONVERTED = "c1,2026-03-05 10:00:00 UTC,Convert,BTC,-0.01,USD,$65000,,,,Converted 0.01 BTC to 5 SOL"
SOL_SOLD = (
    "s2,2026-03-06 10:00:00 UTC,Advanced Trade Sell,SOL,-5,USD,$130,$650,$648,$2,"
    "Sold 5 SOL for 648 USD on SOL-USD at 130 USD/SOL"
)


@pytest.fixture
def reported(session: Session, tmp_path: Path) -> Reporter:
    """Import rows of a Coinbase history."""

    def bring(*rows: str) -> Run:
        file = tmp_path / f"history-{abs(hash(rows))}.csv"
        file.write_text("\n".join([HEADER, *rows]) + "\n")
        return imports.import_statement(session, file, ImportRequest())

    return bring


def doubtful(session: Session) -> dict[object, object]:
    """Return why each symbol's open position is doubtful."""
    rows = profit_report(trades.profit(session))["by_symbol"]
    return {row["symbol"]: list(row["doubtful"]) for row in rows if row["doubtful"]}


def test_a_sale_in_another_stable_coin_is_of_the_coins_bought_in_dollars(
    session: Session, reported: Reporter
) -> None:
    reported(BOUGHT, SOLD)
    assert doubtful(session) == {"BTC-USD": ["0.02 BTC were sold under BTC-USDC on 2026-03-03"]}
    profit = trades.profit(session)
    (line,) = profit.unknown
    assert profit.origins[line.account, line.key] == "bought under BTC-USD"
    about_the_sale, about_the_position = profit.warnings
    assert about_the_sale == (
        "1 sale of BTC-USDC without a purchase of its own, listed apart and in no profit: the coins"
        " are probably those bought under BTC-USD"
    )
    assert about_the_position == (
        "BTC-USD in coinbase: 0.02 BTC are open in the books and probably no longer held: 0.02 BTC"
        " were sold under BTC-USDC on 2026-03-03"
    )


def test_in_a_generic_account_it_is_the_same(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USDT 1 @ 110")
    assert doubtful(session) == {"BTC-USD": ["1 BTC were sold under BTC-USDT on 2026-03-02"]}


def test_coins_spent_on_another_coin_are_no_longer_held(
    session: Session, imported: Importer
) -> None:
    imported(
        "09:00 buy BTC-USD 1 @ 60000",
        "10:00 buy ETH-BTC 4 @ 0.05",
        "11:00 buy SOL-BTC 9 @ 0.001",
        "12:00 sell ETH-BTC 1 @ 0.06",
    )
    assert doubtful(session) == {
        "BTC-USD": ["0.14 BTC were spent on ETH-BTC, the last on 2026-03-02"]
    }


def test_coins_sent_and_converted_make_their_position_doubtful(
    session: Session, reported: Reporter
) -> None:
    reported(BOUGHT, SENT, CONVERTED)
    assert doubtful(session) == {
        "BTC-USD": [
            "0.001 BTC were sent away on 2026-03-04",
            "0.01 BTC were converted on 2026-03-05",
        ]
    }
    (warning,) = trades.profit(session).warnings
    assert "probably not all held" in warning
    assert "older" not in warning


def test_what_left_is_open_nowhere_but_in_its_book(session: Session, reported: Reporter) -> None:
    """All BTC are sent away in another import; the undo of that brings them back."""
    rules.add(session, "max_open_positions", {"positions": 1})
    later = (
        "b2,2026-03-06 10:00:00 UTC,Advanced Trade Buy,SOL,1,USD,$130,$130,$131,$1,"
        "Bought 1 SOL for 131 USD on SOL-USD at 130 USD/SOL"
    )
    away = "x2,2026-03-05 10:00:00 UTC,Send,BTC,-0.02,USD,$65000,,,,Sent 0.02 BTC to a friend"

    def told() -> tuple[list[str], int, list[str]]:
        said = [one["say"] for one in digests.digest(session, "2026-W10").pack["unknowns"]]
        opened = [str(one.trip.symbol) for one in trades.open_round_trips(session)]
        waiting = [one for one in said if one in {"unknown.open", "unknown.departed"}]
        return opened, len(rules.breaches(session)), waiting

    reported(BOUGHT, later)
    assert told() == (["BTC-USD", "SOL-USD"], 1, ["unknown.open"])
    run = reported(away)
    assert told() == (["SOL-USD"], 0, ["unknown.departed", "unknown.open"])
    assert digests.verify(session, "2026-W10").ok
    imports.undo(session, run.id)
    assert told() == (["BTC-USD", "SOL-USD"], 1, ["unknown.open"])


def test_what_a_convert_brought_explains_its_sale(session: Session, reported: Reporter) -> None:
    reported(BOUGHT, CONVERTED, SOL_SOLD)
    assert (
        "1 sale of SOL-USD without a purchase of its own, listed apart and in no profit: the coins"
        " are probably those brought in by convert"
    ) in trades.profit(session).warnings


def test_a_receipt_of_less_than_was_sold_explains_a_part(
    session: Session, reported: Reporter
) -> None:
    reported("r1,2026-03-05 10:00:00 UTC,Receive,SOL,2,USD,$130,,,,Received 2 SOL", SOL_SOLD)
    profit = trades.profit(session)
    (line,) = profit.unknown
    assert profit.origins[line.account, line.key] == "brought in by receive, in part"
    assert "an older statement" in profit.warnings[0]


def test_a_sale_that_nothing_explains_names_every_cause(
    session: Session, reported: Reporter
) -> None:
    reported(SOL_SOLD)
    (warning,) = trades.profit(session).warnings
    for cause in (
        "an older statement",
        "a row was skipped",
        "deposit, reward, convert or airdrop",
        "another quote",
        "--shorts",
    ):
        assert cause in completed(warning)


def test_overlapping_files_tell_a_movement_once_and_undo_takes_it_back(
    session: Session, reported: Reporter
) -> None:
    first = reported(BOUGHT, SENT)
    second = reported(SENT, CONVERTED)
    assert len(doubtful(session)["BTC-USD"]) == 2  # type: ignore[arg-type] # a list of clauses
    imports.undo(session, second.id)
    assert doubtful(session) == {"BTC-USD": ["0.001 BTC were sent away on 2026-03-04"]}
    reported(SENT, CONVERTED)
    imports.undo(session, first.id)
    reported(BOUGHT)
    assert "0.001 BTC were sent away on 2026-03-04" in doubtful(session)["BTC-USD"]  # type: ignore[operator] # a list


def test_a_movement_of_a_removed_account_is_gone(session: Session, reported: Reporter) -> None:
    run = reported(BOUGHT, SENT)
    imports.undo(session, run.id)
    accounts.remove(session, "coinbase")
    reported(BOUGHT)
    assert doubtful(session) == {}


def test_a_closed_position_is_not_doubtful(session: Session, imported: Importer) -> None:
    imported(
        "09:00 buy BTC-USD 1 @ 100",
        "10:00 sell BTC-USD 1 @ 110",
        "11:00 sell BTC-USDC 1 @ 110",
        shorts=False,
    )
    assert doubtful(session) == {}


def test_the_trades_of_a_symbol_warn_of_its_position(session: Session, reported: Reporter) -> None:
    reported(BOUGHT, SOLD)
    assert len(trades.doubtful_positions(session, TradeFilter())) == 1
    assert len(trades.doubtful_positions(session, TradeFilter(symbol="BTC-USD"))) == 1
    assert trades.doubtful_positions(session, TradeFilter(symbol="BTC-USDC")) == []
    assert trades.doubtful_positions(session, TradeFilter(account="main")) == []


def test_the_digest_counts_what_may_be_over_at_the_week_s_end(
    session: Session, reported: Reporter
) -> None:
    reported(BOUGHT)
    assert "perhaps over" not in digests.digest(session, "2026-W10").text
    reported(SENT)
    told = digests.digest(session, "2026-W10")
    assert "sent away since: 1 trade [" in " ".join(told.text.split())
    assert unsupported(told.text, told.pack) == []
    assert digests.verify(session, "2026-W10").ok


def test_what_left_after_the_week_does_not_change_its_digest(
    session: Session, reported: Reporter
) -> None:
    reported(BOUGHT)
    before = digests.digest(session, "2026-W10").sha256
    reported(SENT.replace("2026-03-04", "2026-03-20"))
    assert digests.digest(session, "2026-W10").sha256 == before


def held(session: Session) -> dict[str, str]:
    """Return what is held of each book; trades that are open say the same."""
    rows = profit_report(trades.profit(session))["by_symbol"]
    books = {row["symbol"]: f"{row['held_quantity']:f}" for row in rows if row["open_quantity"]}
    still = [open_trade(view) for view in trades.open_round_trips(session)]
    shown = {symbol: quantity for symbol, quantity in books.items() if quantity != "0"}
    assert {row["symbol"]: f"{row['held_quantity']:f}" for row in still} == shown
    return books


def test_a_position_that_left_is_not_held_and_no_result_changes(
    session: Session, reported: Reporter
) -> None:
    reported(BOUGHT)
    before = trades.profit(session).totals["USD"]
    assert held(session) == {"BTC-USD": "0.02"}
    reported(BOUGHT, SENT, CONVERTED)
    assert held(session) == {"BTC-USD": "0.009"}
    reported(BOUGHT, SOLD)
    assert held(session) == {"BTC-USD": "0"}
    assert trades.profit(session).totals["USD"] == before


def test_what_was_sent_may_have_come_before_the_position(
    session: Session, reported: Reporter
) -> None:
    received = "r1,2026-03-01 10:00:00 UTC,Receive,BTC,1,USD,$60000,,,,Received 1 BTC"
    reported(received, BOUGHT, SENT)
    assert held(session) == {"BTC-USD": "0.02"}
    assert doubtful(session) == {}


ENTRIES = "timestamp,kind,asset,quantity,fee,balance,entry_id"
WITHDRAWN = "2026-03-02T10:00:00Z,withdrawal,SOL,-10,,,w1"
SPLIT = "2026-03-02T13:00:00Z,split,SOL,10,,,s1"
RENAMED = (
    "2026-03-02T13:00:00Z,rename,SOL,-10,,,r1",
    "2026-03-02T13:00:00Z,rename,LUN,10,,,r2",
)


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ([WITHDRAWN], "SOL-USDT 10"),
        ([WITHDRAWN.replace("-10", "-4")], "SOL-USDT 16"),
        ([WITHDRAWN, SPLIT], "SOL-USDT 20"),
        ([WITHDRAWN, *RENAMED], "LUN-USDT 10"),
        ([WITHDRAWN, "2026-03-02T10:30:00Z,deposit,SOL,3,,,d1"], "SOL-USDT 13"),
        ([WITHDRAWN, "2026-03-02T11:30:00Z,deposit,SOL,30,,,d1"], "SOL-USDT 10"),
    ],
    ids=["sent", "in-part", "split", "renamed", "deposit", "later-deposit"],
)
def test_what_left_of_a_trade_that_is_closed_later_is_held_by_nobody(
    session: Session, imported: Importer, tmp_path: Path, rows: list[str], left: str
) -> None:
    """The books of SOL-BTC sell ten that are gone: they are those of SOL-USDT."""
    imported(
        "09:00 buy SOL-BTC 10 @ 0.002",
        "11:00 buy SOL-USDT 20 @ 90",
        "12:00 sell SOL-BTC 10 @ 0.002",
    )
    file = tmp_path / "entries.csv"
    file.write_text("\n".join([ENTRIES, *rows]) + "\n")
    imports.import_statement(session, file, ImportRequest(account="main"))
    (one,) = trades.open_round_trips(session)
    assert one.held is not None
    assert f"{one.trip.symbol} {one.held:f}" == left

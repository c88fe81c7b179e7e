"""A sale of coins that were never bought: declared, or guessed from all fills, and always said."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from coach.advice.hints import completed
from coach.cli.commands import accounts as accounts_view
from coach.engine.api import accounts, imports, trades
from coach.engine.api.imports import ImportRequest
from coach.engine.api.session import Session
from coach.model.accounts import Run

Importer = Callable[..., Run]

MIDWAY = (
    "09:00 sell BTC-USD 1 @ 60000 fee 10",
    "10:00 buy BTC-USD 1 @ 55000 fee 10",
    "11:00 sell BTC-USD 1 @ 58000 fee 10",
)
OLDER = ("08:00 buy BTC-USD 1 @ 50000",)
SHORT = ("09:00 sell ETH-USD 3 @ 110", "10:00 buy ETH-USD 3 @ 100")
COINBASE = """\
portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit
default,1,SOL-USD,BUY,2026-03-02T08:00:00.000Z,1,SOL,100,0,-100,USD
"""


def books(session: Session) -> dict[str, str]:
    """Return gross, open and unknown of every book."""
    profit = trades.profit(session)
    unknown = {line.symbol: f" unknown {line.quantity}" for line in profit.unknown}
    return {
        row.position.symbol: f"{row.position.gross} open {row.position.open_quantity}"
        + unknown.get(row.position.symbol, "")
        for row in profit.rows
    }


def shorts(session: Session, name: str = "main") -> tuple[bool, str]:
    found = accounts.summary(session, name)
    return found.shorts, found.shorts_origin


def test_a_file_that_begins_in_the_middle_is_read_as_spot_and_says_so(
    session: Session, imported: Importer
) -> None:
    run = imported(*MIDWAY)
    assert books(session) == {"BTC-USD": "3000 open 0 unknown 1"}
    (warning,) = run.warnings
    assert warning.startswith("the first row of BTC-USD is a sale: coach reads it as spot")
    assert "say --shorts" in completed(warning)
    assert "coach accounts set main" in completed(warning)
    (stored,) = imports.all_runs(session)
    assert [completed(one) for one in stored.warnings] == [completed(warning)]
    assert run.undeclared_sales == ("BTC-USD",)
    assert shorts(session) == (False, "guessed")


def test_what_looks_like_a_short_is_one_and_says_so(session: Session, imported: Importer) -> None:
    run = imported(*SHORT)
    assert books(session) == {"ETH-USD": "30 open 0"}
    (warning,) = run.warnings
    assert warning.startswith("the first row of ETH-USD is a sale: coach reads it as a short")
    assert "say --no-shorts" in completed(warning)
    assert shorts(session) == (True, "guessed")


def test_a_sale_beyond_the_position_is_named_with_its_day(imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 3 @ 110")
    assert "BTC-USD sells on 2026-03-02 more than was bought before" in run.warnings[0]


def test_an_account_that_sells_what_it_bought_is_asked_nothing(
    session: Session, imported: Importer
) -> None:
    run = imported("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 110")
    assert (run.warnings, run.undeclared_sales) == ((), ())
    assert shorts(session) == (False, "guessed")


def test_the_older_file_makes_the_sale_known(session: Session, imported: Importer) -> None:
    imported(*MIDWAY)
    imported(*OLDER)
    assert books(session) == {"BTC-USD": "13000 open 0"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_any_order_of_files_ends_in_the_same_guess(
    session: Session, imported: Importer, order: tuple[int, ...]
) -> None:
    files = [
        ("09:00 sell BTC-USD 1 @ 60000", "10:00 buy BTC-USD 1 @ 55000"),
        ("11:00 sell BTC-USD 1 @ 58000", "09:00 sell ETH-USD 2 @ 100"),
        ("12:00 buy ETH-USD 5 @ 90", "13:00 sell ETH-USD 5 @ 95"),
    ]
    for place in order:
        imported(*files[place])
    assert shorts(session) == (False, "guessed")
    assert books(session) == {"BTC-USD": "3000 open 0 unknown 1", "ETH-USD": "25 open 0 unknown 2"}


def test_a_guess_that_turns_reads_all_books_anew(session: Session, imported: Importer) -> None:
    imported("09:00 sell BTC-USD 1 @ 60000", "10:00 buy BTC-USD 2 @ 55000")
    assert books(session) == {"BTC-USD": "0 open 2 unknown 1"}
    imported(*SHORT)
    assert shorts(session) == (True, "guessed")
    assert books(session) == {"BTC-USD": "5000 open 1", "ETH-USD": "30 open 0"}


def test_undoing_the_import_that_turned_a_guess_turns_it_back(
    session: Session, imported: Importer
) -> None:
    imported("09:00 sell BTC-USD 1 @ 60000", "10:00 buy BTC-USD 2 @ 55000")
    run = imported(*SHORT)
    imports.undo(session, run.id)
    assert shorts(session) == (False, "guessed")
    assert books(session) == {"BTC-USD": "0 open 2 unknown 1"}


def test_what_is_declared_with_the_first_import_is_not_guessed(
    session: Session, imported: Importer
) -> None:
    run = imported(*MIDWAY, shorts=True)
    assert (run.warnings, shorts(session)) == ((), (True, "declared"))
    assert books(session) == {"BTC-USD": "5000 open -1"}
    assert imported(*SHORT, account="spot", shorts=False).warnings == ()
    assert shorts(session, "spot") == (False, "declared")


def test_the_same_file_again_declares_it_too(session: Session, imported: Importer) -> None:
    imported(*MIDWAY)
    again = imported(*MIDWAY, shorts=True)
    assert (again.new, again.known) == (0, 3)
    assert (books(session), shorts(session)) == ({"BTC-USD": "5000 open -1"}, (True, "declared"))


def test_a_declaration_outlasts_all_that_is_imported_after_it(
    session: Session, imported: Importer
) -> None:
    imported(*MIDWAY)
    accounts.set_shorts(session, "main", allowed=False)
    run = imported(*SHORT)
    assert (run.warnings, shorts(session)) == ((), (False, "declared"))
    assert books(session)["ETH-USD"] == "0 open 3 unknown 3"


def test_a_dry_run_declares_nothing(session: Session, imported: Importer) -> None:
    imported(*MIDWAY)
    imported(*OLDER, dry_run=True, shorts=True)
    assert shorts(session) == (False, "guessed")


def test_a_broker_that_knows_no_shorts_says_it_for_its_account(
    session: Session, imported: Importer, tmp_path: Path
) -> None:
    imported(*SHORT)
    fills = tmp_path / "fills.csv"
    fills.write_text(COINBASE)
    run = imports.import_statement(session, fills, ImportRequest(account="main"))
    assert "now counts as spot" in run.warnings[0]
    assert shorts(session) == (False, "broker")
    imports.undo(session, run.id)
    assert shorts(session) == (True, "guessed")
    assert books(session) == {"ETH-USD": "30 open 0"}


def test_a_unit_too_much_sold_is_nothing_to_ask_about(session: Session, imported: Importer) -> None:
    run = imported("09:00 buy BTC-USD 0.1 @ 100", "10:00 sell BTC-USD 0.10000001 @ 110")
    assert (run.warnings, run.undeclared_sales) == ((), ())
    profit = trades.profit(session)
    assert [line.rounding for line in profit.unknown] == [True]
    assert profit.warnings == ()


def test_the_accounts_answer_says_who_says_it(session: Session, imported: Importer) -> None:
    imported(*MIDWAY)
    answer = accounts_view.answer("accounts", accounts.overview(session))
    assert answer.for_people is not None
    assert [row["shorts"] for row in answer.for_people.rows] == ["no, guessed"]

"""What no file tells is written by hand, counts once, and is taken back."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api.entries import ledger
from coach.engine.api.entries.ledger import EntryFilter, NewEntry, SplitRatio
from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.session import Session
from coach.errors import Invalid, NotFound
from coach.model.accounts import Run

Importer = Callable[..., Run]
AT = datetime(2026, 3, 10, tzinfo=UTC)


def held(session: Session) -> dict[str, str]:
    return {
        one.sums.coin: f"{one.sums.balance.normalize():f}"
        for one in reconcile(session).balances
        if one.sums.balance
    }


@pytest.fixture(autouse=True)
def bought(imported: Importer) -> None:
    imported("09:00 buy MATIC-USD 100 @ 1", shorts=False)


def test_an_entry_counts_once_and_is_taken_back(session: Session) -> None:
    entry = NewEntry("deposit", "USD", Decimal(500), AT)
    first = ledger.write(session, None, entry)
    again = ledger.write(session, "main", entry)
    assert (first.known, again.known, len(first.entries)) == (False, True, 1)
    assert held(session) == {"MATIC": "100", "USD": "400"}
    undo(session, first.run.id)
    assert ledger.entries(session, EntryFilter()) == []
    ledger.write(session, None, entry)
    assert held(session) == {"MATIC": "100", "USD": "400"}


def test_a_withdrawal_leaves_with_its_fee_on_top(session: Session) -> None:
    entry = NewEntry("withdrawal", "MATIC", Decimal(10), AT, Decimal("0.5"))
    (one,) = ledger.write(session, None, entry).entries
    assert (str(one.quantity), str(one.fee), one.kind) == ("-10.5", "0.5", "withdrawal")


def test_a_new_name_and_a_split_take_all_that_is_held(session: Session) -> None:
    ledger.rename(session, None, ("MATIC", "POL"), Decimal(1), AT)
    assert held(session) == {"POL": "100", "USD": "-100"}
    ledger.split(session, None, "POL", SplitRatio(10, 1), AT)
    assert held(session) == {"POL": "1000", "USD": "-100"}
    kinds = {one.kind for one in ledger.entries(session, EntryFilter(coin="POL"))}
    assert kinds == {"rename", "split"}


def test_a_convert_has_two_sides(session: Session) -> None:
    given = NewEntry("convert", "MATIC", Decimal(40), AT)
    assert len(ledger.convert(session, None, given, "SOL", Decimal(2)).entries) == 2
    assert held(session) == {"MATIC": "60", "SOL": "2", "USD": "-100"}


def test_a_stated_balance_is_compared_and_taken_back(session: Session) -> None:
    run = ledger.state_balance(session, None, "MATIC", Decimal(90), AT).run
    (gap,) = reconcile(session).gaps
    assert (gap.cause, gap.before, dict(gap.amounts)) == ("opening", AT, {"MATIC": Decimal(-10)})
    undo(session, run.id)
    assert reconcile(session).gaps == ()


def test_a_coin_that_is_only_stated_is_not_left_out(session: Session) -> None:
    ledger.state_balance(session, None, "ETH", Decimal(2), AT)
    (gap,) = reconcile(session, coin="ETH").gaps
    assert dict(gap.amounts) == {"ETH": Decimal(2)}


def test_below_zero_says_something_only_where_entries_are_known(session: Session) -> None:
    assert [one.status for one in reconcile(session, coin="USD").balances] == ["trades_only"]
    ledger.write(session, None, NewEntry("deposit", "USD", Decimal(30), AT))
    (gap,) = reconcile(session, coin="USD").gaps
    assert (gap.cause, dict(gap.amounts)) == ("below_zero", {"USD": Decimal(100)})


def test_a_rename_and_a_split_tell_nothing_of_what_came(session: Session) -> None:
    ledger.rename(session, None, ("MATIC", "POL"), Decimal(1), AT)
    assert {one.status for one in reconcile(session).balances} == {"trades_only", "not_stated"}
    assert reconcile(session).gaps == ()


@pytest.mark.parametrize(
    "entry",
    [
        NewEntry("gift", "USD", Decimal(1), AT),
        NewEntry("deposit", "1e5", Decimal(1), AT),
        NewEntry("deposit", "USD", Decimal(0), AT),
        NewEntry("deposit", "USD", Decimal(1), AT, Decimal(-1)),
        NewEntry("deposit", "USD", Decimal(1), AT, reference="\x07"),
        NewEntry("deposit", "USD", Decimal("1e24"), AT),
        NewEntry("deposit", "USD", Decimal("1e-31"), AT),
        NewEntry("deposit", "USD", Decimal(1), datetime(1969, 12, 31, tzinfo=UTC)),
        NewEntry("deposit", "USD", Decimal(1), datetime(2150, 1, 1, tzinfo=UTC)),
    ],
    ids=["kind", "coin", "nothing", "fee", "id", "huge", "tiny", "before 1970", "yet to come"],
)
def test_what_makes_no_sense_is_refused(session: Session, entry: NewEntry) -> None:
    with pytest.raises(Invalid):
        ledger.write(session, None, entry)


@pytest.mark.parametrize(("kind", "fee"), [("reward", "0"), ("deposit", "0"), ("dust", "-1")])
def test_a_convert_is_of_a_kind_that_has_two_sides(session: Session, kind: str, fee: str) -> None:
    given = NewEntry(kind, "MATIC", Decimal(40), AT, Decimal(fee))
    with pytest.raises(Invalid):
        ledger.convert(session, None, given, "SOL", Decimal(2))


def test_a_new_name_takes_every_digit_of_what_is_held(session: Session) -> None:
    """Tokens with 18 decimals are held by the hundred billions."""
    held_of_it = Decimal("123456789012.123456789012345678")
    ledger.write(session, None, NewEntry("deposit", "OLD", held_of_it, AT))
    ledger.rename(session, None, ("OLD", "NEW"), Decimal(1), AT)
    balances = {one.sums.coin: one.sums.balance for one in reconcile(session).balances}
    assert (balances["OLD"], balances["NEW"]) == (Decimal(0), held_of_it)


def test_what_is_not_held_has_no_new_name(session: Session) -> None:
    with pytest.raises(Invalid):
        ledger.rename(session, None, ("SOL", "POL"), Decimal(1), AT)
    with pytest.raises(NotFound):
        ledger.split(session, "nowhere", "MATIC", SplitRatio(2, 1), AT)


def test_one_deposit_that_two_files_tell_by_its_id_is_one(session: Session, tmp_path: Path) -> None:
    """The second file prints the time to the second, and another word."""
    header = "timestamp,kind,asset,quantity,fee,entry_id"
    for name, line in (
        ("a.csv", "2026-03-10T00:00:00.25Z,deposit,USD,500,,d1"),
        ("b.csv", "2026-03-10T00:00:00Z,opening,USD,500,,d1"),
    ):
        path = tmp_path / name
        path.write_text(f"{header}\n{line}\n")
        import_statement(session, path, ImportRequest(account="main"))
    assert held(session)["USD"] == "400"


def test_what_was_told_without_an_id_before_is_the_same_as_with_it(
    session: Session, tmp_path: Path
) -> None:
    """An earlier coach kept no ids; two equal deposits without one stay two."""
    ledger.write(session, None, NewEntry("deposit", "USD", Decimal(500), AT))
    header = "timestamp,kind,asset,quantity,fee,entry_id"
    line = "2026-03-10T00:00:00Z,deposit,USD,500,,"
    path = tmp_path / "named.csv"
    path.write_text(f"{header}\n{line}d1\n")
    named = import_statement(session, path, ImportRequest(account="main"))
    assert held(session)["USD"] == "400"
    both = tmp_path / "both.csv"
    both.write_text(f"{header}\n{line}\n{line}\n")
    import_statement(session, both, ImportRequest(account="main"))
    assert held(session)["USD"] == "900"
    undo(session, named.id)
    assert held(session)["USD"] == "900"


def test_a_coin_that_never_moved_is_not_reported_as_balanced(session: Session) -> None:
    ledger.write(session, None, NewEntry("deposit", "USD", Decimal(1), AT))
    assert ledger.entries(session, EntryFilter(coin="MATIC")) == []
    assert len(reconcile(session, coin="MATIC").balances) == 1
    for ask in (lambda: reconcile(session, coin="MATICX"), wrong_entries(session)):
        with pytest.raises(NotFound, match="no coin 'MATICX'"):
            ask()


def wrong_entries(session: Session) -> Callable[[], object]:
    return lambda: ledger.entries(session, EntryFilter(coin="MATICX"))

"""A split or a new name counts once, whichever imports tell it, and in whatever order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest

from coach.engine.api import insights, trades
from coach.engine.api.entries import ledger
from coach.engine.api.entries.ledger import EntryFilter, NewEntry, SplitRatio
from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.session import Session
from coach.errors import Refused
from coach.model.accounts import Run, RunId

Importer = Callable[..., Run]
TEN = SplitRatio(10, 1)
FRIDAY = "2026-03-06T20:25:00Z"
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)
HEADER = "timestamp,kind,asset,quantity,fee,entry_id"


@pytest.fixture(autouse=True)
def bought(imported: Importer) -> None:
    imported("09:00 buy NVDA-USD 5 @ 100", "09:01 buy MATIC-USD 300 @ 1", shorts=False)


@pytest.fixture
def told(session: Session, tmp_path: Path) -> Callable[..., Run]:
    """Import entries, written as the template's rows are."""

    def bring(name: str, *lines: str) -> Run:
        file = tmp_path / f"{name}.csv"
        file.write_text("\n".join([HEADER, *lines]) + "\n")
        return import_statement(session, file, ImportRequest(account="main"))

    return bring


def books(session: Session) -> list[str]:
    """Return what is open of each book, and what is held of each coin."""
    rows = trades.profit(session).rows
    opened = [f"{one.position.symbol} {one.position.open_quantity:f}" for one in rows]
    every = {one.sums.coin: one.sums.balance for one in reconcile(session).balances}
    return [*sorted(opened), *(f"{coin} {every[coin].normalize():f}" for coin in sorted(every))]


def outcome(taking: Callable[[], RunId]) -> RunId | None:
    """Return the run that an import left; None where it was refused."""
    try:
        return taking()
    except Refused:
        return None


def tellers(session: Session, told: Callable[..., Run]) -> dict[str, Callable[[], RunId]]:
    """Return the ways to tell one split: two files that name no ratio, and a hand."""
    return {
        "evening": lambda: told("evening", f"{FRIDAY},split,NVDA,45,,s-1").id,
        "day": lambda: told("day", "2026-03-07T00:00:00Z,split,NVDA,45,,").id,
        "hand": lambda: ledger.split(session, None, "NVDA", TEN, MONDAY).run.id,
    }


def test_one_split_told_three_times_counts_once_in_any_order_and_whatever_is_undone(
    session: Session, told: Callable[..., Run]
) -> None:
    """Undone to nothing, all is as it was; while any telling is left, it counts."""
    before, ways = books(session), tellers(session, told)
    for number, order in enumerate(permutations(ways)):
        runs = [run for name in order if (run := outcome(ways[name])) is not None]
        assert runs
        for run in runs[:: -1 if number % 2 else 1]:
            assert books(session)[1] == "NVDA-USD 50", order
            assert "NVDA 50" in books(session), order
            undo(session, run)
        assert books(session) == before, order


def test_a_file_after_a_hand_says_that_one_counts(
    session: Session, told: Callable[..., Run]
) -> None:
    ledger.split(session, None, "NVDA", TEN, MONDAY)
    run = told("evening", f"{FRIDAY},split,NVDA,45,,s-1")
    (said,) = [one for one in run.warnings if "split of NVDA" in str(one)]
    assert str(said) == (
        "the split of NVDA is told in evening.csv (2026-03-06 20:25 UTC) and by hand"
        " (2026-03-09 00:00 UTC): it counts once, as told in evening.csv"
    )
    (counts,) = ledger.entries(session, EntryFilter(kind="split"))
    assert f"{counts.at:%H:%M}" == "20:25"


def test_a_hand_after_a_file_is_refused_with_what_is_there(
    session: Session, told: Callable[..., Run]
) -> None:
    run = told("evening", f"{FRIDAY},split,NVDA,45,,s-1")
    with pytest.raises(
        Refused, match=r"is told in evening.csv \(2026-03-06 20:25 UTC\) already"
    ) as at:
        ledger.split(session, None, "NVDA", TEN, MONDAY)
    assert (at.value.remedy, at.value.facts["run"]) == ("undo_first_telling", run.id[:12])
    written = ledger.split(session, None, "NVDA", SplitRatio(2, 1), MONDAY)
    assert (len(written.entries), books(session)[1]) == (1, "NVDA-USD 100")


def test_a_hand_tells_one_split_once_and_two_that_are_apart_twice(session: Session) -> None:
    first = ledger.split(session, None, "NVDA", TEN, MONDAY)
    assert ledger.split(session, None, "NVDA", TEN, MONDAY).run.id == first.run.id
    with pytest.raises(Refused, match="by hand"):
        ledger.split(session, None, "NVDA", TEN, MONDAY.replace(day=10))
    ledger.split(session, None, "NVDA", TEN, MONDAY.replace(day=20))
    assert books(session)[1] == "NVDA-USD 500"


def test_what_an_earlier_coach_counted_twice_counts_once_at_the_next_look(
    session: Session, told: Callable[..., Run]
) -> None:
    told("evening", f"{FRIDAY},split,NVDA,45,,s-1")
    told("day", "2026-03-07T00:00:00Z,split,NVDA,45,,")
    session.connection.execute("update movement set aside = false")
    assert "NVDA 95" in books(session)
    insights.conclude_anew(session)
    assert (books(session)[1], "NVDA 50" in books(session)) == ("NVDA-USD 50", True)


def test_what_one_file_tells_twice_are_two(session: Session, told: Callable[..., Run]) -> None:
    ledger.split(session, None, "NVDA", SplitRatio(2, 1), MONDAY)
    day = "2026-03-09T00:00:00Z"
    told("two", f"{day},split,NVDA,5,,a", f"{day.replace('09T', '10T')},split,NVDA,10,,b")
    assert books(session)[1] == "NVDA-USD 20"


def renamers(session: Session, told: Callable[..., Run]) -> dict[str, Callable[[], RunId]]:
    def file(name: str, at: str, ids: tuple[str, str] = ("", "")) -> Run:
        sides = f"{at},rename,MATIC,-300,,{ids[0]}", f"{at},rename,POL,300,,{ids[1]}"
        return told(name, *sides)

    return {
        "evening": lambda: file("evening", FRIDAY, ("a", "b")).id,
        "day": lambda: file("day", "2026-03-07T00:00:00Z").id,
        "hand": lambda: (
            ledger.rename(session, None, ("MATIC", "POL"), Decimal(1), MONDAY.replace(day=5)).run.id
        ),
    }


def test_a_new_name_told_three_times_counts_once_in_any_order_and_whatever_is_undone(
    session: Session, told: Callable[..., Run]
) -> None:
    before, ways = books(session), renamers(session, told)
    for number, order in enumerate(permutations(ways)):
        runs = [run for name in order if (run := outcome(ways[name])) is not None]
        assert runs
        for run in runs[:: -1 if number % 2 else 1]:
            held = [one for one in books(session) if one.startswith(("MATIC ", "POL "))]
            assert held == ["MATIC 0", "POL 300"], order
            undo(session, run)
        assert books(session) == before, order


def test_the_rest_of_a_coin_may_be_renamed_after_the_file(
    session: Session, told: Callable[..., Run]
) -> None:
    told("part", f"{FRIDAY},rename,MATIC,-290,,a", f"{FRIDAY},rename,POL,290,,b")
    ledger.rename(session, None, ("MATIC", "POL"), Decimal(1), MONDAY)
    assert "POL 300" in books(session)


@pytest.mark.parametrize(("hours", "ids"), [(2, ("c", "d")), (30, ("", ""))], ids=["ids", "days"])
def test_a_coin_that_is_wrapped_in_two_files_is_wrapped_twice(
    session: Session, told: Callable[..., Run], hours: int, ids: tuple[str, str]
) -> None:
    """Two ids are two, and so are two moments that are more than a day apart."""
    told("first", f"{FRIDAY},rename,MATIC,-100,,a", f"{FRIDAY},rename,POL,100,,b")
    at = f"{datetime.fromisoformat(FRIDAY) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"
    run = told("then", f"{at},rename,MATIC,-100,,{ids[0]}", f"{at},rename,POL,100,,{ids[1]}")
    assert "POL 200" in books(session)
    assert run.warnings == ()


def test_what_a_split_without_a_ratio_tells_is_decided_again_when_a_fill_comes(
    session: Session, told: Callable[..., Run], imported: Importer
) -> None:
    """45 are nine for each of five; as long as four of them are known, they are no ten for one."""
    imported("10:00 buy TSLA-USD 4 @ 100", shorts=False)
    ledger.split(session, None, "TSLA", TEN, MONDAY)
    told("evening", f"{FRIDAY},split,TSLA,45,,s-1")
    assert len(ledger.entries(session, EntryFilter(kind="split"))) == 2
    late = imported("11:00 buy TSLA-USD 1 @ 100", shorts=False)
    assert any("split of TSLA" in one and "counts once" in one for one in late.warnings)
    (counts,) = ledger.entries(session, EntryFilter(kind="split"))
    assert (f"{counts.quantity:f}", books(session)[2]) == ("45", "TSLA-USD 50")
    undo(session, late.id)
    assert len(ledger.entries(session, EntryFilter(kind="split"))) == 2


def test_entries_by_hand_that_say_no_ratio_stand_aside_too(
    session: Session, told: Callable[..., Run]
) -> None:
    told("evening", f"{FRIDAY},split,NVDA,45,,s-1")
    written = ledger.write(session, None, NewEntry("split", "NVDA", Decimal(45), MONDAY))
    assert written.entries == ()
    assert any("counts once" in str(one) for one in written.run.warnings)

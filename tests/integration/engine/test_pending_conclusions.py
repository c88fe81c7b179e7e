"""What was stored and not concluded from is concluded from by the next command that imports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from coach.engine.api import candles, health, imports, insights
from coach.engine.api.candles import CandleFileNaming, CandlePlaces
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.address import Folder
from coach.engine.market.arrival import FileTally
from coach.engine.market.objects import Objects, open_objects
from coach.engine.store import conclusions
from coach.engine.store.connect import connect
from coach.errors import ObjectTrouble
from coach.model.accounts import Run
from coach.model.market import SourceWishes

Importer = Callable[..., Run]
ImportCandles = Callable[..., FileTally]
HELD = ("09:00 buy BTC-USD 1 @ 100 fee 0.1", "11:00 sell BTC-USD 1 @ 101 fee 0.1")
LATER = ("09:00 buy BTC-USD 1 @ 100 fee 0.1", "11:00 sell BTC-USD 1 @ 99 fee 0.1")
FIRST = datetime.fromisoformat("2026-02-23T00:00:00Z")
WEEKS = 2


def nobody(_done: int, _total: int | None) -> None:
    """Watch no progress."""


def killed_at_the_end(done: int, total: int | None) -> None:
    if done == total:
        raise KeyboardInterrupt


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles."""
    return replace(session, objects=lambda: open_objects(Folder(tmp_path / "objects")))


@pytest.fixture
def import_candles(session: Session, tmp_path: Path) -> ImportCandles:
    """Import two weeks of bars around 100, a quarter of an hour each."""
    file = tmp_path / "candles.csv"
    starts = (FIRST + timedelta(minutes=15 * number) for number in range(672 * WEEKS))
    bars = [f"{at.isoformat()},BTC-USD,100,102,99,{100 + at.hour % 3},1" for at in starts]
    file.write_text("\n".join(["time,symbol,open,high,low,close,volume", *bars]) + "\n")
    hot = MemoryHotStore(lambda: 0.0)

    def bring(tell: Callable[[int, int | None], None] = nobody) -> FileTally:
        assert session.objects is not None
        places = CandlePlaces(session.objects(), hot, SourceWishes())
        return candles.import_file(session, places, file, CandleFileNaming("file"), tell)

    return bring


@pytest.fixture
def killed(session: Session, imported: Importer, import_candles: ImportCandles) -> ImportCandles:
    """A trade, and candles that were stored when the command was killed."""
    imported(*HELD)
    with pytest.raises(KeyboardInterrupt):
        import_candles(killed_at_the_end)
    assert candles.coverage(session)[0].weeks == WEEKS
    assert used(session) == 0
    return import_candles


def used(session: Session) -> int:
    row = session.connection.execute("select count(distinct sha256) from candle_use").fetchone()
    assert row is not None
    return int(row[0])


def behind(session: Session) -> bool:
    return conclusions.are_behind(session.connection, session.user.id)


def dead(session: Session) -> Session:
    def nobody_answers() -> Objects:
        raise ObjectTrouble("", what="nobody answers")

    return replace(session, objects=nobody_answers)


def test_the_same_candles_again_conclude_from_them(session: Session, killed: ImportCandles) -> None:
    tally = killed()
    assert [(one.new, one.changed) for one in tally.series] == [(0, 0)]
    assert used(session) == WEEKS
    assert not behind(session)


@pytest.mark.usefixtures("killed")
def test_a_statement_that_brings_nothing_new_concludes_from_them(
    session: Session, imported: Importer
) -> None:
    assert imported(*HELD).new == 0
    assert used(session) == WEEKS
    assert not behind(session)


def test_taking_another_import_back_concludes_from_them(
    session: Session, imported: Importer, import_candles: ImportCandles
) -> None:
    imported(*HELD)
    other = imported(*LATER, day="2026-03-03")
    with pytest.raises(KeyboardInterrupt):
        import_candles(killed_at_the_end)
    imports.undo(session, other.id)
    assert used(session) == WEEKS
    assert not behind(session)


@pytest.mark.usefixtures("killed")
def test_a_dry_run_concludes_nothing(session: Session, imported: Importer) -> None:
    imported(*HELD, dry_run=True)
    assert behind(session)


def test_candles_that_change_nothing_leave_nothing_to_conclude_from(
    session: Session, imported: Importer, import_candles: ImportCandles
) -> None:
    imported(*HELD)
    import_candles()
    before = session.connection.execute("select stored from conclusion_state").fetchone()
    import_candles()
    assert session.connection.execute("select stored from conclusion_state").fetchone() == before
    assert not behind(session)


def test_what_was_imported_without_sight_of_the_candles_is_concluded_from_later(
    session: Session, tmp_path: Path, import_candles: ImportCandles
) -> None:
    """The object store was down while the trade came; the same statement again brings nothing."""
    import_candles()
    file = tmp_path / "mine.csv"
    file.write_text(
        "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
        "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0.1,,a\n"
        "2026-03-02T11:00:00Z,BTC-USD,sell,1,101,0.1,,b\n"
    )
    run = imports.import_statement(dead(session), file, imports.ImportRequest())
    assert "nobody answers" in run.warnings[0]
    assert (used(session), behind(session)) == (0, True)
    assert imports.import_statement(session, file, imports.ImportRequest()).new == 0
    assert (used(session), behind(session)) == (WEEKS, False)


@pytest.mark.usefixtures("killed")
def test_a_store_that_stays_down_is_told_of_once(session: Session) -> None:
    file = next(Path(session.home.data.parent).glob("statement-*.csv"))
    run = imports.import_statement(dead(session), file, imports.ImportRequest(account="main"))
    assert len([one for one in run.warnings if "nobody answers" in one]) == 1
    assert behind(session)


def test_a_rule_made_without_sight_of_the_candles_is_held_against_them_later(
    session: Session, imported: Importer, import_candles: ImportCandles
) -> None:
    imported(*HELD)
    import_candles()
    assert not behind(session)
    rules.add(dead(session), "no_entry_after_spike", {"z": 3})
    assert behind(session)


def test_what_arrives_while_conclusions_are_drawn_stays_to_be_concluded_from(
    session: Session, imported: Importer, import_candles: ImportCandles
) -> None:
    imported(*HELD)
    import_candles()

    def another_coach_stores() -> Objects:
        assert session.objects is not None
        with session.connect() as other:
            conclusions.note_change(other, session.user.id)
        return session.objects()

    insights.conclude_anew(replace(session, objects=another_coach_stores))
    assert behind(session)


def test_the_doctor_says_that_something_is_still_to_be_concluded(
    session: Session, killed: ImportCandles
) -> None:
    assert "conclusions" in {check.name for check in health.examine(session)}
    killed()
    assert "conclusions" not in {check.name for check in health.examine(session)}


def test_each_user_is_behind_alone(session: Session, database_url: str) -> None:
    with connect(database_url) as connection:
        conclusions.note_change(connection, session.user.id)
        assert conclusions.are_behind(connection, session.user.id)
        assert not conclusions.are_behind(connection, type(session.user.id)("other"))

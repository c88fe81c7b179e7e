"""What was found is read back while its inputs are the same, and never after one changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import accounts, digests, imports, insights, users, why
from coach.engine.api.plugins import Plugin, extra
from coach.engine.api.promises import labels, plans, rules
from coach.engine.api.session import Session
from coach.engine.biases.detector import Measurement, Window
from coach.engine.digest import pack
from coach.engine.features.context import Context
from coach.engine.history import known_findings
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep
from coach.engine.market.objects import Objects, open_objects
from coach.engine.rules.draft import Terms
from coach.engine.store import candles
from coach.engine.store.promises import questions
from coach.errors import ObjectTrouble
from coach.model.accounts import Run
from coach.model.candles import QUARTER, Candle, CandleWindow, Series
from coach.model.canonical import canonical_json
from coach.model.fills import Symbol
from coach.model.plans import QuestionId, QuestionRecord
from coach.model.reasons import Reason
from tests.integration.engine import toy_habit

Importer = Callable[..., Run]
Change = Callable[[Session, Importer], object]
WEEK = "2026-W10"
MARK = 43_210
BITCOIN = Series(Symbol("BTC-USD"), QUARTER, "file")
START_US = round(datetime.fromisoformat("2026-02-23T00:00:00Z").timestamp()) * 1_000_000
STEP_US = 900_000_000
FILLS = (
    *("09:00 buy BTC-USD 1 @ 100 fee 0.1 #a", "09:10 sell BTC-USD 1 @ 90 fee 0.1 #b"),
    *("10:00 buy BTC-USD 2 @ 100 fee 0.1 #c", "10:10 sell BTC-USD 2 @ 110 fee 0.1 #d"),
    *("11:00 buy BTC-USD 1 @ 100 #e", "11:10 sell BTC-USD 1 @ 110 #f"),
)


@pytest.fixture
def session(session: Session, tmp_path: Path) -> Session:
    """A session with a folder for candles, one detector of another package, and no rule."""
    plugins = [Plugin("sharp", lambda: toy_habit.DETECTOR)]
    return replace(
        session,
        objects=lambda: open_objects(Folder(tmp_path / "objects")),
        extra=lambda: extra(plugins),
    )


@pytest.fixture
def imported(session: Session, imported: Importer) -> Importer:
    """Import the fills of one day, and two weeks of candles before them."""
    bring_candles(session, "101")
    imported(*FILLS)
    insights.conclude_anew(session)
    return imported


def bring_candles(session: Session, high: str) -> None:
    assert session.objects is not None
    shelf = CandleShelf(session.connection, session.objects(), session.user.id)
    prices = (Decimal(100), Decimal(high), Decimal(99), Decimal(100), Decimal(1))
    bars = [Candle(START_US + n * STEP_US, *prices) for n in range(1344)]
    window = CandleWindow(START_US, START_US + len(bars) * STEP_US)
    keep(shelf, BITCOIN, bars, FetchedWindow(window, session.clock()))


def mark(session: Session) -> None:
    """Change what is kept, under the hash that it is kept under."""
    session.connection.execute(
        "update kept_result set body = regexp_replace(body, '\"n\":\\d+', %s, 'g')",
        [f'"n":{MARK}'],
    )


def read_back(session: Session, days: int = 90) -> bool:
    """Return whether every finding is the marked one, and not one alone."""
    [marked] = {one.n == MARK for one in insights.findings(session, days).findings}
    return marked


def kept(session: Session) -> int:
    row = session.connection.execute("select count(*) from kept_result").fetchone()
    assert row is not None
    return int(row[0])


def forget(session: Session) -> None:
    session.connection.execute("delete from kept_result")


def test_what_an_import_found_is_read_back(session: Session, imported: Importer) -> None:
    imported("12:00 buy ETH-USD 1 @ 10", "12:10 sell ETH-USD 1 @ 11")
    mark(session)
    assert read_back(session)
    assert why.of_bias(session, "revenge").finding.n == MARK


@pytest.mark.usefixtures("imported")
def test_a_look_at_another_window_is_computed_once(session: Session) -> None:
    mark(session)
    assert not read_back(session, 30)
    mark(session)
    assert read_back(session, 30)
    assert not read_back(session, 31)
    assert read_back(session, 90)


def test_a_look_after_an_import_writes_nothing(session: Session, imported: Importer) -> None:
    imported("12:00 buy ETH-USD 1 @ 10", "12:10 sell ETH-USD 1 @ 11")
    made = digests.digest(session, WEEK)
    session.connection.execute("set default_transaction_read_only = on")
    assert insights.findings(session).findings
    assert digests.digest(session, WEEK) == made


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("days", [1, 30, 90])
def test_what_is_read_back_is_what_was_computed(session: Session, days: int) -> None:
    rules.add(session, "cooldown_after_loss", {"minutes": 55})
    forget(session)
    computed = insights.findings(session, days)
    assert repr(insights.findings(session, days)) == repr(computed)


def declare_plan(session: Session, _: Importer) -> None:
    plans.add(session, "stop", plans.PlanRequest(percent=Decimal(5)))


def answer_question(session: Session, _: Importer) -> None:
    reason = Reason("clock", 20, 0.9)
    step = QuestionRecord(0, QuestionId("fomo-clock"), "no", "fomo", reason, session.clock())
    questions.append(session.connection, session.user.id, step)


def value_account(session: Session, _: Importer) -> None:
    plans.set_equity(session, "main", Decimal(1000))


def move(session: Session, _: Importer) -> None:
    users.set_zone(session, "Asia/Tokyo")


def import_more(_: Session, imported: Importer) -> None:
    imported("12:00 buy ETH-USD 1 @ 10", "12:10 sell ETH-USD 1 @ 11")


def import_elsewhere(_: Session, imported: Importer) -> None:
    imported("12:00 buy BTC-USD 1 @ 10", "12:10 sell BTC-USD 1 @ 11", account="other")


def undo(session: Session, imported: Importer) -> None:
    run = imported("12:00 buy ETH-USD 1 @ 10", "12:10 sell ETH-USD 1 @ 11")
    mark(session)
    imports.undo(session, run.id)


def allow_shorts(session: Session, _: Importer) -> None:
    accounts.set_shorts(session, "main", allowed=True)


def add_rule(session: Session, _: Importer) -> None:
    rules.add(session, "cooldown_after_loss", {"minutes": 55})


def change_candles(session: Session, _: Importer) -> None:
    bring_candles(session, "102")


def drop_candles(session: Session, _: Importer) -> None:
    candles.forget(session.connection, session.user.id, BITCOIN)


CHANGES = (
    *(
        declare_plan,
        answer_question,
        value_account,
        move,
        import_more,
        import_elsewhere,
        undo,
        allow_shorts,
    ),
    *(add_rule, change_candles, drop_candles),
)


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_of_its_inputs_nothing_is_read_back(
    session: Session, imported: Importer, change: Change
) -> None:
    digests.digest(session, WEEK)
    mark(session)
    change(session, imported)
    assert not read_back(session)
    found = insights.findings(session)
    forget(session)
    assert repr(insights.findings(session)) == repr(found)
    made = digests.digest(session, WEEK)
    session.connection.execute("delete from digest")
    assert digests.digest(session, WEEK) == made


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("change", ["edit", "pause", "remove"])
def test_after_a_change_of_a_rule_nothing_is_read_back(session: Session, change: str) -> None:
    made = rules.add(session, "cooldown_after_loss", {"minutes": 55}).rule
    insights.findings(session)
    mark(session)
    assert read_back(session)
    if change == "edit":
        rules.edit(session, made.id, {"minutes": 60}, Terms())
    elif change == "pause":
        rules.set_active(session, made.id, active=False)
    else:
        rules.remove(session, made.id)
    assert not read_back(session)


@pytest.mark.usefixtures("imported")
def test_an_answer_of_the_trader_is_no_input(session: Session) -> None:
    mark(session)
    row = session.connection.execute("select id from trade").fetchone()
    assert row is not None
    labels.label(session, row[0], "revenge", "yes")
    assert read_back(session)


def other_formula(session: Session) -> Session:
    detector = replace(toy_habit.DETECTOR, formula="another@2")
    return replace(session, extra=lambda: extra([Plugin("sharp", lambda: detector)]))


def without_guests(session: Session) -> Session:
    return replace(session, extra=None)


def newer_package(session: Session) -> Session:
    assert session.extra is not None
    loaded = replace(session.extra(), versions=("sharp 2.0",))
    return replace(session, extra=lambda: loaded)


def without_candles(session: Session) -> Session:
    return replace(session, objects=None)


def moved(session: Session) -> Session:
    return replace(session, user=replace(session.user, zone="Asia/Tokyo"))


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    "as_seen", [other_formula, without_guests, newer_package, without_candles, moved]
)
def test_another_session_reads_back_only_what_was_made_as_it_sees(
    session: Session, as_seen: Callable[[Session], Session]
) -> None:
    mark(session)
    assert not read_back(as_seen(session))


@pytest.mark.usefixtures("imported")
def test_another_version_of_coach_computes_anew(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests.digest(session, WEEK)
    mark(session)
    monkeypatch.setattr(known_findings, "VERSION", "9.9.9")
    assert not read_back(session)


@pytest.mark.usefixtures("imported")
def test_books_without_a_hash_are_computed_from_until_they_are_matched_anew(
    session: Session,
) -> None:
    session.connection.execute("delete from book_hash; update book set stale = true")
    mark(session)
    assert not read_back(session)
    assert not read_back(session)
    insights.conclude_anew(session)
    mark(session)
    assert read_back(session)


@pytest.mark.usefixtures("imported")
def test_what_was_found_blind_is_not_kept(session: Session) -> None:
    """The place of candles does not answer."""

    def nobody_answers() -> Objects:
        raise ObjectTrouble("", what="nobody answers")

    blind = replace(session, objects=nobody_answers)
    forget(session)
    assert insights.findings(blind).warnings
    assert insights.findings(blind).warnings
    assert not insights.findings(session).warnings


@pytest.mark.usefixtures("imported")
def test_what_a_detector_broke_down_at_is_not_kept(session: Session) -> None:
    """It measures nothing of no trades, which is all that it is asked when it is loaded."""

    def measure(context: Context, window: Window, seed: int) -> Measurement:
        if len(context.history):
            raise OSError
        return toy_habit.measure(context, window, seed)

    detector = replace(toy_habit.DETECTOR, measure=measure)
    broken = extra([Plugin("sharp", lambda: detector)])
    assert broken.detectors
    forget(session)
    assert insights.findings(replace(session, extra=lambda: broken)).findings[-1].lacks
    assert kept(session) == 0


@pytest.mark.usefixtures("imported")
def test_what_changes_while_it_is_computed_is_not_kept(session: Session) -> None:
    """A plan is declared by somebody else after the history was read."""

    def measure(context: Context, window: Window, seed: int) -> Measurement:
        with session.connect() as elsewhere:
            elsewhere.execute(
                "insert into plan (user_id, id, kind, params, created_at)"
                " values (%s, 'p', 'stop', '{}', %s) on conflict do nothing",
                [session.user.id, session.clock() + timedelta(days=1)],
            )
        return toy_habit.measure(context, window, seed)

    detector = replace(toy_habit.DETECTOR, measure=measure)
    offered = replace(extra([]), detectors=(detector,))
    meddled = replace(session, extra=lambda: offered)
    forget(session)
    insights.findings(meddled)
    assert kept(session) == 0


@pytest.mark.usefixtures("imported")
def test_a_kept_digest_is_read_back(session: Session) -> None:
    made = digests.digest(session, WEEK)
    counted = session.connection.execute("select xmin::text from digest").fetchone()
    assert digests.digest(session, WEEK) == made
    assert session.connection.execute("select xmin::text from digest").fetchone() == counted


@pytest.mark.usefixtures("imported")
def test_a_kept_digest_with_other_bytes_is_made_anew(session: Session) -> None:
    made = digests.digest(session, WEEK)
    session.connection.execute("update digest set pack = replace(pack, 'week', 'weak')")
    assert digests.digest(session, WEEK).sha256 == made.sha256


@pytest.mark.usefixtures("imported")
def test_a_digest_is_verified_by_computing_it(session: Session) -> None:
    """The pack says another number, and has the hash of what it says."""
    made = digests.digest(session, WEEK)
    forged = pack.read(canonical_json(made.pack))
    forged["schema_version"] = 7
    session.connection.execute(
        "update digest set pack = %s, pack_sha256 = %s",
        [canonical_json(forged).decode(), pack.sha256(forged)],
    )
    assert digests.digest(session, WEEK).pack["schema_version"] == 7
    assert not digests.verify(session, WEEK).ok

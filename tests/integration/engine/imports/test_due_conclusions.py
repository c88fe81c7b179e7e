"""What an import into a large history leaves due is drawn once, by whoever looks first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Barrier

import pytest

from coach.engine.api import events, health, imports, insights, trades, why
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.plugins import Plugin, extra
from coach.engine.api.promises import calibration, labels, questions, rules, suggestions
from coach.engine.api.session import Session
from coach.engine.store import conclusions
from coach.engine.store import insights as store
from coach.errors import Locked
from coach.model.accounts import Run
from coach.model.insights import Tag
from tests.integration.engine import toy_habit

HABIT = toy_habit.DETECTOR.bias
Bring = Callable[..., Run]
ON_THE_HOUR = (
    *("09:00 buy BTC-USD 1 @ 100 #a", "09:10 sell BTC-USD 1 @ 90 #b"),
    *("10:00 buy BTC-USD 2 @ 100 #c", "10:10 sell BTC-USD 2 @ 110 #d"),
    *("11:00 buy BTC-USD 1 @ 100 #e", "11:10 sell BTC-USD 1 @ 110 #f"),
)
LATER = ("09:00 buy BTC-USD 1 @ 100 #g", "09:10 sell BTC-USD 1 @ 90 #h")


@pytest.fixture
def session(session: Session) -> Session:
    """A session to which every history is large; another package has a habit that is tagged."""
    guests = extra([Plugin("sharp", lambda: toy_habit.DETECTOR)])
    return replace(session, scored_at_once=0, extra=lambda: guests)


def stored_tags(session: Session) -> list[Tag]:
    return store.tags(session.connection, session.user.id)


def due(session: Session) -> bool:
    return conclusions.are_due(session.connection, session.user.id)


def types(session: Session) -> list[str]:
    return [one.type for one in events.every(session)]


def test_an_import_says_that_conclusions_are_due_and_the_next_look_draws_them(
    session: Session, imported: Bring
) -> None:
    assert imported(*ON_THE_HOUR).conclusions_due
    assert (stored_tags(session), types(session)) == ([], ["import.done"])
    assert len(insights.tags(session, HABIT)) == 3
    assert types(session).count("bias.tagged") == len({tag.bias for tag in stored_tags(session)})
    assert not due(session)


def test_a_small_history_is_scored_with_its_import(session: Session, imported: Bring) -> None:
    run = imported(*ON_THE_HOUR)
    drawn = insights.tags(session)
    imports.undo(session, run.id)
    file = next(Path(session.home.data.parent).glob("statement-*.csv"))
    small = replace(session, scored_at_once=len(ON_THE_HOUR))
    run = imports.import_statement(small, file, imports.ImportRequest(account="main"))
    assert not run.conclusions_due
    assert stored_tags(session) == drawn


@pytest.mark.parametrize(
    "look",
    [
        health.status,
        insights.findings,
        insights.tags,
        labels.questions,
        questions.questions,
        lambda session: list(trades.round_trips(session)),
        lambda session: list(trades.open_round_trips(session)),
        lambda session: suggestions.suggestions(session, "revenge"),
        lambda session: why.of_trade(session, first_trade(session)),
        lambda session: labels.label(session, first_trade(session), HABIT, "yes"),
    ],
)
def test_whatever_shows_conclusions_draws_what_is_due(
    session: Session, imported: Bring, look: Callable[[Session], object]
) -> None:
    imported(*ON_THE_HOUR)
    look(session)
    assert not due(session)
    assert len(stored_tags(session)) >= 3


def first_trade(session: Session) -> str:
    row = session.connection.execute("select min(id) from trade").fetchone()
    assert row is not None
    return str(row[0])


def test_a_label_given_right_after_an_import_knows_of_its_tag(
    session: Session, imported: Bring
) -> None:
    imported(*ON_THE_HOUR)
    assert labels.label(session, first_trade(session), HABIT, "yes").tagged


def test_profit_and_breaches_are_right_at_once_and_draw_nothing(
    session: Session, imported: Bring
) -> None:
    rules.add(session, "cooldown_after_loss", {"minutes": 60})
    imported(*ON_THE_HOUR)
    assert trades.profit(session).totals["USD"].net == 20
    [broken] = rules.breaches(session)
    assert broken.facts["minutes_since"] == 50
    assert types(session)[-2:] == ["import.done", "rule.breached"]
    assert due(session)


def test_what_is_broken_by_new_fills_is_told_by_their_import(
    session: Session, imported: Bring
) -> None:
    imported(*ON_THE_HOUR)
    rules.add(session, "max_trades_per_day", {"limit": 1})
    before = rules.breaches(session)
    imported(*LATER, "10:00 buy BTC-USD 1 @ 100 #i", day="2026-03-03")
    assert len(rules.breaches(session)) == len(before) + 1
    assert types(session)[-2:] == ["import.done", "rule.breached"]
    assert due(session)


def test_the_same_file_again_leaves_nothing_due(session: Session, imported: Bring) -> None:
    imported(*ON_THE_HOUR)
    insights.findings(session)
    assert not imported(*ON_THE_HOUR).conclusions_due
    assert not due(session)


def test_a_dry_run_leaves_nothing_due(session: Session, imported: Bring) -> None:
    imported(*ON_THE_HOUR, dry_run=True)
    assert not due(session)


def test_an_undo_leaves_what_it_changed_due(session: Session, imported: Bring) -> None:
    imported(*ON_THE_HOUR)
    run = imported(*LATER, day="2026-03-03")
    assert len(insights.tags(session, HABIT)) == 4
    imports.undo(session, run.id)
    assert due(session)
    assert len(insights.tags(session, HABIT)) == 3


def test_two_that_look_at_once_draw_them_once(session: Session, imported: Bring) -> None:
    imported(*ON_THE_HOUR)
    started = Barrier(2)

    def look() -> int:
        with session.connect() as connection:
            other = replace(session, opened=connection)
            started.wait(60)
            return len(insights.tags(other, HABIT))

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(look), pool.submit(look)]
        assert [one.result(120) for one in both] == [3, 3]
    told = types(session)
    assert len([one for one in told if one == "bias.tagged"]) == len(
        {tag.bias for tag in stored_tags(session)}
    )


def test_one_who_is_killed_while_drawing_leaves_them_due(session: Session, imported: Bring) -> None:
    imported(*ON_THE_HOUR)

    def killed() -> datetime:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        insights.findings(replace(session, clock=killed))
    assert due(session)
    assert (stored_tags(session), types(session)) == ([], ["import.done"])
    assert len(insights.tags(session, HABIT)) == 3


def test_a_look_waits_for_another_import_and_says_so(session: Session, imported: Bring) -> None:
    imported(*ON_THE_HOUR)
    with session.connect() as other:
        other.execute(
            "select pg_advisory_lock(hashtextextended(%s, 0))", [f"import:{session.user.id}"]
        )
        with pytest.raises(Locked):
            conclude_due(session, patience_s=0.001)
    assert due(session)


def test_rules_are_calibrated_when_the_conclusions_are_drawn(
    session: Session, imported: Bring
) -> None:
    rules.add(session, "max_size_vs_median", {"ratio": 2})
    imported(*ON_THE_HOUR)
    looked = "select count(*) from calibration"
    assert session.connection.execute(looked).fetchone() == (0,)
    insights.findings(session)
    assert session.connection.execute(looked).fetchone() == (1,)
    assert calibration.proposals(session) == []

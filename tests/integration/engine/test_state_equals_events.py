"""What was read before, brought up to date by events alone, is what would be read now.

Each step takes everything that the API shows, acts, reads again only what the events of that step
name as stale, and compares with everything that the API shows then. What changed and was named by
no event fails.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import get_args

import pytest

from coach.engine.api import (
    accounts,
    candles,
    digests,
    events,
    health,
    imports,
    insights,
    jobs,
    notes,
    trades,
    upkeep,
    users,
)
from coach.engine.api.candles import CandleFileNaming, CandlePlaces
from coach.engine.api.fills import coverage, single
from coach.engine.api.fills.single import FillFilter
from coach.engine.api.notify import channels, deliveries
from coach.engine.api.promises import (
    calibration,
    check,
    check_history,
    commitments,
    confidence,
    experiments,
    labels,
    plans,
    questions,
    revisions,
    rules,
)
from coach.engine.api.promises.plans import PlanRequest
from coach.engine.api.reflection import reflect
from coach.engine.api.session import Session
from coach.engine.hot.in_postgres import PostgresHotStore
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.engine.outbox import partitions
from coach.engine.rules.draft import Terms
from coach.model.event_types import EVENT_TYPES
from coach.model.events import Stale
from coach.model.machine.secrets import Secret
from coach.model.market import SourceWishes
from tests.doubling_bot import bot_rows
from tests.hooks import hook_server

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
RULE = "max_size_vs_median"
SIZES = (1.0, 1.0, 1.1, 0.9, 2.1, 1.0, 1.0, 2.9, 0.9, 1.1, 1.0, 2.2, 1.0, 1.0, 3.4, 1.0)


@dataclass
class Follower:
    """Somebody who reads once, and then only what events name."""

    session: Session
    held: dict[Stale, object] | None = None

    def reads(self) -> dict[Stale, Callable[[], object]]:
        """Return how each thing is read."""
        session = self.session
        return {
            "accounts": lambda: accounts.overview(session),
            "breaches": lambda: rules.breaches(session),
            "candles": lambda: candles.coverage(session),
            "channels": lambda: channels.channels(session),
            "deliveries": lambda: deliveries.log(session),
            "checks": lambda: check_history.history(session, check_history.CheckFilter()),
            "commitments": lambda: [
                commitments.commitments(session, commitments.CommitmentFilter(removed=removed))
                for removed in (False, True)
            ],
            "coverage": lambda: coverage.coverage(session),
            "fills": lambda: (
                single.fills(session, FillFilter()),
                single.fills_not_held(session),
            ),
            "experiments": lambda: experiments.experiments(session),
            "findings": lambda: insights.findings(session),
            "imports": lambda: imports.all_runs(session),
            "jobs": lambda: jobs.jobs(session),
            "labels": lambda: (labels.labels(session), labels.labels_of_gone_trades(session)),
            "notes": lambda: [
                notes.notes(session, notes.NoteFilter(removed=removed), "UTC")
                for removed in (False, True)
            ],
            "plans": lambda: plans.plans(session),
            "profit": lambda: trades.profit(session),
            "proposals": lambda: calibration.proposals(session, every=True),
            "questions": lambda: (questions.questions(session), questions.styles(session)),
            "reflections": lambda: reflect.newest(session, 20),
            "revisions": lambda: revisions.history(session),
            "rules": lambda: rules.rules(session),
            "status": lambda: replace(health.status(session), events=0),
            "tags": lambda: insights.tags(session),
            "trades": lambda: (
                list(trades.round_trips(session)),
                list(trades.open_round_trips(session)),
            ),
            "zone": lambda: users.users(session.connection),
        }

    def does(self, act: Callable[[Session], object], *expected: str) -> object:
        """Act, and read again what the events of it name; nothing else may have changed."""
        if self.held is None:
            self.held = {name: read() for name, read in self.reads().items()}
        last = [one.id for one in events.every(self.session)][-1:]
        result = act(self.session)
        came = list(events.every(self.session, last[0] if last else None))
        assert {one.type for one in came} >= set(expected)
        stale = {name for one in came for name in EVENT_TYPES[one.type].stale}
        now = {name: read() for name, read in self.reads().items()}
        changed = {name for name, value in now.items() if value != self.held[name]}
        if not came:  # a look that found nothing is a job, and no event
            stale = {"jobs"}
        assert changed <= stale, f"{changed - stale} changed, and only {stale} were named"
        self.held = now
        return result


def test_what_events_may_name_is_what_can_be_read(session: Session) -> None:
    kept_by_week: set[Stale] = {"digests"}  # a digest is read by its week
    assert Follower(session).reads().keys() | kept_by_week == set(get_args(Stale))
    assert all(event.stale for event in EVENT_TYPES.values())


def statement(folder: Path, first: int, last: int) -> Path:
    """Write two trades a day, some of them twice or thrice the usual size."""
    lines = [HEADER]
    for number in range(2 * first, 2 * last):
        opened = START + timedelta(days=number // 2, hours=3 * (number % 2))
        closed, size = opened + timedelta(minutes=30), SIZES[number % len(SIZES)]
        lines += [
            f"{opened:%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,{size},100,0,,o{number}",
            f"{closed:%Y-%m-%dT%H:%M:%SZ},BTC-USD,sell,{size},{100 + number % 3 - 1},0,,c{number}",
        ]
    file = folder / f"trades-{first}-{last}.csv"
    file.write_text("\n".join(lines) + "\n")
    return file


def bring(file: Path, account: str = "main") -> Callable[[Session], object]:
    return lambda session: imports.import_statement(
        session, file, imports.ImportRequest(account=account)
    )


@pytest.fixture
def follower(session: Session) -> Follower:
    partitions.ensure(session.connection, JUNE)
    return Follower(replace(session, clock=lambda: JUNE))


@pytest.fixture
def of_many_fills(follower: Follower) -> Follower:
    """Somebody of whose history every import leaves the conclusions due."""
    follower.session = replace(follower.session, scored_at_once=0)
    return follower


def test_imports_rules_and_answers_name_all_that_they_change(
    follower: Follower, tmp_path: Path
) -> None:
    follower.does(bring(statement(tmp_path, 0, 60)), "import.done")
    follower.does(lambda s: rules.add(s, RULE, {"ratio": 2}), "rule.changed", "rule.breached")
    follower.does(bring(statement(tmp_path, 40, 80)), "import.done", "rule.breached")
    follower.does(lambda s: rules.edit(s, RULE, {"ratio": 2.5}, Terms()), "rule.changed")
    follower.does(lambda s: revisions.rollback(s, RULE), "rule.changed", "rule.breached")
    follower.does(lambda s: rules.set_active(s, RULE, active=False), "rule.changed")
    follower.does(lambda s: rules.set_active(s, RULE, active=True), "rule.changed")
    one, *_ = trades.round_trips(follower.session)
    follower.does(lambda s: labels.label(s, one.trip.id, "revenge", "no"), "label.given")
    follower.does(lambda s: labels.label(s, one.trip.id, "revenge", "no"))
    follower.does(lambda s: labels.label(s, one.trip.id, "revenge", "yes"), "label.given")
    follower.does(lambda s: labels.remove(s, one.trip.id, "revenge"), "label.removed")
    follower.does(lambda s: plans.add(s, "stop", PlanRequest(percent=Decimal(2))), "plan.changed")
    follower.does(lambda s: plans.remove(s, "stop"), "plan.changed")
    follower.does(lambda s: plans.set_equity(s, "main", Decimal(5000)), "account.changed")
    follower.does(lambda s: accounts.set_shorts(s, "main", allowed=True), "account.changed")
    follower.does(lambda s: users.set_zone(s, "Asia/Tokyo"), "zone.changed")
    follower.does(lambda s: digests.digest(s, "2026-W10"), "digest.ready")
    follower.does(reflect.reflect, "coach.reflect")
    newest = imports.all_runs(follower.session)[0].id
    follower.does(lambda s: imports.undo(s, newest), "import.undone")
    follower.does(lambda s: rules.remove(s, RULE), "rule.changed")


def test_an_import_names_the_conclusions_that_it_leaves_to_the_next_look(
    of_many_fills: Follower, tmp_path: Path
) -> None:
    file = tmp_path / "bot.csv"
    file.write_text("\n".join([HEADER, *bot_rows(datetime(2026, 1, 5, tzinfo=UTC), 40)]) + "\n")
    of_many_fills.does(lambda s: rules.add(s, RULE, {"ratio": 2}), "rule.changed")
    of_many_fills.does(bring(file), "import.done", "rule.breached")
    assert questions.open_questions(of_many_fills.session)
    of_many_fills.does(bring(statement(tmp_path, 60, 80)), "import.done", "rule.breached")
    newest = imports.all_runs(of_many_fills.session)[0].id
    of_many_fills.does(lambda s: imports.undo(s, newest), "import.undone")


def answer(session: Session) -> None:
    """Say of every large trade whether it was impulsive, so that a larger ratio is proposed."""
    for view in list(trades.round_trips(session)):
        if view.trip.quantity >= 2:
            said = "yes" if view.trip.quantity >= Decimal("2.5") else "no"
            labels.label(session, view.trip.id, "size_after_loss", said)


def test_proposals_name_all_that_they_change(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    bring(statement(tmp_path, 0, 80))(session)
    rules.add(session, RULE, {"ratio": 2})
    answer(session)
    follower.does(lambda s: calibration.calibrate(s, RULE), "rule.proposed")
    [made] = calibration.proposals(session)
    follower.does(lambda s: calibration.accept(s, made.id), "rule.changed", "rule.moved")
    follower.does(lambda s: revisions.rollback(s, RULE), "rule.changed")


def test_a_proposal_that_is_left_is_named(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    bring(statement(tmp_path, 0, 80))(session)
    rules.add(session, RULE, {"ratio": 2})
    answer(session)
    calibration.calibrate(session, RULE)
    [made] = calibration.proposals(session)
    follower.does(lambda s: calibration.dismiss(s, made.id), "rule.dismissed")
    follower.does(lambda s: calibration.reopen(s, made.id), "rule.proposed")


def test_channels_and_what_is_sent_name_all_that_they_change(
    follower: Follower, tmp_path: Path
) -> None:
    bring(statement(tmp_path, 0, 10))(follower.session)
    digests.digest(follower.session, "2026-W02")
    with hook_server() as hook:
        asked = channels.ChannelRequest("hook", "webhook", Secret(hook.url), quiet="none")
        follower.does(lambda s: channels.add(s, asked), "channel.changed")
        hook.status = 500
        follower.does(lambda s: deliveries.send_digest(s, "2026-W02"), "digest.sent")
        hook.status = 200
        follower.does(lambda s: deliveries.send_digest(s, "2026-W02"), "digest.sent")
        follower.does(lambda s: channels.set_quiet(s, "hook", "none"))
        follower.does(lambda s: channels.set_quiet(s, "hook", "23:00-06:30"), "channel.changed")
        [sent] = deliveries.log(follower.session)
        follower.does(lambda s: deliveries.send_again(s, sent.id), "digest.sent")
        follower.does(lambda s: channels.remove(s, "hook"), "channel.changed")


def test_notes_name_all_that_they_change(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    bring(statement(tmp_path, 0, 10))(session)
    one, *_ = trades.round_trips(session)
    about = notes.subject(session, one.trip.id)
    follower.does(lambda s: notes.add(s, about, "too early"), "note.added")
    follower.does(lambda s: notes.add(s, JUNE.date(), "slept well"), "note.added")
    follower.does(lambda s: notes.edit(s, 1, "too early again"), "note.edited")
    follower.does(lambda s: notes.remove(s, 1), "note.removed")
    follower.does(lambda s: notes.restore(s, 1), "note.restored")
    run = imports.all_runs(session)[0].id
    follower.does(lambda s: imports.undo(s, run), "import.undone")
    follower.does(lambda s: accounts.remove(s, "main"), "account.changed")


def test_checks_and_commitments_name_all_that_they_change(
    follower: Follower, tmp_path: Path
) -> None:
    early = datetime(2026, 2, 4, 8, 30, tzinfo=UTC)
    partitions.ensure(follower.session.connection, early)
    asked = check.CheckRequest("BTC-USD", "buy", Decimal(9), Decimal(100), 70)
    follower.does(bring(statement(tmp_path, 0, 20)), "import.done")
    follower.does(lambda s: check.check(replace(s, clock=lambda: early), asked), "check.asked")
    follower.does(bring(statement(tmp_path, 20, 60)), "import.done")
    found = check_history.history(follower.session, check_history.CheckFilter())
    assert (found.tally.asked_before, found.confidence.scored) == (1, 1)
    newest = imports.all_runs(follower.session)[0].id
    follower.does(lambda s: imports.undo(s, newest), "import.undone")
    found = check_history.history(follower.session, check_history.CheckFilter())
    assert (found.tally.asked_before, found.confidence.scored) == (0, 0)
    open_line = f"{START + timedelta(days=70):%Y-%m-%dT%H:%M:%SZ},BTC-USD,buy,1,100,0,,open"
    file = tmp_path / "open.csv"
    file.write_text(f"{HEADER}\n{open_line}\n")
    follower.does(bring(file), "import.done")
    [still] = trades.open_round_trips(follower.session)
    follower.does(lambda s: confidence.give(s, still.trip.id, 60), "confidence.given")
    follower.does(lambda s: commitments.sign(s, "Walk first."), "commitment.signed")
    follower.does(lambda s: commitments.remove(s, 1), "commitment.removed")
    follower.does(lambda s: commitments.restore(s, 1), "commitment.restored")


def test_an_experiment_names_all_that_it_changes(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    bring(statement(tmp_path, 0, 80))(session)
    rules.add(session, "max_trades_per_day", {"limit": 1})
    wanted = experiments.ExperimentRequest(weeks=8)
    follower.does(
        lambda s: experiments.start(s, "max_trades_per_day", wanted), "experiment.changed"
    )
    for weeks in (1, 2, 3):
        at = JUNE + timedelta(weeks=weeks)
        partitions.ensure(session.connection, at)
        follower.session = replace(
            session, clock=partial(datetime.fromtimestamp, at.timestamp(), UTC)
        )
        follower.held = None
        follower.does(lambda s: upkeep.do_what_is_due(s, event_months=None))
    [one] = experiments.experiments(follower.session)
    follower.does(lambda s: experiments.stop(s, one.experiment.id), "experiment.changed")


def test_what_waits_for_a_lock_is_named(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    bring(statement(tmp_path, 0, 80))(session)
    plans.set_equity(session, "main", Decimal(5000))
    rules.add(session, "max_loss_per_day", {"percent": 2}, Terms(lock_hours=24))
    locked = rules.add(session, RULE, {"ratio": 2}, Terms(lock_hours=24)).rule.id
    follower.does(lambda s: rules.edit(s, locked, {"ratio": 3}, Terms()), "rule.waiting")
    follower.does(lambda s: rules.edit(s, locked, {"ratio": 1.9}, Terms()), "rule.changed")
    follower.does(lambda s: rules.set_active(s, locked, active=False), "rule.waiting")
    follower.does(lambda s: rules.set_active(s, locked, active=True), "rule.changed")
    follower.does(lambda s: rules.remove(s, locked), "rule.waiting")
    follower.does(lambda s: plans.set_equity(s, "main", Decimal(9000)), "setting.waiting")
    follower.does(lambda s: plans.set_equity(s, "main", Decimal(5000)), "setting.waiting")
    follower.does(lambda s: plans.set_equity(s, "main", Decimal(9000)), "setting.waiting")
    follower.does(lambda s: plans.set_equity(s, "main", Decimal(4000)), "account.changed")
    follower.does(lambda s: users.set_zone(s, "Asia/Tokyo"), "setting.waiting")
    follower.does(lambda s: users.set_zone(s, "UTC"), "setting.waiting")
    follower.does(lambda s: users.set_zone(s, "UTC"))
    follower.does(lambda s: plans.set_equity(s, "main", Decimal(9000)), "setting.waiting")
    follower.does(
        lambda s: rules.edit(s, "max_loss_per_day", {}, Terms(lock_hours=48)), "rule.changed"
    )


def test_a_proposal_that_a_lock_holds_back_is_named(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    bring(statement(tmp_path, 0, 80))(session)
    rules.add(session, RULE, {"ratio": 2}, Terms(lock_hours=24))
    answer(session)
    calibration.calibrate(session, RULE)
    [made] = calibration.proposals(session)
    follower.does(lambda s: calibration.accept(s, made.id), "rule.waiting")


def test_questions_about_rules_name_all_that_they_change(
    follower: Follower, tmp_path: Path
) -> None:
    file = tmp_path / "bot.csv"
    file.write_text("\n".join([HEADER, *bot_rows(datetime(2026, 1, 5, tzinfo=UTC), 40)]) + "\n")
    follower.does(bring(file), "import.done", "question.asked")
    [asked] = questions.open_questions(follower.session)
    follower.does(lambda s: questions.answer(s, asked.id, "no"), "question.answered")
    follower.does(lambda s: questions.answer(s, asked.id, "yes"), "question.answered")
    again = questions.question_named(follower.session, asked.id)
    follower.does(lambda s: questions.take_back(s, again), "question.answered")


def test_candles_name_all_that_they_change(follower: Follower, tmp_path: Path) -> None:
    session = follower.session
    objects = open_objects(Folder(tmp_path / "objects"))
    follower.session = replace(session, objects=lambda: objects)
    bring(statement(tmp_path, 0, 20))(follower.session)
    lines = ["time,symbol,open,high,low,close,volume"]
    for hour in range(24 * 21):
        price = 100 + hour % 7
        at = START.replace(hour=0) + timedelta(hours=hour)
        lines.append(f"{at:%Y-%m-%dT%H:%M:%SZ},BTC-USD,{price},{price + 3},{price - 3},{price},1")
    file = tmp_path / "candles.csv"
    file.write_text("\n".join(lines) + "\n")
    hot = PostgresHotStore(session.connect)
    places = CandlePlaces(objects, hot, SourceWishes())
    naming = CandleFileNaming("mine")
    follower.does(
        lambda s: candles.import_file(s, places, file, naming, lambda *_: None), "candles.stored"
    )
    hot.close()

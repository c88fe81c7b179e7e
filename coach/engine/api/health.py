"""Health: a status at a glance, and a doctor that says what to do.

A status is the most frequent question: what only the doctor needs is loaded where it is used.
"""

from __future__ import annotations

import stat
from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.keys.check import Check
from coach.engine.api.open_questions import waiting_questions
from coach.engine.outbox import partitions
from coach.engine.store import health
from coach.engine.store.health import AccountHealth
from coach.engine.store.promises import due
from coach.errors import ObjectTrouble
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.keys.check import State
    from coach.engine.api.session import Session
    from coach.engine.outbox.partitions import MonthHealth
    from coach.model.insights import Bias
    from coach.model.machine.home import Home
    from coach.model.plans import QuestionId
    from coach.model.reasons import ShownLevel
    from coach.model.rules import PendingChange, PendingSetting, Rule

__all__ = ["AccountHealth", "Check"]

WEEK = timedelta(days=7)
ASKED_FOR = "doctor"
"""A name that nothing is kept under: only the answer counts."""


@dataclass(frozen=True, slots=True)
class Status:
    """Accounts, levels of the last import, rules, open questions, the newest event's number.

    `waiting` are rules with the change that the lock of each holds back. `months_ahead` counts the
    months that are open for events after this one.
    """

    user: str
    zone: str
    now: datetime
    accounts: tuple[AccountHealth, ...]
    levels: dict[Bias, ShownLevel]
    rules_active: int
    rules_paused: int
    events: int
    open_questions: tuple[QuestionId, ...] = ()
    months_ahead: int = partitions.MONTHS_AHEAD
    waiting: tuple[tuple[Rule, PendingChange], ...] = ()
    waiting_settings: tuple[PendingSetting, ...] = ()

    @property
    def health(self) -> MonthHealth:
        """Return "degraded" or "failing" where less lies ahead than events need."""
        return partitions.month_health(self.months_ahead)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why the health is not "ok", in sentences."""
        return () if self.health == "ok" else (partitions.describe_months(self.months_ahead),)


def status(session: Session) -> Status:
    """Return the status of the user's data, as it was at one moment."""
    conclude_due(session)
    with session.connection.transaction():  # alone, each statement would take three journeys
        return _status(session, session.clock())


def _status(session: Session, now: datetime) -> Status:
    active, paused = health.rule_counts(session.connection, session.user.id)
    waiting, waiting_settings = _waiting(session)
    return Status(
        user=session.user.name,
        zone=session.user.zone,
        now=now,
        accounts=tuple(health.accounts(session.connection, session.user.id, now - WEEK)),
        levels=health.levels(session.connection, session.user.id),
        rules_active=active,
        rules_paused=paused,
        events=health.head(session.connection, session.user.id),
        open_questions=waiting_questions(session),
        months_ahead=partitions.months_ahead(partitions.months(session.connection), now),
        waiting=waiting,
        waiting_settings=waiting_settings,
    )


def _waiting(
    session: Session,
) -> tuple[tuple[tuple[Rule, PendingChange], ...], tuple[PendingSetting, ...]]:
    """Return what locks hold back, of rules and of settings; one query where nothing waits."""
    if not due.any_waiting(session.connection, session.user.id):
        return (), ()
    from coach.engine.api.promises.clocks import pending_changes
    from coach.engine.api.promises.pending_settings import waiting
    from coach.engine.store.promises import rules

    changes = {one.rule.id: one for one in pending_changes(session)}
    promised = rules.rules(session.connection, session.user.id)
    of_rules = tuple((rule, changes[rule.id]) for rule in promised if rule.id in changes)
    return of_rules, tuple(waiting(session))


def examine(session: Session) -> Iterator[Check]:
    """Yield the checks of the data; the face adds those of the machine."""
    from coach.engine.api.keys.checks import key_checks

    version, size = health.server(session.connection)
    yield Check("database", "ok", f"PostgreSQL {version}, {size / 1e6:.1f} MB")
    yield from _folders(session.home)
    yield from key_checks(session)
    yield from _runs(session)
    yield from _conclusions(session)
    yield from _dead_jobs(session)
    yield _months(session)
    yield _isolation(session)
    yield from _autovacuum(session)
    yield _zone(session)


def examine_surroundings(session: Session) -> Iterator[Check]:
    """Yield what is wrong with clocks, workers and candles; a server that is probed asks less."""
    from coach.engine.api.checks.clocks import clock_checks
    from coach.engine.api.checks.market import candle_checks
    from coach.engine.api.checks.work import work_checks

    yield from clock_checks(session)
    yield from work_checks(session)
    yield from candle_checks(session)


def reached(places: CandlePlaces, heard: Sequence[str]) -> Iterator[Check]:
    """Yield whether the object store and the hot store answer; `heard` are warnings of `places`."""
    try:
        places.objects.get(ASKED_FOR)
        yield Check("candles", "ok", f"kept in {places.objects.place}")
    except ObjectTrouble as trouble:
        yield Check("candles", "error", str(trouble), trouble.hint, trouble.remedy)
    places.hot.get(ASKED_FOR)
    if heard:
        yield Check("cache store", "warning", heard[0], "only speed is lost while it is down")


def _folders(home: Home) -> Iterator[Check]:
    for name in ("config", "data", "state", "cache"):
        folder: Path = getattr(home, name)
        if not folder.exists():
            continue
        mode = stat.S_IMODE(folder.stat().st_mode)
        if mode & 0o022:
            yield Check(
                name, "error", f"{folder} can be changed by others", f"chmod go-w '{folder}'"
            )
        else:
            yield Check(name, "ok", f"{folder} ({mode:04o})")


def _runs(session: Session) -> Iterator[Check]:
    from coach.engine.store.imports import runs

    every = runs.runs(session.connection, session.user.id)
    broken = [run for run in every if run.state in {"failed", "running"}]
    if not every:
        yield Check("imports", "info", "none yet", remedy="import_statement")
    elif broken:
        newest = broken[0]
        detail = (
            f"{len(broken)} did not finish; newest: {newest.label} ({newest.error or 'running'})"
        )
        yield Check("imports", "warning", detail, "import it again; nothing is half-done")
    else:
        yield Check("imports", "ok", f"{len(every)}, newest {every[0].label}")


def _conclusions(session: Session) -> Iterator[Check]:
    from coach.engine.store import conclusions

    if conclusions.are_behind(session.connection, session.user.id):
        detail = "habits and rules do not know all the candles that are stored"
        yield Check("conclusions", "warning", detail, remedy="fetch_candles")


def _dead_jobs(session: Session) -> Iterator[Check]:
    from coach.engine.store import job_runs

    dead = job_runs.dead(session.connection, session.user.id)
    if dead:
        newest = dead[0]
        detail = f"{len(dead)} dead; newest: {newest.kind} {newest.label} ({newest.error})"
        yield Check("jobs", "warning", detail, remedy="retry_job")


def _months(session: Session) -> Check:
    there = partitions.months(session.connection)
    ahead = partitions.months_ahead(there, session.clock())
    health = partitions.month_health(ahead)
    if health == "ok":
        return Check("events", "ok", f"kept by month, from {there[0].first:%Y-%m} to {ahead} ahead")
    state: State = "error" if health == "failing" else "warning"
    return Check("events", state, partitions.describe_months(ahead), remedy="open_months")


def _isolation(session: Session) -> Check:
    from coach.engine.store.isolation import app_role

    found = app_role.examine(session.connection)
    bare = app_role.unprotected(session.connection)
    complaints = [*found.complaints, *(f"table {name} has no policies" for name in bare)]
    if not complaints:
        return Check("isolation", "ok", "requests reach the rows of their user alone")
    return Check("isolation", "warning", "; ".join(complaints), remedy="make_app_role")


def _autovacuum(session: Session) -> Iterator[Check]:
    from coach.engine.store.tending.autovacuum import autovacuum_gaps, is_autovacuum_on

    if not is_autovacuum_on(session.connection):
        detail = "the server vacuums nothing by itself: the tables grow with every change"
        hint = "alter system set autovacuum = on; select pg_reload_conf()"
        yield Check("autovacuum", "warning", detail, hint)
    gaps = autovacuum_gaps(session.connection)
    for gap in gaps:
        detail = f"table {gap.table} is vacuumed too seldom: {', '.join(gap.missing)} is not set"
        yield Check("autovacuum", "warning", detail, gap.statement)
    if not gaps:
        yield Check("autovacuum", "ok", "small tables that change often are vacuumed often")


def _zone(session: Session) -> Check:
    detail = f"days and weeks are cut in {session.user.zone}"
    if session.user.zone == "UTC":
        return Check("zone", "info", detail, remedy="set_zone")
    return Check("zone", "ok", detail)

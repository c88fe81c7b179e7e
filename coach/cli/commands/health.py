"""`coach status`, `coach doctor`, and what `coach` alone says."""

from os import geteuid
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.hints import hint_of, message_of, remedy_text
from coach.cli import exits
from coach.cli.frame import Frame, frame_of
from coach.cli.show.answers import Answer
from coach.errors import CoachError, NotInitialised
from coach.views import health as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.health import Check, Status
    from coach.engine.api.session import Session
    from coach.model.accounts import User

START_HERE = """\
coach reads your trading back to you: habits, their cost, your own rules.

  coach demo              see all of it on a made-up trader
  coach import csv FILE   read your own account statement
  coach connect coinbase  or let coach read your account, view-only
  coach --help            every command
"""


def welcome(context: typer.Context) -> None:
    """Show how things stand, or where to start."""
    try:
        status(context)
    except NotInitialised:
        frame_of(context).show(Answer("start", {"initialised": False}, text=START_HERE))


def status(context: typer.Context) -> None:
    """Show how things stand: accounts, the last seven days, rules."""
    from coach.engine.api import health

    frame = frame_of(context)
    with frame.session() as session:
        found = health.status(session)
    frame.show(status_answer(found, frame.zone))


def status_answer(found: "Status", zone: str = "UTC") -> Answer:
    """Return how things stand; a person is told times on the clock of `zone`."""
    accounts = rows([views.account_status(one) for one in found.accounts])
    table = Table(views.ACCOUNTS, accounts, "no accounts yet: coach import csv FILE")
    data = json_row(views.status(found))
    return Answer("status", data, table, below=tuple(_standing(found, zone)))


def _standing(found: "Status", zone: str) -> "Iterator[str]":
    for reason in found.reasons:
        yield f"health  {found.health}: {reason}: {remedy_text('open_months', {})}"
    for bias, level in found.levels.items():
        yield f"{bias}  {level}"
    yield f"rules  {found.rules_active} active, {found.rules_paused} paused"
    yield from _waiting(found, zone)
    if found.open_questions:
        yield f"asked  {', '.join(found.open_questions)}: coach plans questions"


def _waiting(found: "Status", zone: str) -> "Iterator[str]":
    if not found.waiting and not found.waiting_settings:
        return
    from coach.advice.rule_page import setting_text, waits, wall_time
    from coach.cli.rules.answers import waits_line

    for rule, change in found.waiting:
        yield from (waits_line(rule.id, text) for text in waits(rule, change, (), zone))
    for one in found.waiting_settings:
        until = wall_time(one.due_at, zone)
        yield f"waits  {setting_text(one)}, until {until}, for {', '.join(one.rules)}"


def doctor(
    context: typer.Context,
    before_upgrade: Annotated[
        bool, typer.Option("--before-upgrade", help="What an upgrade needs, does and asks for.")
    ] = False,
) -> None:
    """Check this installation; exit code 1 when something is wrong.

    With --before-upgrade the tables stay as they are, and what their upgrade needs, does and asks
    for is said: room, a backup, running jobs, the server, migrations, steps of yours.
    """
    frame = frame_of(context)
    checks = list(before(frame) if before_upgrade else examined(frame))
    frame.show(doctor_answer(checks))
    if any(check.state == "error" for check in checks):
        raise typer.Exit(exits.FAILED)


def examined(frame: Frame) -> "Iterator[Check]":
    """Yield every check, the machine first; what cannot be reached is a check that failed."""
    from coach.engine.api.health import Check, examine, examine_surroundings, reached
    from coach.wiring import candle_places

    yield from machine(frame)
    try:
        yield from settings_checked(frame)
        with frame.session() as session:
            yield from examine(session)
            yield from examine_surroundings(session)
            yield from zone_of_new_users(frame, session.user)
            yield from timers(frame, session)
            heard = list[str]()
            yield from reached(candle_places(frame.settings, heard.append), heard)
            yield from services(frame, session)
    except NotInitialised as empty:
        yield Check("database", "info", message_of(empty), hint_of(empty))
    except CoachError as trouble:
        name = "settings" if trouble.code == "E_CONFIG" else "database"
        yield Check(name, "error", message_of(trouble), hint_of(trouble))
    except OSError as denied:
        detail = f"cannot use {str(denied.filename)!r}: {denied.strerror}"
        yield Check("database", "error", detail, "give the right to it, or --home FOLDER")


def before(frame: Frame) -> "Iterator[Check]":
    """Yield what to know before the tables are upgraded; what cannot be reached has failed."""
    from coach.cli.doctor.upgrade import upgrade_checks
    from coach.engine.api.health import Check

    try:
        yield from upgrade_checks(frame)
    except NotInitialised as empty:
        yield Check("database", "info", message_of(empty), hint_of(empty))
    except CoachError as trouble:
        yield Check("database", "error", message_of(trouble), hint_of(trouble))


def machine(frame: Frame) -> "Iterator[Check]":
    """Yield what is seen of this machine without a database."""
    from coach.cli.doctor.folders import folder_checks
    from coach.cli.doctor.installation import installation_checks

    yield from installation_checks()
    yield from folder_checks(frame.home, geteuid())


def services(frame: Frame, session: "Session") -> "Iterator[Check]":
    """Yield until when services know each other."""
    from coach.engine.api.checks.services import service_checks

    yield from service_checks(frame.settings.engine, session.clock())


def timers(frame: Frame, session: "Session") -> "Iterator[Check]":
    """Yield what timers do twice or badly."""
    from coach.cli.doctor.timers import timer_checks

    yield from timer_checks(frame, session.clock())


def settings_checked(frame: Frame) -> "Iterator[Check]":
    """Yield what the settings are worth; ConfigError when they make no sense."""
    from coach.engine.api.health import Check

    made = [made.name for made in frame.settings.origins if made.origin != "default"]
    yield Check("settings", "ok", f"set: {', '.join(made)}" if made else "all defaults")
    from coach.cli.doctor.serving import port_checks, proxy_checks

    yield from proxy_checks(frame.settings)
    yield from port_checks()


def zone_of_new_users(frame: Frame, user: "User") -> "Iterator[Check]":
    """Yield a word about a zone that is set and moves nobody: it is where new users begin."""
    from coach.engine.api.health import Check

    made = next(made for made in frame.settings.origins if made.name == "zone")
    if made.origin != "default" and made.value != user.zone:
        detail = (
            f"{made.value} ({made.origin}) is where new users begin; {user.name} has {user.zone}"
        )
        hint = f"coach config set zone {made.value} moves {user.name}"
        yield Check("zone of new users", "info", detail, hint)


def doctor_answer(checks: "Sequence[Check]") -> Answer:
    """Return the checks."""
    values = rows([views.health_check(check, what_to_do) for check in checks])
    return Answer("doctor", json_row(views.doctor(checks, what_to_do)), Table(views.CHECKS, values))


def what_to_do(check: "Check") -> str:
    """Return the hint of a check in the command line's words."""
    return remedy_text(check.remedy, {}) if check.remedy else check.hint

"""How things stand with the accounts, and what the doctor looked at."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.machine.process_kind import ProcessKind
from coach.model.reasons import ShownLevel
from coach.views.promises.waiting import (
    WaitingChange,
    WaitingSetting,
    waiting_change,
    waiting_setting,
)
from coach.views.table import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from coach.engine.api.health import AccountHealth, Check, Status
    from coach.engine.api.live.probe import ProcessHealth

ACCOUNTS = (
    Column("account", "account"),
    Column("broker"),
    Column("fills", "fills", "number"),
    Column("newest_fill", "newest fill", "date"),
    Column("last_import", "last import", "time"),
    Column("trades_7d", "trades 7d", "number"),
    Column("breaches_7d", "broken 7d", "number"),
    Column("auth", "auth"),
)
CHECKS = (
    Column("state", "state"),
    Column("name", "check"),
    Column("detail", "detail"),
    Column("hint", "do"),
)
PROCESSES = (Column("process", "process"), Column("ok", "well"), Column("detail", "detail"))


class AccountStatusRow(TypedDict):
    """An account: when it was last read, and what happened in its newest seven days."""

    account: str
    broker: str
    fills: int
    newest_fill: datetime | None
    last_import: datetime | None
    trades_7d: int
    breaches_7d: int
    auth: str


class RuleCounts(TypedDict):
    """How many rules are active, and how many are paused."""

    active: int
    paused: int


class HealthRow(TypedDict):
    """Whether coach can go on as it is: `degraded` and `failing` give their reasons."""

    state: Literal["ok", "degraded", "failing"]
    reasons: list[str]


class StatusRow(TypedDict):
    """How things stand; `levels` are those of the tests, `events` is the newest one's number.

    `waiting` and `waiting_settings` are changes that locks hold back.
    """

    user: str
    zone: str
    now: datetime
    accounts: list[AccountStatusRow]
    levels: Mapping[str, ShownLevel]
    rules: RuleCounts
    waiting: list[WaitingChange]
    waiting_settings: list[WaitingSetting]
    events: int
    health: HealthRow


class HealthCheckRow(TypedDict):
    """One thing that the doctor looked at, and what to do about it."""

    state: str
    name: str
    detail: str
    hint: str


class DoctorRow(TypedDict):
    """Every check; `state` is "error" where one of them has failed."""

    state: Literal["ok", "error"]
    checks: list[HealthCheckRow]


class ProcessHealthRow(TypedDict):
    """Whether a process of coach is well (`ok`), and what was seen of it."""

    process: ProcessKind
    ok: bool
    detail: str


def status(found: "Status") -> StatusRow:
    """Return how things stand."""
    return {
        "user": found.user,
        "zone": found.zone,
        "now": found.now,
        "accounts": [account_status(one) for one in found.accounts],
        "levels": {str(bias): level for bias, level in found.levels.items()},
        "rules": {"active": found.rules_active, "paused": found.rules_paused},
        "waiting": [waiting_change(change) for _, change in found.waiting],
        "waiting_settings": [waiting_setting(one) for one in found.waiting_settings],
        "events": found.events,
        "health": {"state": found.health, "reasons": list(found.reasons)},
    }


def account_status(one: "AccountHealth") -> AccountStatusRow:
    """Return how an account stands."""
    return {
        "account": one.account,
        "broker": one.broker,
        "fills": one.fills,
        "newest_fill": one.newest_fill,
        "last_import": one.last_import,
        "trades_7d": one.trades_7d,
        "breaches_7d": one.breaches_7d,
        "auth": one.auth,
    }


def doctor(checks: "Sequence[Check]", what_to_do: "Callable[[Check], str]") -> DoctorRow:
    """Return every check; the face says what to do about one, in its own words."""
    failed = any(check.state == "error" for check in checks)
    return {
        "state": "error" if failed else "ok",
        "checks": [health_check(one, what_to_do) for one in checks],
    }


def health_check(check: "Check", what_to_do: "Callable[[Check], str]") -> HealthCheckRow:
    """Return one check."""
    return {
        "state": check.state,
        "name": check.name,
        "detail": check.detail,
        "hint": what_to_do(check),
    }


def process_health(found: "ProcessHealth") -> ProcessHealthRow:
    """Return how a process is."""
    return {"process": found.process, "ok": found.ok, "detail": found.detail}

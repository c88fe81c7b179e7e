"""What the trader declares beforehand: plans, and the money that an account began with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, cast, get_args

from coach.engine.api.conclusions.due import PATIENCE_S
from coach.engine.api.insights import conclude_anew
from coach.engine.api.promises import pending_settings
from coach.engine.store.promises import pending_settings as pending
from coach.engine.store.promises import plans as store
from coach.errors import Conflict, Invalid, Missing, NotFound, NotTaken
from coach.model.bookkeeping.import_events import AccountChanged
from coach.model.conclusions.answer_events import PlanChanged
from coach.model.plans import Plan, PlanKind
from coach.model.promises.rule_events import SettingWaiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coach.engine.api.session import Session
    from coach.model.events import NewEvent
    from coach.model.plans import Param
    from coach.remedies import Field

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
SYMBOL = re.compile(r"[A-Z0-9]+-[A-Z0-9]+")
SMALLEST, LARGEST = Decimal("1e-8"), Decimal("1e24")
"""Of the money that an account began with."""
LARGEST_PERCENT = {"stop": Decimal(100), "target": Decimal(10_000)}
TAKES: dict[PlanKind, tuple[Field, ...]] = {
    "dca": ("symbols",),
    "momentum": ("symbols",),
    "only": ("symbols",),
    "night_shift": ("start", "end"),
    "stop": ("percent", "symbols"),
    "target": ("percent", "symbols"),
}
NEEDS: dict[PlanKind, tuple[Field, ...]] = {
    "dca": (),
    "momentum": (),
    "only": ("symbols",),
    "night_shift": ("start", "end"),
    "stop": ("percent",),
    "target": ("percent",),
}


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is to say; empty where nothing was said."""

    symbols: Sequence[str] = ()
    percent: Decimal | None = None
    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A plan that came or went, and what a reader should know of the conclusions drawn anew."""

    plan: Plan
    warnings: tuple[str, ...] = ()


def plans(session: Session) -> list[Plan]:
    """Return the plans, oldest first."""
    return store.plans(session.connection, session.user.id)


def add(session: Session, kind: str, wanted: PlanRequest) -> PlanChange:
    """Declare a plan; all conclusions are drawn anew with it."""
    if kind not in get_args(PlanKind):
        raise NotFound(f"the kinds are {', '.join(get_args(PlanKind))}", kind="plan", name=kind)
    chosen = cast("PlanKind", kind)
    params = read(chosen, wanted)
    made: list[Plan] = []

    def declare() -> Iterable[NewEvent]:
        before = plans(session)
        if any((one.kind, one.params) == (chosen, params) for one in before):
            what = "that plan is declared already"
            raise Conflict(("plan", kind), what, remedy="list_plans")
        now = session.clock()
        made.append(Plan(_free_id(chosen, {one.id for one in before}), chosen, params, now))
        store.add(session.connection, session.user.id, made[0], now)
        yield PlanChanged(plan_id=made[0].id, kind=chosen, what="added")

    warnings = conclude_anew(session, declare)
    return PlanChange(made[0], warnings)


def remove(session: Session, plan_id: str) -> PlanChange:
    """Drop a plan; all conclusions are drawn anew without it."""
    gone = next((one for one in plans(session) if one.id == plan_id), None)
    unknown = NotFound(kind="plan", name=plan_id)
    if gone is None:
        raise unknown

    def drop() -> Iterable[NewEvent]:
        if not store.remove(session.connection, session.user.id, plan_id):
            raise unknown
        yield PlanChanged(plan_id=plan_id, kind=gone.kind, what="removed")

    return PlanChange(gone, conclude_anew(session, drop))


def read(kind: PlanKind, wanted: PlanRequest) -> dict[str, Param]:
    """Return the parameters of a plan; UsageError for what its kind does not take, or lacks."""
    given: dict[Field, Param] = {}
    if wanted.symbols:
        given["symbols"] = tuple(sorted({_symbol(one) for one in wanted.symbols}))
    if wanted.percent is not None:
        given["percent"] = float(wanted.percent)
    if wanted.start:
        given["start"] = wanted.start
    if wanted.end:
        given["end"] = wanted.end
    for name in given:
        if name not in TAKES[kind]:
            raise NotTaken(f"a {kind} plan", name, TAKES[kind])
    for name in NEEDS[kind]:
        if name not in given:
            raise Missing(f"a {kind} plan", name, TAKES[kind])
    _check(kind, wanted)
    return dict(given.items())


def _check(kind: PlanKind, wanted: PlanRequest) -> None:
    percent = wanted.percent
    if percent is not None and not (percent.is_finite() and 0 < percent <= LARGEST_PERCENT[kind]):
        allowed = f"a number above 0 and at most {LARGEST_PERCENT[kind]}"
        raise Invalid("percent", f"not {percent}", allowed, example="2")
    ends: tuple[tuple[Field, str], ...] = (("start", wanted.start), ("end", wanted.end))
    for field, text in ends:
        if text and not CLOCK.fullmatch(text):
            raise Invalid(field, f"not {text!r}", "a time of day", example="22:00")
    if wanted.start and wanted.start == wanted.end:
        hint = "the hours of one night, as 22:00 to 05:00"
        raise Invalid("end", f"not {wanted.end} again", "another time than the start", hint=hint)


def _symbol(text: str) -> str:
    if not SYMBOL.fullmatch(text.upper()):
        raise Invalid("symbols", f"not {text!r}", "a base and a quote", example="BTC-USD")
    return text.upper()


def _free_id(kind: PlanKind, taken: set[str]) -> str:
    names = [kind, *(f"{kind}-{n}" for n in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def set_equity(session: Session, account: str, amount: Decimal) -> tuple[str, ...]:
    """Say how much money an account began with; all conclusions are drawn anew with it.

    More than before, where a locked rule is measured against it, waits: see `pending_settings`.
    """
    if not (amount.is_finite() and SMALLEST <= amount < LARGEST):
        allowed = "an amount above zero and of a size that money has"
        raise Invalid("equity", f"not {amount:.3e}", allowed, example="5000")
    change = pending_settings.SettingChange("equity", account, f"{amount:f}")
    if _loosens(session, account, amount) and pending_settings.hold_back(session, change):
        return ()
    return declare_equity(session, account, amount)


def _loosens(session: Session, account: str, amount: Decimal) -> bool:
    """Say whether limits in percent would become larger.

    While nobody said of any account what it began with they are not judged at all.
    """
    declared = store.declared_equities(session.connection, session.user.id)
    if account not in declared:
        raise NotFound(kind="account", name=account)
    known = [one for one in declared.values() if one is not None]
    return bool(known) and amount > (declared[account] or 0)


def declare_equity(
    session: Session, account: str, amount: Decimal, patience_s: float = PATIENCE_S
) -> tuple[str, ...]:
    """Set what an account began with, whatever is locked; a change of it waits no more."""

    def declare() -> Iterable[NewEvent]:
        connection, user_id = session.connection, session.user.id
        waited = pending.forget(connection, user_id, "equity", account)
        known = store.declared_equities(connection, user_id)
        if account not in known:
            raise NotFound(kind="account", name=account)
        if known[account] != amount:
            store.set_equity(connection, user_id, account, amount)
            yield AccountChanged(account=account, what="equity")
        elif waited:
            yield SettingWaiting(setting="equity", account=account, until=None)

    return conclude_anew(session, declare, patience_s)

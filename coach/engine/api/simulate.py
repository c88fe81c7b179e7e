"""What if: one's own fills once more, under rules that know nothing of how a trade ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.store import rules as store_rules
from coach.errors import NotFound, UsageError
from coach.model.rules import Rule, RuleId

if TYPE_CHECKING:
    from datetime import datetime

    from coach.engine.api.desk import Desk
    from coach.engine.what_if.scenario import Scenario
    from coach.model.events import Json

LONGEST_DAYS = 36_500
MINUTE_US = 60_000_000
LONGEST_DELAY = 525_600
MOST = Decimal(10_000)
TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Skips:
    """Entries that are skipped: by rules (their ids), and by the clock.

    `after_loss` is in minutes, `after` is HH:MM on the trader's own clock until midnight,
    `after_losses` counts the losing closes of a local day.
    """

    rules: tuple[str, ...] = ()
    after_loss: float | None = None
    after: str | None = None
    after_losses: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is done otherwise in the trades that are left.

    Sizes and percents are decimals as text, the delay is in minutes.
    """

    cap_size: str | None = None
    delay: float | None = None
    stop: str | None = None
    target: str | None = None
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked; nothing wanted is the history as it was.

    Only entries of the last `days`; a rule may learn on the first `split` weeks of them.
    """

    skips: Skips = Skips()
    changes: Changes = Changes()
    days: int | None = None
    split: int | None = None
    compounding: bool = False


@dataclass(frozen=True, slots=True)
class Simulation:
    """One run: what was asked, the answer as JSON, and whether it was there already."""

    id: str
    request: dict[str, Json]
    result: dict[str, Json]
    made_at: datetime
    known: bool


def simulate(desk: Desk, wanted: Wanted) -> Simulation:
    """Answer a what-if; asked again of the same data it is the same run.

    UsageError where the question makes no sense, NotFound for an unknown rule, NotInitialised
    without fills, ObjectTrouble where candles are needed and cannot be read.
    """
    from coach.engine.jobs import simulating
    from coach.engine.what_if.told import Asked

    check(wanted)
    scenario = _scenario(desk, wanted)
    asked = Asked(scenario, wanted.split, wanted.compounding, wanted.days)
    run, known = simulating.run(desk.connection, desk.user, asked, sight.reader(desk), desk.clock)
    return Simulation(run.id, run.request, run.result, run.made_at, known)


def check(wanted: Wanted) -> None:
    """Raise UsageError for numbers that no history could make sense of."""
    _within("--days", wanted.days, LONGEST_DAYS, "use --days 90")
    _within("--split", wanted.split, LONGEST_DAYS, "use --split 4 to learn on the first four weeks")
    _within("--stop-after-losses", wanted.skips.after_losses, 10_000, "use --stop-after-losses 3")
    _minutes("--delay", wanted.changes.delay)
    _minutes("--skip-after-loss", wanted.skips.after_loss)


def _minutes(option: str, minutes: float | None) -> None:
    if minutes is not None and not 0 < minutes <= LONGEST_DELAY:
        raise UsageError(
            f"use {option} 30 for half an hour",
            what=f"{option} takes minutes above 0, at most {LONGEST_DELAY}, not {minutes:g}",
        )


def _scenario(desk: Desk, wanted: Wanted) -> Scenario:
    from coach.engine.what_if.scenario import Scenario

    skips, changes = wanted.skips, wanted.changes
    return Scenario(
        rules=(*_named(desk, skips.rules), *_pause(skips.after_loss)),
        cap=_decimal("--cap-size", changes.cap_size, "1.5"),
        delay_us=int(Decimal(str(changes.delay or 0)) * MINUTE_US),
        last_entry_s=_time(skips.after),
        losses=skips.after_losses,
        stop=_percent("--stop", changes.stop, Decimal(100)),
        target=_percent("--target", changes.target, MOST),
        untouched=changes.untouched,
    )


def _named(desk: Desk, ids: tuple[str, ...]) -> tuple[Rule, ...]:
    known = {rule.id: rule for rule in store_rules.rules(desk.connection, desk.user.id)}
    for id_ in ids:
        if RuleId(id_) not in known:
            raise NotFound("coach rules list shows them", kind="rule", name=id_)
    return tuple(known[RuleId(id_)] for id_ in dict.fromkeys(ids))


def _pause(minutes: float | None) -> tuple[Rule, ...]:
    if minutes is None:
        return ()
    params: dict[str, Json] = {"minutes": minutes}
    return (Rule(RuleId("skip-after-loss"), "cooldown_after_loss", params, active=True),)


def _decimal(option: str, text: str | None, example: str) -> Decimal | None:
    if text is None:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or not 0 < value <= MOST:
        raise UsageError(
            f"use {option} {example}", what=f"{option} takes a number above 0, not {text!r}"
        )
    return value


def _percent(option: str, text: str | None, most: Decimal) -> Decimal | None:
    value = _decimal(option, text.removesuffix("%") if text else text, "2")
    if value is not None and value >= most:
        raise UsageError(
            f"use {option} 2 for two percent", what=f"{option} takes less than {most} percent"
        )
    return value


def _time(text: str | None) -> int | None:
    if text is None:
        return None
    told = TIME.fullmatch(text)
    if told is None:
        raise UsageError(
            "use --no-trade-after 22:30, on your own clock", what=f"{text!r} is no time of day"
        )
    return int(told[1]) * 3_600 + int(told[2]) * 60


def _within(option: str, value: int | None, most: int, hint: str) -> None:
    if value is not None and not 1 <= value <= most:
        raise UsageError(hint, what=f"{option} takes 1 to {most}, not {value}")

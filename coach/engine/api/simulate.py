"""Simulations: the user's fills replayed under other rules, none of which knows the outcome."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.store.promises import rules as store_rules
from coach.errors import Invalid, NotFound
from coach.model.numbers import typed_number
from coach.model.rules import Rule, RuleId
from coach.model.times import MINUTE_US

if TYPE_CHECKING:
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.what_if.scenario import Scenario
    from coach.model.events import Json
    from coach.remedies import Field

LONGEST_DAYS = 36_500
LONGEST_DELAY = 525_600
MOST = Decimal(10_000)
MOST_LOSSES = 10_000
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
class Interventions:
    """What is changed in the trades that remain.

    Sizes and percents are decimals as text, the delay is in minutes.
    """

    cap_size: str | None = None
    delay: float | None = None
    stop: str | None = None
    target: str | None = None
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class WhatIfRequest:
    """The question of a what-if; the default changes nothing.

    Only entries of the last `days`; a rule may learn on the first `split` weeks of them.
    """

    skips: Skips = Skips()
    changes: Interventions = Interventions()
    days: int | None = None
    split: int | None = None
    compounding: bool = False


@dataclass(frozen=True, slots=True)
class Simulation:
    """A simulation: its request, its answer as JSON, and whether it was stored already."""

    id: str
    request: dict[str, Json]
    result: dict[str, Json]
    made_at: datetime
    known: bool


def simulate(session: Session, wanted: WhatIfRequest) -> Simulation:
    """Answer a what-if; the same question about the same data is the same simulation.

    UsageError where the question makes no sense, NotFound for an unknown rule, NotInitialised
    without fills, ObjectTrouble where candles are needed and cannot be read.
    """
    from coach.engine.jobs.run import JobOrder, job_run
    from coach.engine.reports import what_if
    from coach.engine.what_if.answer import SimulationInputs, request

    check(wanted)
    scenario = _scenario(session, wanted)
    asked = SimulationInputs(scenario, wanted.split, wanted.compounding, wanted.days)
    reader = sight.reader(session)
    job = JobOrder("simulate.trades", request(asked))
    with (
        job_run(session.connection, session.user.id, job, session.clock) as running,
        sight.change(session),
    ):
        known_to = session.connection, session.user
        run, known = what_if.run(*known_to, asked, reader, session.clock, session.work)
        running.finish({"simulation": run.id})
    return Simulation(run.id, run.request, run.result, run.made_at, known)


def evaluate(session: Session, wanted: WhatIfRequest) -> Simulation:
    """Answer a what-if as `simulate` does; this only reads, and a new answer is kept nowhere."""
    from coach.engine.jobs.collector import no_collector
    from coach.engine.reports import what_if
    from coach.engine.what_if.answer import SimulationInputs

    check(wanted)
    asked = SimulationInputs(
        _scenario(session, wanted), wanted.split, wanted.compounding, wanted.days
    )
    reader, known_to = sight.reader(session), (session.connection, session.user)
    with sight.reading(session), no_collector():
        inputs = what_if.gather(*known_to, asked, reader)
        found, known = what_if.answer_of(*known_to, asked, inputs, session.work)
    return Simulation(found.id, found.request, found.result, found.made_at, known)


def check(wanted: WhatIfRequest) -> None:
    """Raise UsageError for numbers outside their limits."""
    _within("days", wanted.days, LONGEST_DAYS, "90")
    _within("split", wanted.split, LONGEST_DAYS, "4 to learn on the first four weeks")
    _within("stop_after_losses", wanted.skips.after_losses, MOST_LOSSES, "3")
    _minutes("delay", wanted.changes.delay)
    _minutes("skip_after_loss", wanted.skips.after_loss)


def _minutes(field: Field, minutes: float | None) -> None:
    if minutes is not None and not 0 < minutes <= LONGEST_DELAY:
        allowed = f"minutes above 0, at most {LONGEST_DELAY}"
        raise Invalid(field, f"not {minutes:g}", allowed, example="30 for half an hour")


def _scenario(session: Session, wanted: WhatIfRequest) -> Scenario:
    from coach.engine.what_if.scenario import Scenario

    skips, changes = wanted.skips, wanted.changes
    return Scenario(
        rules=(*_named(session, skips.rules), *_pause(skips.after_loss)),
        cap=_decimal("cap_size", changes.cap_size, "1.5"),
        delay_us=int(Decimal(str(changes.delay or 0)) * MINUTE_US),
        last_entry_s=_time(skips.after),
        losses=skips.after_losses,
        stop=_percent("stop", changes.stop, Decimal(100)),
        target=_percent("target", changes.target, MOST),
        untouched=changes.untouched,
    )


def _named(session: Session, ids: tuple[str, ...]) -> tuple[Rule, ...]:
    known = {rule.id: rule for rule in store_rules.rules(session.connection, session.user.id)}
    for id_ in ids:
        if RuleId(id_) not in known:
            raise NotFound(kind="rule", name=id_)
    return tuple(known[RuleId(id_)] for id_ in dict.fromkeys(ids))


def _pause(minutes: float | None) -> tuple[Rule, ...]:
    if minutes is None:
        return ()
    params: dict[str, Json] = {"minutes": minutes}
    return (Rule(RuleId("skip-after-loss"), "cooldown_after_loss", params, active=True),)


def _decimal(field: Field, text: str | None, example: str) -> Decimal | None:
    if text is None:
        return None
    value = typed_number(text)
    if value is None or not 0 < value <= MOST:
        raise Invalid(field, f"not {text!r}", "a number above 0", example=example)
    return value


def _percent(field: Field, text: str | None, most: Decimal) -> Decimal | None:
    value = _decimal(field, text.removesuffix("%") if text else text, "2")
    if value is not None and value >= most:
        allowed = f"less than {most} percent"
        raise Invalid(field, f"not {value}", allowed, example="2 for two percent")
    return value


def _time(text: str | None) -> int | None:
    if text is None:
        return None
    clock_time = TIME.fullmatch(text)
    if clock_time is None:
        example = "22:30, on your own clock"
        raise Invalid("no_trade_after", f"not {text!r}", "a time of day", example=example)
    return int(clock_time[1]) * 3_600 + int(clock_time[2]) * 60


def _within(field: Field, value: int | None, most: int, example: str) -> None:
    if value is not None and not 1 <= value <= most:
        raise Invalid(field, f"not {value}", f"1 to {most}", example=example)

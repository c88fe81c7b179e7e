"""`coach demo`: the whole main job in a throw-away home, on a made-up trader."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coach.cli.commands import imports
from coach.cli.commands.insights import WORDS_FOR_LEVELS
from coach.cli.commands.sandbox import midnight
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.habit_notes import notes
from coach.cli.show.progress import progress
from coach.cli.show.screen import wrapped
from coach.model.plain import plain
from coach.views.imports import import_run
from coach.views.insights import finding
from coach.views.rules import rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.cli.show.progress import ProgressCallback
    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.digests import DigestView
    from coach.engine.api.habits import HabitWords
    from coach.engine.api.promises.rules import RuleView
    from coach.engine.api.session import Session
    from coach.model.accounts import Run
    from coach.model.events import Json
    from coach.model.insights import Finding
    from coach.wiring import Sandbox

WIDTH = 80
UNLIMITED = b'{"per_second": 0}'
"""The made-up broker has no limit of requests: nobody else waits for it."""
PROMISES: tuple[tuple[str, dict[str, object]], ...] = (
    ("max_trades_per_day", {"limit": 8}),
    ("cooldown_after_loss", {"minutes": 30}),
    ("max_size_vs_median", {"ratio": 3}),
)


def demo(context: typer.Context) -> None:
    """Show the whole of coach on a made-up trader, in a throw-away home.

    It starts a database and a made-up broker, connects to it with a view-only key, imports 90
    days of fills and the candles around them, tests habits, holds three rules against them and
    prints the weekly digest.
    """
    from coach import wiring

    frame = frame_of(context)
    settings = wiring.fresh_demo(frame.settings)
    keys, end = settings.home.state / "sandbox", midnight(wiring.clock())
    order = wiring.SandboxOrder(keys, end, faults=UNLIMITED)
    try:
        with (
            wiring.sandbox(order) as broker,
            wiring.start(settings, create=True) as session,
            progress(frame.talk, "reading 90 days") as report,
        ):
            places = wiring.candle_places(settings, frame.talk.warning)
            seen = walk(session, broker, places, report)
    finally:
        wiring.rest(settings)
    frame.show(answer(seen, settings.home.data.parent))


@dataclass(frozen=True, slots=True)
class DemoFindings:
    """What the demo came across on its way."""

    run: "Run"
    findings: "list[Finding]"
    rules: "list[RuleView]"
    digest: "DigestView"
    words: "HabitWords"


def walk(
    session: "Session", broker: "Sandbox", places: "CandlePlaces", report: "ProgressCallback | None"
) -> DemoFindings:
    """Do the main job once: connect, import, see the prices, test, promise, look back."""
    from coach.engine.api import accounts, candles, digests, habits, insights
    from coach.engine.api import imports as brought
    from coach.engine.api.promises import rules

    key = broker.view_key.read_text(encoding="utf-8")
    accounts.connect_coinbase(session, key, broker.server.url)
    run = brought.sync(session, progress=report)
    candles.fetch(session, places, candles.FetchRequest(), report)
    for kind, params in PROMISES:
        rules.add(session, kind, params)
    return DemoFindings(
        run=run,
        findings=list(insights.findings(session).findings),
        rules=rules.rules(session),
        digest=digests.digest(session, None),
        words=habits.words_of(session),
    )


def answer(seen: DemoFindings, home: "Path") -> Answer:
    """Return what was seen, and three commands to go on with."""
    data: dict[str, Json] = {
        "home": str(home),
        "import": plain(import_run(seen.run)),
        "findings": [plain(finding(one)) for one in seen.findings],
        "rules": [plain(rule(view)) for view in seen.rules],
        "digest": plain(seen.digest.pack),
    }
    return Answer("demo", data, text="\n".join((*folded(demo_lines(seen)), *next_steps(home))))


def folded(lines: "Iterable[str]") -> "Iterator[str]":
    """Yield lines of at most 80 columns, save where a single word is longer."""
    for line in lines:
        yield from wrapped(line, WIDTH)


def demo_lines(seen: DemoFindings) -> "Iterator[str]":
    """Yield the demo as a person reads it."""
    yield from imports.import_lines(seen.run)
    yield ""
    for habit in seen.findings:
        yield f"{_what(habit):<6} {habit.bias:<17} {_how_sure(habit)}  (n {habit.n})"
        yield from (f"       {note}" for note in notes(habit, seen.words))
    for view in seen.rules:
        yield f"rule   {view.sentence}: broken {view.breaches}x"
    yield ""
    yield from seen.digest.text.splitlines()


def _what(found: "Finding") -> str:
    """Return what a finding is called: nothing is a habit that a rule explains or may."""
    return "orders" if found.standing in WORDS_FOR_LEVELS else "habit"


def _how_sure(found: "Finding") -> str:
    """Return how sure a finding is, or what stands in place of that."""
    word = WORDS_FOR_LEVELS.get(found.standing)
    if word is not None:
        return word
    return found.level if found.kind == "test" else "a fact, not a test"


def next_steps(home: "Path") -> "Iterator[str]":
    """Yield commands to go on with; they stay whole, to be copied."""
    yield ""
    yield "try next:"
    name = as_typed()
    yield f"  {name} --home {home} biases"
    yield f"  {name} --home {home} trades"
    yield f"  {name} import csv FILE       (your own statement, in your own home)"


def as_typed() -> str:
    """Return how coach can be called here: by its name, or by the path that was typed."""
    typed = Path(sys.argv[0])
    found = shutil.which("coach")
    if typed.name != "coach" or (found and Path(found).samefile(typed)):
        return "coach"
    return str(typed)

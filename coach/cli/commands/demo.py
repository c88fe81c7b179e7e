"""`coach demo`: the whole main job in a throw-away home, on a made-up trader."""

import shutil
import sys
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.habit_groups import period
from coach.advice.habit_notes import notes
from coach.advice.imports import import_lines
from coach.cli.commands.insights import WORDS_FOR_LEVELS
from coach.cli.commands.sandbox import midnight
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.progress import progress
from coach.cli.show.screen import without_columns, wrapped
from coach.model.plain import plain
from coach.settings import DEFAULT_ZONE
from coach.views.imports import import_run
from coach.views.insights import finding
from coach.views.rules import rule
from coach.wording.habit_costs import describe_habit_cost
from coach.wording.numbers import counted
from coach.wording.rules import describe_caught

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.cli.frame import Frame
    from coach.cli.show.progress import ProgressCallback
    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.digests import DigestView
    from coach.engine.api.habits import HabitWords
    from coach.engine.api.promises.dry_run import DryRun
    from coach.engine.api.promises.rules import RuleView
    from coach.engine.api.session import Session
    from coach.model.accounts import Run
    from coach.model.events import Json
    from coach.model.insights import Bias, Finding
    from coach.wiring import Sandbox

WIDTH = 80
COMMAND = "    "
UNLIMITED = b'{"per_second": 0}'
"""The made-up broker has no limit of requests: nobody else waits for it."""
SHOWN_FINDINGS = 3
SEEDS = (11, 11, 13, 12, 11, 11, 12)
"""Who trades in a demo that ends on a Monday, on a Tuesday, and so on.

Each was looked at: its first habit has a cost in prices.
"""
PROMISES: tuple[tuple[str, dict[str, object]], ...] = (
    ("max_trades_per_day", {"limit": 8}),
    ("cooldown_after_loss", {"minutes": 30}),
    ("max_size_vs_median", {"ratio": 3}),
)


def demo(
    context: typer.Context,
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="First every finding, every rule and the whole digest."),
    ] = False,
) -> None:
    """Show the whole of coach on a made-up trader, in a throw-away home.

    It starts a database and a made-up broker, connects to it with a view-only key, imports 90
    days of fills and the candles around them, tests habits, holds three rules against them and
    makes the weekly digest. It ends with what was found, what it cost and the rule that answers
    it; --evidence shows everything else before that, and --json has all of it.
    """
    frame = frame_of(context)
    home, seen = make_demo(frame)
    parts = (seen_in_full(seen), [""]) if evidence else ()
    lines = chain(*parts, the_point(seen), next_step(seen, home))
    if frame.accessible:
        lines = chain(map(without_columns, lines))
    frame.show(answer(seen, home, folded(lines, frame.columns or WIDTH)))


@dataclass(frozen=True, slots=True)
class DemoFindings:
    """What the demo came across on its way."""

    run: "Run"
    findings: "list[Finding]"
    rules: "list[RuleView]"
    digest: "DigestView"
    words: "HabitWords"
    told: "tuple[Finding, ...]"
    answering: "DryRun | None"


def make_demo(frame: "Frame") -> tuple[Path, DemoFindings]:
    """Make the demo's home anew and do the main job in it; return the home and what was seen."""
    from coach import wiring

    settings = wiring.fresh_demo(frame.settings)
    keys, end = settings.home.state / "sandbox", midnight(wiring.clock())
    order = wiring.SandboxOrder(keys, end, seed=SEEDS[end.weekday()], faults=UNLIMITED)
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
    return settings.home.data.parent, seen


def walk(
    session: "Session", broker: "Sandbox", places: "CandlePlaces", report: "ProgressCallback | None"
) -> DemoFindings:
    """Do the main job once: connect, import, see the prices, test, promise, look back."""
    from coach.engine.api import accounts, candles, digests, habits, insights
    from coach.engine.api.broker.sync import sync
    from coach.engine.api.promises import rules

    key = broker.keys["view_key"].read_text(encoding="utf-8")
    accounts.connect(session, "coinbase", key, base_url=broker.server.url)
    run = sync(session, progress=report)
    candles.fetch(session, places, candles.FetchRequest(), report)
    for kind, params in PROMISES:
        rules.add(session, kind, params)
    findings = list(insights.findings(session).findings)
    told = tuple(sorted((one for one in findings if one.standing == "told"), key=_dearest_first))
    return DemoFindings(
        run=run,
        findings=findings,
        rules=rules.rules(session),
        digest=digests.digest(session, None),
        words=habits.words_of(session),
        told=told,
        answering=_answer_to(session, told[0].bias) if told else None,
    )


def _answer_to(session: "Session", bias: "Bias") -> "DryRun | None":
    """Hold the first rule that answers a habit against the fills; None for one without a rule."""
    from coach.engine.api.promises import dry_run, suggestions

    rules = suggestions.suggestions(session, bias)
    return dry_run.of_given(session, rules[0].kind, rules[0].params) if rules else None


def _dearest_first(finding: "Finding") -> tuple[float, float]:
    """Order habits by what they cost in prices, where that can be measured, and by their score."""
    priced = [cost.estimate for cost in finding.costs if cost.measurable]
    return -max(priced, default=0.0), -(finding.score or 0.0)


def answer(seen: DemoFindings, home: "Path", lines: "Iterable[str]") -> Answer:
    """Return what was seen: JSON has all of it, a person reads these lines."""
    data: dict[str, Json] = {
        "home": str(home),
        "import": plain(import_run(seen.run)),
        "findings": [plain(finding(one)) for one in seen.findings],
        "rules": [plain(rule(view)) for view in seen.rules],
        "digest": plain(seen.digest.pack),
    }
    return Answer("demo", data, text="\n".join(lines))


def folded(lines: "Iterable[str]", columns: int) -> "Iterator[str]":
    """Yield lines folded between words; a command stays whole, to be copied."""
    for line in lines:
        yield from [line] if line.startswith(COMMAND) else wrapped(line, columns)


def the_point(seen: DemoFindings) -> "Iterator[str]":
    """Yield what the demo is about: what was found, what it cost, and the rule that answers it."""
    run = seen.run
    days = f", {run.first:%Y-%m-%d} to {run.last:%Y-%m-%d}" if run.first and run.last else ""
    yield f"A made-up trader: {counted(run.new, 'fill')}{days}"
    yield ""
    yield "What the fills show"
    if not seen.told:
        yield "  no habit"
    for number, habit in enumerate(seen.told[:SHOWN_FINDINGS], 1):
        cited = "".join(f" [{one.id}]" for one in habit.evidence[:1])
        yield f"  {number}. {_claim(habit, seen)}; evidence: {habit.level}{cited}"
    yield from _cost_of_the_first(seen)
    yield from _rule_that_answers(seen)


def _cost_of_the_first(seen: DemoFindings) -> "Iterator[str]":
    """Yield the one cost: that of the first habit, over the days that all were looked for in."""
    for habit in seen.told[:1]:
        yield ""
        yield "What the first cost"
        costs = [describe_habit_cost(cost) for cost in habit.costs[:1]]
        yield f"  {_name(habit, seen)}: {costs[0] if costs else 'no measurable price cost'}"


def _claim(habit: "Finding", seen: DemoFindings) -> str:
    words = seen.words.of(habit.bias)
    if words is None or habit.effect is None:
        return habit.bias
    return f"{words.name}: {words.sentence(habit.effect, habit.interval)}"


def _name(habit: "Finding", seen: DemoFindings) -> str:
    words = seen.words.of(habit.bias)
    return habit.bias if words is None else words.name


def _rule_that_answers(seen: DemoFindings) -> "Iterator[str]":
    if seen.answering is None:
        return
    worth = seen.answering.worth
    outcomes = {"won": worth.won, "lost": worth.lost, "broke even": worth.even}
    if worth.unknown:
        outcomes["not known"] = worth.unknown
    yield ""
    yield "A rule that answers it, held against the same fills"
    yield f"  {seen.answering.sentence}"
    yield f"  would have {describe_caught(worth.caught, worth.entries, outcomes)}"


def seen_in_full(seen: DemoFindings) -> "Iterator[str]":
    """Yield everything: each finding, each rule, and the digest with its evidence."""
    yield from import_lines(seen.run)
    yield ""
    yield from (f"Habits, {when}" for when in period(seen.findings, DEFAULT_ZONE))
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


def next_step(seen: DemoFindings, home: "Path") -> "Iterator[str]":
    """Yield one command to go on with."""
    what = f"why {seen.told[0].bias}" if seen.told else "biases"
    yield ""
    yield "Next"
    yield f"{COMMAND}{as_typed()} --home {quote(str(home))} {what}"


def as_typed() -> str:
    """Return how coach can be called here: by its name, or by the path that was typed."""
    typed = Path(sys.argv[0])
    found = shutil.which("coach")
    if typed.name != "coach" or (found and Path(found).samefile(typed)):
        return "coach"
    return str(typed)

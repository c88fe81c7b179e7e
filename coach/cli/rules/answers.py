"""What `coach rules` answers: rules, one rule, and where rules were broken."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.advice.experiments import warn_of_experiment
from coach.advice.rule_page import page, setting_text, waits, wall_time
from coach.cli.show.answers import Answer
from coach.views import rules as views
from coach.views.table import Column, Table, json_row, rows
from coach.wording.rules import describe_setting_wait, describe_wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from coach.engine.api.promises.rules import RuleView
    from coach.model.promises.commitments import Commitment
    from coach.model.rules import Breach, PendingSetting
    from coach.views.table import Row

NO_RULES = "no rules yet"
RULES_FOR_PEOPLE = (
    Column("id", "rule"),
    Column("state", "state"),
    Column("breaches", "broken", "number"),
    Column("last_breach", "last broken", "time"),
    Column("sentence", "promise"),
)
BREACHES_FOR_PEOPLE = (
    Column("at", "at", "time"),
    Column("trade_id", "trade", "key"),
    Column("told", "what"),
)


def answer(found: "list[RuleView]", command: str = "rules list", zone: str = "UTC") -> Answer:
    """Return all rules, and below them for a person what locks hold back, on the zone's clock."""
    values = rows([views.rule(view) for view in found])
    return Answer(
        command,
        list(values),
        Table(views.RULES, values, NO_RULES),
        for_people=for_people(found, values),
        below=tuple(
            waits_line(view.rule.id, text)
            for view in found
            for text in waits(view.rule, view.waiting, view.waiting_settings, zone)
        ),
    )


def drop_hint(rule_id: str) -> str:
    """Return the command that drops all that the lock of a rule holds back."""
    return f"coach rules resume {rule_id} drops what waits"


def waits_line(rule_id: str, text: str) -> str:
    """Return a line that tells what the lock of a rule holds back."""
    return f"waits  {rule_id}: {text}"


def one(command: str, view: "RuleView", zone: str = "UTC") -> Answer:
    """Return one rule; a person is told the rest on the clock of `zone`."""
    values = rows([views.rule(view)])
    return Answer(
        command,
        values[0],
        Table(views.RULES, values),
        for_people=for_people([view], values),
        hints=hints(view, zone),
        warnings=warn_of_experiment(view),
    )


def shown(view: "RuleView", last: "Sequence[Breach]", zone: str) -> Answer:
    """Return one rule as a page, with its last breaches, newest first."""
    waits_for_it = view.waiting is not None or view.waiting_settings
    drops = (drop_hint(view.rule.id),) if waits_for_it else ()
    answer_ = one("rules show", view)
    return replace(answer_, lines=page(view, last, zone), hints=drops, warnings=())


def for_people(found: "list[RuleView]", values: "Sequence[Row]") -> Table:
    """Return the table of rules for a person: whether each is active, paused or expired."""
    lines = [{**row, "state": view.state} for view, row in zip(found, values, strict=True)]
    return Table(RULES_FOR_PEOPLE, lines, NO_RULES)


def hints(view: "RuleView", zone: str) -> tuple[str, ...]:
    """Return what a person may want to know beside the rule."""
    found = []
    if view.expired:
        found.append(f"{view.rule.id} has expired: coach rules edit {view.rule.id} expires=never")
    if view.waiting is not None:
        found.append(describe_wait(wall_time(view.waiting.due_at, zone)))
        found.append(drop_hint(view.rule.id))
    if view.lacks:
        found.append(f"it cannot be judged without {', '.join(view.lacks)}")
    return tuple(found)


def setting_hints(waiting: "PendingSetting", zone: str) -> tuple[str, ...]:
    """Return until when locked rules hold a setting back, and how that is dropped."""
    if not waiting.rules:  # their locks are off: the next command makes the change
        return ()
    until = wall_time(waiting.due_at, zone)
    return (
        describe_setting_wait(waiting.rules, setting_text(waiting), until),
        drop_hint(waiting.rules[0]),
    )


def removed(view: "RuleView", zone: str) -> Answer:
    """Return the rule that is gone; a person is told that it is."""
    before = one("rules remove", view, zone)
    if view.waiting is not None:
        return before
    return replace(before, lines=(f"removed {view.rule.id}: {view.sentence}",))


def each_breach(found: "Iterable[Breach]") -> "Iterator[Row]":
    """Yield breaches as JSON carries them."""
    return (json_row(views.rule_breach(breach)) for breach in found)


def breaches_answer(found: "list[Breach]", signed: "Sequence[Commitment]" = ()) -> Answer:
    """Return where rules were broken, and below that what was `signed` for such moments."""
    from coach.engine.api.promises.rules import breach_sentence

    values = rows([views.rule_breach(breach) for breach in found])
    lines = rows(
        [
            {"at": b.at, "trade_id": b.trade_id, "told": f"{b.rule_id}: {breach_sentence(b)}"}
            for b in found
        ]
    )
    people = Table(BREACHES_FOR_PEOPLE, lines, "none broken")
    return Answer(
        "rules breaches",
        list(values),
        Table(views.BREACHES, values),
        for_people=people,
        below=tuple(signed_lines(signed)),
    )


def signed_lines(signed: "Iterable[Commitment]") -> "Iterator[str]":
    """Yield commitments as they are shown at a breach."""
    for one in signed:
        about = "" if one.rule_id is None else f" for {one.rule_id}"
        yield f"you signed on {one.signed_at:%Y-%m-%d}{about}:"
        yield from (f"    {line}" for line in one.text.splitlines())

"""What `coach rules` answers: rules, one rule, and where rules were broken."""

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.cli.show.answers import Answer
from coach.views import rules as views
from coach.views.table import Column, Table, json_row, rows
from coach.wording.rules import describe_wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.engine.api.promises.rules import RuleView
    from coach.model.rules import Breach
    from coach.views.table import Row

BREACHES_FOR_PEOPLE = (
    Column("at", "at", "time"),
    Column("trade_id", "trade", "key"),
    Column("told", "what"),
)


def answer(found: "list[RuleView]", command: str = "rules list") -> Answer:
    """Return all rules."""
    values = rows([views.rule(view) for view in found])
    return Answer(command, list(values), Table(views.RULES, values, "no rules yet"))


def one(command: str, view: "RuleView") -> Answer:
    """Return one rule."""
    values = rows([views.rule(view)])
    return Answer(command, values[0], Table(views.RULES, values), hints=hints(view))


def hints(view: "RuleView") -> tuple[str, ...]:
    """Return what a person may want to know beside the rule."""
    found = []
    if view.waiting is not None:
        due = view.waiting.due_at.strftime("%Y-%m-%d %H:%M UTC")
        found.append(describe_wait(due))
    if view.lacks:
        found.append(f"it cannot be judged without {', '.join(view.lacks)}")
    return tuple(found)


def removed(view: "RuleView") -> Answer:
    """Return the rule that is gone; a person is told that it is."""
    before = one("rules remove", view)
    if view.waiting is not None:
        return before
    return replace(before, lines=(f"removed {view.rule.id}: {view.sentence}",))


def breach_rows(found: "Iterable[Breach]") -> "Iterator[Row]":
    """Yield breaches as JSON carries them."""
    return (json_row(views.rule_breach(breach)) for breach in found)


def breaches_answer(found: "list[Breach]") -> Answer:
    """Return where rules were broken."""
    from coach.engine.api.promises.rules import breach_sentence

    values = rows([views.rule_breach(breach) for breach in found])
    lines = rows(
        [
            {"at": b.at, "trade_id": b.trade_id, "told": f"{b.rule_id}: {breach_sentence(b)}"}
            for b in found
        ]
    )
    people = Table(BREACHES_FOR_PEOPLE, lines, "none broken")
    return Answer("rules breaches", list(values), Table(views.BREACHES, values), for_people=people)

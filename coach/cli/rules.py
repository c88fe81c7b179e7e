"""`coach rules`: promises to yourself; make, pause and drop them, see where they were broken."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.answers import Answer, Column, Table, rows
from coach.cli.facts import told
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.errors import UsageError

if TYPE_CHECKING:
    from coach.engine.api.rules import RuleView
    from coach.model.rules import Breach

RULES = (
    Column("id", "rule"),
    Column("kind"),
    Column("params"),
    Column("active", "active"),
    Column("breaches", "broken", "number"),
    Column("last_breach", "last broken", "time"),
    Column("sentence", "promise"),
)
BREACHES = (
    Column("at", "at", "time"),
    Column("rule_id", "rule"),
    Column("trade_id", "trade", "key"),
    Column("fill_ids"),
    Column("facts", "facts"),
)
BREACHES_FOR_PEOPLE = (
    Column("at", "at", "time"),
    Column("trade_id", "trade", "key"),
    Column("told", "what"),
)
PARAM_HINT = "write NAME=NUMBER, as in: coach rules add max_trades_per_day limit=5"

app = sub_app("Promises to yourself, and where you broke them.")
RuleName = Annotated[str, typer.Argument(metavar="RULE", help="Its id, as the list shows it.")]


@app.command()
def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What is promised.")],
    params: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=NUMBER", help="How much of it.")
    ] = None,
) -> None:
    """Make a promise; your whole history is held against it.

    \b
      coach rules add max_trades_per_day limit=5
      coach rules add cooldown_after_loss minutes=30
      coach rules add max_size_vs_median ratio=2.5

    \b
    Kinds and their parameters:
      max_trades_per_day   limit: trades opened on one day
      cooldown_after_loss  minutes: to wait after a losing close
      max_size_vs_median   ratio: times the median opening order,
                           window: entries it is taken of (20)

    Their bounds are in: coach rules schema
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import rules as api

    frame = frame_of(context)
    wanted = read_params(params or [])
    with frame.desk(create=True) as desk:
        made = api.add(desk, kind, wanted)
    frame.show(one("rules add", made))


@app.command("list")
def rules(context: typer.Context) -> None:
    """List the rules, and how often each was broken."""
    from coach.engine.api import rules as api

    frame = frame_of(context)
    with frame.desk() as desk:
        found = api.rules(desk)
    frame.show(answer(found))


@app.command()
def breaches(context: typer.Context) -> None:
    """List where the rules were broken, and by which fills."""
    from coach.engine.api import rules as api

    frame = frame_of(context)
    with frame.desk() as desk:
        found = api.breaches(desk)
    frame.show(breaches_answer(found))


@app.command()
def pause(context: typer.Context, rule: RuleName) -> None:
    """Pause a rule; what it saw stays."""
    _set_active(context, rule, active=False)


@app.command()
def resume(context: typer.Context, rule: RuleName) -> None:
    """Resume a rule; it is held against what it missed."""
    _set_active(context, rule, active=True)


@app.command()
def remove(context: typer.Context, rule: RuleName) -> None:
    """Drop a rule and its breaches."""
    from coach.engine.api import rules as api

    frame = frame_of(context)
    with frame.desk() as desk:
        gone = api.remove(desk, rule)
    frame.show(removed(gone))


@app.command()
def schema(context: typer.Context) -> None:
    """Print the JSON Schema of a rule."""
    from coach.engine.api import rules as api

    data = api.schema()
    frame_of(context).show(Answer("rules schema", data, text=json.dumps(data, indent=2)))


def _set_active(context: typer.Context, rule: str, *, active: bool) -> None:
    from coach.engine.api import rules as api

    frame = frame_of(context)
    with frame.desk() as desk:
        changed = api.set_active(desk, rule, active)
    frame.show(one("rules resume" if active else "rules pause", changed))


def read_params(words: list[str]) -> dict[str, object]:
    """Read NAME=NUMBER words; a number is what JSON calls one."""
    params: dict[str, object] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or not name:
            raise UsageError(PARAM_HINT, what=f"{word!r} is no parameter")
        if name in params:
            raise UsageError(PARAM_HINT, what=f"{name} is given twice")
        params[name] = _value(text)
    return params


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def answer(found: "list[RuleView]") -> Answer:
    """Return all rules."""
    values = rows([rule_row(view) for view in found])
    return Answer("rules list", list(values), Table(RULES, values, "no rules yet"))


def one(command: str, view: "RuleView") -> Answer:
    """Return one rule."""
    values = rows([rule_row(view)])
    return Answer(command, values[0], Table(RULES, values))


def removed(view: "RuleView") -> Answer:
    """Return the rule that is gone; a person is told that it is."""
    before = one("rules remove", view)
    return replace(before, lines=(f"removed {view.rule.id}: {view.sentence}",))


def breaches_answer(found: "list[Breach]") -> Answer:
    """Return where rules were broken."""
    values = rows([breach_row(breach) for breach in found])
    lines = rows(
        [
            {"at": b.at, "trade_id": b.trade_id, "told": f"{b.rule_id}: {told(b.facts)}"}
            for b in found
        ]
    )
    people = Table(BREACHES_FOR_PEOPLE, lines, "none broken")
    return Answer("rules breaches", list(values), Table(BREACHES, values), for_people=people)


def rule_row(view: "RuleView") -> dict[str, object]:
    """Return a rule as its fields."""
    return {
        "id": view.rule.id,
        "kind": view.rule.kind,
        "params": view.rule.params,
        "active": view.rule.active,
        "sentence": view.sentence,
        "breaches": view.breaches,
        "last_breach": view.last_breach,
    }


def breach_row(breach: "Breach") -> dict[str, object]:
    """Return a breach as its fields."""
    return {
        "rule_id": breach.rule_id,
        "trade_id": breach.trade_id,
        "at": breach.at,
        "fill_ids": breach.fill_keys,
        "facts": breach.facts,
    }

"""`coach plans`: what you declare beforehand, so that a plan is not taken for a habit."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.numbers import typed_number
from coach.views import plans as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.promises.plans import PlanChange
    from coach.model.plans import Plan

app = sub_app("What you declare, so that a plan is no habit.")


@app.command()
def add(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="What kind of plan.")],
    symbol: Annotated[
        list[str] | None,
        typer.Option(metavar="SYMBOL", help="Only for this one; may be repeated."),
    ] = None,
    percent: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="Distance from the entry, in percent.")
    ] = None,
    start: Annotated[str, typer.Option(metavar="HH:MM", help="Your hours begin.")] = "",
    end: Annotated[str, typer.Option(metavar="HH:MM", help="Your hours end.")] = "",
) -> None:
    """Declare a plan; all conclusions are drawn anew with it.

    \b
      coach plans add dca --symbol BTC-USD
      coach plans add stop --percent 2
      coach plans add night_shift --start 22:00 --end 05:00

    \b
    Kinds:
      dca          buys at a fixed pace, whatever the price does
      momentum     enters with a move, by rule
      only         trades these symbols and no others (--symbol)
      night_shift  trades at night by the hours kept (--start, --end)
      stop         leaves at a fixed loss (--percent)
      target       leaves at a fixed gain (--percent)
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api.promises import plans as api

    frame = frame_of(context)
    wanted = api.PlanRequest(symbol or (), number(percent, "--percent"), start, end)
    with frame.session(create=True) as session:
        made = api.add(session, kind, wanted)
    frame.show(one("plans add", made))


@app.command("list")
def plans(context: typer.Context) -> None:
    """List the plans."""
    from coach.engine.api.promises import plans as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.plans(session)
    frame.show(answer(found))


@app.command()
def remove(
    context: typer.Context,
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="Its id, as the list shows it.")],
) -> None:
    """Drop a plan; all conclusions are drawn anew without it."""
    from coach.engine.api.promises import plans as api

    frame = frame_of(context)
    with frame.session() as session:
        gone = api.remove(session, plan)
    frame.show(replace(one("plans remove", gone), lines=(f"removed {gone.plan.id}",)))


def number(text: str | None, option: str) -> Decimal | None:
    """Return a decimal that was typed, None where none was."""
    if text is None:
        return None
    value = typed_number(text)
    if value is None:
        raise UsageError(f"{option} 2.5", what=f"invalid number {text!r}")
    return value


def answer(found: "Sequence[Plan]") -> Answer:
    """Return all plans."""
    values = rows([views.declared_plan(plan) for plan in found])
    return Answer("plans list", list(values), Table(views.PLANS, values, "no plans"))


def one(command: str, changed: "PlanChange") -> Answer:
    """Return one plan."""
    values = rows([views.declared_plan(changed.plan)])
    return Answer(command, values[0], Table(views.PLANS, values), warnings=changed.warnings)

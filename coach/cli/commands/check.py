"""`coach check`: which of your own rules a trade would break, right now."""

import gc
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.model.machine.own_process import is_own_process
from coach.model.numbers import typed_number
from coach.views import rule_checks as views
from coach.views.table import Table, json_row, rows
from coach.wording.rules import describe_check, describe_lacks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coach.engine.api.promises.check import CheckResult


def check(
    context: typer.Context,
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as BTC-USD.")],
    side: Annotated[str, typer.Argument(metavar="SIDE", help="buy or sell.")],
    quantity: Annotated[str, typer.Argument(metavar="QTY", help="In the base coin.")],
    price: Annotated[
        str | None, typer.Option(metavar="P", help="Without it, that of your last fill there.")
    ] = None,
) -> None:
    """Say which of your rules a trade would break, right now.

    \b
      coach check BTC-USD buy 0.5
      coach check BTC-USD buy 0.5 --price 61000 --json

    It knows the fills that were imported. It ends with 5 where a rule would be broken, else with 0,
    and says nothing about the trade itself.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    # the process ends with the answer: collecting garbage would take a tenth of its time
    if is_own_process():
        gc.disable()
    from coach.engine.api.promises import check as api

    frame = frame_of(context)
    asked = api.CheckRequest(
        symbol, side, _number(quantity, "QTY"), None if price is None else _number(price, "--price")
    )
    with frame.session() as session:
        found = api.check(session, asked)
    frame.show(answer(found))
    if found.broken:
        raise typer.Exit(exits.FOUND_SOMETHING)


def _number(text: str, name: str) -> Decimal:
    value = typed_number(text)
    if value is None:
        raise UsageError("write 0.5", what=f"invalid number {text!r} for {name}")
    return value


def answer(found: "CheckResult") -> Answer:
    """Return what the rules say."""
    data = json_row(views.check(found))
    broken = rows([views.broken_rule(one) for one in found.broken])
    idle = rows([views.idle_rule(one) for one in found.not_asked])
    table = Table(views.BROKEN_RULES, [*broken, *idle])
    return Answer("check", data, table, lines=tuple(lines(found)))


def lines(found: "CheckResult") -> "Iterator[str]":
    """Yield the answer as a person reads it."""
    yield describe_check(len(found.broken), found.rules)
    for one in found.broken:
        yield f"  {one.sentence}"
        yield f"    {one.breach}"
        if one.rule.note:
            yield f'    you wrote: "{one.rule.note}"'
    if found.action == "unknown":
        yield f"  no {found.symbol} is held that coach knows of, so nothing was judged"
    if found.lacks:
        yield f"  {describe_lacks(found.lacks)}"
    for state in ("paused", "expired"):
        names = [one.rule.id for one in found.not_asked if one.state == state]
        if names:
            yield f"  not asked, {state}: {', '.join(names)}"

"""`coach check`: which of your own rules a trade would break, right now."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final

import typer

from coach.cli import exits
from coach.cli.frame import frame_of
from coach.cli.rules.answers import signed_lines
from coach.cli.rules.kept_checks import HistoryPage, kept_checks
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Last, Limit
from coach.errors import UsageError
from coach.model.numbers import typed_number
from coach.views import rule_checks as views
from coach.views.paging import list_page
from coach.views.table import Table, json_row, rows
from coach.wording.checks import describe_largest
from coach.wording.rules import describe_check, describe_check_gaps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coach.cli.frame import Frame
    from coach.engine.api.promises.check import CheckResult

Symbol = Annotated[str | None, typer.Argument(metavar="SYMBOL", help="Such as BTC-USD.")]
OrderSide = Annotated[str | None, typer.Argument(metavar="SIDE", help="buy or sell.")]
Quantity = Annotated[str | None, typer.Argument(metavar="QTY", help="In the base coin.")]
Price = Annotated[
    str | None, typer.Option(metavar="P", help="Without it, that of your last fill there.")
]
Confidence = Annotated[
    int | None,
    typer.Option(metavar="PERCENT", help="How sure you are that it closes with a profit."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Answer, and keep nothing of it.")]
History = Annotated[bool, typer.Option("--history", help="What you asked, and did then.")]
Time = Annotated[str | None, typer.Option(metavar="TIME", help="Day, week, time, or 30d.")]
NEWS: Final = timedelta(days=1)
"""Fills that are known up to longer ago may not be all."""
REMEDIES: Final = {
    "no_price": "--price P",
    "no_candles": "coach candles fetch --symbol {symbol}",
    "old_candles": "coach candles fetch --symbol {symbol}",
    "no_open_profit": "coach candles fetch",
    "no_equity": "coach accounts set NAME --equity AMOUNT",
    "nothing_held": "coach import csv FILE",
}


def check(  # noqa: PLR0913, PLR0917 -- one parameter for each option
    context: typer.Context,
    symbol: Symbol = None,
    side: OrderSide = None,
    quantity: Quantity = None,
    price: Price = None,
    confidence: Confidence = None,
    dry_run: DryRun = False,
    history: History = False,
    since: Time = None,
    until: Time = None,
    after: After = None,
    limit: Limit = None,
    last: Last = None,
) -> None:
    """Say which of your rules a trade would break, right now.

    \b
      coach check BTC-USD buy 0.5
      coach check BTC-USD buy 0.5 --price 61000 --confidence 70
      coach check --history --since 30d

    It knows the fills that were imported. It ends with 5 where a rule would be broken, else with 0.
    Rules that could not be judged are named with the reason and not counted. It says nothing about
    the trade itself. Every check is kept, but with --dry-run.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame, order = frame_of(context), (side, quantity, price, confidence, dry_run or None)
    if history:
        _require_nothing(order, "coach check --history SYMBOL", "--history takes no trade")
        wanted = HistoryPage(symbol, since, until, list_page(after, limit, last))
        frame.show(kept_checks(frame, wanted))
        return
    page = since, until, after, limit, last
    _require_nothing(page, "add --history", "only the history has pages and times")
    if symbol is None or side is None or quantity is None:
        raise UsageError("coach check BTC-USD buy 0.5", what="which trade?")
    _ask(frame, (symbol, side, quantity, price), confidence, keep=not dry_run)


def _require_nothing(given: "Iterable[object]", hint: str, what: str) -> None:
    if any(one is not None for one in given):
        raise UsageError(hint, what=what)


def _ask(
    frame: "Frame",
    order: "tuple[str, str, str, str | None]",
    confidence: int | None,
    *,
    keep: bool,
) -> None:
    from coach.engine.api.promises import check as api

    symbol, side, quantity, price = order
    asked = api.CheckRequest(
        symbol,
        side,
        _number(quantity, "QTY"),
        None if price is None else _number(price, "--price"),
        confidence,
    )
    with frame.session() as session:
        found = api.check(session, asked) if keep else api.evaluate(session, asked)
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
    unjudged = rows([views.unjudged_rule(one, found.symbol) for one in found.unjudged])
    idle = rows([views.idle_rule(one) for one in found.not_asked])
    table = Table(views.CHECKED_RULES, [*broken, *unjudged, *idle])
    return Answer("check", data, table, lines=tuple(lines(found)))


def lines(found: "CheckResult") -> "Iterator[str]":
    """Yield the answer as a person reads it."""
    yield describe_check(len(found.broken), found.judged, found.rules)
    for one in found.broken:
        yield f"  {one.sentence}"
        yield f"    {one.breach}"
        if one.rule.note:
            yield f'    you wrote: "{one.rule.note}"'
    yield from (f"  {line}" for line in signed_lines(found.commitments))
    if largest := describe_largest(found.largest, found.judged, found.rules):
        yield f"  {largest}"
    yield from _not_judged(found)
    if found.known_until is not None and found.at - found.known_until > NEWS:
        known = f"{found.known_until:%Y-%m-%d %H:%M} UTC"
        yield f"  fills are known up to {known}: import what came since"
    for state in ("paused", "expired"):
        names = [one.rule.id for one in found.not_asked if one.state == state]
        if names:
            yield f"  not asked, {state}: {', '.join(names)}"


def _not_judged(found: "CheckResult") -> "Iterator[str]":
    """Yield the rules that could not be judged, those of the same reasons together."""
    for reasons in dict.fromkeys(one.reasons for one in found.unjudged):
        rules = ", ".join(one.rule.id for one in found.unjudged if one.reasons == reasons)
        yield f"  not judged: {rules}: {describe_check_gaps(reasons, found.symbol)}"
        remedies = [REMEDIES[reason] for reason in reasons if reason in REMEDIES]
        if remedies:
            yield f"    {', '.join(remedies).format(symbol=found.symbol)}"

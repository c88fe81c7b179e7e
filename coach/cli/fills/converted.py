"""`coach pnl --in CURRENCY`: the net of closed trades in one currency, by stored candles."""

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.advice.readable import money
from coach.cli.fills.base_currency import realised_lines
from coach.cli.show.answers import Answer
from coach.engine.api.money.converted import converted, of_open_trades
from coach.views.holdings.converted import CONVERTED, converted_trade
from coach.views.table import Table, rows
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.session import Session
    from coach.model.bookkeeping.base_currency import BaseSums
    from coach.model.bookkeeping.converted import ConvertedTrade


def converted_answer(
    session: "Session", currency: str, symbol: str | None, account: str | None
) -> Answer:
    """Return each closed trade in that currency, and what has no value in it."""
    found = converted(session, currency, symbol, account)
    values = rows([converted_trade(one) for one in found])
    return Answer(
        "pnl",
        list(values),
        Table(CONVERTED, values, "no closed trades"),
        below=(*sums(found), *left_open(*of_open_trades(session, currency, symbol, account))),
        hints=tuple(_hints(found)),
    )


def sums(found: "Sequence[ConvertedTrade]") -> "Iterator[str]":
    """Yield what was converted of each currency, by which candles, and what was not."""
    of_quote: dict[str, list[ConvertedTrade]] = defaultdict(list)
    for one in found:
        of_quote[one.quote].append(one)
    for quote, those in sorted(of_quote.items()):
        valued = [one.value for one in those if one.value is not None]
        if valued:
            currency = those[0].currency
            value = f"{money(str(sum(valued, Decimal(0))), currency)} {currency}"
            yield f"{quote}: {counted(len(valued), 'trade')} worth {value}{_by(those)}"
        unvalued = [one.net for one in those if one.value is None]
        if unvalued:
            net = money(str(sum(unvalued, Decimal(0))), quote)
            yield (
                f"{quote}: {counted(len(unvalued), 'trade')} of net {net} {quote} not converted: no"
                " stored candle contains what closed them"
            )
    yield from _total(found, len(of_quote))


def left_open(count: int, parts: "BaseSums") -> "Iterator[str]":
    """Yield what trades that are still open realised, which is in none of the sums."""
    if not count:
        return
    yield f"{counted(count, 'open trade')} not in these sums"
    if parts.sums.closes or parts.left:
        yield "realised of these so far:"
        yield from realised_lines(parts)


def _total(found: "Sequence[ConvertedTrade]", quotes: int) -> "Iterator[str]":
    """Yield the sum over several currencies, and how many trades are not in it."""
    valued = [one.value for one in found if one.value is not None]
    if quotes > 1 and valued:
        currency = found[0].currency
        value = f"{money(str(sum(valued, Decimal(0))), currency)} {currency}"
        left = len(found) - len(valued)
        rest = f", without {counted(left, 'trade')} that no candle tells" if left else ""
        yield f"all: {counted(len(valued), 'trade')} worth {value}{rest}"


def _by(those: "Sequence[ConvertedTrade]") -> str:
    used = sorted({(each.symbol, each.source) for one in those for each in one.candles})
    starts = [each.start for one in those for each in one.candles]
    if not used:
        return ""
    named = " and ".join(f"{symbol} of {source}" for symbol, source in used)
    return f", by candles of {named}, {min(starts):%Y-%m-%d} to {max(starts):%Y-%m-%d}"


def _hints(found: "Sequence[ConvertedTrade]") -> "Iterator[str]":
    for pair in sorted({f"{one.currency}-{one.quote}" for one in found if one.value is None}):
        yield f"coach candles fetch --symbol {pair}, or coach candles import FILE --source NAME"

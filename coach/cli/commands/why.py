"""`coach why`: the evidence drawer of a trade, or of what is said about a habit."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.cli.show.habit_notes import notes
from coach.cli.show.readable import duration, local, money, number, statistic, words
from coach.model.candles import name_of
from coach.model.plain import plain
from coach.views.evidence import (
    CITED_TRADES,
    FILLS,
    bias_evidence,
    cited_trades,
    fills,
    trade_evidence,
)
from coach.views.insights import agreement
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from coach.engine.api.habits import HabitWords
    from coach.engine.api.trades import TradeView
    from coach.engine.api.why import BiasEvidence, Path, TradeEvidence
    from coach.model.fees import FeeValue
    from coach.model.fills import BookFill
    from coach.model.insights import Evidence, Fact, Finding
    from coach.model.trades import RoundTrip

SHOWN = 10
STEPS = "▁▂▃▄▅▆▇█"


def why(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="TRADE|BIAS", help="A trade's id or its beginning, or a habit.")
    ],
    days: Annotated[int, typer.Option(metavar="N", help="For a habit: how far back.")] = 90,
) -> None:
    """Show what stands behind a trade, or behind what is said about a habit.

    \b
      coach why 3fa9c1
      coach why revenge
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.engine.api import habits, sight
    from coach.engine.api import why as api

    frame = frame_of(context)
    with frame.session() as session:
        zone, words = frame.zone, habits.words_of(session)
        if sight.is_bias(session, what):
            found = of_bias(api.of_bias(session, what, days), words, zone)
        else:
            found = of_trade(api.of_trade(session, what), words, zone)
    frame.show(found)


def of_trade(found: "TradeEvidence", habits: "HabitWords", zone: str) -> Answer:
    """Return what is known of a trade."""
    from coach.engine.api.trades import TradeView

    biases = tuple(dict.fromkeys(tag.bias for tag in found.tags))
    view = TradeView(found.trip, found.account, found.outcome, biases, found.reached)
    data = json_row(trade_evidence(found, view))
    table = Table(FILLS, rows(fills(found)))
    lines = (*_trade_told(found, view, zone), *_concluded(found, habits))
    return Answer("why", data, table, lines=lines)


def _trade_told(found: "TradeEvidence", view: "TradeView", zone: str) -> "Iterator[str]":
    trip = found.trip
    quote = trip.symbol.rpartition("-")[2]
    closed = "open" if trip.closed_at is None else _clock(trip.closed_at, zone)
    yield f"{trip.symbol} {trip.side}, {_clock(trip.opened_at, zone)} to {closed}"
    yield f"trade {trip.id}, account {found.account}, {view.outcome or 'open'}"
    net, fees = money(str(trip.net), quote), money(str(trip.fees), quote, sign=False)
    so_far = " realised so far" if trip.closed_at is None else ""
    yield f"net {net} {quote}, fees {fees} {quote}{so_far}"
    for part in trip.partial_closes:
        gross, fees = money(str(part.gross), quote), money(str(part.fees), quote, sign=False)
        closed = number(str(part.quantity))
        yield f"  {_clock(part.at, zone)}  closed {closed}: gross {gross}, fees {fees}"
    yield from _reached(found)
    yield "fills"
    for fill in found.fills:
        yield f"  {_clock(fill.at, zone)}  {fill.side} {number(str(fill.quantity))} @ " + number(
            str(fill.price)
        )
        if line := _fee_told(fill, found.fee_values.get(fill.key), trip.symbol, zone):
            yield f"    {line}"
    if found.path is not None:
        yield from _path_told(found.path)


def _concluded(found: "TradeEvidence", habits: "HabitWords") -> "Iterator[str]":
    from coach.engine.api.promises.rules import breach_sentence

    for tag in found.tags:
        yield f"tag {tag.bias} ({tag.formula}): {habits.tag(tag)}"
    for breach in found.breaches:
        yield f"rule {breach.rule_id}: {breach_sentence(breach)}"
    for label in found.labels:
        yield f"you said: {label.bias} {label.answer}"


def _fee_told(fill: "BookFill", value: "FeeValue | None", symbol: str, zone: str) -> str:
    """Return what a fee in a third coin was worth and who says so; nothing of any other fee."""
    base, _, quote = symbol.rpartition("-")
    if value is None:
        unvalued = fill.fee and fill.fee_currency not in {"", quote, base}
        return f"fee {number(str(fill.fee))} {fill.fee_currency} is not valued" if unvalued else ""
    by = " and ".join(
        f"the close {number(str(candle.close))} of {candle.symbol},"
        f" {name_of(candle.granularity)} candle of {_clock(candle.start, zone)}"
        f" by {candle.source}"
        for candle in value.candles
    )
    worth = number(str(value.value))
    return f"fee {number(str(value.fee))} {value.coin} = {worth} {quote} by {by}"


def _reached(found: "TradeEvidence") -> "Iterator[str]":
    reached = found.reached
    if reached.mae is None or reached.mfe is None:
        yield f"MAE and MFE not known: {reached.mae_reason}"
    else:
        worst, best = (statistic(float(part) * 100, "") for part in (reached.mae, reached.mfe))
        yield (
            f"went {worst} % against you (MAE), {best} % for you (MFE), of the entry price,"
            f" by candles of {reached.granularity} from {reached.source}"
        )
    if reached.r is None:
        yield f"R not known: {reached.r_reason}"
    else:
        yield f"R {statistic(str(reached.r), '')}: times what your stop would have lost"


def _path_told(path: "Path") -> "Iterator[str]":
    low, high = min(bar.low for bar in path.bars), max(bar.high for bar in path.bars)
    closes = [bar.close for bar in path.bars]
    spread = max(closes) - min(closes) or 1.0
    places = (int((close - min(closes)) / spread * len(STEPS)) for close in closes)
    drawn = "".join(STEPS[min(len(STEPS) - 1, place)] for place in places)
    each = duration(path.step_s)
    yield f"candles by {path.source}, {each} each, {low:.8g} to {high:.8g}"
    yield f"  {drawn}"


def of_bias(found: "BiasEvidence", habits: "HabitWords", zone: str) -> Answer:
    """Return what stands behind a finding."""
    data = json_row(bias_evidence(found))
    cited = rows(cited_trades(found))
    return Answer(
        "why",
        data,
        Table(CITED_TRADES, cited, "no trades"),
        lines=tuple(_finding_told(found, habits, zone)),
        warnings=found.warnings,
    )


def _finding_told(found: "BiasEvidence", habits: "HabitWords", zone: str) -> "Iterator[str]":
    finding = found.finding
    formula = f" ({finding.evidence[0].formula})" if finding.evidence else ""
    yield f"{finding.bias}{formula}: {_standing(finding)}"
    yield from (f"  {note}" for note in notes(finding, habits))
    if finding.p is not None:
        adjusted = statistic(finding.p_adjusted, "")
        yield (
            f"  p {statistic(finding.p, '')}: how often luck alone looks like that;"
            f" {adjusted} with all habits counted"
        )
    if finding.facts:
        yield f"  facts: {_named(finding.facts)}"
    if finding.evidence:
        yield f"  sample: {_named(finding.evidence[0].sample)}"
    if found.agreement is not None:
        yield f"  your answers: {words(plain(agreement(found.agreement)), '')}"
    supporting = _what("for it", habits.supporting(finding.bias))
    opposing = _what("against it", habits.opposing(finding.bias))
    yield from _cited(supporting, finding.evidence, found.supporting, zone)
    yield from _cited(opposing, finding.counter, found.opposing, zone)


def _standing(finding: "Finding") -> str:
    if finding.kind == "fact":
        return "counted, not tested"
    score = "" if finding.score is None else f", score {statistic(finding.score, '')}"
    return f"{finding.level}{score}{', holds for weeks' if finding.held else ''}"


def _cited(
    what: str, evidence: "Sequence[Evidence]", trips: "Sequence[RoundTrip]", zone: str
) -> "Iterator[str]":
    if not evidence or not trips:
        return
    more = f", the newest {SHOWN} of {len(trips)}" if len(trips) > SHOWN else ""
    yield f"{what}{more}"
    for trip in trips[-SHOWN:]:
        quote = trip.symbol.rpartition("-")[2]
        net = money(str(trip.net), quote)
        yield f"  {trip.id}  {_clock(trip.opened_at, zone)}  {trip.symbol}  {net} {quote}"


def _what(speaks: str, trades: str) -> str:
    return f"{speaks}: {trades}" if trades else speaks


def _named(facts: "Mapping[str, Fact]") -> str:
    """Return facts by the names that the docs explain, as short as they can be read."""
    known = {name: fact for name, fact in facts.items() if fact not in (None, "")}
    return ", ".join(f"{name} {_short(fact)}" for name, fact in known.items())


def _short(fact: "Fact") -> str:
    return statistic(fact, "") if isinstance(fact, float) else words(fact, "")


def _clock(moment: datetime, zone: str) -> str:
    return local(moment.isoformat(), zone)

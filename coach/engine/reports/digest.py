"""Making a week's digest from what was known at the week's end, and storing its bytes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict

from coach.engine.biases import detection
from coach.engine.conclusions.conclude import informed, snapshots
from coach.engine.digest import pack
from coach.engine.digest.flags import is_asked_about
from coach.engine.digest.inputs import DigestInputs, FillCoverage
from coach.engine.digest.tally import tally
from coach.engine.digest.week import bounds, span, week_before
from coach.engine.features.history import OPEN
from coach.engine.history.departed import followed, gone
from coach.engine.history.inputs import no_market
from coach.engine.history.known import WINDOW_DAYS, known
from coach.engine.ledger.exact import add, plain, subtract
from coach.engine.ledger.other_fees import total
from coach.engine.rules.kept_checks.brier import score
from coach.engine.rules.kept_checks.pairing import CheckIndex
from coach.engine.store import candle_use, digests, fills, trades
from coach.engine.store.promises import checks, commitments, rules
from coach.model.canonical import canonical_json
from coach.model.promises.confidence import TradeResult
from coach.model.times import DAY_US, instant
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.biases.detector import Detector
    from coach.engine.digest.shape import Pack
    from coach.engine.features.history import History
    from coach.engine.history.departed import FollowedPosition
    from coach.engine.history.inputs import MarketReader
    from coach.engine.ledger.conversion.rates import Rates
    from coach.engine.ledger.conversion.sums import Realised
    from coach.model.accounts import User
    from coach.model.insights import Finding, Tag
    from coach.model.promises.checks import FillAfterCheck, KeptCheck
    from coach.model.promises.commitments import Commitment
    from coach.model.promises.confidence import BrierScore
    from coach.model.trades import RoundTrip

    RateReader = Callable[[Sequence[Realised]], tuple[Rates, tuple[str, ...]]]

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class DigestBuild:
    """A week's pack, and the hashes of the weeks of candles that it was made with.

    `history_sha256` is the hash of all inputs, where they were the same before and after.
    `rate_candles` are the hashes of those that converted money.
    """

    pack: Pack
    candles: tuple[str, ...]
    history_sha256: str = ""
    rate_candles: tuple[str, ...] = ()


class DigestSources(NamedTuple):
    """With what a digest is made: how candles are seen, and the detectors of other packages.

    Those are asked after ours. `read_rates` leads into the base currency, None where there is none.
    """

    read_market: MarketReader = no_market
    extra: tuple[Detector, ...] = ()
    read_rates: RateReader | None = None


def make(
    connection: Connection[Any],
    user: User,
    week: str,
    sources: DigestSources | None = None,
    checks_until: datetime | None = None,
) -> DigestBuild:
    """Return the week's pack, made from nothing that came after the week.

    `checks_until` is up to when fills after checks are known, None for the end. Candles that cannot
    be read are an error: a digest that lacks them would be another one. The caller holds a
    transaction.
    """
    sources = sources or DigestSources()
    inputs = _inputs(connection, user, week, sources)
    rates, used = _rates(inputs, sources.read_rates)
    inputs = replace(inputs, checks_until=checks_until, rates=rates)
    return DigestBuild(pack.build(inputs), inputs.candles, rate_candles=used)


def _rates(
    inputs: DigestInputs, read_rates: RateReader | None
) -> tuple[Rates | None, tuple[str, ...]]:
    """Return the rates of what two weeks realised, and the hashes of the candles behind them."""
    if read_rates is None:
        return None, ()
    start = span(week_before(inputs.week), inputs.zone)[0]
    return read_rates(tally(inputs.trips, start, span(inputs.week, inputs.zone)[1]).parts)


def _inputs(
    connection: Connection[Any],
    user: User,
    week: str,
    sources: DigestSources,
) -> DigestInputs:
    extra = sources.extra
    start_us, end_us = bounds(week, user.zone)
    start, end = span(week_before(week), user.zone)[0], span(week, user.zone)[1]
    everything, trouble = known(connection, user, sources.read_market, end_us)
    if trouble is not None:
        raise trouble
    promised = rules.rules(connection, user.id)
    active = [rule for rule in promised if rule.active]
    over = followed(connection, user.id, end)
    past, broken = informed(_departing(everything.until(end_us), over), active, user.zone)
    count, first, last = fills.reach(connection, user.id, end)
    trips = [as_known(trip, end) for trip in trades.touching(connection, user.id, start, end)]
    unknown = [line for line in trades.unknown_basis(connection, user.id) if line.at < end]
    sales = tuple(line for line in unknown if not line.rounding)
    found = _findings(past, end_us, extra)
    return DigestInputs(
        zone=user.zone,
        week=week,
        trips=tuple(trips),
        findings=found,
        findings_before=_findings(past, start_us, extra),
        rules=tuple(promised),
        breaches=tuple(broken),
        unknown=sales,
        doubtful=tuple(one.trade.id for one in over if one.is_doubtful),
        departed=tuple(name for name, _ in gone(over)),
        coverage=FillCoverage(count, first, last),
        candles=snapshots(past),
        guests={one.bias: one.words for one in extra},
        tags=_tags(past, found, extra),
        **_asked(connection, user, past, (start, end)),
    )


def _departing(past: History, over: list[FollowedPosition]) -> History:
    """Return the history with the trades that were over by their coins at its end."""
    return replace(past, trader=replace(past.trader, departed=gone(over)))


class _Asked(TypedDict):
    checks: tuple[KeptCheck, ...]
    fills_after: tuple[FillAfterCheck, ...]
    confidence: BrierScore | None
    commitments: tuple[Commitment, ...]


def _asked(
    connection: Connection[Any], user: User, past: History, span: tuple[datetime, datetime]
) -> _Asked:
    """Return the checks of two weeks with the fills after them, and what was signed and sure."""
    start, end = span
    index = CheckIndex(checks.checks(connection, user.id, None, end))
    given = checks.confidences(connection, user.id, end)
    sure = given or any(one.confidence is not None for one in index.checks)
    lately = tuple(one for one in index.checks if one.asked_at >= start)
    signed = commitments.signed(connection, user.id)
    return {
        "checks": lately,
        "fills_after": tuple(_fills_of(connection, user, lately, end)),
        "confidence": score(index, given, _results(past)) if sure else None,
        "commitments": tuple(one for one in signed if one.stood_at(end)),
    }


def _fills_of(
    connection: Connection[Any], user: User, lately: tuple[KeptCheck, ...], end: datetime
) -> Iterable[FillAfterCheck]:
    index = CheckIndex(lately)
    for fill in checks.fills_after(connection, user.id, end) if lately else ():
        if index.newest_before(fill.symbol, fill.side, fill.at) is not None:
            yield fill


def _results(past: History) -> list[TradeResult]:
    """Return the trades as they were known, with the results of those that had closed."""
    found = []
    for trip, closed_us, undecided in zip(
        past.trips, past.closed_us.tolist(), past.undecided.tolist(), strict=True
    ):
        is_open = closed_us == OPEN
        net = None if is_open or undecided else trip.net
        closed = None if is_open else instant(closed_us)
        opened = instant(trip.opened_us)
        found.append(TradeResult(trip.id, trip.symbol, trip.side, opened, closed, net))
    return found


def _tags(
    past: History, found: tuple[Finding, ...], extra: tuple[Detector, ...]
) -> tuple[Tag, ...]:
    """Return what was flagged as a habit that shows; nothing else is looked for."""
    asked = {one.bias for one in found if is_asked_about(one)}
    detectors = [one for one in (*detection.ours(), *extra) if one.bias in asked]
    return tuple(detection.tags(past, detectors)) if detectors else ()


def _findings(past: History, end_us: int, extra: tuple[Detector, ...]) -> tuple[Finding, ...]:
    begin_us = end_us - WINDOW_DAYS * DAY_US
    asked = (*detection.ours(), *extra)
    return tuple(detection.findings(past.until(end_us), begin_us, end_us, asked))


def as_known(trip: RoundTrip, moment: datetime) -> RoundTrip:
    """Return what was known of a trip: of one still open then, its opening order.

    And what its partial closes had realised by then.
    """
    if trip.closed_at is not None and trip.closed_at < moment:
        return trip
    parts = tuple(part for part in trip.partial_closes if part.at < moment)
    gross, fees = NOTHING, NOTHING
    others: dict[str, Decimal] = {}
    for part in parts:
        gross, fees = add(gross, part.gross), add(fees, part.fees)
        others = total(others, part.other_fees)
    return trip._replace(
        closed_at=None,
        quantity=trip.entry_quantity,
        entry=NOTHING,
        exit=None,
        gross=plain(gross),
        fees=plain(fees),
        net=plain(subtract(gross, fees)),
        fills=len(trip.entry_fills),
        exit_fills=(),
        other_fees=others,
        partial_closes=parts,
    )


def keep(
    connection: Connection[Any], user: User, week: str, made: DigestBuild, now: datetime
) -> bool:
    """Keep the week's pack and its candles; False when the same bytes were kept before."""
    made_pack = made.pack
    stored = digests.StoredDigest(
        week,
        pack.input_sha256(made_pack),
        canonical_json(made_pack).decode(),
        pack.sha256(made_pack),
        now,
        made.history_sha256,
    )
    candle_use.replace(connection, user.id, used_by(week), [used_by(week)], made.candles)
    rates = rates_used_by(week)
    candle_use.replace(connection, user.id, rates, [rates], made.rate_candles)
    return digests.keep(connection, user.id, stored)


def used_by(week: str) -> str:
    """Return under which name a week's digest uses candles."""
    return f"digest:{week}"


def rates_used_by(week: str) -> str:
    """Return under which name the rates of a week's digest use candles."""
    return f"rates:{week}"

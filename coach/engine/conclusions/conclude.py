"""From a history to what is told of it: tags, findings, announced traits, broken promises.

Only from the data: the same fills, candles and plans give the same conclusions at any time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.engine.biases import detection
from coach.engine.conclusions.breaches import keep_breaches
from coach.engine.conclusions.scoring_result import ScoringResult
from coach.engine.conclusions.traits import compare
from coach.engine.history import known_findings
from coach.engine.history.inputs import DEFAULT_INPUTS
from coach.engine.history.known import EARLIER_RUNS_DAYS, WINDOW_DAYS
from coach.engine.rules.evaluate import breaches as rule_breaches
from coach.engine.rules.evaluate import unjudged
from coach.engine.store import candle_use, conclusions, insights, traits
from coach.model.times import DAY_US, instant
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.features.history import History
    from coach.engine.history.inputs import AnalysisInputs
    from coach.errors import CoachError
    from coach.model.accounts import User, UserId
    from coach.model.insights import Bias, Finding, Tag
    from coach.model.rules import Breach, Rule, RuleId
    from coach.model.trades import TradeId


class ConclusionInputs(NamedTuple):
    """What conclusions are drawn with, beside the history; `trouble` kept candles from sight.

    `surroundings` is the hash of all inputs but the books, from before they were read.
    """

    promised: Sequence[Rule]
    zone: str
    analysis: AnalysisInputs = DEFAULT_INPUTS
    trouble: CoachError | None = None
    surroundings: str = ""


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What the history says: claims as of a moment, facts, and broken promises.

    Candles were surely seen from `seen_from` on, where there are any, by the hashes of the weeks in
    `market`; `by_candles` are the habits that cannot do without, with their formulas.
    `blind` says why candles could not be read, empty when they could. `judged` are the rules that
    the breaches are of, `unjudged` the trades that one of them could not be held against now.
    """

    as_of: datetime
    findings: list[Finding]
    tags: list[Tag]
    breaches: list[Breach]
    seen_from: datetime
    market: tuple[str, ...]
    blind: str
    by_candles: dict[Bias, str]
    warnings: tuple[str, ...]
    judged: tuple[Rule, ...]
    unjudged: dict[RuleId, frozenset[TradeId]]


def informed(past: History, promised: Sequence[Rule], zone: str) -> tuple[History, list[Breach]]:
    """Return the history whose trader knows where the promises were broken, and where."""
    broken = rule_breaches(promised, past, zone)
    active = sum(rule.active for rule in promised)
    trader = replace(past.trader, breaches=tuple(broken), rules=active)
    return replace(past, trader=trader), broken


def conclude(past: History, asked: ConclusionInputs) -> Conclusions:
    """Test habits over the window that ends with the data, and tag events of all time."""
    known, broken = informed(past, asked.promised, asked.zone)
    detectors = (*detection.ours(), *asked.analysis.extra)
    end = data_end(known)
    return Conclusions(
        as_of=instant(end),
        findings=detection.findings(known, end - WINDOW_DAYS * DAY_US, end, detectors),
        tags=detection.tags(known, detectors),
        breaches=broken,
        seen_from=instant(end - (WINDOW_DAYS + EARLIER_RUNS_DAYS) * DAY_US),
        market=snapshots(known),
        blind="" if asked.trouble is None else str(asked.trouble),
        by_candles={one.bias: one.formula for one in detectors if one.needs_candles},
        warnings=asked.analysis.warnings,
        judged=tuple(rule for rule in asked.promised if rule.active),
        unjudged=unjudged(asked.promised, known, asked.zone),
    )


def keep_conclusions(
    connection: Connection[Any], user: User, concluded: Conclusions
) -> ScoringResult:
    """Keep what was concluded and return what is new.

    Without sight of the candles, what rests on them stays as it was: an object store that does
    not answer is no reason to change a claim. It is noted that they are still to be concluded from,
    and no findings stay to be read back: whoever asks is told of the trouble.
    """
    seen = _without_candles(connection, user.id, concluded) if concluded.blind else concluded
    kept = _standing_tags(connection, user.id, concluded)
    if concluded.blind:
        conclusions.note_change(connection, user.id)
        known_findings.forget(connection, user)
    else:
        used = {f"finding:{one.evidence[0].id}" for one in seen.findings if one.evidence}
        candle_use.replace(connection, user.id, "finding:", sorted(used), seen.market)
    stand = insights.found_with_candles(connection, user.id) if concluded.blind else set()
    insights.replace_findings(connection, user.id, seen.findings, seen.as_of, but=stand)
    standing = traits.standing(connection, user.id)
    announced = compare(standing, seen.findings, seen.as_of)
    for trait in announced.changed:
        traits.put(connection, user.id, trait)
    return ScoringResult(
        findings=seen.findings,
        new_tags=insights.replace_tags(connection, user.id, [*kept, *seen.tags]),
        new_breaches=keep_breaches(connection, user, seen.judged, seen.breaches, seen.unjudged),
        announced=announced,
        warnings=(*unseen(concluded.blind), *concluded.warnings),
    )


def keep_findings(
    connection: Connection[Any], user: User, concluded: Conclusions, asked: ConclusionInputs
) -> None:
    """Keep the findings to be read back, unless their inputs changed meanwhile or were not seen.

    The books cannot change: whoever concludes holds the lock for imports.
    """
    scope = asked.analysis.scope
    now = known_findings.surroundings_sha256(connection, user, scope)
    inputs = known_findings.inputs_sha256(connection, user, scope)
    if not concluded.blind and asked.surroundings == now and inputs is not None:
        found = concluded.findings
        known_findings.keep(connection, user, WINDOW_DAYS, found, inputs)


def unseen(blind: str) -> tuple[str, ...]:
    """Return what to say where candles could not be read; nothing where they could."""
    if not blind:
        return ()
    return (f"candles could not be read ({blind}): what was found with them stays as it was",)


def _without_candles(
    connection: Connection[Any], user_id: UserId, concluded: Conclusions
) -> Conclusions:
    """Leave out the findings that stand on candles; they stay as they were."""
    stand = insights.found_with_candles(connection, user_id)
    found = [finding for finding in concluded.findings if finding.bias not in stand]
    return replace(concluded, findings=found)


def _standing_tags(
    connection: Connection[Any], user_id: UserId, concluded: Conclusions
) -> list[Tag]:
    """Return the stored tags that nobody can see anew: facts made with candles stay facts.

    Those from before the candles that were read, or all where none could be; of trades that are
    still there, by the same formula.
    """
    stored = [
        tag for bias in concluded.by_candles for tag in insights.tags(connection, user_id, bias)
    ]
    if not stored:
        return []
    trades = insights.known_trades(connection, user_id)
    anew = {(tag.bias, tag.trade_id, tag.event_keys) for tag in concluded.tags}
    return [
        tag
        for tag in stored
        if concluded.by_candles.get(tag.bias) == tag.formula
        and (concluded.blind or tag.at < concluded.seen_from)
        and tag.trade_id in trades
        and (tag.bias, tag.trade_id, tag.event_keys) not in anew
    ]


def snapshots(past: History) -> tuple[str, ...]:
    """Return the hashes of the weeks of candles that a history sees, sorted."""
    return past.market.snapshots()


def data_end(past: History) -> int:
    """Return the microsecond after the last thing that happened: windows end with the data."""
    if len(past.opened_us) == 0:
        return 0
    return int(max(past.opened_us.max(), past.closed_us.max())) + 1

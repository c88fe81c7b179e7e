"""What was asked before trading, whether the answers were followed, and how right confidence was.

Everything is as it was known at the week's end: a check whose hour reached beyond it is not judged.
"""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from coach.engine.digest import figures
from coach.engine.digest.evidence import Citations
from coach.engine.digest.scene import Scene
from coach.engine.digest.shape import DigestStatement, Pack, statement
from coach.engine.rules.kept_checks.pairing import CheckIndex, pair
from coach.engine.rules.kept_checks.tally import tally
from coach.model.promises.checks import CheckTally
from coach.model.promises.confidence import FEWEST_SCORED, BrierScore, TradeResult
from coach.model.trades import RoundTrip
from coach.wording import numbers

CHECKS_FORMULA = "checks@1"
KNOWN_UNTIL = "known_until"
"""Of the evidence of checks: a week that is not over is made again as it was known."""
BRIER_FORMULA = "brier@1"


def asked_statements(scene: Scene, citations: Citations) -> list[DigestStatement]:
    """State how often was asked, what was followed and how right confidence was, if at all."""
    index = CheckIndex(scene.inputs.checks)
    pairs = pair(index, scene.inputs.fills_after, _until(scene))
    of_week = [one for one in pairs if scene.start <= one.check.asked_at < scene.end]
    told: list[DigestStatement] = []
    if of_week:
        entries = [_opened(trip) for trip in scene.now.entries]
        found = tally(index, of_week, entries)
        trades = [one.id for one in entries if index.before_trade(one) is not None]
        sample = {**asdict(found), KNOWN_UNTIL: figures.utc(_until(scene))}
        told += _counted(found, citations.cite(CHECKS_FORMULA, sample, trades))
    if scene.inputs.confidence is not None:
        told.append(_scored(scene.inputs.confidence, citations))
    return told


def known_until(pack: Pack) -> datetime | None:
    """Return up to when fills were known for the checks of a pack; None where it tells of none."""
    for record in pack["evidence"]:
        if record["formula"] == CHECKS_FORMULA:
            return datetime.fromisoformat(record["sample"][KNOWN_UNTIL])
    return None


def _until(scene: Scene) -> datetime:
    return scene.inputs.checks_until or scene.end


def _opened(trip: RoundTrip) -> TradeResult:
    return TradeResult(trip.id, trip.symbol, trip.side, trip.opened_at, None, None)


def _counted(found: CheckTally, evidence: str) -> Iterator[DigestStatement]:
    yield statement(
        "asked.before",
        {
            "checks": figures.count(found.asked, "check", evidence),
            "asked": figures.number(found.asked_before, evidence),
            "trades": figures.count(found.trades, "trade", evidence),
        },
    )
    judged = found.followed + found.not_followed
    if judged:
        yield statement(
            "asked.followed",
            {
                "followed": figures.number(found.followed, evidence),
                "answers": figures.count(judged, "answer", evidence),
            },
        )
    if found.pending:
        waiting = {"pending": figures.count(found.pending, "answer", evidence)}
        yield statement("asked.pending", waiting)


def _scored(score: BrierScore, citations: Citations) -> DigestStatement:
    sample = {
        "given": score.given,
        "scored": score.scored,
        "right": score.right,
        "score": score.score,
        "mean": score.mean,
    }
    evidence = citations.cite(BRIER_FORMULA, sample)
    closed = figures.count(score.scored, "closed trade", evidence)
    if score.score is None or score.interval is None or score.mean is None:
        needed = figures.count(FEWEST_SCORED, "closed trade", evidence)
        return statement("asked.unscored", {"closed": closed, "needed": needed})
    low, high = (f"{end:.2f}" for end in score.interval)
    mean, right = (
        numbers.whole_percent(share) for share in (score.mean, score.right / score.scored)
    )
    return statement(
        "asked.scored",
        {
            "score": figures.phrase(f"{score.score:.2f}", evidence),
            "interval": figures.phrase(f"{low} and {high}", evidence),
            "closed": closed,
            "mean": figures.phrase(mean, evidence),
            "right": figures.phrase(right, evidence),
        },
    )

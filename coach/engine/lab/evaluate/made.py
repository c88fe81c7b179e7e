"""Made-up traders before the detectors.

The crossing from the generator's columns to the ledger's fills and the detectors' candles.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.evidence import seed as seed_of_window
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.features import bars as candles
from coach.engine.features.context import context
from coach.engine.lab import judge
from coach.engine.lab.evaluate.announced import announced
from coach.engine.lab.evaluate.trial import Group, Trial, TrialCase, TrueLabel, Truth, trial
from coach.engine.lab.generator.market import LEAD_DAYS, GeneratedMarket, market
from coach.engine.lab.generator.plans import TraderPlan
from coach.engine.lab.generator.run import TraderRun, trader
from coach.engine.lab.generator.sets import next_market
from coach.engine.lab.judge import LabFill, Past, Profile
from coach.model.insights import Bias, Finding
from coach.model.times import DAY_US

LIVED_DAYS = 900
LEFT_OUT_DAYS = 90
STOPS_DAY = 100
WEEKS = 8
HALF = 0.5


class DetectorBelief(NamedTuple):
    """What one detector believes after a window: P(effect > minimum), and the effect it read."""

    probability: float
    effect: float
    interval: tuple[float, float]
    n: int


class TraderLife(NamedTuple):
    """A trader over ninety days, and the same trader over nine hundred others."""

    trader: str
    short: dict[Bias, DetectorBelief]
    long: dict[Bias, DetectorBelief]


class HabitHistory(NamedTuple):
    """A trader with a habit until day 100, or for good: whether it was announced, when withdrawn.

    `weeks` is the first weekly run after day 100 in which the score is below 50, None where there
    was none in eight weeks.
    """

    trader: str
    bias: Bias
    ended: bool
    announced: bool
    weeks: int | None


def trials(
    place: GeneratedMarket,
    plans: Sequence[TraderPlan],
    group: Group,
    days: Sequence[int],
    seed: int,
) -> Iterator[Trial]:
    """Judge planned traders on one market."""
    shown = as_candles(place)
    for plan in plans:
        run = trader(place, plan, seed)
        fills = fills_of(run)
        case = TrialCase(
            group,
            Truth(run.archetype, run.biases, run.way),
            tuple(TrueLabel(*one) for one in run.labels),
        )
        yield trial(judge.past(fills, shown, profile_of(run)), case, days, fills)


def live(market_seed: int, plan: TraderPlan, days: int, seed: int) -> TraderLife:
    """Read a trader over `days`, and over 900 days on another market.

    The first ninety days of the long life are left out: they share the trader's dice with the
    short one.
    """
    short = _past(market(market_seed, days), plan, seed)
    long = _past(market(next_market(market_seed), LEFT_OUT_DAYS + LIVED_DAYS), plan, seed)
    return TraderLife(plan.name, told_beliefs(short, days), beliefs(long, LIVED_DAYS))


def stopped(market_seed: int, plan: TraderPlan, bias: Bias, days: int, seed: int) -> HabitHistory:
    """Follow a trader from day 100 for eight weekly runs, each over so many days."""
    place = market(market_seed, STOPS_DAY + 7 * WEEKS + 1)
    past = _past(place, plan, seed)
    stops = place.start_us + (LEAD_DAYS + STOPS_DAY) * DAY_US
    then = {one.bias: announced(one) == "told" for one in judge.findings(past, days, stops)}
    return HabitHistory(
        plan.name,
        bias,
        plan.offset_day is not None,
        then.get(bias, False),
        _withdrawn(past, bias, days, stops),
    )


def _withdrawn(past: Past, bias: Bias, days: int, stops_us: int) -> int | None:
    detectors = [HABITS[bias]]
    for week in range(1, WEEKS + 1):
        found = judge.findings(past, days, stops_us + 7 * week * DAY_US, detectors)
        if any(_is_withdrawn(one) for one in found):
            return week
    return None


def _is_withdrawn(finding: Finding) -> bool:
    """Say whether a standing trait would be taken back; see conclusions/traits."""
    if finding.score is None:
        return False
    return finding.score < 100 * HALF or bool(finding.facts.get("fading"))


def told_beliefs(past: Past, days: int) -> dict[Bias, DetectorBelief]:
    """Return what the trader would be told of each habit that was tested."""
    return {
        one.bias: DetectorBelief(one.score / 100, one.effect, one.interval, one.n)
        for one in judge.findings(past, days)
        if one.score is not None and one.effect is not None and one.interval is not None
    }


def beliefs(past: Past, days: int) -> dict[Bias, DetectorBelief]:
    """Ask each detector that has enough to say something, in the whole of the last days alone."""
    window = Window(past.end_us - days * DAY_US, past.end_us)
    known = context(past.history)
    found = {}
    for detector in HABITS.values():
        drawn_by = seed_of_window(detector.formula, known, window)
        measured = detector.measure(known, window, drawn_by)
        verdict = measured.verdict
        if verdict is not None:
            probability = verdict.posterior.above(detector.minimum)
            found[detector.bias] = DetectorBelief(
                probability, verdict.effect, verdict.interval, measured.n
            )
    return found


def _past(place: GeneratedMarket, plan: TraderPlan, seed: int) -> Past:
    run = trader(place, plan, seed)
    return judge.past(fills_of(run), as_candles(place), profile_of(run))


def fills_of(run: TraderRun) -> list[LabFill]:
    """Return the fills as the ledger takes them."""
    columns = zip(
        run.trade_id, run.time_us, run.symbol, run.side, run.qty, run.price, run.fee, strict=True
    )
    return [
        LabFill(
            name,
            at_us,
            symbol,
            "buy" if side == "buy" else "sell",
            Decimal(quantity),
            Decimal(price),
            Decimal(fee),
        )
        for name, at_us, symbol, side, quantity, price, fee in columns
    ]


def profile_of(run: TraderRun) -> Profile:
    """Return what the product would be told of the trader."""
    return Profile(run.name, round(run.utc_offset_h * 60), float(run.start_equity))


def as_candles(place: GeneratedMarket) -> candles.Market:
    """Return the market as the detectors see one."""
    start = place.start_us + np.arange(place.bars, dtype=np.int64) * place.step_us
    return candles.Market(
        {
            symbol: candles.bars(
                candles.Columns(
                    start,
                    place.open[row],
                    place.high[row],
                    place.low[row],
                    place.close[row],
                    place.volume[row],
                ),
                "lab",
            )
            for row, symbol in enumerate(place.symbols)
        }
    )

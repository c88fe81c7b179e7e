"""All detectors, asked together: what is there, how sure we are, and which events show it."""

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter

from coach.engine.biases.detector import Detector, Measurement, Verdict, Window, no_rows
from coach.engine.biases.evidence import counter_evidence, evidence, seed
from coach.engine.biases.explanation import is_confirmed, weigh
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.biases.reasons.hedge import without_hedges
from coach.engine.biases.reasons.recognise import reasons_for, recognise
from coach.engine.biases.shared_costs import Claim, share_costs
from coach.engine.biases.standing import has_evidence
from coach.engine.biases.year.evidence import year_evidence
from coach.engine.features.context import Context, context
from coach.engine.features.history import History
from coach.engine.statistics import levels
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.multiplicity import DISCOVERY_RATE, adjusted
from coach.engine.statistics.words import significant
from coach.model.insights import Fact, Finding, Tag
from coach.model.times import instant
from coach.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class DetectorReading:
    """One detector's measurement in one run, beside those of all others in it."""

    detector: Detector
    measured: Measurement
    p_adjusted: float
    seed: int

    @property
    def flagged(self) -> bool:
        """Whether p survives the false discovery rate, and the effect is surely above its minimum.

        At least 80 % surely, and the shrunk effect itself.
        """
        verdict = self.measured.verdict
        return (
            verdict is not None
            and verdict.holds
            and self.p_adjusted <= DISCOVERY_RATE
            and verdict.posterior.mean > self.detector.minimum
            and verdict.posterior.above(self.detector.minimum) >= levels.POSSIBLE
        )

    @property
    def entries(self) -> Integers | None:
        """The entries that its cost is about, None where it is not one of entries."""
        return self.measured.affected if self.detector.by_entry else None


def ours() -> tuple[Detector, ...]:
    """Return the detectors of coach's own habits, in the order of their table."""
    return tuple(HABITS.values())


def findings(
    history: History, start_us: int, end_us: int, detectors: Sequence[Detector] | None = None
) -> list[Finding]:
    """Test every habit on the entries in [start_us, end_us), knowing nothing later.

    `detectors` are those to ask, ours by default; there is one finding of each, in their order.
    The evidence of the trading year, and for habits without it the runs one and two weeks
    earlier, are computed from the same history, which holds all that was known then: nothing is
    remembered.
    """
    asked = ours() if detectors is None else detectors
    known = _known(history, end_us)
    window = Window(start_us, end_us)
    now = _run(known, window, asked)
    weeks = [int(reading.flagged) for reading in now]
    if any(reading.flagged and reading.detector.year is None for reading in now):
        for week in range(1, levels.WEEKS):
            shifted = window.earlier(week)
            then = _run(_known(history, shifted.end_us), shifted, asked)
            weeks = [count + reading.flagged for count, reading in zip(weeks, then, strict=True)]
    claims = [
        Claim(_finding(known, window, reading, count), reading.entries)
        for reading, count in zip(now, weeks, strict=True)
    ]
    found = share_costs(known, window, claims)
    return _with_standing(known, window, asked, found)


def _known(history: History, end_us: int) -> Context:
    """Return what was known at a moment, less the trades that are legs of a confirmed hedge."""
    known = context(history.until(end_us))
    return without_hedges(known) if is_confirmed("hedge", history.trader.answers) else known


def _with_standing(
    known: Context, window: Window, detectors: Sequence[Detector], found: Sequence[Finding]
) -> list[Finding]:
    """Return the findings with the reasons that may explain them, and what is done with each."""
    answers, as_of = known.history.trader.answers, instant(window.end_us)
    needed = bool(answers) or any(has_evidence(finding) for finding in found)
    confirmed = {one.reason.kind for one in answers if one.answer == "yes"}
    reasons = recognise(known, window, confirmed) if needed else ()
    return [
        weigh(finding, reasons_for(detector.explained_by, reasons), answers, as_of)
        for detector, finding in zip(detectors, found, strict=True)
    ]


def tags(history: History, detectors: Sequence[Detector] | None = None) -> list[Tag]:
    """Tag every event of the history, oldest first; each knows only what came before it."""
    known = context(history)
    asked = ours() if detectors is None else detectors
    tagged = [tag for detector in asked for tag in detector.tags(known)]
    return sorted(tagged, key=attrgetter("at"))


def _run(known: Context, window: Window, detectors: Sequence[Detector]) -> list[DetectorReading]:
    seeds = [seed(detector.formula, known, window) for detector in detectors]
    measured = [
        _measured(known, window, detector, drawn_by)
        for detector, drawn_by in zip(detectors, seeds, strict=True)
    ]
    tested = iter(_adjusted(detectors, measured))
    return [
        DetectorReading(detector, one, 1.0 if one.verdict is None else next(tested), drawn_by)
        for detector, one, drawn_by in zip(detectors, measured, seeds, strict=True)
    ]


def _adjusted(detectors: Sequence[Detector], measured: Sequence[Measurement]) -> list[float]:
    """Return the adjusted p of those that were tested.

    Weights are the same for every trader. What could not be tested counts with p = 1, so a young
    account is judged no less strictly than an old one.
    """
    asked = [
        (detector.weight, one.verdict)
        for detector, one in zip(detectors, measured, strict=True)
        if detector.kind == "test"
    ]
    p_values = [1.0 if verdict is None else verdict.p for _, verdict in asked]
    found = adjusted(p_values, [weight for weight, _ in asked])
    return [p for p, (_, verdict) in zip(found, asked, strict=True) if verdict is not None]


def _measured(known: Context, window: Window, detector: Detector, drawn_by: int) -> Measurement:
    if detector.needs_candles and not len(known.history.market):
        return Measurement(0, 0, no_rows(), {}, None, lacks=("candles",))
    return detector.measure(known, window, drawn_by)


def _finding(known: Context, window: Window, reading: DetectorReading, weeks: int) -> Finding:
    detector, measured = reading.detector, reading.measured
    untested = _untested(known, window, reading)
    verdict = measured.verdict
    if verdict is None:
        return _counted(untested, measured, detector.minimum)
    probability, lately = _probability(known, window, reading, verdict)
    faded = lately is not None and lately < levels.FADED
    flagged = reading.flagged and not faded
    confirmed, confirmation = _confirmation(known, window, detector, (probability, weeks))
    level = levels.level(probability, stands=flagged and confirmed)
    return replace(
        untested,
        level=level,
        score=levels.score(probability),
        effect=significant(verdict.effect),
        interval=(significant(verdict.interval[0]), significant(verdict.interval[1])),
        p=significant(verdict.p),
        p_adjusted=significant(reading.p_adjusted),
        costs=() if level == "none" else detector.cost(known, window, reading.seed),
        held=flagged and confirmed,
        facts={
            **verdict.facts,
            "shrunk_effect": significant(verdict.posterior.mean),
            "flagged": flagged,
            **confirmation,
            "faded": faded,
            "fading": lately is not None and lately < levels.FADING,
        },
    )


def _untested(known: Context, window: Window, reading: DetectorReading) -> Finding:
    """Return a finding that says what was looked at, and nothing of a test."""
    detector, measured = reading.detector, reading.measured
    return Finding(
        bias=detector.bias,
        level="insufficient",
        n=measured.n,
        needed=measured.needed,
        unit=detector.unit,
        evidence=(evidence(detector.formula, known, window, measured, reading.seed),),
        counter=counter_evidence(detector.formula, known, window, measured),
        kind=detector.kind,
        lacks=measured.lacks,
    )


def _confirmation(
    known: Context, window: Window, detector: Detector, now: tuple[float, int]
) -> tuple[bool, dict[str, Fact]]:
    """Return whether what is flagged is confirmed, and the facts about that.

    `now` is P(effect > minimum), and in how many of the last weekly runs it was flagged.
    """
    probability, weeks = now
    if detector.year is None:
        return levels.confirmed_by_weeks(probability, weeks), {"weeks_flagged": weeks}
    evidence = year_evidence(known, detector.year, window.end_us)
    return evidence.reached, evidence.facts()


def _probability(
    known: Context, window: Window, reading: DetectorReading, verdict: Verdict
) -> tuple[float, float | None]:
    """Return P(effect > minimum), and that of the newest six weeks where it is worth asking."""
    probability = verdict.posterior.above(reading.detector.minimum)
    if probability < levels.AS_LIKELY_AS_NOT:
        return probability, None
    lately = _lately(known, window, reading)
    if lately is not None and lately < levels.FADED:
        return lately, lately
    return probability, lately


def _lately(known: Context, window: Window, reading: DetectorReading) -> float | None:
    """Return P(effect > minimum) of the newest six weeks alone; None where they cannot be tested.

    A window of ninety days still speaks of a habit two months after it was given up.
    """
    start_us = window.end_us - levels.LATELY_US
    if start_us <= window.start_us:
        return None
    recent = Window(start_us, window.end_us)
    verdict = reading.detector.measure(known, recent, reading.seed).verdict
    return None if verdict is None else verdict.posterior.above(reading.detector.minimum)


def _counted(untested: Finding, measured: Measurement, minimum: float) -> Finding:
    """Return a finding without a test: a fact, or the honest lack of evidence."""
    if untested.kind == "test" or measured.needed or measured.lacks:
        belief = measured.belief
        return replace(
            untested,
            facts={**measured.progress, **measured.facts},
            leaning=None if belief is None else levels.score(belief.above(minimum)),
        )
    return replace(
        untested,
        level="none",
        effect=None if measured.effect is None else significant(measured.effect),
        interval=measured.interval
        and (significant(measured.interval[0]), significant(measured.interval[1])),
        facts=measured.facts,
    )

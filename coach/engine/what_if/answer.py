"""The answer to a what-if as plain JSON: amounts as text, the same bytes for the same inputs."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import add, plain
from coach.engine.ledger.splits import words_of_split
from coach.engine.rules.evaluate import lacks
from coach.engine.statistics.words import significant
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.course import Course, RealisedMoney
from coach.engine.what_if.decisions import Decisions
from coach.engine.what_if.gaps import SampleGaps, ScenarioGaps
from coach.engine.what_if.luck import DRAWS
from coach.engine.what_if.replay import ReplayedTrade
from coach.engine.what_if.sample import MONDAY, sample_of
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import (
    Inputs,
    Numbers,
    ScenarioReplay,
    Stage,
    by_quote,
    fees_saved,
    learned,
    numbers,
    total,
)
from coach.errors import Invalid
from coach.model.canonical import canonical_json
from coach.model.events import Json
from coach.model.times import DAY_US, EPOCH, WEEK_US

VERSION = "what_if@3"
NEWEST = 1_000
DOUBTS = ("infeasible", "unreliable", "unpriced", "dropped")
LUCK, BETTER, WORSE = "cannot tell from luck", "better than luck", "worse than luck"
NOTHING = "nothing that has closed would change"
NOTHING_JUDGED = "nothing that could be judged would change"
CANNOT = "cannot be said"
ASSUMES = "it is assumed that everything else would have been traded the same"


class SimulationInputs(NamedTuple):
    """What is asked: a scenario, the weeks that a rule may learn from, how sizes follow.

    `days` is how far back entries are simulated, None for all.
    """

    scenario: Scenario
    split: int | None = None
    compounding: bool = False
    days: int | None = None


class Half(NamedTuple):
    """A stretch of the entries: its name, its first and last week, counted from 1."""

    name: str
    weeks: tuple[int, int]
    start_us: int
    end_us: int


def request(question: SimulationInputs) -> dict[str, Json]:
    """Return what was asked, as JSON."""
    return {
        "formula": VERSION,
        **question.scenario.as_json(),
        "days": question.days,
        "split": question.split,
        "compounding": question.compounding,
    }


def identity(request: Mapping[str, Json], fingerprint: str) -> str:
    """Return the id of a simulation: SHA-256 of what was asked and of what it was asked of."""
    parts = (canonical_json(request, "ascii"), fingerprint.encode())
    return hashlib.sha256(b"".join(b"%d:%b" % (len(part), part) for part in parts)).hexdigest()


def fingerprint(inputs: Inputs) -> str:
    """Return the SHA-256 of all that the answer depends on beside the question."""
    found = hashlib.sha256()
    for book in sorted(inputs.books, key=lambda book: (book.account.name, book.symbol)):
        found.update(_fills_of(book))
    trader = inputs.trader
    known: dict[str, Json] = {
        "zone": trader.zone,
        "offset": trader.offset_minutes,
        "money": None if inputs.money is None else amount(inputs.money),
        "window": [inputs.start_us, inputs.end_us],
        "candles": list(snapshots(inputs)),
    }
    found.update(canonical_json(known, "ascii"))
    return found.hexdigest()


def _fills_of(book: AccountBook) -> bytes:
    digest = hashlib.sha256(
        canonical_json([book.account.name, book.symbol, book.account.shorts], "ascii")
    )
    for split in book.splits:
        digest.update(canonical_json(["split", *words_of_split(split)], "ascii"))
    for key, symbol in book.earlier:
        digest.update(canonical_json(["earlier", key.hex(), symbol], "ascii"))
    for fill in book.fills:
        numbers_ = f"{amount(fill.quantity)}|{amount(fill.price)}|{amount(fill.fee)}"
        words = f"{fill.side}|{numbers_}|{fill.fee_currency}|{fill.at.isoformat()}|{fill.order_id}"
        digest.update(bytes(fill.key) + f"|{len(words)}:{words}".encode())
    return digest.digest()


def snapshots(inputs: Inputs) -> tuple[str, ...]:
    """Return the hashes of the weeks of candles that may have been read, sorted."""
    return inputs.market.snapshots()


def answer(inputs: Inputs, question: SimulationInputs) -> dict[str, Json]:
    """Play it and return the whole answer; UsageError where the question makes no sense of it.

    A sample depends on its trades and on what was done in them, never on the other samples.
    """
    stage = Stage(inputs)
    halves = list(_halves(stage, question.split))
    scenario = question.scenario.in_order()
    played = stage.play(scenario)
    whole = stage.play(scenario, compounding=True) if question.compounding else played
    given = (played, whole), ScenarioGaps(stage, played)
    numbered = [one for half in halves for one in _numbered(stage, half, *given)]
    samples = [_sample(*one, "given") for one in numbered]
    better: Json = None
    if question.split is not None:
        best = learned(stage, scenario, halves[1].end_us, VERSION)
        better = best.scenario.as_json()
        grown = stage.play(best.scenario, compounding=True) if question.compounding else best
        learned_ = (best, grown), ScenarioGaps(stage, best)
        later = [one for half in halves[1:] for one in _numbered(stage, half, *learned_)]
        samples += [_sample(*one, "learned") for one in later]
    return {
        "window": {
            "since": time_text(halves[0].start_us) if stage.weeks else None,
            "entries": len(played.lines),
            "weeks": stage.weeks,
        },
        "samples": list(samples),
        "learned": better,
        "fan": [_fan(figures, sized) for half, figures, sized in numbered if half.name == "all"],
        "equity": _equity(inputs, whole, stage),
        "trades": _trades(played),
        "left_alone": _left_alone(played),
        "refused": [refused._asdict() for refused in played.refused],
        "lacks": _lacks(scenario, stage),
        "other_fees_saved": {c: amount(fee) for c, fee in whole.replayed.other_fees.items()},
        "candles": list(snapshots(inputs)),
        "assumes": ASSUMES,
    }


def _lacks(scenario: Scenario, stage: Stage) -> dict[str, Json]:
    missing = {rule.id: lacks(rule, stage.history) for rule in scenario.rules}
    return {rule: list(found) for rule, found in missing.items() if found}


def _halves(stage: Stage, split: int | None) -> Iterator[Half]:
    weeks, end = stage.weeks, stage.inputs.end_us
    if not weeks:
        yield Half("all", (0, 0), stage.inputs.start_us, end)
        return
    first = stage.first_monday_us
    yield Half("all", (1, weeks), first, end)
    if split is None:
        return
    if not 1 <= split < weeks:
        reason = f"not {split}: later weeks must be left to price the rule on"
        raise Invalid("split", reason, f"fewer weeks than your entries span ({weeks})")
    cut = first + split * WEEK_US
    yield Half("in_sample", (1, split), first, cut)
    yield Half("out_of_sample", (split + 1, weeks), cut, end)


class _SizedSample(NamedTuple):
    """What a sample made in the replay that is shown, the fees that it saved, what was missing."""

    replay: RealisedMoney
    fees_saved: Decimal
    gaps: SampleGaps


def _numbered(
    stage: Stage,
    half: Half,
    played: tuple[ScenarioReplay, ScenarioReplay],
    gaps: ScenarioGaps,
) -> Iterator[tuple[Half, Numbers, _SizedSample]]:
    """Yield the numbers of a stretch per currency: of the fixed replay, sized as in the other."""
    fixed, shown = played
    sized = {line.trip.id: line for line, _ in shown.lines}
    for quote, lines in by_quote(stage, fixed.between(half.start_us, half.end_us)):
        replayed = [sized[line.trip.id] for line, _ in lines]
        made = total(line.replay for line in replayed)
        sample = sample_of(lines, quote)
        figures = numbers(lines, sample, sample.seed(VERSION))
        missing = gaps.of(line.trip.id for line, _ in lines)
        yield half, figures, _SizedSample(made, fees_saved(replayed), missing)


def _sample(half: Half, figures: Numbers, sized: _SizedSample, scenario: str) -> dict[str, Json]:
    gain, percentile = figures.gain, figures.percentile
    if sized.gaps.unsayable:
        gain = percentile = None
    low, high = map(significant, gain.interval if gain is not None else (0.0, 0.0))
    return {
        "sample": half.name,
        "weeks": list(half.weeks),
        "scenario": scenario,
        "quote": figures.quote,
        "entries": figures.entries,
        "judged": sized.gaps.judged,
        "changed": figures.changed,
        "actual": amount(figures.actual.net),
        "actual_gross": amount(figures.actual.gross),
        "actual_fees": amount(figures.actual.fees),
        "replay": amount(sized.replay.net),
        "replay_gross": amount(sized.replay.gross),
        "replay_fees": amount(sized.replay.fees),
        "fees_saved": amount(sized.fees_saved),
        "attributable": None if gain is None else significant(gain.mean),
        "interval": None if gain is None else [low, high],
        "p_better": None if gain is None else significant(gain.better),
        "n": 0 if gain is None else gain.trades,
        "placebo": None if percentile is None else significant(percentile),
        "draws": DRAWS,
        "verdict": _unmoved(sized.gaps, figures) if gain is None else _verdict(low, high),
        "gaps": [gap.as_json() for gap in sized.gaps.gaps],
    }


def _unmoved(gaps: SampleGaps, figures: Numbers) -> str:
    """Return the verdict on a sample of which no gain can be told."""
    if gaps.unsayable:
        return CANNOT
    return NOTHING_JUDGED if gaps.judged < figures.entries else NOTHING


def _verdict(low: float, high: float) -> str:
    if low > 0:
        return BETTER
    return WORSE if high < 0 else LUCK


def _fan(figures: Numbers, sized: _SizedSample) -> dict[str, Json]:
    weeks: list[Json] = []
    gains, band = figures.luck.fan()
    for place, week in enumerate(figures.luck.weeks.tolist()):
        weeks.append(
            {
                "week": time_text((week * 7 + MONDAY) * DAY_US)[:10],
                "gain": significant(float(gains[place])),
                "luck": [significant(edge) for edge in band[:, place].tolist()],
            }
        )
    moved = figures.gain is not None and not sized.gaps.unsayable
    return {"quote": figures.quote, "moved": moved, "band": [5, 25, 50, 75, 95], "weeks": weeks}


def _equity(inputs: Inputs, played: ScenarioReplay, stage: Stage) -> Json:
    """Return the money of all accounts at the end, were all open trades worth what they cost."""
    if inputs.money is None or len(stage.quotes) != 1:
        return None
    lines = played.replayed.lines
    return {
        "quote": stage.quotes[0],
        "start": amount(inputs.money),
        "actual": amount(add(inputs.money, total(line.actual for line in lines).net)),
        "replay": amount(add(inputs.money, total(line.replay for line in lines).net)),
    }


def _trades(played: ScenarioReplay) -> list[Json]:
    changed = [(line, course) for line, course in played.lines if line.changed]
    return [_trade(line, course, played.decisions) for line, course in changed[-NEWEST:]]


def _trade(line: ReplayedTrade, course: Course, decisions: Decisions) -> dict[str, Json]:
    trip = line.trip
    by = list(decisions.skipped.get(trip.id, ()))
    what = ["skipped"] if by else []
    if not by:
        forbade = [decisions.adds[key] for key in line.totals.skipped]
        by = sorted({name for names in forbade for name in names})
        named = {
            "add skipped": bool(by),
            "capped": course.share != 1,
            "untouched": course.untouched,
        }
        what = [name for name, true in named.items() if true]
    return {
        "trade_id": trip.id,
        "symbol": trip.symbol,
        "opened_at": time_text(trip.opened_us),
        "what": [*what, *sorted(line.totals.marks)],
        "by": list(by),
        "actual_net": amount(line.actual.net),
        "replay_net": amount(line.replay.net),
        "fees_saved": amount(fees_saved([line])),
        "fill_ids": [key.hex() for key in trip.entry_fills],
    }


def _left_alone(played: ScenarioReplay) -> dict[str, Json]:
    """Count what a replay could not do, or not do well."""
    counts: dict[str, Json] = {
        mark: sum(mark in line.totals.marks for line, _ in played.lines) for mark in DOUBTS
    }
    return {**counts, "exits_forbidden": played.decisions.left}


def amount(value: Decimal) -> str:
    """Return an amount as plain decimal text."""
    return f"{plain(value):f}"


def time_text(at_us: int) -> str:
    """Return RFC 3339 of microseconds since 1970 UTC."""
    return moment_of(timedelta(microseconds=at_us))


def moment_of(since: timedelta) -> str:
    """Return RFC 3339 of a time since 1970 UTC, to the microsecond where there is one."""
    return (EPOCH + since).isoformat().replace("+00:00", "Z")

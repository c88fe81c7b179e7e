"""What a replay says of traders for whom nothing is there to gain: the table of docs/simulate.md.

    .venv/bin/python bench/what_if.py [TRADERS]        # default: 200 of each kind

Made-up traders over ninety days (the lab's generator), each replayed under one intervention. Per
row: the share whose naive gain (replay less actual) is above zero, the mean of it in percent of
equity, the share whose attributable interval lies above zero (nominal .05) and below, the mean
attributable gain, and the p-value of a Kolmogorov-Smirnov test that the placebo's percentiles are
uniform. "Worst tenth by outcome" is what a replay must never do. Prices are martingales, save in
the rows where a quarter of each large hour drifts back: there chasing has a real cost.
"""

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from coach.engine.features.bars import Market
from coach.engine.features.trader import Trader
from coach.engine.lab import judge
from coach.engine.lab.evaluate.made import as_candles, fills_of, profile_of
from coach.engine.lab.generator.market import GeneratedMarket as MadeUp
from coach.engine.lab.generator.market import market
from coach.engine.lab.generator.plans import BY_TIME_ALONE, TraderPlan
from coach.engine.lab.generator.population import cell, rational
from coach.engine.lab.generator.run import trader
from coach.engine.rules.schema import read_rule
from coach.engine.statistics.proportions import wilson
from coach.engine.statistics.uniformity import two_sided
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.course import Course
from coach.engine.what_if.purse import Purse
from coach.engine.what_if.replay import replay
from coach.engine.what_if.sample import sample_of
from coach.engine.what_if.scenario import Scenario
from coach.engine.what_if.simulate import Inputs, Numbers, Stage, numbers
from coach.model.accounts import Account, AccountId
from coach.model.rules import Rule, RuleId
from coach.model.times import MINUTE_US

DAYS, A_MARKET = 90, 20


def rule(kind: str, **params: object) -> Rule:
    """Return a rule that was never kept."""
    return Rule(RuleId(kind), kind, read_rule(kind, params), active=True)


CHASE = Scenario(rules=(rule("no_entry_after_spike", z=2.0, horizon=60),))
AFTER_LOSS = Scenario(rules=(rule("cooldown_after_loss", minutes=60),))
AVERAGING = Scenario(rules=(rule("no_averaging_down"),))
SCENARIOS = {
    "no entry after a spike": CHASE,
    "pause after a loss, 60 min": AFTER_LOSS,
    "no averaging down": AVERAGING,
    "size cap, 1.2 x usual": Scenario(cap=Decimal("1.2")),
    "nothing after 18:00": Scenario(last_entry_s=18 * 3_600),
    "day over after 2 losses": Scenario(losses=2),
    "delay, 30 min": Scenario(delay_us=30 * MINUTE_US),
    "stop at 1 %": Scenario(stop=Decimal(1)),
    "target at 1 %": Scenario(target=Decimal(1)),
    "untouched": Scenario(untouched=True),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one replay said of one trader."""

    naive: float
    low: float
    high: float
    gain: float
    percentile: float | None


def stages(plans: list[TraderPlan], seed: int, rev: float) -> Iterator[Stage]:
    """Yield the traders, twenty to a market; `rev` of each large hour drifts back."""
    for first in range(0, len(plans), A_MARKET):
        place = market(seed + first, DAYS, rev)
        shown = as_candles(place)
        for plan in plans[first : first + A_MARKET]:
            yield stage(place, shown, plan, seed + first)


def stage(place: MadeUp, shown: Market, plan: TraderPlan, seed: int) -> Stage:
    """Return one trader, ready to be replayed."""
    run = trader(place, plan, seed)
    fills = sorted(fills_of(run), key=lambda fill: fill.at_us)
    told = judge._by_symbol(fills, judge._keys(run.name, fills))  # noqa: SLF001 -- the lab's own way
    account = Account(AccountId(1), run.name, "lab", shorts=False)
    profile = profile_of(run)
    return Stage(
        Inputs(
            books=[AccountBook(account, symbol, taken) for symbol, taken in told.items()],
            market=shown,
            trader=Trader(offset_minutes=profile.offset_minutes, equity=profile.equity),
            money=Decimal(run.start_equity),
        )
    )


def seen(told: Numbers, money: Decimal) -> Seen | None:
    """Return what a replay said, None where it changed nothing."""
    if told.gain is None:
        return None
    low, high = told.gain.interval
    naive = float((told.replay.net - told.actual.net) / money) * 100
    mean = told.gain.mean / float(money) * 100
    return Seen(naive, low, high, mean, told.percentile)


def worst(one: Stage) -> Seen | None:
    """Leave out the tenth of the trades that lost most: what must never be done."""
    played = one.play(Scenario())
    ranked = sorted(played.lines, key=lambda line: line[0].trip.net)[: len(played.lines) // 10]
    gone = {line.trip.id: Course(share=Decimal(0)) for line, _ in ranked}
    again = replay(one.books, gone, one.prices, Purse(one.inputs.money))
    lines = tuple((line, gone.get(line.trip.id, Course())) for line in again.lines)
    assert one.inputs.money is not None
    return seen(numbers(lines, sample_of(lines, "USD"), 1), one.inputs.money)


def under(scenario: Scenario) -> Callable[[Stage], Seen | None]:
    """Return how a trader is replayed under a scenario."""

    def look(one: Stage) -> Seen | None:
        played = one.play(scenario)
        assert one.inputs.money is not None
        return seen(numbers(played.lines, sample_of(played.lines, "USD"), 1), one.inputs.money)

    return look


def line(population: str, name: str, found: list[Seen]) -> str:
    """Return one row of the table."""
    count = len(found)
    if not count:
        return f"| {population} | {name} | 0 | | | | | |"
    above = sum(one.low > 0 for one in found)
    below = sum(one.high < 0 for one in found)
    _, top = wilson(above, count)
    ranks = [one.percentile / 100 for one in found if one.percentile is not None]
    naive = np.array([one.naive for one in found])
    gains = np.array([one.gain for one in found])
    return (
        f"| {population} | {name} | {count} | {naive.mean():+.2f} ({(naive > 0).mean():.2f}) "
        f"| {gains.mean():+.2f} | {above / count:.3f} (<= {top:.3f}) | {below / count:.3f} "
        f"| {two_sided(np.array(ranks))[1]:.2f} |"
    )


def main() -> None:
    """Print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    begun = time.perf_counter()
    print(
        "| traders | intervention | n | naive gain, % (share > 0) | attributable, %"
        " | interval > 0 (95 % bound) | interval < 0 | placebo uniform, p |"
    )
    print("|---" * 8 + "|")
    looks = {name: under(scenario) for name, scenario in SCENARIOS.items()}
    chase = {"no entry after a spike": under(CHASE)}
    people = list(rational(count, BY_TIME_ALONE))
    scalpers, chasers = cell({}, count // 4, "scalper"), cell({"fomo": 1.0}, count // 2)
    sets = {
        "rational": (
            list(rational(count, BY_TIME_ALONE)),
            0.0,
            {**looks, "worst tenth by outcome": worst},
        ),
        "rational scalper": (
            list(scalpers),
            0.0,
            {"pause after a loss, 60 min": under(AFTER_LOSS)},
        ),
        "rational, moves drift back": (people, 0.25, chase),
        "FOMO, k = 1, moves drift back": (list(chasers), 0.25, chase),
    }
    for population, (plans, rev, wanted) in sets.items():
        found: dict[str, list[Seen]] = {name: [] for name in wanted}
        for one in stages(plans, 11, rev):
            for name, look in wanted.items():
                said = look(one)
                if said is not None:
                    found[name].append(said)
        for name, rows in found.items():
            print(line(population, name, rows), flush=True)
    print(f"{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()

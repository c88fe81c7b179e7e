"""What a made-up trader costs to make, and its rules to recognise, by CPU.

    .venv/bin/python bench/lab.py [TRADERS]      # default: 40

Prints the CPU time of a trader who looks at the clock alone, of one who follows rules, and of
recognising the rules in 1,000 fills, each with its share of the budget.
"""

import sys
from collections.abc import Iterator
from time import process_time

import numpy as np

from bench.detectors import candles, fills
from coach.engine.biases.detector import Window
from coach.engine.biases.reasons.recognise import recognise
from coach.engine.features.context import context
from coach.engine.features.trader import Trader
from coach.engine.lab import judge
from coach.engine.lab.generator import population
from coach.engine.lab.generator.market import GeneratedMarket, market
from coach.engine.lab.generator.plans import BY_RULE, BY_TIME_ALONE, TraderPlan
from coach.engine.lab.generator.run import TraderRun, trader

BY_TIME_S, BY_RULE_S, RECOGNISE_S = 0.06, 0.2, 2.0
DAYS = 90


def made(ground: GeneratedMarket, plans: list[TraderPlan]) -> tuple[float, list[TraderRun]]:
    """Return the CPU seconds that a trader took, and all of them."""
    began = process_time()
    runs = [trader(ground, plan, 1) for plan in plans]
    return (process_time() - began) / len(plans), runs


def recognised(ground: GeneratedMarket, runs: list[TraderRun]) -> Iterator[tuple[int, float]]:
    """Yield how many fills each trader has, and the CPU seconds of recognising rules in them."""
    begin = ground.start_us
    window = Window(begin, begin + ground.bars * ground.step_us)
    for run in runs:
        past = judge.past(fills(run), candles(ground)).history
        asked = context(past.beside(past.orders, past.market, Trader("UTC")))
        began = process_time()
        recognise(asked, window)
        yield len(run.trade_id), process_time() - began


def main() -> None:
    """Print the three figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
    ground = market(7, DAYS)
    for what, kinds, budget_s in (
        ("by time alone", BY_TIME_ALONE, BY_TIME_S),
        ("by rule", BY_RULE, BY_RULE_S),
    ):
        took_s, runs = made(ground, list(population.rational(count, kinds)))
        print(f"a trader {what:<14} {took_s * 1000:7.1f} ms  {took_s / budget_s:.2f} of the budget")
    measured = np.array(list(recognised(ground, runs[:10])))
    took_s = 1_000 * measured[:, 1].sum() / measured[:, 0].sum()
    print(
        f"rules in 1,000 fills   {took_s * 1000:9.1f} ms  {took_s / RECOGNISE_S:.2f} of the budget"
    )


if __name__ == "__main__":
    main()

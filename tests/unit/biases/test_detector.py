"""A detector of one's own: larger on Saturdays and Sundays, in fewer than forty lines."""

import ast
import inspect
import math
from collections.abc import Callable

import numpy as np

from coach.engine.biases.catalogue import CATALOGUE, findings
from coach.engine.biases.cost_of_size import cost_of_size
from coach.engine.biases.detector import Detector, Measurement, Verdict, Window
from coach.engine.features.context import Context
from coach.engine.features.history import history
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.bootstrap import DAY_US, day_blocks, interval, resampled_ratios
from coach.engine.statistics.floors import Counts, Sample, still_needed
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.engine.statistics.strata import consecutive, contrast
from coach.model.insights import Cost
from coach.model.trades import Trip


def weekend_rows(context: Context, window: Window) -> tuple[Integers, Integers]:
    entered_us = context.history.opened_us
    known = np.flatnonzero(window.holds(entered_us) & ~np.isnan(context.log_size))
    return known, known[(entered_us[known] // DAY_US + 3) % 7 >= 5]


def measure(context: Context, window: Window, seed: int) -> Measurement:
    rows, weekend = weekend_rows(context, window)
    marked, size = np.isin(rows, weekend), context.log_size[rows]
    seen = Counts(int(marked.sum()), int((~marked).sum()))
    sample = Sample(seen, seen, seen, len(rows))
    needed, strata = still_needed(sample), consecutive(np.zeros(len(rows), np.int64))
    if needed:
        return Measurement(len(rows), needed, weekend, {"n": len(rows)}, None)
    compared = contrast(marked, size, strata)
    blocks = day_blocks(context.history.opened_us[rows])
    low, high = interval(resampled_ratios(blocks, compared.numerators, compared.denominators, seed))
    verdict = Verdict(
        p=stratified_test(marked, size[:, None], strata, seed).p,
        posterior=shrunk(compared.difference(), compared.error(), LOG_RATIO_SPREAD),
        effect=math.expm1(compared.difference()),
        interval=(math.expm1(low), math.expm1(high)),
    )
    return Measurement(len(rows), needed, weekend, {"n": len(rows)}, verdict)


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    return cost_of_size(context, window, weekend_rows(context, window)[1], seed)


WEEKEND = Detector(
    bias="weekend_size",  # type: ignore[arg-type]  # not in the catalogue's Literal
    formula="weekend_size@1",
    unit="relative difference in size",
    minimum=0.10,
    measure=measure,
    cost=cost,
    tags=lambda _: [],
)


def test_a_detector_of_ones_own_is_asked_beside_ours(trader: Callable[..., list[Trip]]) -> None:
    larger = [
        trip._replace(notional=trip.notional * (2 if trip.opened_us // DAY_US % 7 in {2, 3} else 1))
        for trip in trader(1, 250)
    ]
    *_, weekend = findings(history(larger), 0, larger[-1].opened_us, [*CATALOGUE, WEEKEND])
    assert (weekend.level, weekend.evidence[0].formula) == ("strong", "weekend_size@1")
    assert weekend.costs[0].currency == "USD"


def test_its_functions_and_value_are_fewer_than_forty_lines() -> None:
    tree = ast.parse(inspect.getsource(inspect.getmodule(measure) or math))
    mine = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Assign)]
    written = [node for node in mine if not getattr(node, "name", "").startswith("test_")]
    assert sum((node.end_lineno or 0) - node.lineno + 1 for node in written) < 40

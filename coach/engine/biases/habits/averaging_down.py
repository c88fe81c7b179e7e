"""D7 Averaging down: more is bought of what is losing than of what is winning.

An add comes to a position that stands in a loss or in a gain, by the last close before it. If
profit did not matter, adds would fall on either as the hours did that positions stood so: exact
binomial, ratio of the two rates, at least 1.5 to matter. Buys by a clock come whatever the price
and drop out.
Sources: Strahilevitz, Odean & Barber (2011), J. Marketing Research 48:S102: investors are more
likely to buy again what has lost; Ben-David & Hirshleifer (2012), RFS 25:2485, for additional
purchases V-shaped in profit. The minimum and the depth of a tag are ours.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypedDict

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, YearTest, no_rows
from coach.engine.biases.event import as_facts
from coach.engine.biases.words import TIMES_AS_OFTEN, Words
from coach.model.insights import Tag
from coach.model.times import instant
from coach.wording import numbers

if TYPE_CHECKING:
    from coach.engine.biases.detector import Window
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.engine.features.history import History
    from coach.engine.statistics.arrays import Floats
    from coach.model.insights import Cost

FORMULA = "averaging_down@2"
SMALLEST_LOG_RATIO = math.log(1.5)
FEWEST_ADDS = 8
DEEP = -0.5  # in units of the 4-hour volatility, below the average


class AveragingDownFacts(TypedDict):
    """How far below its average the trade stood, and how much was added, as shares of one.

    `z_4h` is the distance in units of the 4-hour volatility; the losing side is negative.
    """

    below_average: float
    z_4h: float
    share_of_position: float
    price: float
    average: float


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare adds per hour in a loss with adds per hour in a gain."""
    from coach.engine.biases.measures.decision_prices import decided_return
    from coach.engine.biases.measures.sizes.adds import bursts, decisions, hours
    from coach.engine.biases.measures.sizes.adds_in_a_loss import (
        judge,
        unplanned_adds,
        with_saving_plan,
    )
    from coach.engine.biases.measures.sizes.held import candles
    from coach.engine.statistics.exposure import ExposedEvents, alike
    from coach.engine.statistics.floors import more_trades

    history = context.history
    found = candles(context, window.holds(history.orders.at_us))
    free, sample = unplanned_adds(context, window, found)
    counted = decisions(history, free)
    moved = decided_return(context, found, counted)
    open_ = hours(context, window, found, with_saving_plan(history))
    losing, gaining = int((moved < 0).sum()), int((moved > 0).sum())
    comparable = min(open_.loss, open_.gain) > 0
    sided = moved != 0
    together = alike(moved[sided] < 0, bursts(history, counted[sided]))
    seen = ExposedEvents(losing, open_.loss, gaining, open_.gain, together)
    enough = seen.trials >= FEWEST_ADDS and comparable
    entries = int(window.holds(history.opened_us).sum())
    missing = 0 if enough else max(1, FEWEST_ADDS - seen.trials)
    return Measurement(
        n=seen.trials,
        needed=more_trades(missing, seen.trials, entries),
        affected=no_rows(),
        sample=sample,
        verdict=judge(context, counted, seen, seed) if enough else None,
        progress={"adds": seen.trials, "fewest_adds": FEWEST_ADDS},
        orders=counted[moved < 0],
        orders_against=counted[moved > 0],
        lacks=() if enough else found.lacks,
        belief=seen.posterior() if seen.trials and comparable and not enough else None,
    )


def evidence_of(context: Context, year: TradingYear) -> Floats:
    """Compare the adds of each week with the hours that positions stood in a loss."""
    from coach.engine.biases.year.adds_in_losses import evidence

    return evidence(context, year)


def cost(context: Context, window: Window, _seed: int) -> tuple[Cost, ...]:
    """Price the adds in a loss against all other entries and adds."""
    from coach.engine.biases.cost_of_adds import cost_of_adds
    from coach.engine.biases.measures.decision_prices import decided_return
    from coach.engine.biases.measures.sizes.adds_in_a_loss import unplanned_adds
    from coach.engine.biases.measures.sizes.held import candles

    found = candles(context, window.holds(context.history.orders.at_us))
    free, _ = unplanned_adds(context, window, found)
    losing = decided_return(context, found, free) < 0
    return cost_of_adds(context, window, free[losing])


def tags(context: Context) -> list[Tag]:
    """Tag adds off the clock, at least half a usual four-hour move below."""
    import numpy as np

    from coach.engine.biases.measures.sizes.adds import adds, by_the_clock, depth, log_return
    from coach.engine.biases.measures.sizes.adds_in_a_loss import symbols_of, with_saving_plan
    from coach.engine.biases.measures.sizes.held import candles_by_order

    history = context.history
    rows = adds(history)
    rows = rows[
        ~by_the_clock(history)[rows] & ~with_saving_plan(history)[symbols_of(history, rows)]
    ]
    found = candles_by_order(context)
    rows = rows[found.covered[rows]]
    z = depth(context, found, rows)
    deep = np.flatnonzero(z <= DEEP)
    moved = log_return(history, rows)
    return [_tag(history, int(rows[place]), float(z[place]), float(moved[place])) for place in deep]


def _tag(history: History, order: int, z: float, moved: float) -> Tag:
    from coach.engine.statistics import words

    orders = history.orders
    bought, held = orders.quantity[order], orders.before[order]
    facts: AveragingDownFacts = {
        "below_average": words.significant(-math.expm1(moved)),
        "z_4h": words.significant(z),
        "share_of_position": words.significant(float(bought / held)),
        "price": words.significant(float(orders.price[order])),
        "average": words.significant(float(orders.average[order])),
    }
    return Tag(
        bias="averaging_down",
        trade_id=history.ids[orders.trip[order]],
        at=instant(int(orders.at_us[order])),
        fill_keys=orders.keys[order],
        facts=as_facts(facts),
        formula=FORMULA,
        event_keys=orders.keys[order],
    )


HARD = 5.0  # most traders add rarely: few events to read it from


def tag_text(facts: AveragingDownFacts) -> str:
    """Return what was added to a loss, in words."""
    below = numbers.percent(facts["below_average"])
    added = numbers.percent(facts["share_of_position"])
    return f"averaged down at {below} from the average price, adding {added} of the position"


WORDS = Words(
    name="adding to losing positions (averaging down)",
    unit=TIMES_AS_OFTEN,
    above="more was bought {effect} in a loss as in a gain",
    below=None,
    claim=(
        "Adding to losing positions was more common than adding to winning ones: "
        "{effect}, likely between {interval}, measured over {n}. This is called averaging "
        "down; the evidence level was {level}."
    ),
    counted=("addition", "additions"),
    supporting="added to in a loss",
    opposing="added to in a gain",
    also=("avgdown", "avg_down", "averagingdown", "average_down"),
    tag=tag_text,
)

DETECTOR = Detector(
    bias="averaging_down",
    formula=FORMULA,
    unit="ratio of rates",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
    words=WORDS,
    cost=cost,
    tags=tags,
    needs_candles=True,
    weight=HARD,
    year=YearTest(0.016, evidence_of),
    explained_by=frozenset({"ladder"}),
    answered_by=(RuleAnswer("no_averaging_down", {"below": 0}),),
)

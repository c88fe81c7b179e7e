"""D8 Panic selling: half of what fell goes within the hour, and not half of what rose.

Sell-offs in the hour after a position, or the basket it is in, fell by more than 2.5 sigma
of two hours are compared with those in the hour after as large a rise, per hour in which what
moved was still held: exact binomial, ratio of the two rates. Who sells at extremes on both sides
has no such habit. Whether it was wise is not asked: what came after is told with its sign.
Sources: Elkind, Kaminski, Lo, Siah & Wong (2022), J. Financial Data Science 4(1):11, for accounts
that fall by nine tenths within a month, half of it by sales, which are counted as facts. The
hour, the 2.5 and the ratio of 1.5 are ours.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypedDict

from coach.engine.biases.answers import RuleAnswer
from coach.engine.biases.detector import Detector, Measurement, Window, YearTest, no_rows
from coach.engine.biases.event import as_facts
from coach.engine.biases.words import TIMES_AS_OFTEN, Words
from coach.model.insights import Tag
from coach.model.times import DAY_US, HOUR_US, MINUTE_US, instant
from coach.wording import numbers

if TYPE_CHECKING:
    from coach.engine.biases.measures.sales.sell_offs import SellOff
    from coach.engine.biases.year.span import TradingYear
    from coach.engine.features.context import Context
    from coach.engine.statistics.arrays import Floats
    from coach.model.insights import Cost

FORMULA = "panic_selling@1"
SMALLEST_LOG_RATIO = math.log(1.5)
FEWEST_SELL_OFFS = 8


class PanicSellingFacts(TypedDict):
    """What share of the position was sold at which price, so many minutes after the fall.

    `z_2h` is the fall in units of the 2-hour volatility, None where the basket fell.
    """

    z_2h: float | None
    minutes_after: float
    share_sold: float
    price: float


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare sell-offs per hour after falls with those after rises."""
    from coach.engine.biases.measures.sales.sales_after_falls import all_sell_offs, judge
    from coach.engine.biases.measures.sales.sell_offs import orders_of, stress
    from coach.engine.biases.measures.sizes.basket import baskets
    from coach.engine.biases.measures.sizes.held import candles
    from coach.engine.features.orders import PARTIAL
    from coach.engine.statistics import words
    from coach.engine.statistics.exposure import ExposedEvents
    from coach.engine.statistics.floors import more_trades

    orders = context.history.orders
    inside = window.holds(orders.at_us)
    found = candles(context, inside)
    seen = baskets(context, window, found)
    hours = [stress(one).hours(one) for one in seen]
    after_falls, after_rises = (sum(part) for part in zip((0.0, 0.0), *hours, strict=True))
    sold_off = all_sell_offs(context, window, seen)
    down, up = orders_of(sold_off, down=True), orders_of(sold_off, down=False)
    counted = ExposedEvents(len(down), after_falls, len(up), after_rises)
    enough = counted.trials >= FEWEST_SELL_OFFS and min(after_falls, after_rises) > 0
    entries = int(window.holds(context.history.opened_us).sum())
    missing = 0 if enough else max(1, FEWEST_SELL_OFFS - counted.trials)
    return Measurement(
        n=counted.trials,
        needed=more_trades(missing, counted.trials, entries),
        affected=no_rows(),
        sample={
            "n": counted.trials,
            "hours_after_falls": words.significant(after_falls),
            "hours_after_rises": words.significant(after_rises),
            **found.described(inside & (orders.kind >= PARTIAL)),
        },
        verdict=judge(context, window, (counted, down, found), seed) if enough else None,
        progress={"sell_offs": counted.trials, "fewest_sell_offs": FEWEST_SELL_OFFS},
        orders=down,
        orders_against=up,
        lacks=() if enough else found.lacks,
    )


def evidence_of(context: Context, year: TradingYear) -> Floats:
    """Compare the sell-offs of each week with the hours after falls."""
    from coach.engine.biases.year.sell_offs_in_falls import evidence

    return evidence(context, year)


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the sell-offs after falls by what was sold did next; below 0 they saved money.

    Over one day, five or twenty: the longer positions are held, the longer.
    """
    from coach.engine.biases.after_sales import HORIZONS, against_holding, costs
    from coach.engine.biases.measures.sales.looks import typical_step
    from coach.engine.biases.measures.sales.sales_after_falls import all_sell_offs
    from coach.engine.biases.measures.sales.sell_offs import orders_of
    from coach.engine.biases.measures.sizes.basket import baskets
    from coach.engine.biases.measures.sizes.held import candles

    found = candles(context, window.holds(context.history.orders.at_us))
    sold_off = all_sell_offs(context, window, baskets(context, window, found))
    down = orders_of(sold_off, down=True)
    step_us = typical_step(context, window, found)
    horizon = "20d" if step_us >= DAY_US else "5d" if step_us >= HOUR_US else "1d"
    return costs(context, against_holding(context, down, HORIZONS[horizon]), seed)


def tags(context: Context) -> list[Tag]:
    """Tag the sales by which half of what fell was gone within the hour."""
    from coach.engine.biases.measures.sales.sales_after_falls import all_sell_offs
    from coach.engine.biases.measures.sizes.basket import baskets
    from coach.engine.biases.measures.sizes.held import candles_by_order

    orders = context.history.orders
    if not len(orders):
        return []
    found = candles_by_order(context)
    whole = Window(int(orders.at_us[0]), int(orders.at_us[-1]) + 1)
    sold_off = all_sell_offs(context, whole, baskets(context, whole, found))
    return [_tag(context, one) for one in sold_off if one.down and found.covered[one.order]]


def _tag(context: Context, one: SellOff) -> Tag:
    from coach.engine.statistics import words

    history, orders = context.history, context.history.orders
    facts: PanicSellingFacts = {
        "z_2h": None if math.isnan(one.z) else words.significant(one.z),
        "minutes_after": words.significant(one.since_us / MINUTE_US),
        "share_sold": words.significant(one.share),
        "price": words.significant(float(orders.price[one.order])),
    }
    return Tag(
        bias="panic_selling",
        trade_id=history.ids[orders.trip[one.order]],
        at=instant(int(orders.at_us[one.order])),
        fill_keys=orders.keys[one.order],
        facts=as_facts(facts),
        formula=FORMULA,
        event_keys=orders.keys[one.order],
    )


def tag_text(facts: PanicSellingFacts) -> str:
    """Return what was sold after which fall, in words."""
    moved = facts["z_2h"]
    fall = "a sharp move"
    if moved is not None:
        fall = f"a 2-hour move of {numbers.measure(abs(moved))}{numbers.SIGMA}"
    sold, after = numbers.percent(facts["share_sold"]), numbers.span(facts["minutes_after"])
    return f"{sold} of the position closed, {after} after {fall} against it"


WORDS = Words(
    name="closing in sharp falls (panic selling)",
    unit=TIMES_AS_OFTEN,
    above="positions were closed {effect} in sharp falls as in sharp rises",
    below=None,
    claim=(
        "Positions were closed in sharp falls more often than in sharp rises: {effect}, "
        "likely between {interval}, measured over {n}. This is called panic selling; the "
        "evidence level was {level}."
    ),
    counted=("sale", "sales"),
    supporting="closed in sharp falls",
    opposing="closed in sharp rises",
    also=("panic", "panic_sell", "panicselling"),
    tag=tag_text,
)

DETECTOR = Detector(
    bias="panic_selling",
    formula=FORMULA,
    unit="ratio of rates",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
    words=WORDS,
    cost=cost,
    tags=tags,
    needs_candles=True,
    year=YearTest(0.010, evidence_of),
    explained_by=frozenset({"target", "stop", "signal", "clock"}),
    answered_by=(RuleAnswer("holding_time_floor", {"minutes_at_least": 60}),),
)

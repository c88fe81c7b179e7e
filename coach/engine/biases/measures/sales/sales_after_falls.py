"""Sell-offs after falls beside those after rises."""

from coach.engine.biases.after_sales import HORIZONS, against_holding, mean_given_up
from coach.engine.biases.detector import Verdict, Window
from coach.engine.biases.measures.sales.account_exits import account_exits
from coach.engine.biases.measures.sales.sell_offs import SellOff, sell_offs
from coach.engine.biases.measures.sizes.basket import Basket
from coach.engine.biases.measures.sizes.held import Candles
from coach.engine.biases.words import LARGEST_RATIO
from coach.engine.features.context import Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.exposure import ExposedEvents


def all_sell_offs(context: Context, window: Window, seen: list[Basket]) -> list[SellOff]:
    """Return the sell-offs of all baskets, oldest first."""
    told = [one for basket in seen for one in sell_offs(context, window, basket)]
    return sorted(told, key=lambda one: one.order)


def judge(
    context: Context, window: Window, seen: tuple[ExposedEvents, Integers, Candles], seed: int
) -> Verdict:
    """Return the ratio of the rates with its test, and the facts beside it."""
    counted, down, found = seen
    low, high = counted.interval()
    after = {
        name: mean_given_up(against_holding(context, down, horizon_us))
        for name, horizon_us in HORIZONS.items()
    }
    return Verdict(
        p=counted.p(seed),
        posterior=counted.posterior(),
        effect=min(counted.ratio(), LARGEST_RATIO),
        interval=(low, min(high, LARGEST_RATIO)),
        facts={
            "sell_offs_after_falls": counted.events,
            "sell_offs_after_rises": counted.other_events,
            "hours_after_falls": words.significant(counted.exposure),
            "hours_after_rises": words.significant(counted.other_exposure),
            "effect_size": words.effect_size(
                words.arcsine_difference(counted.events / counted.trials, counted.share)
            ),
            **{f"what_was_sold_did_next_{name}": mean for name, mean in after.items()},
            **account_exits(context, window, found),
        },
    )

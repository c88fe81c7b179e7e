"""An entry into a move that has already happened, by candles; without them it says so."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.features.history import History
from coach.engine.rules.evaluate import breaches, lacks, unjudged
from coach.model.rules import Rule

Make = Callable[..., Rule]
BAR_US = 900_000_000


def with_spike(past: History, minutes_before: int, jump: float = 0.05) -> History:
    """Return candles of a quiet fortnight that jump so long before the first entry."""
    entry = past.trips[0].opened_us
    starts = entry - np.arange(14 * 96, 0, -1) * BAR_US
    moves = 0.001 * np.where(np.arange(len(starts)) % 2, 1, -1)
    moves[starts + BAR_US == entry - (minutes_before // 15) * BAR_US] = jump
    close = 100 * np.exp(np.cumsum(moves))
    seen = bars(Columns(starts, close, close, close, close, close), "test", BAR_US)
    return replace(past, market=Market({"BTC-USD": seen}))


def test_an_entry_after_a_spike_says_how_large_it_was(past: History, promise: Make) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    """
    [breach] = breaches([promise("no_entry_after_spike", z=3)], with_spike(past, 30), "UTC")
    z = breach.facts["z"]
    assert isinstance(z, float)
    assert 20 < z < 30
    assert breach.facts["horizon_minutes"] == 60


def test_an_old_spike_and_one_the_other_way_are_none(past: History, promise: Make) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    """
    rule = promise("no_entry_after_spike", z=3)
    assert breaches([rule], with_spike(past, 90), "UTC") == []
    assert breaches([rule], with_spike(past, 30, jump=-0.05), "UTC") == []
    short = replace(past, trips=(past.trips[0]._replace(side="short"),))
    assert breaches([rule], with_spike(short, 30, jump=-0.05), "UTC") != []


def test_without_candles_it_says_what_it_lacks(past: History, promise: Make) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    2026-03-20 09:30 ETH-USD size 100
    """
    rule = promise("no_entry_after_spike", z=3)
    assert lacks(rule, past) == ("candles of BTC-USD", "candles of ETH-USD")
    seen = with_spike(past, 30)
    assert lacks(rule, seen) == ("candles of ETH-USD",)
    assert unjudged([rule], seen, "UTC") == {rule.id: frozenset({"t02"})}


def test_each_entry_is_judged_by_the_first_candles_that_know_its_move(
    past: History, promise: Make
) -> None:
    """
    2026-03-20 09:00 BTC-USD size 100
    2026-05-20 09:00 BTC-USD size 100
    """
    early = with_spike(past, 30).market.bars["BTC-USD"]
    hours = np.arange(-40 * 24, 70 * 24) * 4 * BAR_US + past.trips[0].opened_us
    close = 100 * np.exp(0.001 * (np.arange(len(hours)) % 2))
    late = bars(Columns(hours, close, close, close, close, close), "hours", 4 * BAR_US)
    whole = Market({"BTC-USD": late}, {"BTC-USD": (early, late)})
    rule = promise("no_entry_after_spike", z=3)
    alone = breaches([rule], replace(past, market=Market({"BTC-USD": early})), "UTC")
    assert breaches([rule], replace(past, market=whole), "UTC") == alone
    assert len(alone) == 1
    assert unjudged([rule], replace(past, market=whole), "UTC") == {rule.id: frozenset()}

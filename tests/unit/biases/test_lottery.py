"""Cheap, wild and lopsided: a universe that is made so that one symbol is all three."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from coach.engine.biases.detection import findings
from coach.engine.biases.habits.lottery import DETECTOR
from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.history import History, history
from coach.engine.statistics.draws import uniforms
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Finding
from coach.model.times import DAY_US
from coach.model.trades import TradeId, Trip

MONDAY = 1_772_409_600_000_000  # 2026-03-02
FIRST = MONDAY - 70 * DAY_US
SIX_HOURS_US = DAY_US // 4
SYMBOLS = ("AAA-USD", "BBB-USD", "CCC-USD", "DDD-USD", "EEE-USD", "MEME-USD")


def made(number: int, bars_made: int = 400) -> Bars:
    """The first two are calm, the last costs next to nothing and jumps up every ninth day."""
    noise = (uniforms(number, (bars_made,)) - 0.5) * (0.002 if number < 2 else 0.02)
    last = number == len(SYMBOLS) - 1
    jumps = np.where(np.arange(bars_made) % 36 == 35, 0.3, -0.3 / 35) if last else 0.0
    close = (0.01 if last else 10.0 + 10.0 * number) * np.exp(np.cumsum(noise + jumps))
    before = np.concatenate([close[:1], close[:-1]])
    top, low = np.maximum(before, close), np.minimum(before, close)
    start_us = FIRST + SIX_HOURS_US * np.arange(bars_made)
    return bars(Columns(start_us, before, top, low, close, close), "test", SIX_HOURS_US)


def bought(place: int, symbol: str, money: int = 100) -> Trip:
    at_us = MONDAY + place * DAY_US // 2 + 1
    return Trip(
        TradeId(f"t{place:03d}"), Symbol(symbol), "USD", "long", at_us, None, Decimal(0),
        Decimal(0), Decimal(0), Decimal(1), Decimal(money), (FillKey(b"%d" % place),), (),
    )  # fmt: skip


def told(past: History) -> Finding:
    return findings(past, MONDAY, MONDAY + 21 * DAY_US, [DETECTOR])[0]


@pytest.fixture(scope="module")
def market() -> Market:
    return Market({symbol: made(number) for number, symbol in enumerate(SYMBOLS)})


def test_the_money_in_the_ticket_is_told_beside_what_tickets_there_were(market: Market) -> None:
    trips = [bought(n, "MEME-USD" if n % 4 == 0 else SYMBOLS[n % 3]) for n in range(40)]
    found = told(replace(history(trips), market=market))
    assert (found.kind, found.level, found.score, found.p) == ("fact", "none", None, None)
    assert found.effect == 0.25
    assert found.facts["most_bought_ticket"] == "MEME-USD"
    assert found.facts["share_of_symbols"] == pytest.approx(1 / 6, abs=1e-5)
    assert found.interval is not None
    assert found.interval[0] < 0.25 < found.interval[1]


def test_money_counts_and_not_the_number_of_trades(market: Market) -> None:
    trips = [
        bought(n, "MEME-USD" if n % 4 == 0 else "AAA-USD", 300 if n % 4 == 0 else 100)
        for n in range(40)
    ]
    found = told(replace(history(trips), market=market))
    assert (found.effect, found.facts["share_of_entries"]) == (0.5, 0.25)


def test_who_buys_no_ticket_is_told_none(market: Market) -> None:
    trips = [bought(n, SYMBOLS[n % 3]) for n in range(40)]
    found = told(replace(history(trips), market=market))
    assert (found.effect, found.facts["most_bought_ticket"]) == (0.0, None)


def test_five_symbols_are_no_universe(market: Market) -> None:
    few = Market({symbol: market.bars[symbol] for symbol in SYMBOLS[1:]})
    found = told(replace(history([bought(n, "MEME-USD") for n in range(40)]), market=few))
    assert (found.level, found.lacks) == ("insufficient", ("candles of 6 symbols or more",))
    assert told(history([bought(0, "MEME-USD")])).lacks == ("candles",)


def test_a_symbol_without_candles_or_days_is_not_ranked(market: Market) -> None:
    strange = [bought(n, "XXX-USD") for n in range(40)]
    found = told(replace(history(strange), market=market))
    assert (found.level, found.n, found.needed) == ("insufficient", 0, 20)
    young = Market({symbol: market.bars[symbol].until(MONDAY - 60 * DAY_US) for symbol in SYMBOLS})
    assert told(replace(history(strange), market=young)).level == "insufficient"


def test_a_week_is_ranked_by_the_days_before_it(market: Market) -> None:
    trips = [bought(n, "MEME-USD" if n % 4 == 0 else SYMBOLS[n % 3]) for n in range(40)]
    known = replace(history(trips), market=market.until(MONDAY + 14 * DAY_US))
    assert told(known).effect == told(replace(known, market=market)).effect


def test_no_entry_is_too_few(market: Market) -> None:
    assert told(replace(history([]), market=market)).needed == 20

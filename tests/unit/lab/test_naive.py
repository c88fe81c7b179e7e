"""The usual fixed cut-offs, each on the least that trips it."""

from decimal import Decimal

import numpy as np

from coach.engine.features.bars import Columns, Market, bars
from coach.engine.lab import judge, naive
from coach.engine.lab.judge import LabFill, Past, Profile
from coach.model.fills import Side
from coach.model.insights import Bias
from coach.model.times import MINUTE_US

START = 100 * 1440


def fill(minute: float, side: Side, quantity: float, price: float) -> LabFill:
    at_us = round((START + minute) * MINUTE_US)
    name = f"{minute:g}{side}"
    return LabFill(
        name, at_us, "BTC-USD", side, Decimal(str(quantity)), Decimal(str(price)), Decimal(0)
    )


def trade(minute: float, held: float, result: float, size: float = 1.0) -> list[LabFill]:
    return [fill(minute, "buy", size, 100), fill(minute + held, "sell", size, 100 + result)]


def flagged(past: Past) -> set[Bias]:
    return {bias for bias, answer in naive.answers(past, 90).items() if answer.flagged}


def test_nothing_trips_nothing() -> None:
    assert flagged(judge.past([])) == set()


def test_five_entries_soon_after_a_loss_are_revenge() -> None:
    quick = [one for n in range(6) for one in trade(n * 40, 20, -1)]
    assert "revenge" in flagged(judge.past(quick))
    assert "revenge" not in flagged(judge.past(quick[:-2]))
    assert len([tag for tag in naive.tags(judge.past(quick)) if tag.bias == "revenge"]) == 5


def test_larger_after_losses_is_a_size_after_loss() -> None:
    trades = [
        one
        for n in range(12)
        for one in trade(n * 600, 60, (-1) ** n, 1.5 if n % 2 == 0 and n else 1.0)
    ]
    assert {"size_after_loss"} <= flagged(judge.past(trades))
    assert "size_after_win" not in flagged(judge.past(trades))


def test_losers_held_longer_are_the_disposition_effect() -> None:
    trades = [
        one for n in range(12) for one in trade(n * 600, 130 - 60 * (n % 2), -1 + 2 * (n % 2))
    ]
    assert "disposition" in flagged(judge.past(trades))


def test_three_adds_at_a_loss_are_averaging_down() -> None:
    adds = [fill(0, "buy", 1, 100)] + [fill(5 * n, "buy", 1, 100 - n) for n in range(1, 4)]
    found = judge.past(adds)
    assert "averaging_down" in flagged(found)
    tags = [tag for tag in naive.tags(found) if tag.bias == "averaging_down"]
    assert [tag.trade_ids for tag in tags] == [("5buy",), ("10buy",), ("15buy",)]


def test_twenty_trades_in_a_week_that_loses_are_overtrading() -> None:
    trades = [one for n in range(20) for one in trade(n * 60, 20, -1)]
    assert "overtrading" in flagged(judge.past(trades))


def test_buying_what_rose_within_the_hour_is_fomo() -> None:
    hours = 600
    close = 100 * 1.02 ** (np.arange(hours) / 4)
    start = (START * MINUTE_US + np.arange(-100, hours - 100) * 15 * MINUTE_US).astype(np.int64)
    rising = bars(Columns(start, close, close, close, close, close), "test")
    market = Market({"BTC-USD": rising})
    dear = [
        one
        for n in range(10)
        for one in (fill(60 * n, "buy", 1, 140 + 9 * n), fill(60 * n + 1, "sell", 1, 140 + 9 * n))
    ]
    past = judge.past(dear, market, Profile("t"))
    assert "fomo" in flagged(past)
    assert "fomo" in {tag.bias for tag in naive.tags(past)}
    assert "fomo" not in flagged(judge.past(dear))

"""A year of weekly looks."""

from decimal import Decimal

from coach.engine.features.bars import NO_MARKET
from coach.engine.lab import judge
from coach.engine.lab.evaluate.year import SPAN_US, year_of_looks
from coach.engine.lab.judge import LabFill, Profile
from coach.model.fills import Side
from coach.model.times import DAY_US

SIDES: tuple[tuple[Side, int], ...] = (("buy", 0), ("sell", 3_600_000_000))


def fills(days: int) -> list[LabFill]:
    """Buy one at 100 and sell it an hour later, daily."""
    one, price, free = Decimal(1), Decimal(100), Decimal(0)
    return [
        LabFill(f"{day}{side}", day * DAY_US + after, "BTC-USD", side, one, price, free)
        for day in range(days)
        for side, after in SIDES
    ]


def test_a_year_is_a_year_only_where_the_fills_span_one() -> None:
    for days, spanned in ((300, False), (360, True)):
        traded = fills(days)
        past = judge.past(traded, NO_MARKET, Profile("t"))
        found = year_of_looks(past, 30, traded[0].at_us)
        assert (found is not None) == spanned
        assert (past.end_us - traded[0].at_us >= SPAN_US) == spanned


def test_who_never_wins_or_loses_is_told_nothing_in_a_year() -> None:
    traded = fills(360)
    found = year_of_looks(judge.past(traded, NO_MARKET, Profile("t")), 30, traded[0].at_us)
    assert found is not None
    assert (found.told, found.asked) == ({}, {})

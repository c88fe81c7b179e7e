"""A week's trades are those opened in it, with what they came to by the end of the block."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from coach.engine.experiments.outcomes import CountedWeek, ExperimentWeek, weeks
from coach.model.accounts import AccountId
from coach.model.fills import Symbol
from coach.model.trades import RoundTrip, TradeId

MONDAY = datetime(2026, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
SPANS = [
    ExperimentWeek(
        "2026-W14", on=True, since=MONDAY, until=MONDAY + 7 * DAY, counted_at=MONDAY + 14 * DAY
    ),
    ExperimentWeek(
        "2026-W15",
        on=False,
        since=MONDAY + 7 * DAY,
        until=MONDAY + 14 * DAY,
        counted_at=MONDAY + 14 * DAY,
    ),
]


def trip(
    name: str, opened: float, closed: float | None, net: str, symbol: str = "BTC-USD"
) -> RoundTrip:
    """A trade of 2 coins at 100; days are counted from the first Monday."""
    one = Decimal(1)
    return RoundTrip(
        id=TradeId(name),
        account_id=AccountId(1),
        symbol=Symbol(symbol),
        side="long",
        opened_at=MONDAY + opened * DAY,
        closed_at=None if closed is None else MONDAY + closed * DAY,
        quantity=Decimal(2),
        entry=Decimal(100),
        exit=one,
        gross=Decimal(net),
        fees=Decimal(0),
        net=Decimal(net),
        fills=2,
        entry_quantity=one,
        entry_notional=one,
        entry_fills=(),
        exit_fills=(),
        other_fees={},
    )


def counted(*trips: RoundTrip, broken: dict[str, float] | None = None) -> list[CountedWeek]:
    hits = {TradeId(name): MONDAY + day * DAY for name, day in (broken or {}).items()}
    return weeks(SPANS, trips, hits, "USD")


def test_a_trade_belongs_to_the_week_it_was_opened_in() -> None:
    first, second = counted(trip("a", 6.9, 8, "5.10"), trip("b", 7, 7.1, "-3"))
    assert (first.net, first.entries, first.notional) == (Decimal("5.10"), 1, Decimal(200))
    assert (second.net, second.entries) == (Decimal(-3), 1)


def test_what_closes_after_the_block_counts_as_left_open() -> None:
    first, _ = counted(trip("a", 1, 14, "900"), trip("b", 1, None, "7"), trip("c", 1, 13, "1"))
    assert (first.entries, first.left_open, first.net) == (3, 2, Decimal(1))


def test_what_was_opened_before_or_after_counts_nowhere() -> None:
    first, second = counted(trip("a", -0.1, 1, "5"), trip("b", 14, 15, "5"))
    assert first.entries == second.entries == 0


def test_another_currency_is_an_entry_but_not_this_money() -> None:
    first, _ = counted(trip("a", 1, 2, "5", "BTC-EUR"), trip("b", 1, 2, "0.1"))
    assert (first.entries, first.net) == (2, Decimal("0.1"))


def test_a_breach_after_the_block_is_none_yet() -> None:
    first, _ = counted(
        trip("a", 1, 2, "5"), trip("b", 1, 2, "5"), broken={"a": 1, "b": 14.5, "x": 1}
    )
    assert (first.entries, first.broken) == (2, 1)


def test_outcomes_are_money_to_the_cent_a_fraction_or_a_count() -> None:
    first, second = counted(trip("a", 1, 2, "0.10"), trip("b", 2, 3, "0.20"), broken={"a": 1})
    assert first.value("net") == Decimal("0.30")
    assert first.value("return") == 0.30 / 400
    assert (first.value("breaches"), first.value("entries")) == (1, 2)
    assert (second.value("net"), second.value("return")) == (0, 0.0)

"""What is told of the weeks, of the days and of the whole is the same money."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as some

from coach.engine.digest.tally import WeekTally, tally
from coach.engine.features.history import history
from coach.engine.ledger.book import Book
from coach.engine.ledger.columns import as_columns
from coach.engine.reports.digest import as_known
from coach.engine.rules.realised_sums import RealisedSums
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Side, Symbol
from coach.model.trades import RoundTrip

START = datetime(2026, 1, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
WEEKS = 8
NEARLY = Fraction(1, 10**15)
SIDES: tuple[Side, Side] = ("buy", "sell")


@some.composite
def fills(draw: some.DrawFn) -> list[BookFill]:
    at, found = START, []
    for number in range(draw(some.integers(1, 20))):
        at += timedelta(hours=draw(some.integers(0, 60)))
        found.append(
            BookFill(
                key=FillKey(number.to_bytes(16, "big")),
                side=draw(some.sampled_from(SIDES)),
                quantity=Decimal(draw(some.sampled_from((1, 2, 3, 7, 100)))),
                price=Decimal(draw(some.integers(1, 999))) / 7,
                fee=Decimal(draw(some.integers(-5, 500))) / 100,
                fee_currency="USD",
                at=at,
                order_id="",
            )
        )
    return found


def matched(fills: list[BookFill]) -> tuple[Book, list[RoundTrip]]:
    book = Book(Account(AccountId(1), "main", "generic", shorts=True), Symbol("BTC-USD"))
    told = [*(book.add(fill) for fill in fills), book.open_trip()]
    return book, [trip for trip in told if trip is not None]


def digest_of(trips: list[RoundTrip], week: int) -> WeekTally:
    """The tally of one week as its digest sees it: with what was known at its end."""
    start, end = START + week * WEEK, START + (week + 1) * WEEK
    return tally([as_known(trip, end) for trip in trips if trip.opened_at < end], start, end)


@given(fills())
def test_the_weeks_add_up_to_the_position_and_to_what_limits_read(fills: list[BookFill]) -> None:
    book, trips = matched(fills)
    position, past = book.position("fifo"), history(map(as_columns, trips))
    weeks = [digest_of(trips, week).sums.get("USD") for week in range(WEEKS)]
    for name in ("net", "fees"):
        of_weeks = sum((Fraction(getattr(week, name)) for week in weeks if week), Fraction(0))
        of_trips = sum((Fraction(getattr(trip, name)) for trip in trips), Fraction(0))
        assert of_weeks == of_trips
        assert abs(of_weeks - Fraction(getattr(position, name))) < NEARLY
        limits = RealisedSums(past, 0, "net" if name == "net" else "fees")
        assert Fraction(limits.exact[-1], 10**18) == of_trips


@given(fills(), some.integers(0, WEEKS - 1))
def test_what_was_realised_of_open_trades_is_a_part_of_the_week(
    fills: list[BookFill], week: int
) -> None:
    _, trips = matched(fills)
    told = digest_of(trips, week)
    assert not {trip.id for trip in told.left_open} & {trip.id for trip in told.trades}
    assert bool(told.of_open) == bool(told.left_open)
    of_closed = sum((Fraction(trip.net) for trip in told.trades), Fraction(0))
    net = {
        name: sum((Fraction(sums.net) for sums in found.values()), Fraction(0))
        for name, found in (("all", told.sums), ("open", told.of_open), ("before", told.earlier))
    }
    assert net["all"] + net["before"] == of_closed + net["open"]


def test_a_partly_bought_back_short_is_told_in_its_week() -> None:
    """Sold 7 at 0.90 on Monday, bought back 2 at 0.45 on Thursday and 5 at 0.20 a week later."""
    sides: tuple[Side, Side, Side] = ("sell", "buy", "buy")
    told = zip(sides, ("7", "2", "5"), (".90", ".45", ".20"), ("4.55", "1.30", "3.25"), strict=True)
    found = [
        BookFill(
            FillKey(side.encode() + quantity.encode()),
            side,
            Decimal(quantity),
            Decimal(price),
            Decimal(fee),
            "USD",
            START + timedelta(days=days),
            "",
        )
        for (side, quantity, price, fee), days in zip(told, (0, 3, 7), strict=True)
    ]
    _, trips = matched(found)
    first, second = digest_of(trips, 0), digest_of(trips, 1)
    assert (first.sums["USD"].net, first.sums["USD"].fees) == (Decimal("-1.7"), Decimal("2.6"))
    assert (first.trades, len(first.left_open)) == ((), 1)
    assert (second.sums["USD"].net, second.earlier["USD"].net) == (Decimal(-3), Decimal("-1.7"))
    assert second.outcomes == {"win": 0, "loss": 0, "break_even": 1, "unknown": 0}

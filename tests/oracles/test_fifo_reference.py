"""The ledger against a plain one: lots in a list, one fill at a time, fractions throughout.

The plain ledger knows nothing of trips, orders or running sums. It matches lot by lot and adds
up what it finds. A thousand random books, from fixed seeds: long, short, flips, partial
closes, rebates, fees in the quote, in the coin and in a third coin, sales of what was never
bought.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from coach.engine.ledger.book import Book
from coach.model.accounts import Account, AccountId
from coach.model.fills import BookFill, FillKey, Side, Symbol
from coach.model.trades import Position

BOOKS_A_SEED = 42
SIDES: tuple[Side, Side] = ("buy", "sell")
START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Plain:
    """Positive lots are long, negative lots are short; `pool` is the same by average cost."""

    shorts: bool
    lots: list[tuple[Fraction, Fraction, Fraction]] = field(default_factory=list)
    gross: Fraction = Fraction(0)
    fees: Fraction = Fraction(0)
    unknown: Fraction = Fraction(0)

    def held(self) -> Fraction:
        return sum((quantity for quantity, _, _ in self.lots), Fraction(0))

    def add(self, fill: BookFill) -> None:
        moved = movement(fill)
        price, fee = Fraction(fill.price), Fraction(0)
        if fill.fee_currency == "USD":
            fee = Fraction(fill.fee)
        elif fill.fee_currency == "BTC":
            fee = Fraction(fill.fee) * price
        fee_of_one = fee / moved
        while moved and self.held() * moved < 0:
            moved = self.match(moved, price, fee_of_one)
        if moved > 0 or self.shorts:
            self.open(moved, price, fee_of_one * moved)
        else:
            self.unknown -= moved

    def match(self, moved: Fraction, price: Fraction, fee_of_one: Fraction) -> Fraction:
        quantity, entry, entry_fee = self.lots.pop(0)
        taken = min(abs(quantity), abs(moved)) * (1 if quantity > 0 else -1)
        self.gross += taken * (price - entry)
        self.fees += entry_fee * taken / quantity - fee_of_one * taken
        if taken != quantity:
            self.lots.insert(0, (quantity - taken, entry, entry_fee * (1 - taken / quantity)))
        return moved + taken

    def open(self, moved: Fraction, price: Fraction, fee: Fraction) -> None:
        if moved:
            self.lots.append((moved, price, fee))

    def open_cost(self) -> Fraction:
        return abs(sum((q * price + fee for q, price, fee in self.lots), Fraction(0)))


class PlainAverage(Plain):
    """All that is open is one lot."""

    def open(self, moved: Fraction, price: Fraction, fee: Fraction) -> None:
        super().open(moved, price, fee)
        held = self.held()
        if held:
            cost = sum((quantity * price for quantity, price, _ in self.lots), Fraction(0))
            fees = sum((fee for _, _, fee in self.lots), Fraction(0))
            self.lots = [(held, cost / held, fees)]

    def agree(self, fifo: Plain) -> None:
        """Take over what was realised, and the dust that is left, where a trip has ended."""
        self.gross, self.fees, self.lots = fifo.gross, fifo.fees, []
        for lot in fifo.lots:
            self.open(*lot)


def movement(fill: BookFill) -> Fraction:
    """How many coins came in, less those that the fee took."""
    moved = Fraction(fill.quantity) * (1 if fill.side == "buy" else -1)
    return moved - (Fraction(fill.fee) if fill.fee_currency == "BTC" else 0)


def random_book(chance: random.Random, *, shorts: bool, coins: list[str]) -> Iterator[BookFill]:
    """Yield fills that often return to flat, sometimes nearly, sometimes past it.

    None of them leaves or takes so little that it is rounding, which has tests of its own.
    """
    shadow, at, traded = Plain(shorts), START, Fraction(0)
    for number in range(chance.randint(1, 40)):
        at += timedelta(seconds=chance.choice([0, 1, 50, 3_000]))
        held = shadow.held()
        towards_flat = SIDES[held > 0]
        side = towards_flat if chance.random() < 0.3 else chance.choice(SIDES)
        quantity = Decimal(chance.randint(1, 500)) / chance.choice((1, 100, 100_000_000))
        if chance.random() < 0.4 and held:
            side = towards_flat
            quantity = exactly(abs(held)) * chance.choice(
                (Decimal(1), Decimal("0.995"), Decimal(2))
            )
        coin = chance.choice(coins)
        rate = Decimal(chance.choice((-1, 0, 1, 2, 7))) / 1_000
        price = Decimal(chance.randint(1, 10**7)) / 100
        fee = quantity * rate * (1 if coin == "BTC" else price)
        key = FillKey(number.to_bytes(16, "big"))
        order = chance.choice(("", f"order {number // 3}"))
        fill = BookFill(key, side, quantity, price, fee, coin, at, order)
        left = abs(held + movement(fill))
        if left and left * 1_000 < traded:
            continue
        traded = abs(movement(fill)) + (traded if held else 0)
        shadow.add(fill)
        yield fill


def exactly(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / Decimal(number.denominator)


def rounded(number: Fraction) -> Fraction:
    """Half-even to 18 decimals, as Python rounds fractions."""
    return round(number, 18)


def new_book(*, shorts: bool) -> Book:
    return Book(Account(AccountId(1), "main", "generic", shorts), Symbol("BTC-USD"))


def assert_same(position: Position, plain: Plain) -> None:
    assert Fraction(position.gross) == rounded(plain.gross)
    assert Fraction(position.fees) == rounded(plain.fees)
    assert Fraction(position.open_quantity) == plain.held()
    assert Fraction(position.open_cost) == rounded(plain.open_cost())
    assert Fraction(position.net) == Fraction(position.gross) - Fraction(position.fees)


@pytest.mark.parametrize("shorts", [True, False])
@pytest.mark.parametrize("seed", range(12))
def test_every_position_is_that_of_the_plain_ledger(seed: int, *, shorts: bool) -> None:
    chance = random.Random(seed)
    for _ in range(BOOKS_A_SEED):
        book, fifo, average = new_book(shorts=shorts), Plain(shorts), PlainAverage(shorts)
        for fill in random_book(chance, shorts=shorts, coins=["USD", "USD", "BTC", "BNB"]):
            fifo.add(fill)
            average.add(fill)
            book.add(fill)
            if not book.held:
                average.agree(fifo)
        assert_same(book.position("fifo"), fifo)
        assert_same(book.position("average"), average)
        assert sum(Fraction(line.quantity) for line in book.unknown) == fifo.unknown


@pytest.mark.parametrize("seed", range(100, 104))
def test_every_trip_is_what_the_plain_ledger_realised_between_two_flats(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(BOOKS_A_SEED):
        fills = list(random_book(chance, shorts=True, coins=["USD", "BNB"]))
        book = new_book(shorts=True)
        trips = [trip for trip in map(book.add, fills) if trip is not None]
        assert [(trip.side, Fraction(trip.gross), Fraction(trip.fees)) for trip in trips] == list(
            between_flats(fills)
        )


def between_flats(fills: list[BookFill]) -> Iterator[tuple[str, Fraction, Fraction]]:
    plain, gross, fees = Plain(shorts=True), Fraction(0), Fraction(0)
    for fill in fills:
        before = plain.held()
        plain.add(fill)
        if before and before * plain.held() <= 0:
            yield (
                "long" if before > 0 else "short",
                rounded(plain.gross - gross),
                rounded(plain.fees - fees),
            )
            gross, fees = plain.gross, plain.fees

"""One book, walked twice at once: as it was, and as it would have been.

An exit takes the same fraction of the replayed position as it took of the true one, which is what
average cost does: so a skipped entry takes its adds and its closes with it, a skipped add only its
own part of the later closes, and a capped trade is scaled whole. A delayed order enters, at the
later price, what would still be open of it by then: nothing, where the position was closed already.
Fills that nothing changes are the very same fills.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import blake2b
from typing import TYPE_CHECKING

from coach.engine.ledger.book import Book
from coach.engine.ledger.dust import is_rounding
from coach.engine.ledger.exact import ZERO, add, multiply, quotient, subtract
from coach.engine.ledger.orders import opposite
from coach.engine.ledger.restate import in_quote, split
from coach.engine.ledger.splits import DueSplits, in_units_of_today
from coach.engine.what_if import edits
from coach.engine.what_if.books import AccountBook
from coach.engine.what_if.compact_fills import CompactFills
from coach.engine.what_if.course import (
    AS_IT_WAS,
    NOTHING,
    WHOLE,
    Course,
    CourseTotals,
    RealisedMoney,
)
from coach.engine.what_if.edits import Coins
from coach.engine.what_if.prices import BarPrice, Exits, Quotes
from coach.engine.what_if.purse import Holding, Purse
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, FillKey
from coach.model.times import instant, microseconds
from coach.model.trades import RoundTrip, TradeId, Trip

if TYPE_CHECKING:
    from coach.model.fills import Side

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Known:
    """What a walk knows of its book: trips by their first fill, what is done in each, prices.

    `quotes` are the prices of single trips. `compounding` sizes entries by the replay's equity.
    """

    trips: Mapping[FillKey, Trip]
    courses: Mapping[TradeId, Course]
    quotes: Mapping[TradeId, Quotes]
    compounding: bool = False


@dataclass(slots=True)
class _Later:
    """A delayed order, and the part of it that would still be open."""

    priced: BarPrice
    fill: BookFill
    part: Decimal


class BookWalk:
    """The two positions of one book: call `take` with each fill, then `finish`.

    `money` is what each trade became: the replay's trips under the trades that opened them.
    """

    def __init__(self, book: AccountBook, known: Known, purse: Purse) -> None:
        base, _, quote = book.symbol.rpartition("-")
        self._shorts, self._coins = book.account.shorts, Coins(base, quote)
        self._known, self._purse = known, purse
        self.actual = Book(book.account, book.symbol)
        self.replay = Book(book.account, book.symbol)
        self.money: dict[TradeId, RealisedMoney] = {}
        self.totals: dict[TradeId, CourseTotals] = defaultdict(CourseTotals)
        self.owners: dict[FillKey, TradeId] = {}
        self.fills = CompactFills()
        self.other_fees: dict[str, Decimal] = {}
        self._true, self._held = Holding(purse.actual), Holding(purse.replay)
        self._side: Side = "buy"
        self._trip: Trip | None = None
        self._course = AS_IT_WAS
        self._over = True
        self._growth = WHOLE
        self._later: list[_Later] = []
        self._quotes: Quotes | None = None
        self._splits = DueSplits(book.splits)
        self._row = 0
        self._template: BookFill | None = None

    def take(self, fill: BookFill) -> None:
        """Take the book's next fill."""
        self.until(microseconds(fill.at))
        if self._known.compounding:
            self._grow(fill)
        self._note_third_coin(fill, add)
        quoted = in_quote(fill, *self._coins)
        if not quoted.quantity or (self._flat and not self._opens(quoted)):
            self._put(fill)
        elif self._flat or quoted.side == self._side:
            self._put(self._enter(fill, quoted))
        elif quoted.quantity <= self._true.quantity:
            self._put(self._leave(fill, quoted))
        else:
            self._turn(fill, quoted)

    def _grow(self, fill: BookFill) -> None:
        """Size what comes by the equity before this fill, then note what it earned."""
        self._growth = self._purse.growth()
        finished = self.actual.add(fill)
        if finished is not None:
            self._purse.actual.earned = add(self._purse.actual.earned, finished.net)

    def finish(self, end_us: int) -> None:
        """See to the end what is still open, then tell the last trip."""
        self.until(end_us)
        for one in self._splits.until(None):
            self._split(one)
        last = self.replay.open_trip()
        if last is not None:
            self._note_money(last)

    @property
    def timed(self) -> bool:
        """Say whether anything in this book happens at a time of its own."""
        courses = (self._known.courses.get(trip.id) for trip in self._known.trips.values())
        return any(course and (course.delay_us or course.exits) for course in courses)

    @property
    def _flat(self) -> bool:
        return not self._true.quantity

    def _opens(self, fill: BookFill) -> bool:
        """Say whether a fill from flat opens a position, as the ledger has it."""
        return fill.margin != "closing" and (fill.side == "buy" or self._shorts)

    def _current_totals(self) -> CourseTotals:
        return self.totals[TradeId("") if self._trip is None else self._trip.id]

    def _turn(self, fill: BookFill, quoted: BookFill) -> None:
        """Take a fill larger than the position: it closes one trip, and may open the next."""
        first, rest = split(quoted, self._true.quantity)
        left = self._leave(first, first)
        if self._trip is not None and is_rounding(rest.quantity, self._trip.quantity):
            self._put(fill if left == first else left)
            return
        after = self._enter(rest, rest) if self._opens(rest) else rest
        if left == first and after == rest:
            self._put(fill)
            return
        self._put(left)
        self._put(after)

    def _put(self, fill: BookFill | None) -> None:
        """Let the replay's ledger take a fill."""
        if fill is None:
            return
        self.fills.append(fill)
        self._note_third_coin(fill, subtract)
        finished = self.replay.add(fill)
        if finished is not None:
            self._note_money(finished)
            self._purse.replay.earned = add(self._purse.replay.earned, finished.net)

    def _note_money(self, finished: RoundTrip) -> None:
        """Note what a trip of the replay made; amounts that the trade made too are held once."""
        opening = finished.entry_fills[0]
        owner, trade = self.owners[opening], self._known.trips.get(opening)
        before = self.money.get(owner, NOTHING)
        amounts = (
            add(before.gross, finished.gross),
            add(before.fees, finished.fees),
            add(before.net, finished.net),
        )
        if trade is not None and amounts == (trade.gross, trade.fees, trade.net):
            amounts = (trade.gross, trade.fees, trade.net)
        self.money[owner] = RealisedMoney(*amounts)

    def _enter(self, fill: BookFill, quoted: BookFill) -> BookFill | None:
        """Take a fill that opens or adds; return what the replay makes of it now."""
        if self._flat:
            self._side = quoted.side
        begun = self._known.trips.get(fill.key)
        if begun is not None:
            self._trip, self._over = begun, False
            self._course = self._known.courses.get(begun.id, AS_IT_WAS)
            self._quotes, self._row = self._known.quotes.get(begun.id), 0
        totals, fee = self._current_totals(), edits.paid_in_quote(quoted, self._coins)
        totals.paid = add(totals.paid, fee)
        totals.entered = add(totals.entered, self._true.enter(quoted.quantity, quoted.price, fee))
        self._purse.note()
        part = self._part(fill)
        if not part or (self._course.delay_us and self._delay(fill, part)):
            return None
        return self._buy(edits.smaller(fill, part))

    def _part(self, fill: BookFill) -> Decimal:
        """Return how much of an entering fill the replay trades."""
        course, trip = self._course, self._trip
        added = trip is not None and fill.key not in trip.entry_fills
        if fill.key in course.adds:
            self._current_totals().skipped += (fill.key,)
            return ZERO
        if self._over or (added and course.untouched):
            return ZERO
        return course.share if self._growth == WHOLE else multiply(course.share, self._growth)

    def _delay(self, fill: BookFill, part: Decimal) -> bool:
        wanted = microseconds(fill.at) + self._course.delay_us
        quotes, totals = self._quotes, self._current_totals()
        priced = None if quotes is None else quotes.opening(wanted, self._side)
        totals.mark("unpriced" if priced is None else "delayed")
        if priced is not None:
            self._later.append(_Later(priced, fill, part))
        return priced is not None

    def _buy(self, fill: BookFill | None, row: int | None = None) -> BookFill | None:
        """Enter a fill as far as there is money for it; `row` is the bar that priced it."""
        if fill is None:
            return None
        totals, quoted = self._current_totals(), in_quote(fill, *self._coins)
        cost = add(
            multiply(quoted.quantity, quoted.price), edits.paid_in_quote(quoted, self._coins)
        )
        part = self._purse.affordable(cost)
        if part != WHOLE:
            totals.mark("infeasible")
            less = edits.smaller(fill, part)
            if less is None:
                return None
            fill, quoted = less, in_quote(less, *self._coins)
        self._doubt(row, fill.quantity)
        fee = edits.paid_in_quote(quoted, self._coins)
        totals.paid_replayed = add(totals.paid_replayed, fee)
        entered = self._held.enter(quoted.quantity, quoted.price, fee)
        totals.entered_replayed = add(totals.entered_replayed, entered)
        self._template = quoted
        if self._quotes is not None:
            first = self._quotes.first_row(microseconds(fill.at))
            self._row = max(self._row, first)
        assert self._trip is not None
        self.owners.setdefault(fill.key, self._trip.id)
        return fill

    def _leave(self, fill: BookFill, quoted: BookFill) -> BookFill | None:
        """Take a fill that closes no more than is open; return what the replay makes of it."""
        moved, before = quoted.quantity, self._true.quantity
        totals, fee = self._current_totals(), edits.paid_in_quote(quoted, self._coins)
        totals.paid = add(totals.paid, fee)
        self._true.leave(self._side, moved, quoted.price, fee)
        self._purse.note()
        ends = () if self._trip is None else self._trip.exit_fills
        closed = self._flat or fill.key in ends[-1:]
        sold = None
        if fill.key in ends or not self._course.untouched:
            sold = self._sold(fill, moved, before)
        for later in self._later:
            later.part = edits.part_of(later.part, self._true.quantity, before)
        if closed:
            self._close()
        return sold

    def _sold(self, fill: BookFill, moved: Decimal, before: Decimal) -> BookFill | None:
        """Return the fill that takes of the replayed position what this one took of the true."""
        taken = edits.part_of(self._held.quantity, moved, before)
        if taken <= 0:
            return None
        less = fill if taken == moved else edits.closing(fill, self._coins, moved, taken)
        self._let_go(less, taken)
        return less

    def _let_go(self, fill: BookFill, taken: Decimal) -> None:
        totals, fee = self._current_totals(), edits.paid_in_quote(fill, self._coins)
        totals.paid_replayed = add(totals.paid_replayed, fee)
        self._held.leave(self._side, taken, fill.price, fee)

    def _close(self) -> None:
        """Forget what was to come: the trade is over."""
        if self._later:
            self._current_totals().mark("dropped")
        if self._trip is not None:
            self._current_totals().close(self._trip)
        self._later.clear()
        self._over = True

    def until(self, at_us: int) -> None:
        """Let come what was due by then: splits, delayed orders, stops and targets."""
        if self._splits.every:
            for one in self._splits.until(instant(at_us)):
                self._until(microseconds(one.at))
                self._split(one)
        self._until(at_us)

    def _split(self, one: Split) -> None:
        """Let a split take effect on both positions, and on orders that are still to come."""
        self.actual.split(one)
        self.replay.split(one)
        for holding in (self._true, self._held):
            holding.split(one, self._side)
        for later in self._later:
            [later.fill] = in_units_of_today([later.fill], [one])

    def _until(self, at_us: int) -> None:
        while self._later and self._later[0].priced.at_us <= at_us:
            self._watch(self._later[0].priced.at_us)
            if not self._later:
                break
            later = self._later.pop(0)
            self._put(self._buy(self._now(later), later.priced.row))
        self._watch(at_us)

    def _now(self, later: _Later) -> BookFill | None:
        """Return a delayed order as it is filled when its time has come."""
        left = edits.smaller(later.fill, later.part)
        if left is None:
            return None
        priced = edits.repriced(later.fill, self._coins, left.quantity, later.priced.price)
        return edits.at_moment(priced, later.priced.at_us)

    def _watch(self, at_us: int) -> None:
        """Give the position up where it met its stop or its target by then."""
        quotes = self._quotes
        if quotes is None or not self._course.exits or self._over or not self._held.quantity:
            return
        last = quotes.ended(at_us)
        if last <= self._row:
            return
        hit = quotes.hit((self._row, last), self._levels(), self._side)
        self._row = last
        if hit is not None:
            self._give_up(*hit)

    def _levels(self) -> Exits:
        average = quotient(self._held.cost, self._held.quantity)
        down, up = (-WHOLE, WHOLE) if self._side == "buy" else (WHOLE, -WHOLE)
        return Exits(
            _away(average, self._course.stop, down), _away(average, self._course.target, up)
        )

    def _give_up(self, how: str, priced: BarPrice) -> None:
        assert self._template is not None
        self._current_totals().mark(how)
        self._doubt(priced.row, self._held.quantity)
        key = blake2b(self._template.key + how.encode(), digest_size=16).digest()
        sold = edits.repriced(self._template, self._coins, self._held.quantity, priced.price)
        sold = edits.at_moment(sold, priced.at_us)._replace(
            key=FillKey(key), side=opposite(self._side), order_id=""
        )
        self._over = True
        self._later.clear()
        self._let_go(sold, self._held.quantity)
        self._put(sold)

    def _doubt(self, row: int | None, quantity: Decimal) -> None:
        quotes = self._quotes
        if row is not None and quotes is not None and quotes.too_much(row, quantity):
            self._current_totals().mark("unreliable")

    def _note_third_coin(
        self, fill: BookFill, count: Callable[[Decimal, Decimal], Decimal]
    ) -> None:
        paid = edits.third_coin(fill, self._coins)
        if paid is not None:
            coin, fee = paid
            self.other_fees[coin] = count(self.other_fees.get(coin, ZERO), fee)


def _away(average: Decimal, percent: Decimal | None, direction: Decimal) -> Decimal | None:
    """Return the price so many percent away from the average, None where none was asked."""
    if percent is None:
        return None
    return multiply(average, add(WHOLE, quotient(multiply(direction, percent), HUNDRED)))

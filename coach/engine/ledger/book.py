"""One book: the fills of one account and symbol in order, told as round trips and a position.

A trip runs from flat to flat. It begins with the fill that leaves flat, takes every fill until
the position is flat again, and is handed back by the fill that closed it; the book keeps only
the trip under way. A fill larger than the position, seen from the other side, closes one trip
and opens the next; its quantity decides how its fee is shared between them.

FIFO and average cost are answered from the same sums at any time. They differ only while a trip
is open: the result of a finished trip is its exits less its entries, whatever the method, and the
dust that it leaves keeps its cost by FIFO.

- A fee in the base coin changes what moves and is money at the fill's price (`restate`).
- A rebate is a negative fee: it lowers `fees` and raises `net`.
- A fee in a third coin is its own line, in no total; the position tells all that was paid.
- Where the account has no shorts, what a sale cannot take from known lots has an unknown basis:
  the trip closes at zero, the rest of the sale with its share of the fee stands in `unknown`
  and enters no result. There too stands a fill whose fee is all of the coin it moved.
- A fill that closes a position on margin opens none: what it closes beyond is unknown.
- What fees in the coin or rounding leave behind may be dust (`dust`): the trip is closed, the
  position not. What is taken beyond a position and is rounding opens no trip in any account: it
  stands in `unknown`, marked as rounding.
- A split changes the quantity that is open and no cost (`splits`); a trip tells all of its
  quantities in the units of its end.
- A rename moves the trip under way into the book of the new name (`renames`); dust stays. What was
  realised of it moves with it.
"""

from dataclasses import replace
from decimal import Decimal

from coach.engine.ledger import saved_books
from coach.engine.ledger.dust import Excess, is_dust, next_trip, split_at_close
from coach.engine.ledger.exact import ZERO, add, multiply, plain, rounded, subtract
from coach.engine.ledger.open_trip import NOTHING, OpenRemainder, OpenTrip
from coach.engine.ledger.renamed.joined_trips import joined, with_dust
from coach.engine.ledger.restate import in_quote
from coach.engine.ledger.round_trip import BookName, closed, realised, still_open
from coach.engine.ledger.splits import after_split
from coach.model.accounts import Account
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, Symbol
from coach.model.trades import Method, Position, RoundTrip, UnknownBasis


class Book:
    """The ledger of one account and symbol. Fills come in book order, quantities above zero."""

    __slots__ = (
        "_base",
        "_excess",
        "_fees",
        "_gross",
        "_name",
        "_other_fees",
        "_quote",
        "_shorts",
        "_trip",
        "_unknown",
        "sold_from_flat",
    )
    _other_fees: dict[str, Decimal]

    def __init__(self, account: Account, symbol: Symbol) -> None:
        self._name = BookName(account.id, account.name, symbol)
        self._base, _, self._quote = symbol.rpartition("-")
        self._shorts = account.shorts
        self._trip: OpenTrip | None = None
        self._gross = self._fees = ZERO
        self._other_fees = {}
        self._unknown: list[UnknownBasis] = []
        self._excess = Excess()
        self.sold_from_flat = False

    def state(self) -> saved_books.Saved:
        """Return all that the next fills depend on, as plain JSON: `unknown` is not in it."""
        excess = self._excess
        return {
            "gross": str(self._gross),
            "fees": str(self._fees),
            "other_fees": saved_books.saved_amounts(self._other_fees),
            "sold_from_flat": self.sold_from_flat,
            "closed": excess.closed and saved_books.saved_order(excess.closed),
            "taken": str(excess.taken),
            "waiting": [saved_books.saved_fill(fill) for fill in excess.fills],
            "trip": self._trip and saved_books.saved_trip(self._trip),
        }

    def go_on_from(self, state: saved_books.Saved) -> None:
        """Go on where a book of the same account and symbol was when it returned this state."""
        self._gross, self._fees = Decimal(state["gross"]), Decimal(state["fees"])
        self._other_fees = saved_books.amounts_of(state["other_fees"])
        self.sold_from_flat = state["sold_from_flat"]
        excess = self._excess
        excess.closed = state["closed"] and saved_books.order_of(state["closed"])
        excess.taken = Decimal(state["taken"])
        excess.fills = [saved_books.fill_of(fill) for fill in state["waiting"]]
        self._trip = state["trip"] and saved_books.trip_of(state["trip"])

    def add(self, fill: BookFill) -> RoundTrip | None:
        """Take the next fill and return the trip that it closed, if any."""
        if not fill.fee or fill.fee_currency == self._quote:
            return self._move(fill)
        if fill.fee_currency not in {"", self._base}:
            paid = self._other_fees.get(fill.fee_currency, ZERO)
            self._other_fees[fill.fee_currency] = add(paid, fill.fee)
            return self._move(fill)
        restated = in_quote(fill, self._base, self._quote)
        if not restated.quantity:
            self._unknown.append(self._disowned(restated))
            return None
        finished = self._move(restated)
        if self._trip is not None and fill.fee_currency:
            self._trip.paid_in_coin = True
        return finished

    def split(self, split: Split) -> None:
        """Let a split take effect on what is open; an order ends with it."""
        self._unknown += map(self._rounding, self._excess.end())
        trip = self._trip
        if trip is not None:
            left = subtract(trip.entered, trip.exited)
            signed = left if trip.side == "buy" else left.copy_negate()
            left = after_split(signed, split).copy_abs()
            if left and left != signed.copy_abs():
                trip.split(left)

    def hand_over(self, other: "Book", split: Split) -> RoundTrip | None:
        """Let the trip under way go on in another book, whose name the coin has from now on.

        It joins a position on the same side there; one on the other side leaves it where it is.
        Returns the trip of the other book of which only dust was left, which is over by this.
        """
        self._unknown += map(self._rounding, self._excess.end())
        trip, there = self._trip, other.trip_under_way
        if trip is None or is_dust(trip) or (there is not None and there.side != trip.side):
            return None
        self.split(split)
        trip.opened_as = trip.opened_as or self._name.symbol
        trip.opening.over = True
        for coin, fee in trip.other_fees.items():
            self._other_fees[coin] = subtract(self._other_fees[coin], fee)
        self._other_fees = {coin: fee for coin, fee in self._other_fees.items() if fee}
        self._trip = None
        return other.take_over(trip)

    @property
    def trip_under_way(self) -> OpenTrip | None:
        """Return the trip under way, also where only dust of it is left; None when flat."""
        return self._trip

    def take_over(self, trip: OpenTrip) -> RoundTrip | None:
        """Let a trip of another book go on here; return the trip that is over by this, if any."""
        self._unknown += map(self._rounding, self._excess.end())
        for coin, fee in trip.other_fees.items():
            self._other_fees[coin] = add(self._other_fees.get(coin, ZERO), fee)
        there, finished = self._trip, None
        if there is not None and is_dust(there):
            finished = self._finish(there, there.left("fifo"))
            trip = with_dust(there, trip)
        elif there is not None:
            trip = joined(there, trip)
        self._trip = trip
        return finished

    def _move(self, fill: BookFill) -> RoundTrip | None:
        trip = self._trip
        if trip is None:
            self._open(fill)
            return None
        if fill.side != trip.side:
            return self._reduce(trip, fill)
        finished = None
        if trip.reduced and is_dust(trip):
            finished = self._finish(trip, trip.left("fifo"))
            trip = self._trip = next_trip(trip, fill)
        trip.enter(fill)
        return finished

    def _reduce(self, trip: OpenTrip, fill: BookFill) -> RoundTrip | None:
        left = subtract(trip.entered, trip.exited)
        if fill.quantity < left:
            trip.leave(fill)
            return None
        rest = None
        if fill.quantity > left:
            fill, rest = split_at_close(fill, left, trip)
        trip.leave(fill)
        self._trip = None
        self._excess.begin(trip)
        if rest is not None:
            self._open(rest)
        return self._finish(trip, NOTHING)

    def _open(self, fill: BookFill) -> None:
        excess = self._excess
        belongs = excess.belongs(fill)
        if belongs and excess.takes(fill):
            return
        waiting = excess.end()
        if belongs:
            for earlier in waiting:
                self._begin(earlier)
        else:
            self._unknown += map(self._rounding, waiting)
        self._begin(fill)

    def _begin(self, fill: BookFill) -> None:
        if fill.side == "sell":
            self.sold_from_flat = True
        if fill.margin == "closing" or (fill.side == "sell" and not self._shorts):
            self._unknown.append(self._disowned(fill))
            return
        if self._trip is None:
            self._trip = OpenTrip(fill, self._quote)
        self._trip.enter(fill)

    @property
    def unknown(self) -> list[UnknownBasis]:
        """What no trip could take: sales without a purchase, and what rounding took too much."""
        return [*self._unknown, *map(self._rounding, self._excess.fills)]

    def _rounding(self, fill: BookFill) -> UnknownBasis:
        return replace(self._disowned(fill), rounding=True)

    def _disowned(self, fill: BookFill) -> UnknownBasis:
        return UnknownBasis(
            key=fill.key,
            symbol=self._name.symbol,
            side=fill.side,
            at=fill.at,
            quantity=plain(fill.quantity),
            proceeds=rounded(multiply(fill.quantity, fill.price)),
            fee=rounded(fill.fee) if fill.fee_currency == self._quote else ZERO,
            account=self._name.account,
            margin=fill.margin != "",
        )

    def _finish(self, trip: OpenTrip, left: OpenRemainder) -> RoundTrip:
        result = realised(trip, left)
        self._gross = add(self._gross, result.gross)
        self._fees = add(self._fees, result.fees)
        return closed(self._name, trip, result, left)

    @property
    def held(self) -> Decimal:
        """Return the signed position in the base coin; what is left as dust is no position."""
        trip = self._trip
        if trip is None or is_dust(trip):
            return ZERO
        left = subtract(trip.entered, trip.exited)
        return left if trip.side == "buy" else left.copy_negate()

    def open_trip(self) -> RoundTrip | None:
        """Return the trip under way, its result so far by FIFO, or None when flat.

        A trip of which only dust is left counts as closed, as it will be when the trader
        comes back; so its close is known from the moment it happened.
        """
        if self._trip is None:
            return None
        left = self._trip.left("fifo")
        if is_dust(self._trip):
            return closed(self._name, self._trip, realised(self._trip, left), left)
        return still_open(self._name, self._trip, left)

    def position(self, method: Method) -> Position:
        """Return the realised result and what is open, by the method.

        `open_quantity` is below zero for a short. `open_cost` is a magnitude: what a long's open
        coins cost, fees included; what a short's brought in, less their fees. `other_fees` is
        all that was paid in third coins, for what is open and what is unknown too.
        """
        gross, fees = self._gross, self._fees
        open_quantity = open_cost = ZERO
        if self._trip is not None:
            left = self._trip.left("fifo" if is_dust(self._trip) else method)
            result = realised(self._trip, left)
            gross, fees = add(gross, result.gross), add(fees, result.fees)
            if self._trip.side == "buy":
                open_quantity, open_cost = left.quantity, add(left.cost, left.fees)
            else:
                open_quantity = left.quantity.copy_negate()
                open_cost = subtract(left.cost, left.fees)
        gross, fees = rounded(gross), rounded(fees)
        return Position(
            symbol=self._name.symbol,
            quote=self._quote,
            method=method,
            gross=gross,
            fees=fees,
            net=plain(subtract(gross, fees)),
            open_quantity=plain(open_quantity),
            open_cost=rounded(open_cost),
            other_fees={coin: rounded(fee) for coin, fee in self._other_fees.items()},
        )

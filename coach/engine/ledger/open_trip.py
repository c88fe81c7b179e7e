"""The round trip under way: sums that grow with each fill, and the lots that are still open.

The sums alone give a finished trip's result, so nothing is divided and no lot is touched that
need not be. The lots serve the open part: by FIFO the last ones entered are open, by average
cost every closing took the same slice of all of them.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, multiply, scaled, share, subtract
from coach.engine.ledger.orders import Gathering, together
from coach.model.fills import BookFill, FillKey
from coach.model.trades import Method


class Lot(NamedTuple):
    """What one fill entered: it ends where the trip's entered quantity then stood.

    After a split `cost` is what all of it cost, and `price` what was paid for a unit before.
    """

    end: Decimal
    quantity: Decimal
    price: Decimal
    fee: Decimal
    cost: Decimal | None = None

    def cost_of(self, part: Decimal) -> Decimal:
        """Return what a part of the lot cost."""
        if self.cost is None:
            return multiply(part, self.price)
        return share(self.cost, part, self.quantity)


class OpenRemainder(NamedTuple):
    """What is open by one method: its quantity, its price paid (or received), its entry fees."""

    quantity: Decimal
    cost: Decimal
    fees: Decimal


NOTHING = OpenRemainder(ZERO, ZERO, ZERO)


class ClosedSoFar(NamedTuple):
    """What was closed and realised up to a closing fill, by FIFO; exact and not rounded.

    `other_fees` are all that were paid in third coins by then.
    """

    at: datetime
    key: FillKey
    quantity: Decimal
    gross: Decimal
    fees: Decimal
    other_fees: dict[str, Decimal]


class OpenTrip:
    """A position since it was last flat. Notionals are at true prices, fees beside them.

    `released_*` is what average cost had let go of when the trader last added, `carried` the
    dust of the trip before, which is in `entered` and in the first lots. `closed_cost` and
    `closed_fees` are those of the lots that FIFO has closed whole, as long as some are open.
    `opened_as` is the symbol that it was opened under, where its coin was renamed since; else "".
    """

    __slots__ = (
        "carried",
        "closed_cost",
        "closed_fees",
        "closed_so_far",
        "entered",
        "entry_fees",
        "entry_notional",
        "exit_fees",
        "exit_keys",
        "exit_notional",
        "exit_order",
        "exited",
        "exited_before",
        "fills",
        "last_exit_at",
        "lots",
        "lots_start",
        "opened_as",
        "opening",
        "other_fees",
        "paid_in_coin",
        "quote",
        "reduced",
        "released",
        "released_fees",
        "run_at",
        "side",
    )
    exit_keys: dict[str, list[FillKey]]
    last_exit_at: datetime

    def __init__(self, first: BookFill, quote: str) -> None:
        self.quote = quote
        self.opened_as = ""
        self.side = first.side
        self.opening = Gathering(first)
        self.lots: deque[Lot] = deque()
        self.lots_start = ZERO
        self.entered = self.entry_notional = self.entry_fees = self.carried = ZERO
        self.exited = self.exit_notional = self.exit_fees = ZERO
        self.exited_before = self.released = self.released_fees = ZERO
        self.closed_cost = self.closed_fees = ZERO
        self.closed_so_far: list[ClosedSoFar] = []
        self.fills = 0
        self.reduced = False
        self.paid_in_coin = False
        self.other_fees: dict[str, Decimal] = {}
        self.exit_keys = {}
        self.exit_order = ""
        self.last_exit_at = self.run_at = first.at

    def enter(self, fill: BookFill) -> None:
        """Take a fill that opens or adds."""
        if self.reduced:
            self._average_anew()
        fee = fill.fee
        if fee:
            if fill.fee_currency == self.quote:
                self.entry_fees = add(self.entry_fees, fee)
            else:
                self._pay_in_third_coin(fill)
                fee = ZERO
        quantity = fill.quantity
        notional = multiply(quantity, fill.price)
        self.fills += 1
        self.entered = entered = add(self.entered, quantity)
        self.entry_notional = add(self.entry_notional, notional)
        self.lots.append(Lot(entered, quantity, fill.price, fee))
        if self.opening.takes(fill):
            self.opening.add(fill, notional)

    def leave(self, fill: BookFill) -> None:
        """Take a fill that closes no more than is open."""
        fee = fill.fee
        if fee:
            if fill.fee_currency == self.quote:
                self.exit_fees = add(self.exit_fees, fee)
            else:
                self._pay_in_third_coin(fill)
        self.fills += 1
        self.exited = exited = add(self.exited, fill.quantity)
        self.exit_notional = add(self.exit_notional, multiply(fill.quantity, fill.price))
        if exited < self.entered:
            self._close_lots(fill)
        self._note_exit(fill)

    def _close_lots(self, fill: BookFill) -> None:
        """Close lots first in, first out, and note what is realised: some stay open."""
        lots, exited = self.lots, self.exited
        while lots[0].end <= exited:
            lot = lots.popleft()
            self.lots_start = lot.end
            self.closed_cost = add(self.closed_cost, lot.cost_of(lot.quantity))
            self.closed_fees = add(self.closed_fees, lot.fee)
        lot = lots[0]
        part = subtract(exited, self.lots_start)
        cost = add(self.closed_cost, lot.cost_of(part))
        fees = add(self.exit_fees, self.closed_fees)
        fees = add(fees, share(lot.fee, part, lot.quantity)) if part else fees
        gross = subtract(self.exit_notional, cost)
        gross = gross if self.side == "buy" else subtract(cost, self.exit_notional)
        others = {**self.other_fees}
        self.closed_so_far.append(ClosedSoFar(fill.at, fill.key, exited, gross, fees, others))

    def _note_exit(self, fill: BookFill) -> None:
        order_id = fill.order_id
        keys = self.exit_keys.get(order_id)
        if keys is None or not (order_id or together(self.run_at, fill.at)):
            self.exit_keys[order_id] = [fill.key]
        else:
            keys.append(fill.key)
        if not order_id:
            self.run_at = fill.at
        self.opening.over = True
        self.reduced = True
        self.exit_order = order_id
        self.last_exit_at = fill.at

    def _pay_in_third_coin(self, fill: BookFill) -> None:
        paid = self.other_fees.get(fill.fee_currency, ZERO)
        self.other_fees[fill.fee_currency] = add(paid, fill.fee)

    def _average_anew(self) -> None:
        pool = self._left_by_average()
        self.released = subtract(self.entry_notional, pool.cost)
        self.released_fees = subtract(self.entry_fees, pool.fees)
        self.exited_before = self.exited
        self.exit_keys.pop("", None)
        self.reduced = False

    def split(self, left: Decimal) -> None:
        """Make what is open so many units, above zero; what it cost and its fees stay as they are.

        All quantities of the trip are in the new units then, those that were closed before too.
        """
        opened = subtract(self.entered, self.exited)
        self.let_go_of_closed()
        before, after = self.exited, scaled(self.exited, left, opened)
        lots, self.lots = self.lots, deque()
        start, cost, fee = after, ZERO, ZERO
        for lot in lots:
            end = add(after, scaled(subtract(lot.end, before), left, opened))
            cost, fee = add(cost, lot.cost_of(lot.quantity)), add(fee, lot.fee)
            if end != start:  # what is too small to be told is in the next lot
                self.lots.append(Lot(end, subtract(end, start), lot.price, fee, cost))
                start, cost, fee = end, ZERO, ZERO
        last = self.lots.pop()
        self.lots.append(
            last._replace(cost=add(last.cost_of(last.quantity), cost), fee=add(last.fee, fee))
        )
        self.exited = self.exited_before = self.lots_start = after
        self.entered = add(after, left)
        self.carried = scaled(self.carried, left, opened)
        self.opening.quantity = scaled(self.opening.quantity, left, opened)
        self.closed_so_far = [
            one._replace(quantity=scaled(one.quantity, left, opened)) for one in self.closed_so_far
        ]

    def let_go_of_closed(self) -> None:
        """Let average cost go of all that is closed, and FIFO of what it closed of the first lot.

        Neither changes what anything cost.
        """
        pool = self._left_by_average()
        self.released = subtract(self.entry_notional, pool.cost)
        self.released_fees = subtract(self.entry_fees, pool.fees)
        self.exited_before = self.exited
        lot, part = self.lots[0], subtract(self.exited, self.lots_start)
        if part:
            cost, fee = lot.cost_of(part), share(lot.fee, part, lot.quantity)
            rest = None if lot.cost is None else subtract(lot.cost, cost)
            self.closed_cost = add(self.closed_cost, cost)
            self.closed_fees = add(self.closed_fees, fee)
            left = subtract(lot.quantity, part)
            self.lots[0] = Lot(lot.end, left, lot.price, subtract(lot.fee, fee), rest)
            self.lots_start = self.exited

    def left(self, method: Method) -> OpenRemainder:
        """Return what is open, by the method."""
        return self._left_by_fifo() if method == "fifo" else self._left_by_average()

    def _left_by_average(self) -> OpenRemainder:
        quantity = subtract(self.entered, self.exited)
        pool = subtract(self.entered, self.exited_before)
        return OpenRemainder(
            quantity,
            share(subtract(self.entry_notional, self.released), quantity, pool),
            share(subtract(self.entry_fees, self.released_fees), quantity, pool),
        )

    def _left_by_fifo(self) -> OpenRemainder:
        quantity = cost = fees = ZERO
        for lot in self.open_lots():
            quantity = lot.end
            cost = add(cost, lot.cost_of(lot.quantity))
            fees = add(fees, lot.fee)
        return OpenRemainder(quantity, cost, fees)

    def open_lots(self) -> Iterator[Lot]:
        """Yield the open lots first in, first out, as if the trip had begun with them."""
        start, exited = self.lots_start, self.exited
        for lot in self.lots:
            left = subtract(lot.end, max(start, exited))
            fee = share(lot.fee, left, lot.quantity)
            cost = None if lot.cost is None else lot.cost_of(left)
            yield Lot(subtract(lot.end, exited), left, lot.price, fee, cost)
            start = lot.end

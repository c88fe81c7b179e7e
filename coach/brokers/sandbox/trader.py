"""A made-up trader who means well and chases losses.

Days are a gamma-Poisson count of planned entries in the trader's own zone, sizes are lognormal,
and a holding time is drawn before anything is known of the outcome. Two habits are planted: after a
loss, in REVENGE_SHARE of the cases, another entry follows in 15 to 30 minutes at REVENGE_SIZE
times the size; and any other entry whose last close was a loss is SHAKEN_SIZE times as large.
Planned entries have a slight edge (the better of two coins, sometimes); revenge mostly
buys the worst of all coins, so that the habit has a price.
"""

import heapq
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from coach.brokers.sandbox.entries import Liquidity, SandboxExecution, Side, a_moment_later
from coach.brokers.sandbox.market import Tape
from coach.model.times import MINUTE_S

ZONE = "America/New_York"
ENTRIES_A_DAY = 3.3
DAYS_ALIKE = 2.5  # shape of the gamma: smaller is more uneven
WEEKEND = 0.35
DAY_BEGINS_H, DAY_ENDS_H, BEDTIME_H = 8.5, 18.0, 23.0
USUAL_SIZE = 1200.0
SIZE_SPREAD = 0.40
USUAL_HOLD_MIN = 240.0
HOLD_SPREAD = 0.85
SHORTEST_HOLD_MIN, LONGEST_HOLD_MIN = 8.0, 1440.0
EDGE_SHARE = 0.30
CHASE_SHARE = 0.70
REVENGE_SHARE = 0.45
REVENGE_WAIT_MIN = (15.0, 30.0)
REVENGE_SIZE = 1.6
SHAKEN_SIZE = 1.3
MAKER_SHARE = 0.35
MAKER_FEE, TAKER_FEE = Decimal("0.0010"), Decimal("0.0020")
CENT_OF_A_CENT = Decimal("1e-8")
PIECES = (0.50, 0.25, 0.15, 0.10)
TWO_STEP_EXIT_SHARE = 0.12
FAVOURITES = (0.34, 0.24, 0.20, 0.10, 0.12)

Step = Literal["enter", "revenge", "exit"]


@dataclass(order=True, slots=True)
class Appointment:
    """Something the trader will do at `at_s`."""

    at_s: float
    number: int
    step: Step = field(compare=False)
    product_id: str = field(default="", compare=False)
    quantity: Decimal = field(default=Decimal(0), compare=False)


@dataclass(slots=True)
class SandboxTrader:
    """The state of mind while the days go by; `trade` plays them and returns the executions."""

    tapes: dict[str, Tape]
    start: datetime
    end: datetime
    rng: np.random.Generator
    _agenda: list[Appointment] = field(default_factory=list)
    _open: dict[str, Decimal] = field(default_factory=dict)
    _done: list[SandboxExecution] = field(default_factory=list)
    _busy_until_s: dict[str, float] = field(default_factory=dict)
    _lost_last: bool = False
    _numbers: int = 0

    def trade(self) -> list[SandboxExecution]:
        """Return the executions in order of time; what is open at the end stays open."""
        for at_s in self._planned_entries():
            self._plan(at_s, "enter")
        while self._agenda:
            appointment = heapq.heappop(self._agenda)
            if appointment.at_s >= self.end.timestamp() - MINUTE_S:
                break
            if appointment.step == "exit":
                self._leave(appointment)
            else:
                self._enter(appointment)
        return sorted(self._done, key=lambda execution: (execution.at, execution.entry_id))

    def _planned_entries(self) -> Iterator[float]:
        zone = ZoneInfo(ZONE)
        day, last = self.start.astimezone(zone).date(), self.end.astimezone(zone).date()
        while day <= last:
            mean = ENTRIES_A_DAY * (WEEKEND if day.weekday() >= 5 else 1.0)  # noqa: PLR2004
            count = self.rng.poisson(self.rng.gamma(DAYS_ALIKE, mean / DAYS_ALIKE))
            for hour in np.sort(self.rng.uniform(DAY_BEGINS_H, DAY_ENDS_H, count)).tolist():
                at_s = _local(day, hour, zone)
                if at_s >= self.start.timestamp():
                    yield at_s
            day += timedelta(days=1)

    def _enter(self, appointment: Appointment) -> None:
        revenge = appointment.step == "revenge"
        flat = [name for name in self.tapes if self._is_flat(name, appointment.at_s)]
        if not flat:
            return
        hold_min = USUAL_HOLD_MIN * float(np.exp(HOLD_SPREAD * self.rng.standard_normal()))
        hold_min = min(max(hold_min, SHORTEST_HOLD_MIN), LONGEST_HOLD_MIN)
        leave_s = appointment.at_s + hold_min * MINUTE_S
        product_id = self._choose(flat, appointment.at_s, leave_s, planned=not revenge)
        money = USUAL_SIZE * float(np.exp(SIZE_SPREAD * self.rng.standard_normal()))
        if revenge:
            money *= REVENGE_SIZE
        elif self._lost_last:
            money *= SHAKEN_SIZE
        tape = self.tapes[product_id]
        price = tape.price(int(tape.opens[tape.minute(appointment.at_s)]))
        quantity = _steps(Decimal(money) / price, tape.listing.step)
        self._open[product_id] = self._order(product_id, "BUY", quantity, appointment.at_s)
        self._plan(leave_s, "exit", product_id, quantity)

    def _is_flat(self, product_id: str, at_s: float) -> bool:
        return product_id not in self._open and at_s > self._busy_until_s.get(product_id, 0.0)

    def _choose(self, flat: list[str], enter_s: float, leave_s: float, *, planned: bool) -> str:
        weights = np.array([FAVOURITES[list(self.tapes).index(name)] for name in flat])
        drawn = [str(name) for name in self.rng.choice(flat, size=2, p=weights / weights.sum())]
        by_design = bool(self.rng.random() < (EDGE_SHARE if planned else CHASE_SHARE))
        if not by_design or leave_s >= self.end.timestamp():
            return drawn[0]
        if planned:
            return max(drawn, key=lambda name: self._drift(name, enter_s, leave_s))
        return min(flat, key=lambda name: self._drift(name, enter_s, leave_s))

    def _drift(self, product_id: str, enter_s: float, leave_s: float) -> float:
        tape = self.tapes[product_id]
        return float(tape.opens[tape.minute(leave_s)] / tape.opens[tape.minute(enter_s)])

    def _leave(self, appointment: Appointment) -> None:
        product_id, quantity = appointment.product_id, appointment.quantity
        step = self.tapes[product_id].listing.step
        first = quantity
        if self.rng.random() < TWO_STEP_EXIT_SHARE:
            first = _steps(quantity / 2, step)
        money = self._order(product_id, "SELL", first, appointment.at_s)
        last_s = appointment.at_s
        if first < quantity:
            last_s += float(self.rng.uniform(2, 6)) * MINUTE_S
            last_s = min(last_s, self.end.timestamp() - MINUTE_S)
            money += self._order(product_id, "SELL", quantity - first, last_s)
        self._busy_until_s[product_id] = self._done[-1].at.timestamp()
        self._lost_last = money < self._open.pop(product_id)
        if self._lost_last and self.rng.random() < REVENGE_SHARE:
            self._chase(last_s)

    def _chase(self, lost_s: float) -> None:
        at_s = lost_s + float(self.rng.uniform(*REVENGE_WAIT_MIN)) * MINUTE_S
        local = datetime.fromtimestamp(at_s, ZoneInfo(ZONE))
        if DAY_BEGINS_H <= local.hour + local.minute / 60 < BEDTIME_H:
            self._plan(at_s, "revenge")

    def _order(self, product_id: str, side: Side, quantity: Decimal, at_s: float) -> Decimal:
        """Fill an order in one to four pieces within the minute; return the money that moved."""
        maker = bool(self.rng.random() < MAKER_SHARE)
        order_id, money, moment = self._uuid(), Decimal(0), at_s
        for piece in self._pieces(quantity, self.tapes[product_id].listing.step):
            execution = self._fill(order_id, product_id, side, piece, moment, maker=maker)
            self._done.append(execution)
            money += execution.price * piece
            moment = min(moment + float(self.rng.exponential(4.0)), self.end.timestamp() - 1)
        return money

    def _pieces(self, quantity: Decimal, step: Decimal) -> list[Decimal]:
        count = 1 + int(self.rng.choice(len(PIECES), p=PIECES))
        shares = self.rng.dirichlet([2.0] * count).tolist()
        pieces = [_steps(quantity * Decimal(share), step) for share in shares[:-1]]
        pieces.append(quantity - sum(pieces, Decimal(0)))
        return [piece for piece in pieces if piece > 0]

    def _fill(
        self, order_id: str, product_id: str, side: Side, size: Decimal, at_s: float, *, maker: bool
    ) -> SandboxExecution:
        tape = self.tapes[product_id]
        minute = tape.minute(at_s)
        ticks = int(self.rng.integers(tape.lows[minute], tape.highs[minute] + 1))
        tape.trade(minute, size)
        price, liquidity = tape.price(ticks), _liquidity(maker=maker)
        fee = (price * size * (MAKER_FEE if maker else TAKER_FEE)).quantize(CENT_OF_A_CENT)
        at = datetime.fromtimestamp(at_s, UTC)
        filed_at = a_moment_later(at, int(self.rng.integers(1, 900)))
        return SandboxExecution(
            self.rng.bytes(32).hex(), self._uuid(), order_id, product_id, side,
            price, size, fee, liquidity, at, filed_at,
        )  # fmt: skip

    def _uuid(self) -> str:
        return str(uuid.UUID(bytes=self.rng.bytes(16), version=4))

    def _plan(
        self, at_s: float, step: Step, product_id: str = "", quantity: Decimal = Decimal(0)
    ) -> None:
        self._numbers += 1
        heapq.heappush(self._agenda, Appointment(at_s, self._numbers, step, product_id, quantity))


def _liquidity(*, maker: bool) -> Liquidity:
    return "MAKER" if maker else "TAKER"


def _steps(quantity: Decimal, step: Decimal) -> Decimal:
    """Round down to whole steps, at least one."""
    return max((quantity / step).quantize(Decimal(1), ROUND_DOWN), Decimal(1)) * step


def _local(day: date, hour: float, zone: ZoneInfo) -> float:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (midnight + timedelta(hours=hour)).timestamp()

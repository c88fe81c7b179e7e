"""What moved coins in the trader's wallets beside trades, as Coinbase's v2 API tells it.

All of it comes to the money that the trader began with, so that the wallets hold what the fills
left. The newest fills stand here, too, each in the lists of both its wallets.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.sandbox.catalogue import NAMES
from coach.brokers.sandbox.entries import JsonObject, SandboxExecution, plain, rfc3339
from coach.brokers.sandbox.faults import TransactionFault

FILLS_TOLD = 40
PENDING_FOR = timedelta(hours=36)
NATIVE = "USD"
LIVED = (
    (95, "fiat_deposit", "USD", "50000", "0"),
    (60, "fiat_deposit", "USD", "10400", "0"),
    (50, "receive", "USDC", "500", "0"),
    (30, "interest", "USDC", "1.25", "0"),
    (25, "trade", "USDC", "-500", "0"),
    (25, "trade", "ADA", "1250", "0"),
    (20, "staking_transfer", "ADA", "-400", "0"),
    (20, "staking_transfer", "ADA", "400", "0"),
    (20, "fiat_withdrawal", "USD", "-370.01", "0"),
    (15, "staking_reward", "ADA", "0.75", "0"),
    (10, "subscription", "USD", "-29.99", "0"),
    (8, "retail_simple_dust", "ADA", "-0.75", "0"),
    (5, "send", "USDC", "-1.25", "0.05"),
    (4, "send", "ADA", "-1250", "0"),
)
"""Days before the end, the type, the coin, what its balance changed by, and the network's fee."""
ADDED: dict[TransactionFault, tuple[int, str, str, str]] = {
    "pending": (1, "receive", "AVAX", "2"),
    "failed": (3, "send", "AVAX", "-2"),
    "unknown_type": (6, "lending_premium", "USDC", "3"),
    "simple_buy": (7, "buy", "AVAX", "1"),
}


class SandboxTransaction(NamedTuple):
    """A transaction of one wallet; it is in force from `completes_at` on, None for never."""

    id: str
    kind: str
    coin: str
    amount: Decimal
    fee: Decimal
    at: datetime
    completes_at: datetime | None
    more: JsonObject

    def status(self, now: datetime) -> str:
        """Return Coinbase's word for how it stands."""
        if self.completes_at is None:
            return "failed"
        return "completed" if self.completes_at <= now else "pending"

    def as_json(self, wallet: str, now: datetime) -> JsonObject:
        """Return the transaction as a list of its wallet has it."""
        money: JsonObject = {"amount": plain(self.amount), "currency": self.coin}
        found: JsonObject = {
            "id": self.id,
            "type": self.kind,
            "status": self.status(now),
            "amount": money,
            "native_amount": {"amount": "0.00", "currency": NATIVE},
            "created_at": rfc3339(self.at.replace(microsecond=0)),
            "resource": "transaction",
            "resource_path": f"/v2/accounts/{wallet}/transactions/{self.id}",
            **self.more,
        }
        if self.kind == "send":
            fee: JsonObject = {"amount": plain(self.fee), "currency": self.coin}
            found["network"] = {"status": "confirmed", "transaction_fee": fee}
        return found


def transactions(
    end: datetime,
    executions: Sequence[SandboxExecution],
    faults: frozenset[TransactionFault] = frozenset(),
) -> list[SandboxTransaction]:
    """Return what happened in all wallets up to `end`, the newest first."""
    lived = [
        _made(end, f"{n}", (days, kind, coin, amount), Decimal(fee))
        for n, (days, kind, coin, amount, fee) in enumerate(LIVED)
    ]
    added = [_added(end, fault) for fault in sorted(faults)]
    told = [leg for one in executions[-FILLS_TOLD:] for leg in _legs(one)]
    return sorted([*lived, *added, *told], key=lambda one: (one.at, one.id), reverse=True)


def came_in_force(found: Sequence[SandboxTransaction], now: datetime) -> dict[str, Decimal]:
    """Return what transactions that were pending brought each wallet since."""
    late = (one for one in found if one.completes_at not in {None, one.at})
    return {one.coin: one.amount for one in late if one.status(now) == "completed"}


def _made(
    end: datetime, name: str, told: tuple[int, str, str, str], fee: Decimal = Decimal(0)
) -> SandboxTransaction:
    days, kind, coin, amount = told
    at = (end - timedelta(days=days)).replace(microsecond=0)
    more: JsonObject = {}
    if kind == "trade":
        more = {"trade": {"id": str(uuid.uuid5(NAMES, f"trade {at.isoformat()}"))}}
    made = str(uuid.uuid5(NAMES, f"transaction {name} {at.isoformat()}"))
    return SandboxTransaction(made, kind, coin, Decimal(amount), fee, at, at, more)


def _added(end: datetime, fault: TransactionFault) -> SandboxTransaction:
    made = _made(end, fault, ADDED[fault])
    if fault == "pending":
        return made._replace(completes_at=end + PENDING_FOR)
    return made._replace(completes_at=None if fault == "failed" else made.at)


def _legs(one: SandboxExecution) -> Iterator[SandboxTransaction]:
    """Yield a fill as the two transactions that Coinbase makes of it; the fee is beside them."""
    base, quote = one.product_id.split("-")
    sign = 1 if one.side == "BUY" else -1
    for coin, amount in ((base, sign * one.size), (quote, -sign * one.price * one.size)):
        more: JsonObject = {
            "advanced_trade_fill": {
                "fill_price": plain(one.price),
                "product_id": one.product_id,
                "order_id": one.order_id,
                "commission": plain(one.commission),
                "order_side": one.side.lower(),
            }
        }
        name = str(uuid.uuid5(NAMES, f"fill {one.entry_id} {coin}"))
        kind, at = "advanced_trade_fill", one.at
        yield SandboxTransaction(name, kind, coin, amount, Decimal(0), at, at, more)

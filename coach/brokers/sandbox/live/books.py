"""Fills that happen while the sandbox runs, and who is told of each."""

import asyncio
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from coach.brokers.sandbox.entries import SandboxExecution, Side, a_moment_later

FILED_MS = 5
FEE = Decimal("0.006")
Mailbox = asyncio.Queue[SandboxExecution | str | None]


class FillOrder(BaseModel):
    """A fill that is to happen now, as /sandbox/fills takes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    product_id: str = Field(pattern="^[A-Z0-9]+-[A-Z0-9]+$")
    side: Side
    size: Decimal = Field(gt=0)
    price: Decimal = Field(gt=0)


@dataclass(slots=True)
class LiveFills:
    """The fills, oldest first, and the mailboxes of the open channels.

    `tokens` were handed out for Kraken's channel and not used yet.
    """

    executions: list[SandboxExecution] = field(default_factory=list)
    mailboxes: set[Mailbox] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)

    def hand_out(self) -> str:
        """Return a new token."""
        token = secrets.token_urlsafe(32)
        self.tokens.add(token)
        return token

    def happen(self, order: FillOrder, now: datetime) -> SandboxExecution:
        """Let a fill happen now, and put it into every mailbox; within the server's loop."""
        made = SandboxExecution(
            entry_id=uuid.uuid4().hex,
            trade_id=str(uuid.uuid4()),
            order_id=str(uuid.uuid4()),
            product_id=order.product_id,
            side=order.side,
            price=order.price,
            size=order.size,
            commission=order.price * order.size * FEE,
            liquidity="TAKER",
            at=now,
            filed_at=a_moment_later(now, FILED_MS),
        )
        self.executions.append(made)
        for mailbox in self.mailboxes:
            mailbox.put_nowait(made)
        return made

    def shown(self, now: datetime, lag_s: float) -> tuple[SandboxExecution, ...]:
        """Return what the list of fills shows already: it may lag behind the channel."""
        lag = timedelta(seconds=lag_s)
        return tuple(one for one in self.executions if one.at + lag <= now)

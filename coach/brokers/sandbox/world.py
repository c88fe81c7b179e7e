"""Everything the sandbox's broker knows: prices, one trader's fills, wallets and keys."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from coach.brokers.sandbox.catalogue import accounts, products
from coach.brokers.sandbox.entries import JsonObject, SandboxExecution
from coach.brokers.sandbox.keys import Grant, Kind, new_key
from coach.brokers.sandbox.market import LISTINGS, MINUTES_A_DAY, Tape, tapes
from coach.brokers.sandbox.trader import SandboxTrader
from coach.model.times import MINUTE_S

DAYS = 90
DAYS_BEFORE = 3


@dataclass(frozen=True, slots=True)
class SandboxWorld:
    """The broker's books; only `keys` grows, by `issue_key`."""

    end: datetime
    executions: tuple[SandboxExecution, ...]
    tapes: dict[str, Tape]
    products: tuple[JsonObject, ...]
    accounts: tuple[JsonObject, ...]
    keys: dict[str, Grant] = field(default_factory=dict)


def demo_world(end: datetime, seed: int) -> SandboxWorld:
    """Return 90 days of a trader up to `end`; the same arguments give the same bytes."""
    end = end.astimezone(UTC)
    start = end - timedelta(days=DAYS)
    minutes = (DAYS + DAYS_BEFORE) * MINUTES_A_DAY
    first_s = (int(end.timestamp()) // MINUTE_S - minutes + 1) * MINUTE_S
    market = tapes(LISTINGS, first_s, minutes, seed)
    trader = SandboxTrader(market, start, end, np.random.default_rng([seed, len(LISTINGS) + 1]))
    executions = tuple(trader.trade())
    opened = (start - timedelta(days=DAYS)).replace(microsecond=0)
    return SandboxWorld(
        end, executions, market, products(market), accounts(LISTINGS, executions, opened)
    )


def issue_key(
    world: SandboxWorld,
    kind: Kind = "ES256",
    *,
    can_trade: bool = False,
    can_transfer: bool = False,
) -> str:
    """Return the text of a new key as Coinbase's download has it; the world now knows it."""
    text, grant = new_key(kind, can_trade=can_trade, can_transfer=can_transfer)
    world.keys[grant.name] = grant
    return text

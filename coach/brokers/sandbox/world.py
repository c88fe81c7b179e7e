"""Everything the sandbox's broker knows: prices, one trader's fills, wallets and keys."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from coach.brokers.sandbox.binance.books import BookedTrade
from coach.brokers.sandbox.binance.keys import BinanceGrant, new_binance_key
from coach.brokers.sandbox.catalogue import accounts, products
from coach.brokers.sandbox.entries import JsonObject, SandboxExecution
from coach.brokers.sandbox.keys import Grant, Kind, new_key
from coach.brokers.sandbox.kraken.keys import KrakenGrant, new_kraken_key
from coach.brokers.sandbox.live.books import LiveFills
from coach.brokers.sandbox.market import LISTINGS, MINUTES_A_DAY, Tape, tapes
from coach.brokers.sandbox.oauth.books import TokenBooks
from coach.brokers.sandbox.trader import SandboxTrader
from coach.model.times import MINUTE_S

DAYS = 90
DAYS_BEFORE = 3
ONE_MONDAY = datetime(2026, 2, 23, tzinfo=UTC)
"""The demos that are moved end in the week that begins here: no clock is changed in their days."""


@dataclass(frozen=True, slots=True)
class SandboxWorld:
    """The broker's books; its keys, tokens and `live` fills grow, as do the other two's lists."""

    end: datetime
    executions: tuple[SandboxExecution, ...]
    tapes: dict[str, Tape]
    products: tuple[JsonObject, ...]
    accounts: tuple[JsonObject, ...]
    keys: dict[str, Grant] = field(default_factory=dict)
    kraken_keys: dict[str, KrakenGrant] = field(default_factory=dict)
    tokens: TokenBooks = field(default_factory=TokenBooks)
    kraken_lists: dict[str, list[tuple[str, JsonObject]]] = field(default_factory=dict)
    binance_keys: dict[str, BinanceGrant] = field(default_factory=dict)
    binance_trades: dict[str, list[BookedTrade]] = field(default_factory=dict)
    live: LiveFills = field(default_factory=LiveFills)


def demo_world(end: datetime, seed: int) -> SandboxWorld:
    """Return 90 days of a trader up to `end`; the same arguments give the same bytes.

    An `end` that is whole weeks later gives the same days, that much later: so there are only seven
    demos that begin at midnight, and what they show was looked at, whatever day it is.
    """
    end = end.astimezone(UTC)
    weeks = timedelta(weeks=(end - ONE_MONDAY) // timedelta(weeks=1))
    market, lived = _lived(end - weeks, seed)
    moved = {
        name: replace(tape, first_s=tape.first_s + int(weeks.total_seconds()))
        for name, tape in market.items()
    }
    executions = tuple(
        one._replace(at=one.at + weeks, filed_at=one.filed_at + weeks) for one in lived
    )
    opened = (end - timedelta(days=2 * DAYS)).replace(microsecond=0)
    return SandboxWorld(
        end, executions, moved, products(moved), accounts(LISTINGS, executions, opened)
    )


def _lived(end: datetime, seed: int) -> tuple[dict[str, Tape], list[SandboxExecution]]:
    """Return the market and the executions of the 90 days up to `end`."""
    minutes = (DAYS + DAYS_BEFORE) * MINUTES_A_DAY
    first_s = (int(end.timestamp()) // MINUTE_S - minutes + 1) * MINUTE_S
    market = tapes(LISTINGS, first_s, minutes, seed)
    numbers = np.random.default_rng([seed, len(LISTINGS) + 1])
    return market, SandboxTrader(market, end - timedelta(days=DAYS), end, numbers).trade()


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


def issue_kraken_key(
    world: SandboxWorld, *, can_trade: bool = False, can_transfer: bool = False
) -> str:
    """Return the two lines of a new Kraken key; the world now knows it."""
    text, public, grant = new_kraken_key(can_trade=can_trade, can_transfer=can_transfer)
    world.kraken_keys[public] = grant
    return text


def issue_binance_key(
    world: SandboxWorld, *, can_trade: bool = False, can_transfer: bool = False
) -> str:
    """Return the two lines of a new Binance key; the world now knows it."""
    text, public, grant = new_binance_key(can_trade=can_trade, can_transfer=can_transfer)
    world.binance_keys[public] = grant
    return text


def key_files(world: SandboxWorld) -> Iterator[tuple[str, str, bytes]]:
    """Yield what a running sandbox hands out: the name of each, its file and its text.

    They are keys, and the secret of coach as a client of its server of tokens (OAuth).
    """
    yield "view_key", "view-key.json", issue_key(world).encode()
    yield "trade_key", "trade-key.json", issue_key(world, can_trade=True).encode()
    yield "kraken_key", "kraken-view-key.txt", issue_kraken_key(world).encode()
    yield "binance_key", "binance-view-key.txt", issue_binance_key(world).encode()
    yield "client_secret", "client-secret.txt", world.tokens.secret.encode()

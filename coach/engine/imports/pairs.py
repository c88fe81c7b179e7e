"""The pairs of a broker that tells trades pair by pair: which may be meant, and which were chosen.

A coin that is held was bought with something, most likely with what others buy it with; a pair that
a statement names was traded. What the broker does not list cannot be read, and is not suggested.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from coach.engine.store.imports import connections
from coach.engine.store.imports.connections import OpenProduct
from coach.errors import Invalid, Missing

if TYPE_CHECKING:
    from psycopg import Connection

    from coach.brokers.adapter import BrokerAdapter, OpenBroker
    from coach.model.accounts import AccountId, UserId

FIRST_TRADES = datetime(2017, 7, 1, tzinfo=UTC)
"""Before any of these brokers had a trade: a pair that is new is read from here."""
NEW = "chosen since the last import"
QUOTES = ("USDT", "USDC", "FDUSD", "BTC", "ETH", "BNB", "EUR")
MOST_SUGGESTED = 40
NONE_FOUND = "none"

PairReason = Literal["statement", "balance"]


class SuggestedPair(NamedTuple):
    """A pair that may have been traded, and why it is thought so."""

    pair: str
    reason: PairReason


def suggest_pairs(opened: "OpenBroker", traded: Sequence[str]) -> tuple[SuggestedPair, ...]:
    """Return pairs that a person may want to read, those of statements first.

    `traded` are the symbols that statements of the broker named.
    """
    held = sorted({wallet.coin for wallet in opened.wallets().wallets})
    named = [SuggestedPair(symbol, "statement") for symbol in traded]
    named += [
        SuggestedPair(f"{coin}-{quote}", "balance")
        for coin in held
        for quote in QUOTES
        if coin != quote
    ]
    listed = opened.listed(dict.fromkeys(one.pair for one in named))
    found: dict[str, SuggestedPair] = {}
    for one in named:
        if one.pair in listed:
            found.setdefault(one.pair, one)
    return tuple(found.values())[:MOST_SUGGESTED]


def check_chosen(
    adapter: "BrokerAdapter", opened: "OpenBroker", pairs: Sequence[str], traded: Sequence[str]
) -> tuple[str, ...]:
    """Return the chosen pairs as they are kept; raise UsageError for what cannot be read.

    Where none was chosen and the broker has to be told, the error suggests some.
    """
    taker = f"an account at {adapter.info.broker}"
    if adapter.needs_pairs and not pairs:
        found = ", ".join(one.pair for one in suggest_pairs(opened, traded))
        raise Missing(taker, "pair", remedy="choose_pairs", suggested=found or NONE_FOUND)
    kept = adapter.check_pairs(pairs)
    refuse_unlisted(opened, kept)
    return kept


def refuse_unlisted(opened: "OpenBroker", pairs: Iterable[str]) -> None:
    """Raise Invalid for a pair that the broker does not list."""
    chosen = tuple(pairs)
    unknown = sorted(set(chosen) - opened.listed(chosen)) if chosen else []
    if unknown:
        raise Invalid("pair", f"not {', '.join(unknown)}", "pairs that the broker lists")


def read_from_the_first(
    connection: "Connection[Any]", user_id: "UserId", account_id: "AccountId", new: Iterable[str]
) -> None:
    """Have the next sync read some pairs from their first trade."""
    products = {pair: OpenProduct(FIRST_TRADES, NEW) for pair in sorted(new)}
    if products:
        connections.read_from(connection, user_id, account_id, products)

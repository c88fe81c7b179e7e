"""What coach asks of a broker, whichever it is: one adapter module each, behind one protocol.

An adapter reads the key that a person hands over and opens the broker under it. An open broker
says what the key may do, lists the wallets, brings fills and candles, and gives the key back as far
as the broker lets it. Nothing here can place an order.

A broker that answers about fills only pair by pair (Binance) is told the pairs with its place: its
adapter goes through them inside `fills`, so that no caller sees the difference.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

import httpx2

from coach.brokers.base import Row, SourceInfo
from coach.brokers.entries import EntryPlace, EntryReading
from coach.brokers.live.stream import FillStream
from coach.brokers.market.base import MarketDataAdapter
from coach.brokers.net.budget import RequestBudget, Unbudgeted
from coach.brokers.net.patience import PATIENCE_S
from coach.errors import AuthenticationFailed, KeyCanDoTooMuch
from coach.model.accounts import key_powers

if TYPE_CHECKING:
    from coach.brokers.oauth.grant import OAuthGrant

Credential = Literal["key", "oauth"]
"""How coach is let in: by a key that somebody made, or by what they allowed on a broker's page."""


@dataclass(frozen=True, slots=True)
class KeyScopes:
    """What a key may do; None where the broker does not say.

    `names` are the broker's own words for it. `lacks` names what reading fills needs beside. A key
    that ends says when (`expires_at`); one that sees only part of the history says which.
    `weaker` says how to give coach less, where that is not the way of a key.
    """

    view: bool | None
    trade: bool | None
    transfer: bool | None
    portfolio: str = ""
    names: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    sees_from: datetime | None = None
    sees_until: datetime | None = None
    credential: Credential = "key"
    weaker: str = ""

    def record(self) -> dict[str, object]:
        """Return what is kept of it beside the connection."""
        kept: dict[str, object] = {
            "view": self.view,
            "trade": self.trade,
            "transfer": self.transfer,
            "portfolio": self.portfolio,
            "names": [*self.names],
        }
        if self.credential != "key":
            kept["credential"] = self.credential
        for name in ("expires_at", "sees_from", "sees_until"):
            moment = getattr(self, name)
            if moment is not None:
                kept[name] = moment.isoformat()
        return kept


@dataclass(frozen=True, slots=True)
class BrokerWallet:
    """An account at the broker: one coin or currency, and how much of it is there."""

    coin: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class WalletList:
    """What is there, coin by coin, zero left out; `unread` are coins whose quantity is not known.

    `whole` says that every wallet was read or is named in `unread`: a coin that is in neither is
    not there. A wallet that cannot be read is no zero.
    """

    wallets: tuple[BrokerWallet, ...]
    unread: frozenset[str] = frozenset()
    whole: bool = True


def wallet_list(read: Iterable[tuple[str, Decimal | None]]) -> WalletList:
    """Return what wallets hold, several of one coin added up.

    An empty coin is one whose name cannot be read, None a quantity that cannot be.
    """
    held: dict[str, Decimal] = {}
    unread: set[str] = set()
    whole = True
    for coin, quantity in read:
        if not coin:
            whole = whole and quantity == 0
        elif quantity is None:
            unread.add(coin)
        else:
            held[coin] = held.get(coin, Decimal(0)) + quantity
    wallets = (BrokerWallet(*one) for one in held.items() if one[1] and one[0] not in unread)
    return WalletList(tuple(wallets), frozenset(unread), whole)


@dataclass(frozen=True, slots=True)
class Revocation:
    """Whether the broker ended the credential, and how a person makes sure of it there."""

    revoked: bool
    how_to_check: str


@dataclass(slots=True)
class LeftOut:
    """Fills of a product that the broker did not explain: why, how many, and since when."""

    reason: str
    fills: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class BrokerPlace:
    """Where a broker is, and the clock it is asked by.

    `next_nonce` returns a number above all before it, for brokers that count their requests.
    `pairs` are those that a person chose, for brokers that have to be told. `budget` is what is
    left of the broker's limits. `patience_s` is how long one question may take, with what is asked
    again.
    `renew` returns the grant that follows one whose access token has ended, and has kept it.
    """

    base_url: str
    now: Callable[[], datetime]
    sleep: Callable[[float], None]
    next_nonce: Callable[[], int]
    transport: httpx2.BaseTransport | None = field(default=None, repr=False)
    pairs: tuple[str, ...] = ()
    budget: RequestBudget = field(default_factory=Unbudgeted, repr=False)
    renew: "Callable[[OAuthGrant], OAuthGrant] | None" = None
    patience_s: float = PATIENCE_S


class FillReading(Protocol):
    """The fills of a time. What it counted and left out is known once `rows` is exhausted."""

    counts: Counter[str]
    left_out: dict[str, LeftOut]

    @property
    def incomplete(self) -> bool:
        """Return whether the broker promised more than it gave."""

    def rows(self) -> Iterator[Row]:
        """Yield the rows, newest first; bad ones as SkippedRow."""


class OpenBroker(Protocol):
    """A broker that is asked under one key."""

    def scopes(self) -> KeyScopes:
        """Ask what the key may do."""

    def wallets(self) -> WalletList:
        """Return what the accounts at the broker hold, what orders hold back included."""

    def fills(self, since: datetime | None, until: datetime) -> FillReading:
        """Return the fills with a trade time from `since` (None: ever) to `until`, both included.

        What the broker files late is asked for as well.
        """

    def entries(self, place: EntryPlace, since: datetime | None, /) -> EntryReading | None:
        """Return what moved coins beside fills, where the broker has a list of its own for that.

        It goes from the newest back to what is known, or with `since` to that moment.
        """

    def newest_fill(self, until: datetime) -> datetime | None:
        """Return when the newest fill up to a moment happened, None where there is none."""

    def describe(self, counts: Mapping[str, int]) -> Iterator[str]:
        """Yield what a reader should know, from the counts of one or several readings."""

    def listed(self, pairs: Iterable[str]) -> frozenset[str]:
        """Return those of some pairs that can be read."""

    def candles(self) -> MarketDataAdapter:
        """Return the broker's candles, which take no key."""

    def stream(self) -> FillStream | None:
        """Return the stream of the user's own orders; None where coach follows none."""

    def stream_token(self) -> str:
        """Return a token for one connection of the stream, where it takes one."""

    def revoke(self) -> Revocation:
        """End the credential at the broker, where the broker can."""

    def close(self) -> None:
        """Close the connections."""


class BrokerAdapter(Protocol):
    """A broker that coach can read. `weakest_key` says how to make a key that can only view."""

    @property
    def info(self) -> SourceInfo:
        """Return who speaks."""

    @property
    def base_url(self) -> str:
        """Return where the broker is."""

    @property
    def window(self) -> timedelta:
        """Return how much time is fetched, and kept until an import is done, as one piece."""

    @property
    def weakest_key(self) -> str:
        """Return how to make a key that can do nothing but view."""

    @property
    def feature(self) -> str:
        """Return the feature that has to be on, and its users invited; empty where none has to."""

    @property
    def stream_feature(self) -> str:
        """Return the feature without which its stream is not followed; empty where none is."""

    @property
    def needs_pairs(self) -> bool:
        """Return whether the broker has to be told which pairs to tell of."""

    @property
    def tells_entries(self) -> bool:
        """Return whether it tells what else moved coins, too: deposits, rewards, fees."""

    def check_pairs(self, pairs: Sequence[str]) -> tuple[str, ...]:
        """Return chosen pairs as they are kept; UsageError for those that cannot be read."""

    @property
    def login_url(self) -> str:
        """Return where people allow coach to read (OAuth 2.0); empty where the broker has none."""

    @property
    def login_scopes(self) -> tuple[str, ...]:
        """Return what they are asked to allow."""

    def key_name(self, key_text: str) -> str:
        """Return the public name of a key; Invalid for a text that holds none."""

    def open(self, key_text: str, place: BrokerPlace) -> OpenBroker:
        """Open the broker under a key."""


def refuse_if_too_strong(scopes: KeyScopes, adapter: BrokerAdapter) -> None:
    """Raise KeyCanDoTooMuch unless the key provably can neither trade nor move money.

    AuthenticationFailed for one that may not even read fills.
    """
    powers, weaker = key_powers(scopes.record()), scopes.weaker or adapter.weakest_key
    if powers:
        raise KeyCanDoTooMuch(weaker, powers=" and ".join(powers))
    if scopes.view is not True:
        lacking = f" ({', '.join(scopes.lacks)} is missing)" if scopes.lacks else ""
        reason = f"this key may not even view{lacking}"
        raise AuthenticationFailed(weaker, broker=adapter.info.broker, reason=reason)
